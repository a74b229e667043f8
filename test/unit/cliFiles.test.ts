import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { files } from "../../cli/files.ts";
import type { RepositorySpec } from "../../components/github/repository/spec.ts";

const WRONG: RepositorySpec = {
  name: "shop",
  stack: "prod",
  workflows: { ci: { node: { versions: ["24"] } } },
  files: { content: { "../outside": "x", ".github/workflows/ci.yml": "mine" } },
};
vi.mock("../../cli/declarations.ts", () => ({ declarationOf: () => Promise.resolve(WRONG) }));

it("a declaration that `pulumi up` would refuse writes no file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const checkout = join(folder, "checkout");
  mkdirSync(join(checkout, ".git"), { recursive: true });
  const error = await files("shop", checkout, false).catch((refused: Error) => refused.message);
  expect(error).toContain('repositories: shop.files.content: "../outside" leads out of the repository');
  expect(error).toContain(
    'repositories: shop.files.content: ".github/workflows/ci.yml" is made by `workflows` or `community` already',
  );
  expect([existsSync(join(folder, "outside")), existsSync(join(checkout, ".github"))]).toEqual([false, false]);
});
