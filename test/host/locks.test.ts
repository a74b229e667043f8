/** One deployment of an application at a time. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { harmAt, lastDeployment, leftovers, oneVersion, running, untilSettled } from "../support/faults/faults.ts";
import { NEW, OLD, REDIS } from "../support/faults/project.ts";
import { expectOk } from "../support/run.ts";
import { forgetMigrations, ledger } from "../support/state.ts";
import { Deployment, ready } from "./support/deployment.ts";
import { target } from "./support/prepared.ts";
import { sample } from "./support/release.ts";

const NAME = "locked-host";
/** Its migration waits while its gate is closed, so that another deployment can come. */
const deployment = new Deployment(
  target,
  sample(NAME, {
    services: {
      web: { port: 8000, health: "/health" },
      jobs: {
        image: REDIS,
        accessory: false,
        command: ["sleep", "infinity"],
        volumes: ["./gate:/gate:ro", "jobs:/data"],
      },
    },
    migration: { service: "jobs", command: ["sh", "-c", "while [ -e /gate/closed ]; do sleep 0.2; done"] },
  }),
);
const closeGate = () => target.ask(`sudo touch /opt/${NAME}/gate/closed`);
const openGate = () => target.ask(`sudo rm -f /opt/${NAME}/gate/closed`);

const deployments = async (): Promise<number> =>
  (await ledger(target, NAME)).filter(({ action, result }) => action === "deploy" && result === "confirmed").length;

async function expectClean(version: string): Promise<void> {
  expect(await oneVersion(target, NAME)).toBe(version);
  expect(await running(target, NAME)).toEqual(["jobs running always", "web running always"]);
  expect(await leftovers(target, NAME)).toEqual([]);
}

beforeAll(async () => {
  await ready(deployment);
  await deployment.deployed(OLD);
});
/** Each goes on from what the one before left: OLD, NEW, OLD with other settings. */
beforeEach(async () => {
  await openGate();
  await forgetMigrations(target, NAME);
});
afterAll(() => deployment.end());

test("the same release twice at once is one deployment, and both succeed", async () => {
  const before = await deployments();
  const release = await deployment.release(NEW);
  const both = await Promise.all([deployment.deploy(release), deployment.deploy(release)]);
  both.forEach(expectOk);
  await expectClean(NEW);
  expect(await deployments()).toBe(before + 1);
});

test("the lock is free when its holder was killed, and the next deployment goes through", async () => {
  await closeGate();
  const moment = harmAt(target, NAME, "migration", "both");
  const killed = deployment.begin(await deployment.release(OLD));
  await moment.reached(killed);
  expect((await killed.result).code).not.toBe(0);
  await openGate();
  const given = { settings: { environment: { OTHER: "settings" } } };
  await deployment.deployed(OLD, { given, options: { lockWait: 30_000 } });
  await untilSettled(target, NAME, 10);
  await expectClean(OLD);
  expect(await lastDeployment(target, NAME)).toMatchObject({ result: "confirmed", version: OLD });
});

test("who comes second without a wish to wait is told who holds the lock since when, and is recorded as refused; who waits is deployed after the first", async () => {
  await closeGate();
  const underway = harmAt(target, NAME, "migration", "none");
  const winner = deployment.begin(await deployment.release(NEW), { token: "the winner" });
  await underway.reached(winner);
  const { since } = JSON.parse(await target.ask(`cat /opt/${NAME}/lock`)) as { since: string };
  const other = await deployment.release(OLD, { settings: { environment: { OTHER: "again" } } });
  const loser = await deployment.deploy(other);
  expect(loser.code).toBe(3);
  expect(loser.stdout + loser.stderr).toContain(`${NAME} is being deployed by the winner since ${since}`);
  const before = await deployments();
  const waiting = deployment.begin(await deployment.release(OLD, { settings: { environment: { OTHER: "waits" } } }), {
    lockWait: 120_000,
  });
  await waiting.until(/pull /);
  await openGate();
  expectOk(await winner.result);
  expectOk(await waiting.result);
  await expectClean(OLD);
  expect(await deployments()).toBe(before + 2);
  expect((await ledger(target, NAME)).filter(({ result }) => result === "refused").at(-1)).toMatchObject({
    version: OLD,
    reason: expect.stringContaining("the winner"),
  });
});
