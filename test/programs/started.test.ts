/** The project's commands say and do the same however they are started. */
import { spawnSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/folder.ts";
import { CHECKOUT } from "../support/run.ts";

const spaced = join(temporaryFolder("started"), "a checkout whose path has spaces");
symlinkSync(CHECKOUT, spaced);

/** How bash starts a command: words before it, where, and with which variables. */
const WAYS: Record<string, { before?: string; from?: string; env?: Record<string, string> }> = {
  "with its input closed": { before: "exec <&-" },
  "where CI is set": { env: { CI: "true" } },
  "where CI is not set": { before: "unset CI" },
  "where SIGPIPE is ignored": { before: "trap '' PIPE" },
  "in Turkish": { env: { LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" } },
  "in Auckland": { env: { TZ: "Pacific/Auckland" } },
  "in a folder whose path has spaces": { from: spaced },
  "from another folder": { before: "checkout=$PWD; cd /" },
};

const start = (command: string, { before = ":", from = CHECKOUT, env = {} }: (typeof WAYS)[string] = {}) => {
  const script = `checkout=$PWD; ${before}; ${command}`;
  const { status, stdout } = spawnSync("bash", ["-c", script], {
    cwd: from,
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  return { status, stdout };
};

describe.each([
  '"$checkout"/script/test --help',
  '"$checkout"/script/bootstrap --plan --packages',
  'node "$checkout"/sandbox/main.ts --help',
  'node "$checkout"/cli/slipway.ts --help',
])("%s", (command) => {
  const plain = start(command);

  test("succeeds and says something", () => {
    expect(plain).toEqual({ status: 0, stdout: expect.stringMatching(/\S/) });
  });
  test.each(Object.entries(WAYS))("says the same %s", (_, way) => {
    expect(start(command, way)).toEqual(plain);
  });
});
