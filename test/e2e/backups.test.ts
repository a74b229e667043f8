/** Data on a real host, by the real engine: declared, taken, proven, put back; and a migration that is refused for want of a proof. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actReportSchema, pointsReportSchema } from "../../cli/backups/report.ts";
import { statusReportSchema } from "../../cli/status/report.ts";
import { FaultProject, NEW, OLD, REDIS } from "../support/faults/project.ts";
import { ensureHosts, own } from "../support/hosts.ts";
import { CHECKOUT, expectOk, type Result, run } from "../support/run.ts";
import { seed } from "../support/sandbox.ts";
import { plant } from "../support/secrets.ts";

const [target] = own;
const NAME = "keeper";
const REPOSITORY = "/srv/slipway-keeper";
const FILE = `/opt/${NAME}/data/app.db`;
const password = plant("backup-password");
const declared = {
  services: {
    web: { port: 8000, health: "/health", volumes: ["./data:/data"], drain: "1s" },
    worker: {
      image: REDIS,
      accessory: false,
      volumes: ["worker:/data"],
      command: ["sh", "-c", "trap exit TERM; while :; do sleep 0.1; done"],
    },
  },
  migration: { service: "worker", up: ["true"] },
  preflight: { proof: "1h" },
  // Due when no test runs.
  backups: {
    what: "sqlite",
    file: "/data/app.db",
    check: "select count(*) from notes",
    schedule: `0 ${(new Date().getUTCHours() + 12) % 24} * * *`,
    drill: `0 ${(new Date().getUTCHours() + 12) % 24} * * *`,
  },
};
let fault: FaultProject;

const slipway = (...words: string[]): Promise<Result> =>
  run(process.execPath, [`${CHECKOUT}/cli/slipway.ts`, ...words, "--stack", fault.project.stack], {
    cwd: fault.project.folder,
    env: fault.project.env,
    timeoutSeconds: 120,
  });
const sql = (query: string): Promise<string> =>
  target.ask(`sudo sqlite3 ${FILE} "${query}"`).then((text) => text.trim());
const notes = (): Promise<string> => sql("select group_concat(text) from (select text from notes order by rowid)");
const status = async () =>
  statusReportSchema.parse(JSON.parse((await slipway("status", "--json")).stdout)).applications[0]!;

beforeAll(async () => {
  await ensureHosts();
  await seed(`shop:${OLD}`, `shop:${NEW}`);
  fault = await FaultProject.create({
    name: "backups",
    hosts: [target.number],
    applications: [{ name: NAME, more: declared }],
  });
  fault.project.setConfig({ "slipway:backups": { disk: { repository: REPOSITORY } } });
  await fault.project.setSecret("slipway:backups.disk.password", password);
  expectOk(await fault.project.up());
  await sql("create table notes (text); insert into notes values ('one'), ('two')");
  await target.ask(`sudo chown --reference=/opt/${NAME}/data ${FILE}`);
});
afterAll(async () => {
  await fault?.project.destroy();
  fault?.project.dispose();
  await target.ask(`sudo rm -rf ${REPOSITORY}`);
});

describe("data that is declared", () => {
  it("has no proof at first, and a version that migrates is refused, before anything is touched", async () => {
    expect((await status()).restorable).toBeUndefined();
    const refused = await fault.declare(NEW).project.up();
    expect(refused.code).not.toBe(0);
    expect(refused.stdout + refused.stderr).toContain(`slipway drill ${NAME}`);
    expect(await status()).toMatchObject({ version: OLD, health: "runs" });
    fault.declare(OLD);
  });

  it("is backed up and proven, which status tells", async () => {
    expectOk(await slipway("backup", NAME));
    const { applications } = actReportSchema.parse(JSON.parse(expectOk(await slipway("drill", NAME, "--json")).stdout));
    expect(applications).toMatchObject([
      {
        application: NAME,
        backups: [{ name: "data", to: "disk", drill: { result: "succeeded", value: "2" }, wrong: [] }],
      },
    ]);
    const shown = expectOk(await slipway("status"));
    expect(shown.stdout).toMatch(new RegExp(`${NAME} on host-\\d+: restorable as of .* UTC \\(.* ago\\), takes `));
  });

  it("is put back to what it was, while what was there is kept aside, which can be put back as well", async () => {
    await sql("insert into notes values ('three')");
    const { points } = pointsReportSchema.parse(JSON.parse(expectOk(await slipway("points", NAME, "--json")).stdout));
    expect(points).toMatchObject([{ name: "data", version: OLD }]);
    expect((await slipway("restore", NAME)).stderr).toContain("there is no terminal to ask at; give --yes");
    const { stdout } = expectOk(await slipway("restore", NAME, points[0]!.id, "--yes"));
    expect(stdout).toMatch(/^Restores data of keeper on .* to the point/);
    expect(await notes()).toBe("one,two");
    expect((await status()).health).toBe("runs");
    expectOk(await slipway("restore", NAME, "--back", "--yes"));
    expect(await notes()).toBe("one,two,three");
    expectOk(await slipway("restore", NAME, "--drop", "--yes"));
    const { stdout: history } = expectOk(await slipway("history", NAME));
    expect(history).toMatch(/ drill .* succeeded[\s\S]* restore .* succeeded/);
  });

  it("with a proof lets a version migrate, and is backed up before", async () => {
    expectOk(await fault.declare(NEW).project.up());
    const { points } = pointsReportSchema.parse(JSON.parse(expectOk(await slipway("points", NAME, "--json")).stdout));
    expect(points).toHaveLength(2);
    expect(await status()).toMatchObject({ version: NEW, wrong: [] });
  });

  it("leaves its password in no file of the host but the one that is for it", async () => {
    const found = await target.ask(
      `sudo grep -rlF -e '${password}' /opt /srv /etc /var/log /tmp 2>/dev/null | sort || true`,
    );
    expect(found.trim().split("\n")).toEqual(["/opt/slipway/backups/stacks/slipway+test.json"]);
  });
});
