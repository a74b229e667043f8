/** What a migration that is not compatible stops, what the way back makes of it, and which release is kept for it. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { migrates, migratingHost, NOW, one, R1, R2, R3, TARGETED } from "../support/migrations.ts";

const { SHOP, journal, release, reset, running, applied, written, ran, run, deploy } = migratingHost("migrate-back");

beforeEach(reset);

describe("a migration that is not compatible", () => {
  const undo = () => JSON.parse(readFileSync(join(SHOP, "rollout.json"), "utf8")).undo;
  const incompatible = (more: object = {}) => migrates({ compatible: false, ...more });

  it("runs once what ran was stopped, and leaves in the journal how the declared backup is restored", () => {
    const backup = { service: "web", command: ["dump"], timeout: 20, restore: ["load", "all of it"] };
    release(NOW, "2", { ...incompatible(), backup });
    applied(one(R1, "1"));
    running({ version: "1" });
    deploy();
    expect(ran()).toEqual(["stopped", `${NOW} up`]);
    expect(undo()).toEqual({
      what: "restore",
      release: NOW,
      service: "web",
      timeout: "20",
      command: ["load", "all of it"],
      applied: [one(R1, "1")],
    });
  });
  it("is taken back by its own `down` where no backup can be restored", () => {
    release(R1, "1", migrates(TARGETED), 1);
    release(NOW, "2", incompatible(TARGETED));
    applied(one(R1, "1"));
    running({ version: "1" });
    deploy();
    expect(ran()).toEqual([`${R1} heads`, "stopped", `${NOW} up`]);
    expect(undo()).toMatchObject({ what: "downgrade", release: NOW, command: ["to", "r1"] });
  });
  it("leaves in the journal that nothing takes it back", () => {
    release(R1, "1", migrates(), 1);
    release(NOW, "2", incompatible(TARGETED));
    applied(one(R1, "1"));
    running({ version: "1" });
    deploy();
    expect(undo()).toMatchObject({ what: "" });
  });
  it("stops nothing where nothing runs", () => {
    release(NOW, "1", incompatible());
    journal({});
    deploy();
    expect(ran()).toEqual([`${NOW} up`]);
    expect(undo()).toBeUndefined();
  });
  it("says of a failure that what ran was stopped", () => {
    release(R1, "1", migrates(), 1);
    release(NOW, "2", incompatible({ command: ["bad"] }));
    running({ version: "1" });
    expect(deploy().stderr).toContain("failed or took longer than 10 s; the running release was stopped for it\n");
  });
  it("is run again by what ran before, where an older release fails after that was taken back", () => {
    release(R2, "2", migrates(TARGETED), 2);
    release(NOW, "1", migrates(TARGETED));
    applied(one(R1, "1"), one(R2, "2"));
    running({ version: "2", release: R2 });
    deploy();
    expect(undo()).toMatchObject({ what: "migration", release: R2, command: ["up"], applied: [{}, one(R2, "2")] });
  });
});

describe("the way back", () => {
  const UNDO = {
    what: "restore",
    release: NOW,
    service: "web",
    timeout: "20",
    command: ["load", "all"],
    applied: [one(R1, "1")],
  };
  const settle = (side = "before") =>
    run(`PROBLEMS=() SERVICES=(); say_what_does_not() { echo "\${PROBLEMS[@]}"; exit 5; }; undo_migration ${side}`);
  const left = (undo: object, phase = "begun"): void => {
    release(R1, "1", migrates(), 1);
    release(NOW, "2", migrates());
    running({ version: "1", undo });
    const file = join(SHOP, "rollout.json");
    writeFileSync(file, readFileSync(file, "utf8").replace('"phase":"begun"', `"phase":"${phase}"`));
    applied(one(R1, "1"), one(NOW, "2"));
  };

  it("restores the data, and writes down that it did, once", () => {
    left(UNDO);
    expect(settle()).toMatchObject({
      code: 0,
      stdout: "what the migration changed was taken back: the restore of shop ended well\n",
    });
    expect(settle()).toMatchObject({ code: 0, stdout: "" });
    expect(ran()).toEqual([`${NOW} load all`]);
    expect(written()).toEqual([one(R1, "1")]);
  });
  it("starts nothing on data that it could not restore", () => {
    left({ ...UNDO, command: ["bad"] });
    expect(settle()).toMatchObject({
      code: 5,
      stdout: "its data cannot be taken back: the restore of shop (bad) failed\n",
    });
    expect(written()).toHaveLength(2);
  });
  it("says that it cannot restore what nobody declared a way for", () => {
    left({ ...UNDO, what: "", command: [""] });
    expect(settle()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("cannot be restored by itself: 1 may not"),
    });
    expect(ran()).toEqual([]);
  });
  it("throws nothing away that users of a confirmed release wrote", () => {
    left(UNDO, "back");
    expect(settle()).toMatchObject({ code: 0, stdout: expect.stringContaining("cannot be restored by itself") });
    expect(ran()).toEqual([]);
  });
  it("is not the way forward", () => {
    left(UNDO);
    expect(settle("after")).toMatchObject({ code: 0, stdout: "" });
    expect(ran()).toEqual([]);
  });
  it("keeps a backup that waits to be restored from being made again", () => {
    left(UNDO);
    expect(run(`one_off() { echo made; }; back_up`).stdout).toContain("is not made again");
    left({ ...UNDO, done: true });
    expect(run(`one_off() { echo made; }; back_up`).stdout).toBe("made\n");
  });
});

describe("the release whose migration ran last", () => {
  const gone = () => run(`J[".before.release"]=${R1}; forget_release ${NOW}`);
  it("is kept, though it never served, while it can take its schema back", () => {
    release(NOW, "2", migrates(TARGETED));
    applied(one(NOW, "2"));
    expect(gone().code).toBe(0);
    expect(existsSync(join(SHOP, "releases", NOW))).toBe(true);
  });
  it("goes where it cannot", () => {
    release(NOW, "2", migrates());
    applied(one(NOW, "2"));
    expect(gone().code).toBe(0);
    expect(existsSync(join(SHOP, "releases", NOW))).toBe(false);
  });
  it("is no more than the others to pruning, but stays", () => {
    for (const [id, number] of [
      [R1, 1],
      [R2, 2],
      [R3, 3],
      [NOW, 4],
    ] as const)
      release(id, `${number}`, migrates(), number);
    applied(one(R1, "1"));
    running({ version: "3", release: R3 });
    run(`prune ${NOW} 1`);
    expect([R1, R2, R3, NOW].map((id) => existsSync(join(SHOP, "releases", id)))).toEqual([true, false, true, true]);
  });
});
