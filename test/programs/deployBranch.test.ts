/** Whether `slipway deploy` can commit what it will have changed, before it changes anything. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { requireBranch, trackedFile } from "../../cli/deploy/git.ts";
import { useRepository } from "../support/repository.ts";

const shop = useRepository();
const FILE = "Pulumi.prod.yaml";

it("without a branch, what would be committed is refused, and what the commit has is not", () => {
  shop.put(FILE, "version: 1.0.0\n");
  shop.commit("Start");
  const tracked = trackedFile(join(shop.folder, FILE))!;
  requireBranch(tracked, "version: 1.1.0\n");
  shop.git("checkout", "--quiet", "--detach");
  requireBranch(tracked, "version: 1.0.0\n");
  expect(() => requireBranch(tracked, "version: 1.1.0\n")).toThrow(
    /^no branch is checked out, so the commit of Pulumi\.prod\.yaml would be of none; git switch to one, or give --no-commit/,
  );
});
