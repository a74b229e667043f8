/** What repositories get of the rule of versions. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { workflowFiles } from "../../components/github/workflows/index.ts";
import { bundledNextScript, NEXT_SCRIPT_FILE } from "../../toolchain/nextScript.ts";

it("is what the command has; else run node toolchain/writeNextScript.ts", async () =>
  expect(readFileSync(NEXT_SCRIPT_FILE, "utf8") === (await bundledNextScript())).toBe(true));

it("is written where releases are automatic, and only there", () => {
  const paths = (release: true | { automatic: boolean }) => Object.keys(workflowFiles({ release }));
  expect(paths({ automatic: true })).toContain(".github/slipway/next.mjs");
  expect(paths(true)).not.toContain(".github/slipway/next.mjs");
});
