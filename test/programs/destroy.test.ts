import { existsSync, writeFileSync } from "node:fs";
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
