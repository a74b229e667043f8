/** The lock of a state in a folder, as `slipway doctor` reads it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readStateLocks } from "../../cli/doctor/lock.ts";
import { temporaryFolder } from "../support/folder.ts";

describe("a lock of the state", () => {
  const folder = temporaryFolder("state-lock");
  const locks = join(folder, "state/.pulumi/locks/organization/infra/prod");
  mkdirSync(locks, { recursive: true });
  writeFileSync(join(folder, "Pulumi.yaml"), "name: infra\nbackend:\n  url: file://state\n");
  const held = (lock: object): void =>
    writeFileSync(
      join(locks, "0a1b.json"),
      JSON.stringify({ username: "anna", timestamp: "2026-11-28T11:50:00Z", ...lock }),
    );
  const read = (backend = "") => readStateLocks({ project: "infra", stack: "prod" }, folder, backend);

  it("is alive while its process is, and unknown where it is another machine's", () => {
    held({ pid: process.pid, hostname: hostname() });
    expect(read()).toEqual([{ by: `anna@${hostname()}`, since: "2026-11-28T11:50:00Z", isAlive: true }]);
    held({ pid: 2 ** 30, hostname: hostname() });
    expect(read()).toMatchObject([{ isAlive: false }]);
    held({ pid: 1, hostname: "elsewhere" });
    expect(read()).toMatchObject([{ by: "anna@elsewhere", isAlive: undefined }]);
  });
  it("is none where the file is half-written, or of another stack", () => {
    writeFileSync(join(locks, "0a1b.json"), '{"pid": 1');
    expect(read()).toEqual([]);
    expect(readStateLocks({ project: "infra", stack: "dev" }, folder, "")).toEqual([]);
  });
  it("cannot be read in a bucket", () => expect(read("s3://state")).toBeUndefined());
});
