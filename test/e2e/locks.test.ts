/** Two runs of the engine at once; test/host/locks.test.ts has what the host does about it by itself. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { harmAt, leftovers, oneVersion, running } from "../support/faults/faults.ts";
import { FaultProject, NEW, OLD, REDIS } from "../support/faults/project.ts";
import { ensureHosts, own } from "../support/hosts.ts";
import { expectOk, type Result } from "../support/run.ts";
import { forgetMigrations, ledger } from "../support/state.ts";

const NAME = "locked";
const [target] = own;
/** A migration that waits while its gate is closed, so that another deployment can come. */
const gated = `
    services: {
      web: { port: 8000, health: "/health" },
      jobs: { image: "${REDIS}", accessory: false, command: ["sleep", "infinity"], volumes: ["./gate:/gate:ro", "jobs:/data"] },
    },
    migration: { service: "jobs", command: ["sh", "-c", "while [ -e /gate/closed ]; do sleep 0.2; done"] },`;
const closeGate = () => target.ask(`sudo touch /opt/${NAME}/gate/closed`);
const openGate = () => target.ask(`sudo rm -f /opt/${NAME}/gate/closed`);
const PROJECTS = [`${NAME}-anna`, `${NAME}-ben`];
let anna: FaultProject;
let ben: FaultProject;

const text = ({ stdout, stderr }: Result): string => stdout + stderr;
async function expectClean(version: string): Promise<void> {
  expect(await oneVersion(target, NAME)).toBe(version);
  expect(await running(target, NAME)).toEqual(["jobs running always", "web running always"]);
  expect(await leftovers(target, NAME)).toEqual([]);
}

beforeAll(async () => {
  await ensureHosts();
  const declared = { hosts: [target.number], applications: [{ name: NAME, more: gated }] };
  anna = await FaultProject.create({ name: PROJECTS[0]!, ...declared });
  ben = await FaultProject.create({ name: PROJECTS[1]!, ...declared });
  expectOk(await anna.project.up());
});

/** The second goes on from what the first left, which is NEW. */
beforeEach(async () => {
  await openGate();
  await forgetMigrations(target, NAME);
});

afterAll(async () => {
  for (const one of [ben, anna]) {
    await one.project.cancel();
    await one.project.destroy();
    one.project.dispose();
  }
});

describe("two deployments at once", () => {
  test("one wins, the other is told who holds the lock and since when, and changes nothing", async () => {
    await closeGate();
    const underway = harmAt(target, NAME, "migration", "none");
    const winner = anna.declare(NEW).project.upInBackground();
    await underway.reached(winner);
    const by = JSON.parse(await target.ask(`cat /opt/${NAME}/lock`)) as { by: string; since: string };
    const loser = await ben.settle({ environment: { OTHER: "settings" } }).project.up();

    expect(loser.code).not.toBe(0);
    expect(text(loser)).toContain(`${NAME} is being deployed by ${by.by} since ${by.since}`);
    expect(text(loser)).toMatch(/version 1\.1\.0, step \w+\).*set lockWait to wait for it\. Nothing was changed\./);
    expect(Number.isNaN(Date.parse(by.since))).toBe(false);
    await openGate();
    expectOk(await winner.result);
    await expectClean(NEW);
    expect((await ledger(target, NAME)).filter(({ result }) => result === "refused").at(-1)).toMatchObject({
      version: OLD,
      reason: expect.stringContaining(by.by),
    });
  });

  test("a run that follows the same release shows no change afterwards", async () => {
    await closeGate();
    const underway = harmAt(target, NAME, "migration", "none");
    const first = anna.declare(OLD).project.upInBackground();
    await underway.reached(first);
    const second = ben.settle({}).declare(OLD).project.upInBackground();
    await second.until(/is already being deployed by/);
    await openGate();
    expectOk(await second.result);
    expectOk(await first.result);
    expect(Object.keys((await ben.project.preview()).changes)).toEqual(["same"]);
  });
});
