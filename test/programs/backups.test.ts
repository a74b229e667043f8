/** Backups, drills and restores of an SQLite file and of a volume, with doubles for Docker and restic. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { backedUp } from "../support/backups.ts";

const sqlite = (file: string, sql: string): string =>
  execFileSync("sqlite3", ["-batch", file], { input: sql, encoding: "utf8" }).trim();
const ok = ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }): string => {
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
};

describe("an SQLite file", () => {
  const host = backedUp("backups-sqlite", {
    what: "sqlite",
    file: "app.db",
    check: { query: "SELECT count(*) FROM orders", atLeast: 2 },
  });
  const file = join(host.data, "app.db");

  beforeAll(() => {
    sqlite(file, "PRAGMA journal_mode=wal; CREATE TABLE orders(x); INSERT INTO orders VALUES (1),(2),(3);");
  });

  it("is copied whole, and becomes a point that is good", () => {
    expect(ok(host.backup())).toMatch(/^the backup data of shop is [0-9a-f]{8}, \d+ bytes\n$/);
    expect(host.read(".backups/data/last")).toMatchObject({ result: "succeeded", bytes: expect.any(Number) });
    expect(host.points()).toEqual([
      expect.objectContaining({ name: "data", release: "0123456789ab", version: "1.0.0" }),
    ]);
    expect(readdirSync(join(host.root, "shop/.backups/data")).filter((name) => name.startsWith("work"))).toEqual([]);
  });

  it("is shown by a drill that it can be restored, and how many rows it has", () => {
    expect(ok(host.drill())).toContain("its check answers 3");
    expect(host.read(".backups/data/proof")).toMatchObject({ result: "succeeded", value: "3" });
    expect(host.read("ledger.jsonl")).toMatchObject({ action: "drill", result: "succeeded", name: "data", value: "3" });
  });

  it("is restored aside, checked, and only then takes the place; what was there can be put back, and dropped", () => {
    const point = host.points()[0]!.id;
    sqlite(file, "DELETE FROM orders; INSERT INTO orders VALUES (9);");
    const said = ok(host.restore(`--point ${point}`));
    expect(said).toContain("is restored aside; its check answers 3");
    expect(said).toContain("what was there before is kept aside: slipway restore shop --name data --back");
    expect(sqlite(file, "SELECT count(*) FROM orders")).toBe("3");
    expect(host.read("ledger.jsonl")).toMatchObject({ action: "restore", result: "succeeded", name: "data", point });
    expect(host.restore().stderr).toContain("has kept aside is still there");
    ok(host.restore("--back"));
    expect(sqlite(file, "SELECT x FROM orders")).toBe("9");
    ok(host.restore("--back"));
    expect(sqlite(file, "SELECT count(*) FROM orders")).toBe("3");
    expect(ok(host.restore("--drop"))).toContain("is gone");
    expect(readdirSync(host.data)).toEqual(["app.db"]);
    expect(ok(host.restore("--drop"))).toContain("nothing of data of shop is kept aside");
  });

  it("is what it was where what was restored does not run", () => {
    const before = sqlite(file, "INSERT INTO orders VALUES (4); SELECT count(*) FROM orders");
    const { code, stdout, stderr } = host.restore("", { AWAIT: "false" });
    expect([code, stderr]).toEqual([1, "error: it does not run\n"]);
    expect(stdout).toContain(
      "the restore of data of shop did not come to its end (it does not run); what was there before is there",
    );
    expect(sqlite(file, "SELECT count(*) FROM orders")).toBe(before);
    expect(readdirSync(host.data)).toEqual(["app.db"]);
    expect(existsSync(join(host.root, "shop/restore.json"))).toBe(false);
    expect(host.read("ledger.jsonl")).toMatchObject({ action: "restore", result: "reverted" });
  });

  it("that is silently wrong is found by the drill, and never restored", () => {
    const good = sqlite(file, "SELECT count(*) FROM orders");
    sqlite(file, "CREATE TABLE kept AS SELECT * FROM orders; DELETE FROM orders;");
    ok(host.backup());
    const drill = host.drill();
    expect([drill.code, drill.stderr]).toEqual([
      1,
      "error: the backup data of shop can be restored, but its check answers 0 instead of at least 2\n",
    ]);
    expect(host.read(".backups/data/drill")).toMatchObject({
      result: "failed",
      reason: expect.stringContaining("answers 0"),
    });
    expect(host.read(".backups/data/proof")).toMatchObject({ value: "3" });
    sqlite(file, "INSERT INTO orders SELECT * FROM kept; DROP TABLE kept;");
    const restore = host.restore();
    expect([restore.code, restore.stderr]).toEqual([1, expect.stringContaining("its check answers 0")]);
    expect(sqlite(file, "SELECT count(*) FROM orders")).toBe(good);
    expect(readdirSync(host.data)).toEqual(["app.db"]);
  });

  it("that was cut off at its destination is found by the drill", () => {
    ok(host.backup());
    const newest = host.points()[0]!.id;
    truncateSync(join(host.repository, "snapshots", String(newest), "file"), 4096);
    expect(host.drill().stderr).toMatch(/can be restored, but its check fails: .*(malformed|integrity_check)/s);
    rmSync(join(host.repository, "snapshots", String(newest)), { recursive: true });
  });

  it("that was taken by a clock that was wrong is not the newest, and no reason to forget the others", () => {
    ok(host.backup());
    const good = host.points()[0]!.id;
    ok(host.backup());
    const time = join(host.repository, "snapshots", String(host.points()[0]!.id), "time");
    writeFileSync(time, "2099-01-01T01:30:00.5+02:00\n");
    expect(host.points()[0]).toMatchObject({ time: "2098-12-31T23:30:00Z", suspect: true });
    expect(ok(host.drill())).toMatch(
      new RegExp(`dated in the future by this host's clock \\(1, as of 2098-12-31T23:30:00Z\\)[^]*\\(${good}\\)`),
    );
    expect(readFileSync(join(host.repository, "kept"), "utf8")).toMatch(
      /--keep-daily 7\n--keep-tag run=20261128T030000-/,
    );
    rmSync(join(time, ".."), { recursive: true });
  });

  it("that has shrunk by half is suspect: it is kept, and nothing chooses it by itself", () => {
    sqlite(file, "CREATE TABLE big AS SELECT randomblob(200000) AS x;");
    ok(host.backup());
    const good = host.points()[0]!.id;
    sqlite(file, "DROP TABLE big; VACUUM;");
    const { code, stderr } = host.backup();
    expect([code, stderr]).toEqual([1, expect.stringContaining("is suspect: it has shrunk by more than half")]);
    expect(host.read(".backups/data/last")).toMatchObject({ result: "suspect" });
    expect(host.points()[0]).toMatchObject({ suspect: true });
    expect(ok(host.drill())).toContain(`(${good})`);
    expect(host.due().stderr).toContain("is suspect: it has shrunk by more than half");
    expect(ok(host.drill())).toContain(`(${good})`);
    // Somebody who saw it asks for another.
    expect(ok(host.backup())).toContain("the backup data of shop is ");
    expect(ok(host.drill())).not.toContain(`(${good})`);
  });
});

it("a volume that is empty is suspect, until somebody who saw it asks for another", () => {
  const host = backedUp("backups-empty", { what: "volume", check: { command: ["true"] } });
  expect(host.due().stderr).toContain("is suspect: it is empty");
  expect(host.due().stderr).toContain("is suspect: it is empty");
  ok(host.backup());
  ok(host.due());
  writeFileSync(join(host.data, "a"), "x".repeat(100_000));
  ok(host.due());
  rmSync(join(host.data, "a"));
  expect(host.due().stderr).toContain("is suspect: it is empty");
});

describe("a volume", () => {
  const host = backedUp("backups-volume", { what: "volume", check: { command: ["test", "-f", "/data/a"] } });
  const checked = 'throwaway() { printf "seen\n"; [ -f "$VOLUMES/$1/a" ]; };';
  const act = (job: string) =>
    host.run(
      `${checked} mkdir -p "$DIR/.jobs/${job}.data"; command_act shop ${job}.data 20261128T030000-00000${job.length} anna`,
    );
  const restore = (words: string, more = "") =>
    host.run(`${checked} ${more} command_restore shop --name data ${words}`);

  beforeAll(() => writeFileSync(join(host.data, "a"), "first"));

  it("is copied while its writers are paused, and they go on", () => {
    ok(act("backup"));
    expect(readFileSync(join(host.root, "engine"), "utf8")).toMatch(
      /POST \/containers\/c1\/pause\nPOST \/containers\/c1\/unpause\n$/,
    );
    expect(existsSync(join(host.root, "shop/.backups/data/paused"))).toBe(false);
  });

  it.each([
    ["cannot go on yet", "return 1", "cannot go on yet", true],
    ["go on", "return 0", "", false],
  ])("whose writers a killed backup left paused is not copied before they %s", (_, answer, said, stay) => {
    const paused = join(host.root, "shop/.backups/data/paused");
    writeFileSync(paused, "abc\n");
    const engine = `engine() { ANSWER='timed out'; case $2 in */abc/unpause) ${answer} ;; esac; };`;
    const { stderr } = host.run(
      `${checked} ${engine} mkdir -p "$DIR/.jobs/backup.data"; command_act shop backup.data 20261128T030000-00000${stay ? 8 : 9} anna`,
    );
    if (said === "") expect(stderr).toBe("");
    else expect(stderr).toContain(said);
    expect(existsSync(paused) && readFileSync(paused, "utf8")).toBe(stay && "abc\n");
  });

  it("is restored into one of its own by a drill, which leaves none", () => {
    expect(ok(act("drill"))).toContain("its check answers seen");
    expect(readdirSync(host.volumes)).toEqual(["shop_data"]);
  });

  it("is restored, and what was there comes back", () => {
    writeFileSync(join(host.data, "b"), "second");
    ok(restore(""));
    expect(readdirSync(host.data)).toEqual(["a"]);
    ok(restore("--back"));
    expect(readdirSync(host.data)).toEqual(["a", "b"]);
    ok(restore("--drop"));
    expect(readdirSync(host.volumes)).toEqual(["shop_data"]);
  });

  it("that was kept aside and is gone since is told, and what is there stays", () => {
    ok(restore(""));
    const aside = readdirSync(host.volumes).find((name) => name !== "shop_data")!;
    rmSync(join(host.volumes, aside), { recursive: true });
    const { code, stderr } = restore("--back");
    expect([code, stderr]).toEqual([1, expect.stringContaining(`the volume ${aside} is gone`)]);
    expect(readdirSync(host.data)).toEqual(["a"]);
    expect(readdirSync(host.volumes)).toEqual(["shop_data"]);
    ok(restore("--drop"));
  });

  it("is put back only while those that use it are stopped", () => {
    ok(restore(""));
    writeFileSync(join(host.root, "engine"), "");
    ok(restore("--back"));
    expect(readFileSync(join(host.root, "engine"), "utf8")).toBe("stop c1\n");
    ok(restore("--drop"));
  });

  it("is what it was where somebody removed the containers that an interrupted restore had stopped", () => {
    const killed = "start_users() { kill -KILL $$ $BASHPID; };";
    const gone = "look_containers() { SERVICE_OF=(); STATE_OF=(); }; inspected() { DOCUMENTS=''; };";
    writeFileSync(join(host.data, "b"), "second");
    expect(restore("", killed).code).not.toBe(0);
    expect(readdirSync(host.data)).toEqual(["a"]);
    host.run(`${checked} ${gone} use_application shop; recover_one`);
    expect([readdirSync(host.data), existsSync(join(host.root, "shop/restore.json"))]).toEqual([["a", "b"], false]);
    expect(readdirSync(host.volumes)).toEqual(["shop_data"]);
  });

  it.each([
    ["stop_users", "what was there before", ["a", "b"]],
    ["swap_volume", "what was there before", ["a", "b"]],
    ["lead_users", "what was there before", ["a", "b"]],
    ["command_unrestore", "what was restored", ["a"]],
  ] as const)("is, after a kill at the end of %s, %s", (at, _, files) => {
    writeFileSync(join(host.data, "b"), "second");
    const armed = `${host.root}/armed`;
    const first = at === "command_unrestore" ? "" : 'real "$@";';
    const killed = `eval "$(declare -f ${at} | sed '1s/.*/real()/')"; ${at}() { if [ -e ${armed} ]; then rm ${armed}; ${first} kill -KILL $$ $BASHPID; fi; real "$@"; };`;
    writeFileSync(armed, "");
    expect(restore("", killed).code).not.toBe(0);
    expect(existsSync(join(host.root, "shop/restore.json"))).toBe(true);
    host.run(`${checked} use_application shop; recover_one`);
    expect([readdirSync(host.data), existsSync(join(host.root, "shop/restore.json"))]).toEqual([files, false]);
  });

  it("is whole, and known, after the application is destroyed with a restore half-way", () => {
    const killed = "start_users() { kill -KILL $$ $BASHPID; };";
    ok(restore("--drop"));
    writeFileSync(join(host.data, "b"), "second");
    expect(restore("", killed).code).not.toBe(0);
    const { code, stdout } = host.run(
      `${checked} remove_application() { printf "removed %s\n" "$1"; }; command_destroy shop --owner prod::infra::x:y::shop@web-1`,
    );
    expect([code, stdout]).toEqual([0, expect.stringMatching(/did not come to its end.*removed \n$/s)]);
    expect(readdirSync(host.data)).toEqual(["a", "b"]);
    expect(readdirSync(host.volumes)).toEqual(["shop_data"]);
  });
});
