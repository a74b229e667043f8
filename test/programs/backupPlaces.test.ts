/** Where backups go, and what belongs to which of them, with doubles for Docker and restic. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { backedUp } from "../support/backups.ts";

const sqlite = (file: string, sql: string): string =>
  execFileSync("sqlite3", ["-batch", file], { input: sql, encoding: "utf8" }).trim();
const ok = ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }): string => {
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
};

describe("a backup that is declared of something else later", () => {
  const host = backedUp("backups-changed", { what: "sqlite", file: "app.db", check: { query: "SELECT 1" } });
  const changed =
    'eval "$(declare -f use_jobs | sed 1s/use_jobs/real_jobs/)"; use_jobs() { real_jobs; MANIFEST["$RELEASE.backups.data.file"]=other.db; };';
  const restore = (words: string) => host.run(`${changed} command_restore shop --name data ${words}`);

  it("has points that are listed, but not restored, and what was kept aside is not put back, only dropped", () => {
    sqlite(join(host.data, "app.db"), "CREATE TABLE orders(x);");
    ok(host.backup());
    ok(host.restore());
    expect(host.read(".backups/data/aside")).toMatchObject({ of: { what: "sqlite", file: "app.db" } });
    const { id } = host.points()[0]!;
    expect(restore("--back").stderr).toContain("is of other data than data is now (sqlite of web at /data)");
    expect(ok(restore("--drop"))).toContain("is gone");
    expect(readdirSync(host.data)).toEqual(["app.db"]);
    const choose = (which: string) =>
      host.run(`use_application shop; ${changed} use_jobs; use_backup data
DATA=other WORK=$KEPT; use_destination; choose_point ${which}`);
    expect(choose("latest").stderr).toContain("no good backup data of shop is at");
    expect(choose(String(id)).stderr).toContain(`the backup ${id} of shop is of other data than data is now`);
  });
});

describe("where it goes", () => {
  const host = backedUp("backups-where", { what: "sqlite", file: "app.db", check: { query: "SELECT 1" } });
  beforeAll(() => {
    sqlite(join(host.data, "app.db"), "CREATE TABLE orders(x);");
    ok(host.backup());
  });

  it("is told with the reason where the password is wrong, and nothing is written", () => {
    host.destination("another");
    expect(host.backup().stderr).toContain("the password in slipway:backups is not that of the repository");
    expect(host.read(".backups/data/last")).toMatchObject({
      result: "failed",
      reason: expect.stringContaining("password"),
    });
    expect(host.restore().stderr).toContain("the password in slipway:backups");
    host.destination();
  });

  it("is told without the password where the storage refuses", () => {
    const { stderr } = host.backup({ REFUSE: "backup" });
    expect(stderr).toContain("could not be taken: Fatal: no space left on device, …");
    expect(stderr.split("\n").at(-2)).not.toContain("planted-password");
  });

  it("is not made anew where it is gone: an empty disk is no place for a backup", () => {
    host.forget();
    expect(host.backup().stderr).toContain("there is no repository at ");
    expect(existsSync(host.repository)).toBe(false);
  });

  it("has to be known to the host", () => {
    rmSync(join(host.root, "slipway/backups/stacks"), { recursive: true });
    expect(host.backup().stderr).toContain("this host does not know the destination nas");
  });
});
