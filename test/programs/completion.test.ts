/** What a shell makes of `slipway completion`, and what is said where nothing can be printed. */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { CHECKOUT } from "../support/run.ts";

const SLIPWAY = join(CHECKOUT, "cli/slipway.ts");
const slipway = (...words: string[]) => spawnSync(process.execPath, [SLIPWAY, ...words], { encoding: "utf8" });

it("each line that a shell is offered is a word and what it does, in a few words", () => {
  const lines = slipway("complete", "--", "").stdout.trim().split("\n");
  expect(lines.pop()).toBe(":4");
  for (const line of lines) expect(line).toMatch(/^[a-z-]+\t.{10,80}$/);
  expect(lines.map((line) => line.split("\t")[0])).toContain("version");
});

describe("the script is one of", () => {
  it.each(["bash", "zsh", "fish"])("%s", (shell) => {
    const script = slipway("completion", shell);
    expect(script.status).toBe(0);
    const folder = mkdtempSync(join(tmpdir(), "slipway-completion-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "script"), script.stdout);
    const read = spawnSync(shell, ["-n", join(folder, "script")], { encoding: "utf8" });
    // Where a shell is not installed, nothing reads it.
    if (read.error === undefined) expect([read.status, read.stderr]).toEqual([0, ""]);
  });
});

it("what cannot be printed is said in one line", () => {
  const full = openSync("/dev/full", "w");
  const { status, stderr } = spawnSync(process.execPath, [SLIPWAY, "--help"], {
    stdio: ["ignore", full, "pipe"],
    encoding: "utf8",
  });
  closeSync(full);
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^slipway: what was done could not be printed: ENOSPC.*\n$/),
  ]);
});
