/** The way past a migration and back, of an application whose schema is a file in a volume. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { type LoadReport, startLoad } from "../../sandbox/load/index.ts";
import { NEW, OLD, REDIS } from "../support/faults/project.ts";
import { expectOk } from "../support/run.ts";
import { seed } from "../support/sandbox.ts";
import { Deployment, ready } from "./support/deployment.ts";
import { slipway, target } from "./support/prepared.ts";
import { sample } from "./support/release.ts";

const NAME = "migrating";
const BAD = "2.4.0";
const inShell = (text: string, ...more: string[]): string[] => ["sh", "-c", text, ...more];

/** Each version's schema is its own name, and each change of it leaves a line. */
const declare = (version: string, more: Partial<ApplicationSpec> = {}): ApplicationSpec =>
  sample(NAME, {
    services: {
      web: { port: 8000, health: { path: "/health", interval: "100ms", successes: 2 }, drain: "1s" },
      jobs: {
        image: REDIS,
        accessory: false,
        command: ["sleep", "infinity"],
        volumes: ["jobs:/data"],
        stopGrace: "1s",
      },
    },
    hold: "2m",
    migration: {
      service: "jobs",
      up: inShell(`echo ${version} >/data/schema; echo up ${version} >>/data/log`),
      down: inShell('echo "$0" >/data/schema; echo "down to $0" >>/data/log', "{revision}"),
      revision: ["echo", version],
    },
    ...more,
  });
const deployment = new Deployment(target, declare(OLD));

const read = (file: string): Promise<string> =>
  target.ask(
    `docker exec $(docker ps --quiet --filter label=com.docker.compose.project=${NAME} --filter label=com.docker.compose.service=jobs) cat /data/${file}`,
  );
const schema = async (): Promise<string> => (await read("schema")).trim();
const changes = async (): Promise<string[]> => (await read("log")).trim().split("\n");

function deployed(version: string, setting = ""): Promise<unknown> {
  deployment.spec = declare(version);
  return deployment.deployed(version, { given: { settings: { environment: { SETTING: setting } } } });
}

async function underLoad(work: () => Promise<unknown>): Promise<LoadReport> {
  const load = startLoad({
    url: `http://${target.address}`,
    hostHeader: deployment.domain,
    rate: 10,
    durationSeconds: 300,
    timeoutSeconds: 120,
  });
  await load.started;
  try {
    await work();
    return await load.stop();
  } catch (error) {
    await load.stop();
    throw error;
  }
}

beforeAll(async () => {
  await Promise.all([ready(deployment), seed({ image: `shop:${BAD}`, behaviours: ["wrong-version"] })]);
  await deployed(OLD);
});
afterAll(() => deployment.end());

test("the newer release takes its schema back before the older one starts, and no request fails", async () => {
  await deployed(NEW);
  const report = await underLoad(() => deployed(OLD));
  expect(report.failuresByKind).toEqual({});
  expect([await schema(), await changes()]).toEqual([OLD, [`up ${OLD}`, `up ${NEW}`, `down to ${OLD}`]]);
});

test("a rollback by hand goes the same way", async () => {
  await deployed(NEW);
  expectOk(await slipway(`rollback ${NAME}`));
  expect([await schema(), (await changes()).slice(-2)]).toEqual([OLD, [`up ${NEW}`, `down to ${OLD}`]]);
});

test("after a migration of a version that failed, the older one can be deployed with other settings", async () => {
  deployment.spec = declare(BAD);
  expect((await deployment.deploy(await deployment.release(BAD))).code).toBe(1);
  expect(await schema()).toBe(BAD);
  await deployed(OLD, "other");
  expect([await schema(), (await changes()).slice(-2)]).toEqual([OLD, [`up ${BAD}`, `down to ${OLD}`]]);
});

test("a failed version whose schema the one before does not know is restored from its backup, and no request fails", async () => {
  const { migration, ...rest } = declare(BAD);
  deployment.spec = {
    ...rest,
    migration: { ...(migration as { up: string[] }), compatible: false },
    backup: {
      service: "jobs",
      command: ["cp", "/data/schema", "/data/backup"],
      restore: inShell("cp /data/backup /data/schema; echo restored >>/data/log"),
    },
  };
  const release = await deployment.release(BAD);
  const report = await underLoad(async () => expect((await deployment.deploy(release)).code).toBe(1));
  expect(report.failuresByKind).toEqual({});
  expect([await schema(), (await changes()).slice(-2)]).toEqual([OLD, [`up ${BAD}`, "restored"]]);
});
