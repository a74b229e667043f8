import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { hostShell } from "../support/hostShell.ts";

it("an application whose record cannot be read is removed all the same", () => {
  const { root, run } = hostShell("destroy", { docker: "exit 0" });
  writeFileSync(join(root, "shop/deployment.json"), '{"release": "0123456789ab", "own');
  const { stdout, code } = run("remove_application '' owner");
  expect({ code, said: stdout.trim() }).toEqual({
    code: 0,
    said: `shop is stopped; its volumes and ${root}/shop (data, backups, ledger) are kept`,
  });
  expect(existsSync(join(root, "shop/deployment.json"))).toBe(false);
});

it.each([
  ["without its data, knows afterwards what its backups have kept and where they are", "", true],
  ["with its data, does not", "yes", false],
] as const)("an application that is removed %s", (_, data, kept) => {
  const { root, run } = hostShell("destroy-backups", { docker: "exit 0" });
  const folder = join(root, "shop/.backups/data");
  mkdirSync(join(folder, "work.backup"), { recursive: true });
  for (const name of ["aside", "taken", "../.at.1"]) writeFileSync(join(folder, name), "{}");
  expect(run(`remove_application '${data}' owner`).code).toBe(0);
  expect(existsSync(join(root, "shop/.backups/.at.1"))).toBe(kept);
  if (kept) expect(readdirSync(folder).sort()).toEqual(["aside", "taken"]);
});
