/** Services that run to their end before others start: once for each definition, in their order, and never by chance. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { lastDeployment } from "../support/faults/faults.ts";
import { NEW, OLD, REDIS } from "../support/faults/project.ts";

import { Deployment, ready } from "./support/deployment.ts";
import { target } from "./support/prepared.ts";
import { sample } from "./support/release.ts";

const NAME = "oncely";
const shell = (text: string): string[] => ["sh", "-c", text];

/** `store` waits for `owner`, and `web` for `seed`, which asks the store; each leaves a line in the volume `notes`. */
const declare = (seeds = "seeded"): ApplicationSpec =>
  sample(NAME, {
    services: {
      web: { port: 8000, health: { path: "/health", interval: "100ms", successes: 2 }, drain: "1s" },
      owner: {
        image: REDIS,
        once: true,
        user: "0",
        command: shell("echo owner >>/notes/log"),
        volumes: ["notes:/notes"],
      },
      store: {
        image: REDIS,
        volumes: ["notes:/notes"],
        user: "0",
        command: shell("grep -q owner /notes/log && exec redis-server --save ''"),
        health: { command: ["redis-cli", "ping"] },
        compose: { depends_on: { owner: { condition: "service_completed_successfully" } } },
      },
      seed: {
        image: REDIS,
        once: { timeout: "5s" },
        user: "0",
        command: shell(
          `redis-cli -h store ping && echo ${seeds} >>/notes/log && ${seeds === "hangs" ? "sleep 60" : "true"}`,
        ),
        volumes: ["notes:/notes"],
        compose: { depends_on: ["store"] },
      },
    },
  });
const deployment = new Deployment(target, declare());

const containers = (): Promise<string> =>
  target.ask(
    `docker ps --all --filter label=com.docker.compose.project=${NAME} --format '{{.Label "com.docker.compose.service"}}' | sort | xargs`,
  );
const notes = async (): Promise<string[]> =>
  (
    await target.ask(
      `docker exec $(docker ps --quiet --filter label=com.docker.compose.project=${NAME} --filter label=com.docker.compose.service=store) cat /notes/log`,
    )
  )
    .trim()
    .split("\n");

beforeAll(async () => {
  await ready(deployment);
});
afterAll(() => deployment.end());

test("what runs once runs before what waits for it, and leaves no container", async () => {
  await deployment.deployed(OLD);
  expect(await notes()).toEqual(["owner", "seeded"]);
  expect(await containers()).toBe("store web\n");
  expect((await deployment.seen()).differences).toEqual([]);
});

test("another version does not run it again", async () => {
  await deployment.deployed(NEW);
  expect(await notes()).toEqual(["owner", "seeded"]);
});

test("another definition runs once more, and the way to the one before does not", async () => {
  deployment.spec = declare("seeded-again");
  await deployment.deployed(NEW);
  deployment.spec = declare();
  await deployment.deployed(OLD);
  expect(await notes()).toEqual(["owner", "seeded", "seeded-again"]);
});

test("one that does not end is ended, and what ran serves as before", async () => {
  deployment.spec = declare("hangs");
  const result = await deployment.deploy(await deployment.release(NEW));
  expect(result.code).not.toBe(0);
  expect(result.stdout + result.stderr).toContain(
    `seed of ${NAME} did not end within 5 s; if it is to go on running, declare services.seed.once: false`,
  );
  expect(await lastDeployment(target, NAME)).toMatchObject({ result: "reverted" });
  expect(await deployment.seen()).toMatchObject({ version: OLD, differences: [] });
  expect(await containers()).toBe("store web\n");
});

test("one that fails is told with its exit code and its lines", async () => {
  deployment.spec = declare("x; echo no such bucket; exit 3");
  const result = await deployment.deploy(await deployment.release(NEW));
  expect(result.stdout + result.stderr).toMatch(/ {4}\| no such bucket[\s\S]*seed of oncely ended with 3/);
  expect(await deployment.seen()).toMatchObject({ version: OLD, differences: [] });
});

test("somebody's own run in the project goes on while a deployment fails beside it", async () => {
  await target.ask(
    `cd /opt/${NAME}/current && docker compose run --detach --name ${NAME}-by-hand --no-deps store sleep 300`,
  );
  deployment.spec = declare("y; exit 4");
  expect((await deployment.deploy(await deployment.release(NEW))).code).not.toBe(0);
  expect(await target.ask(`docker inspect --format '{{.State.Status}}' ${NAME}-by-hand`)).toBe("running\n");
  await target.ask(`docker rm --force ${NAME}-by-hand`);
});
