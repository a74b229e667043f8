/** Before a migration: a proof that is new enough that the data can be restored, with doubles for what the journal says. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { hostShell } from "../support/hostShell.ts";

const BEFORE = "ba9876543210";
const { root, run, release } = hostShell("proof");
const DAY = 86_400;
const migration = { service: "web", command: ["migrate"], timeout: 60 };
const db = { what: "postgres", service: "db", check: {} };
const at = (seconds: number): string => `${new Date(Date.now() - seconds * 1000).toISOString().slice(0, 19)}Z`;

/** The release that serves declares these backups. */
function serves(...names: string[]): void {
  const backups = Object.fromEntries(names.map((name) => [name, db]));
  mkdirSync(join(root, "shop/releases", BEFORE), { recursive: true });
  const manifest = { version: "1.0.0", services: [], ...(names.length > 0 ? { backups } : {}) };
  writeFileSync(join(root, "shop/releases", BEFORE, "manifest.json"), JSON.stringify(manifest));
}
function proven(name: string, age: number): void {
  mkdirSync(join(root, "shop/.backups", name), { recursive: true });
  writeFileSync(join(root, "shop/.backups", name, "proof"), `{"time":"${at(age)}","result":"succeeded"}`);
}
const asked = (version: string, more = "") => {
  release({ version, services: [], migration, proof: 7 * DAY });
  return run(
    `J[".before.release"]=${BEFORE} J[".before.version"]=1.0.0; ${more} read_manifest "$RELEASE"; proof_is_new; echo "$?"`,
  );
};

beforeEach(() => {
  writeFileSync(join(root, "shop/migration.json"), `{"applied":[{"release":"${BEFORE}","version":"1.0.0"}]}`);
});

describe("a deployment that migrates", () => {
  it("is refused where no drill was ever good, with the command that makes a proof", () => {
    serves("orders");
    expect(asked("2.0.0")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /no drill of the backup orders has ever been good; slipway drill shop makes one\. Nothing was changed\.\n$/,
      ),
    });
  });

  it("goes on with a proof that is new enough, and is refused with one that is older", () => {
    serves("orders", "files");
    proven("orders", DAY);
    proven("files", 6 * DAY);
    expect(asked("2.0.0")).toEqual({ code: 0, stderr: "", stdout: "0\n" });
    proven("files", 8 * DAY);
    expect(asked("2.0.0").stderr).toMatch(
      /not older than 7 d, .*that of the backup files is from \d{4}-.*Z\. slipway drill shop renews it/,
    );
  });

  it("is refused with a proof of the future, which a clock that was wrong has made", () => {
    serves("orders");
    proven("orders", -120);
    expect(asked("2.0.0").code).toBe(0);
    proven("orders", -DAY);
    expect(asked("2.0.0").stderr).toMatch(
      /that of the backup orders is from \d{4}-.*Z, which is in the future by this host's clock\. .*Nothing was changed\.\n$/,
    );
  });

  it("needs none where it migrates nothing: another host does, the version was there before, or it is older", () => {
    serves("orders", "late");
    expect(asked("1.0.0", `J[".after.confirmed"]=true;`).stderr).toBe("");
    expect(asked("2.0.0", "NO_MIGRATION=yes;").stderr).toBe("");
  });

  it("needs none where what serves declares no backup, or nothing serves", () => {
    serves();
    expect(asked("2.0.0").stderr).toBe("");
    serves("late");
    expect(asked("2.0.0", 'J[".before.release"]="";').stderr).toBe("");
  });
});

describe("the data that is there", () => {
  it("is backed up before a migration, each backup by a process of its own; one that fails ends the deployment", () => {
    serves("orders", "files");
    release({ version: "2.0.0", services: [], backups: { orders: db, files: db } });
    const taken = (code: number) =>
      run(`J[".before.release"]=${BEFORE} WAY=up; read_manifest "$RELEASE"
apart() { echo "$1 $3"; CODE=${code}; }
if keeps_before_migration; then keep_before_migration; fi`);
    expect(taken(0)).toEqual({ code: 0, stderr: "", stdout: "premigrate orders\npremigrate files\n" });
    expect(taken(1)).toMatchObject({
      code: 1,
      stderr:
        "error: the backup orders of shop before its migration could not be taken; the running release was not touched\n",
    });
  });

  it("has no backup yet that begins with this release, where what serves does not have what it is of", () => {
    const backups = {
      orders: { what: "sqlite", service: "web", mount: "/data" },
      db: { what: "postgres", service: "db" },
    };
    release({ version: "2.0.0", services: [], backups });
    const taken = (mount: string, id = "c1", own = "web") => {
      const container = JSON.stringify({ Id: id, Mounts: [{ Destination: mount }] });
      return run(`J[".before.release"]=${BEFORE} J[".present@"]=c1 J[".after.services@"]=${own} WAY=up; read_manifest "$RELEASE"
apart() { echo "$1 $3"; CODE=0; }
inspected() { DOCUMENTS=''; if [[ "$*" == *service=web* ]]; then DOCUMENTS='${container}'; fi; }
keep_before_migration`);
    };
    serves("files");
    expect(taken("/cache")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^ +the backup orders is new with this release.*\n +the backup db is new .*\n$/),
    });
    expect(taken("/data/").stdout).toMatch(/^premigrate orders\n +the backup db is new/);
    expect(taken("/data", "c2").stdout).toContain("the backup orders is new");
    expect(taken("/data", "c2", "api").stdout).toContain("premigrate orders");
    serves("db");
    expect(taken("/cache").stdout).toMatch(/the backup orders is new .*\npremigrate db\n$/);
  });

  it("is left to a backup of the application's own kind", () => {
    release({ version: "2.0.0", services: [], backups: { orders: {} }, backup: migration });
    const kept = run(
      `J[".before.release"]=${BEFORE} WAY=up; read_manifest "$RELEASE"; keeps_before_migration && echo kept || echo none`,
    );
    expect(kept.stdout).toBe("none\n");
  });
});
