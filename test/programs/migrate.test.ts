/** Which migration a deployment runs, and what is written down of it. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { migrates, migratingHost, NOW, one, R1, R2, R3, TARGETED } from "../support/migrations.ts";

const { SHOP, book, double, release, reset, running, applied, written, ran, deploy } = migratingHost("migrate");

beforeEach(reset);

describe("a deployment", () => {
  it("runs the migration of a version that is new here, and writes it down", () => {
    release(NOW, "2", migrates());
    applied(one(R1, "1"));
    running({ version: "1" });
    expect(deploy().code).toBe(0);
    expect(ran()).toEqual([`${NOW} up`]);
    expect(written()).toEqual([one(R1, "1"), one(NOW, "2")]);
  });
  it("runs it again for the same version in a new release", () => {
    release(NOW, "2", migrates());
    applied(one(R1, "1"), one(R2, "2"));
    running({ version: "2", release: R2 });
    deploy();
    expect(ran()).toEqual([`${NOW} up`]);
    expect(written()).toEqual([one(R1, "1"), one(NOW, "2")]);
  });
  it("runs none for a release that was confirmed before", () => {
    release(NOW, "2", migrates());
    applied(one(R1, "1"), one(NOW, "2"));
    running({ version: "3", release: R3, confirmed: true });
    expect(deploy()).toMatchObject({ code: 0, stdout: "" });
    expect(ran()).toEqual([]);
  });
  it("runs it again for one that was confirmed before, once it was taken back", () => {
    release(R1, "1", migrates(TARGETED));
    release(NOW, "2", migrates(TARGETED));
    applied(one(R1, "1"));
    running({ version: "1", confirmed: true });
    deploy();
    expect(ran()).toEqual([`${NOW} up`]);
  });
  it("runs none for an older version, and says whose migrations stay", () => {
    release(R2, "2", migrates(), 2);
    release(NOW, "1", migrates());
    applied(one(R1, "1"), one(R2, "2"), one(R3, "3", { none: true }));
    running({ version: "2", release: R2 });
    expect(deploy()).toMatchObject({
      code: 0,
      stdout: `what newer migrations changed stays, as nothing takes it back (migration.down): release ${R2} (2)\n`,
    });
    expect(ran()).toEqual([]);
    expect(written()).toHaveLength(3);
  });
  it("lets the newer release take its schema back, after it was stopped, to the revision that the older one tells", () => {
    release(R2, "2", migrates(TARGETED), 2);
    release(NOW, "1", migrates(TARGETED));
    applied(one(R1, "1"), one(R2, "2"), one(R3, "3", { none: true }));
    running({ version: "3", release: R3 });
    expect(deploy().code).toBe(0);
    expect(ran()).toEqual([`${NOW} heads`, "stopped", `${R2} to r1`]);
    expect(written()).toEqual([one(R1, "1", { revision: "r1" })]);
    expect(readFileSync(join(SHOP, "ledger.jsonl"), "utf8")).toContain(
      `"action":"migration","result":"down","release":"${R2}","version":"2"`,
    );
  });
  it("stops nothing for a newer release that failed to start, beside the older one", () => {
    release(R2, "2", migrates(TARGETED));
    release(NOW, "1", migrates(TARGETED));
    applied(one(R1, "1"), one(R2, "2"));
    running({ version: "1" });
    deploy();
    expect(ran()).toEqual([`${NOW} heads`, `${R2} to r1`]);
    expect(written()).toEqual([one(R1, "1", { revision: "r1" })]);
  });
  it("takes back one release only, where nothing says how far", () => {
    release(R3, "3", migrates({ down: ["down", "1"] }), 3);
    release(NOW, "1", migrates());
    applied(one(R1, "1"), one(R2, "2"), one(R3, "3"));
    running({ version: "3", release: R3 });
    deploy();
    expect(ran()).toEqual(["stopped", `${R3} down 1`]);
    expect(written()).toEqual([one(R1, "1"), one(R2, "2")]);
  });
  it("touches nothing where the older release tells no revision", () => {
    release(R2, "2", migrates(TARGETED), 2);
    release(NOW, "1", migrates());
    applied(one(R1, "1"), one(R2, "2"));
    running({ version: "2", release: R2 });
    const { code, stderr } = deploy();
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^error: release 0123456789ab of shop does not tell the revision of its schema/),
    ]);
    expect(ran()).toEqual([]);
  });
  it.each([
    ["nothing", "true"],
    ["an option", "echo --all"],
    ["several words that are none", "echo '$(id)'"],
  ])("touches nothing where the command for the revision prints %s", (_, command) => {
    double("docker", `case $* in *' config '*) echo '{"services":{}}' ;; *' run '*) ${command} ;; esac`);
    release(R2, "2", migrates(TARGETED), 2);
    release(NOW, "1", migrates(TARGETED));
    applied(one(R1, "1"), one(R2, "2"));
    running({ version: "2", release: R2 });
    expect(deploy()).toMatchObject({ code: 1, stderr: expect.stringContaining("prints no revision") });
    expect(written()).toEqual([one(R1, "1"), one(R2, "2")]);
  });
  it("takes a revision that is one of each of many parts", () => {
    const revision = Array.from(
      { length: 40 },
      (_, index) => `part${index}.0012_alter_user_first_name_max_length`,
    ).join("+");
    double("docker", `case $* in *' config '*) echo '{"services":{}}' ;; *' heads') echo '${revision}' ;; esac`);
    release(R2, "2", migrates(TARGETED), 2);
    release(NOW, "1", migrates(TARGETED));
    applied(one(R1, "1"), one(R2, "2"));
    running({ version: "2", release: R2 });
    expect(deploy().code).toBe(0);
    expect(written()).toEqual([one(R1, "1", { revision })]);
  });
  it("leaves everything as it is on a host that does not migrate", () => {
    release(R2, "2", migrates(TARGETED), 2);
    release(NOW, "1", migrates({ ...TARGETED, compatible: false }));
    applied(one(R1, "1"), one(R2, "2"));
    running({ version: "2", release: R2 });
    expect(deploy({ NO_MIGRATION: "true" })).toMatchObject({ code: 0, stdout: "" });
    expect(ran()).toEqual([]);
    expect(written()).toEqual([one(R1, "1"), one(R2, "2")]);
  });
  it("knows from its rollback points what was applied before it was ever written down", () => {
    release(R1, "1", migrates(), 1);
    release(R2, "2", migrates(), 2);
    release(NOW, "1", migrates());
    running({ version: "2", release: R2 });
    expect(deploy().stdout).toContain(`release ${R2} (2)`);
    expect(ran()).toEqual([]);
  });
  it("keeps no book of applications without a migration", () => {
    release(R1, "1", {}, 1);
    release(NOW, "2");
    running({ version: "1" });
    expect(deploy()).toMatchObject({ code: 0, stdout: "" });
    expect(existsSync(book)).toBe(false);
  });
  it("remembers the place of a version without a migration among those that have one", () => {
    release(NOW, "3");
    applied(one(R1, "1"), one(R2, "2"));
    running({ version: "2", release: R2 });
    deploy();
    expect(written().at(-1)).toEqual(one(NOW, "3", { none: true }));
  });
  it("refuses to guess where that book cannot be read", () => {
    release(NOW, "2", migrates());
    writeFileSync(book, "[");
    running({ version: "1" });
    expect(deploy()).toMatchObject({ code: 1, stderr: expect.stringContaining("migration.json cannot be read") });
  });
});

describe("a migration that did not end well", () => {
  it("is marked before it runs", () => {
    release(NOW, "2", migrates({ command: ["bad"] }));
    applied(one(R1, "1"));
    running({ version: "1" });
    expect(deploy()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        "the migration of shop (bad) failed or took longer than 10 s; the running release was not touched",
      ),
    });
    expect(written()).toEqual([one(R1, "1"), one(NOW, "2", { doubt: "up" })]);
  });
  it("is told at the next deployment, and runs again with its version", () => {
    release(NOW, "2", migrates());
    applied(one(R1, "1"), one(R2, "2", { doubt: "up" }));
    running({ version: "1" });
    expect(deploy().stdout).toContain(`the migration of release ${R2} (2) was begun and did not end well`);
    expect(ran()).toEqual([`${NOW} up`]);
    expect(written()).toEqual([one(R1, "1"), one(NOW, "2")]);
  });
  it("is taken back before another release of the older version", () => {
    release(R2, "2", migrates(TARGETED));
    release(NOW, "1", migrates(TARGETED));
    applied(one(R1, "1"), one(R2, "2", { doubt: "up" }));
    running({ version: "1" });
    deploy();
    expect(ran()).toEqual([`${NOW} heads`, `${R2} to r1`]);
    expect(written()).toEqual([one(R1, "1", { revision: "r1" })]);
  });
  it("stops what runs on a schema between the two, and would have that again", () => {
    release(R2, "2", migrates({ ...TARGETED, command: ["up to 2"] }), 2);
    release(R3, "3", migrates(TARGETED));
    release(NOW, "1", migrates(TARGETED));
    applied(one(R1, "1"), one(R2, "2"), one(R3, "3", { doubt: "up" }));
    running({ version: "2", release: R2 });
    deploy();
    expect(ran()).toEqual([`${NOW} heads`, "stopped", `${R3} to r1`]);
    expect(JSON.parse(readFileSync(join(SHOP, "rollout.json"), "utf8")).undo).toMatchObject({
      release: R2,
      command: ["up to 2"],
    });
  });
  it("is not taken back by a step that may be one too many", () => {
    release(R2, "2", migrates({ down: ["down", "1"] }));
    release(NOW, "1", migrates());
    applied(one(R1, "1"), one(R2, "2", { doubt: "up" }));
    running({ version: "1" });
    expect(deploy()).toMatchObject({ code: 0, stdout: expect.stringContaining("nothing takes it back") });
    expect(ran()).toEqual([]);
  });
  it("runs again for a confirmed release, when it was about to be taken back", () => {
    release(NOW, "2", migrates(TARGETED));
    applied(one(R1, "1"), one(NOW, "2", { doubt: "down" }));
    running({ version: "2", release: NOW, confirmed: true });
    deploy();
    expect(ran()).toEqual([`${NOW} up`]);
    expect(written()).toEqual([one(R1, "1"), one(NOW, "2")]);
  });
});
