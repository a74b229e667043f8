/** Which migration a deployment runs, what it stops for it, and what the way back makes of it: a host with doubles for Docker. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { hostShell } from "../support/hostShell.ts";

interface Entry {
  release: string;
  version: string;
  none?: true;
  doubt?: "up" | "down";
  revision?: string;
}

const { root, run, double, journal } = hostShell("migrate");
const SHOP = join(root, "shop");
const FILE = join(SHOP, "migration.json");
const R1 = "111111111111";
const R2 = "222222222222";
const R3 = "333333333333";
/** The release that is deployed. */
const NOW = "0123456789ab";

const one = (release: string, version: string, more: object = {}): Entry => ({ release, version, ...more });
const migrates = (more: object = {}) => ({ migration: { service: "web", command: ["up"], timeout: 10, ...more } });
const TARGETED = { down: ["to", "{revision}"], revision: ["heads"] };

/** Puts a release on the host; `number` makes it a rollback point. */
function release(id: string, version: string, more: object = {}, number?: number): void {
  const folder = join(SHOP, "releases", id);
  mkdirSync(folder, { recursive: true });
  const manifest = { release: id, version, services: [], secrets: [], images: [], ...more };
  writeFileSync(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(folder, ".env"), "");
  writeFileSync(join(folder, "compose.yaml"), "");
  spawnSync("bash", ["-c", "sha256sum .env compose.yaml manifest.json >SHA256SUMS"], { cwd: folder });
  if (number !== undefined) writeFileSync(join(folder, "confirmed"), `${number}\n`);
}
const applied = (...entries: Entry[]): void => writeFileSync(FILE, JSON.stringify({ applied: entries }));
const written = (): Entry[] => JSON.parse(readFileSync(FILE, "utf8")).applied;

/** Of one-offs: the release, and its words. */
const log = join(root, "ran");
const ran = (): string[] => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);

interface Runs {
  /** Version that runs, and its release. */
  version: string;
  release?: string;
  confirmed?: boolean;
  undo?: object;
}
const running = ({ version, release: id = R1, confirmed = false, undo }: Runs): void =>
  journal({
    before: { release: id, version, services: { web: { upstream: "shop.web" } }, containers: { web: ["old"] } },
    after: { release: NOW, version: "x", confirmed },
    ...(undo ? { undo } : {}),
  });

const BODY = `
WAY='' COMPOSE=(docker compose)
step() { shift; "$@"; }
stop_before() { echo "stopped" >>"${log}"; }
`;
const deploy = (env: Record<string, string> = {}) =>
  run(`${BODY} plan_migration; if [ -n "$WAY" ]; then migrate; fi`, { env });

beforeEach(() => {
  for (const path of [FILE, log, join(SHOP, "rollout.json"), join(SHOP, "run/1/reason")]) rmSync(path, { force: true });
  rmSync(join(SHOP, "releases"), { recursive: true });
  // What a one-off does: it says whose it is; `heads` tells a revision, `bad` fails.
  double(
    "docker",
    `case $* in
      *' config '*) echo '{"services":{}}' ;;
      *' run '*)
        all="$*"; of=\${all#*releases/}; words=\${all##* -T web }
        echo "\${of%%/*} $words" >>${log}
        case $words in heads) echo "noise"; echo "r1 (head)" ;; bad*) exit 1 ;; esac ;;
    esac`,
  );
});

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
    expect(existsSync(FILE)).toBe(false);
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
    writeFileSync(FILE, "[");
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
    run(
      `${BODY} PROBLEMS=() SERVICES=(); say_what_does_not() { echo "\${PROBLEMS[@]}"; exit 5; }; undo_migration ${side}`,
    );
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
    expect(run(`${BODY} one_off() { echo made; }; back_up`).stdout).toContain("is not made again");
    left({ ...UNDO, done: true });
    expect(run(`${BODY} one_off() { echo made; }; back_up`).stdout).toBe("made\n");
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
