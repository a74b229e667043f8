/** Accessories that need the application's own services: they start after these, and go back with them. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { harmAt, lastDeployment, untilSettled } from "../support/faults/faults.ts";
import { NEW, OLD, REDIS } from "../support/faults/project.ts";
import { containers } from "../support/state.ts";
import { Deployment, ready } from "./support/deployment.ts";
import { target } from "./support/prepared.ts";
import { sample } from "./support/release.ts";

const NAME = "lately";
const server = (text: string): string[] => ["sh", "-c", `${text}; exec redis-server --save '' --protected-mode no`];

/** `reader` ends at once where it does not reach `store`, as nginx does where it does not find what it is in front of. */
const declare = (says = "ping"): ApplicationSpec =>
  sample(NAME, {
    services: {
      web: { port: 8000, health: { path: "/health", interval: "100ms", successes: 2 }, drain: "1s" },
      store: { image: REDIS, accessory: false, volumes: ["store:/data"], user: "0", command: server("true") },
      reader: {
        image: REDIS,
        user: "0",
        volumes: ["reader:/data"],
        command: server(`redis-cli -h store ${says} | grep -q PONG || exit 3`),
        compose: { depends_on: ["store", "web"] },
      },
    },
  });
const deployment = new Deployment(target, declare());

/** When the one container of a service was started. */
const started = async (service: string): Promise<string> =>
  (await containers(target, NAME)).find((one) => one.service === service)!.started;

beforeAll(async () => {
  await ready(deployment);
});
afterAll(() => deployment.end());

test("one starts after what it needs in the first deployment", async () => {
  await deployment.deployed(OLD);
  expect(await deployment.seen()).toMatchObject({ version: OLD, differences: [] });
  const [web, store, reader] = [await started("web"), await started("store"), await started("reader")];
  expect([web, store, reader].sort()[2]).toBe(reader);
});

test("one that did not change goes on while a new version comes, and is started again where it does not run", async () => {
  const before = await started("reader");
  await deployment.deployed(NEW);
  expect(await started("reader")).toBe(before);
  await target.ask(`cd /opt/${NAME}/current && docker compose stop reader`);
  expect((await deployment.seen()).differences).toEqual([`${NAME}-reader-1 does not run`]);
  await deployment.deployed(OLD);
  expect((await started("reader")) > before).toBe(true);
  expect(await deployment.seen()).toMatchObject({ version: OLD, differences: [] });
});

test("one that fails takes the release back, and runs as before", async () => {
  deployment.spec = declare("nonsense");
  const result = await deployment.deploy(await deployment.release(NEW));
  expect(result.code).not.toBe(0);
  expect(result.stdout + result.stderr).toContain(`the accessory reader of ${NAME}`);
  expect(await lastDeployment(target, NAME)).toMatchObject({ result: "reverted" });
  expect(await deployment.seen()).toMatchObject({ version: OLD, differences: [] });
});

test("one that was changed runs as before when its deployment is killed after that", async () => {
  // It is observed for long enough to be killed before it is confirmed.
  deployment.spec = { ...declare("--no-raw ping"), observe: "10s" };
  const moment = harmAt(target, NAME, "check", "both");
  const killed = deployment.begin(await deployment.release(NEW));
  await moment.reached(killed);
  expect((await killed.result).code).not.toBe(0);
  await untilSettled(target, NAME, 120);
  expect(await deployment.seen()).toMatchObject({ version: OLD, differences: [] });
  expect(await target.ask(`docker inspect --format '{{.Config.Cmd}}' ${NAME}-reader-1`)).not.toContain("--no-raw");
});
