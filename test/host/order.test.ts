/** The order of the application's own services where nothing of them ran before, whatever their strategies are. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { NEW, OLD, REDIS } from "../support/faults/project.ts";
import { type Container, containers } from "../support/state.ts";
import { Deployment, ready } from "./support/deployment.ts";
import { target } from "./support/prepared.ts";
import { sample } from "./support/release.ts";

const NAME = "ordered";
const HEALTHY = { condition: "service_healthy" };
const server = (before: string): string[] => ["sh", "-c", `${before}; exec redis-server --save '' --protected-mode no`];
const own = { image: REDIS, accessory: false, user: "0" } as const;

/** Answers only some seconds after it was started; one that has data is exchanged. */
const slow = (volume: string) => ({
  ...own,
  volumes: [`${volume}:/data`],
  command: server("sleep 3"),
  health: { command: ["redis-cli", "ping"], interval: "100ms", successes: 1 },
});

/** Ends at once where what it needs does not answer. It rolls, so it would start before what is exchanged. */
const reader = (...needed: string[]) => ({
  ...own,
  strategy: "rolling" as const,
  volumes: ["reader:/data"],
  command: server(needed.map((name) => `redis-cli -h ${name} ping | grep -q PONG || exit 3`).join("; ")),
  compose: { depends_on: Object.fromEntries(needed.map((name) => [name, HEALTHY])) },
});

const declare = (...stores: string[]): ApplicationSpec =>
  sample(NAME, {
    services: {
      reader: reader(...stores),
      web: { port: 8000, health: { path: "/health", interval: "100ms", successes: 2 }, drain: "1s" },
      worker: { ...own, volumes: ["worker:/data"], command: server("true"), compose: { depends_on: { web: HEALTHY } } },
      beside: {
        ...own,
        volumes: ["beside:/data"],
        command: server("true"),
        compose: { network_mode: "service:web", depends_on: ["web"] },
      },
      ...Object.fromEntries(stores.map((name) => [name, slow(name)])),
    },
  });
const deployment = new Deployment(target, declare("store"));

/** How often Docker had to start the one container of a service again. */
const restarts = async (service: string): Promise<number> =>
  Number(
    await target.ask(
      `docker inspect --format '{{.RestartCount}}' $(docker ps --quiet --filter label=com.docker.compose.project=${NAME} --filter label=com.docker.compose.service=${service})`,
    ),
  );

const containerOf = async (name: string): Promise<Container> =>
  (await containers(target, NAME)).find(({ service }) => service === name)!;
const started = async (service: string): Promise<string> => (await containerOf(service)).started;

/** Of which container `beside` has the network. */
const networkOf = (): Promise<string> =>
  target.ask(
    `docker inspect --format '{{.HostConfig.NetworkMode}}' $(docker ps --quiet --filter label=com.docker.compose.project=${NAME} --filter label=com.docker.compose.service=beside)`,
  );

beforeAll(async () => {
  await ready(deployment);
});
afterAll(() => deployment.end());

test("in a first deployment each starts when what it needs is healthy", async () => {
  await deployment.deployed(OLD);
  expect(await restarts("reader")).toBe(0);
  expect((await started("worker")) > (await started("web"))).toBe(true);
  expect(await deployment.seen()).toMatchObject({ version: OLD, differences: [] });
});

test("one that comes with a later version is there before what needs it", async () => {
  deployment.spec = declare("store", "added");
  const before = await started("store");
  await deployment.deployed(NEW);
  expect(await restarts("reader")).toBe(0);
  // What ran before is exchanged in its turn, when those that roll are healthy.
  expect((await started("store")) > (await started("reader"))).toBe(true);
  expect(await started("store")).not.toBe(before);
  expect(await deployment.seen()).toMatchObject({ version: NEW, differences: [] });
});

test("one that has the network of another has that of its new container", async () => {
  expect((await networkOf()).trim()).toBe(`container:${(await containerOf("web")).id}`);
  expect((await containers(target, NAME)).filter(({ service }) => service === "web")).toHaveLength(1);
});

test("one that has the network of another has that of the old container again when a version fails", async () => {
  const { id } = await containerOf("web");
  const failing = { settings: { environment: { APP_BEHAVIOUR: "wrong-version" } } };
  const { code, stdout, stderr } = await deployment.deploy(await deployment.release(OLD, failing));
  expect([code, stdout + stderr]).toEqual([1, expect.stringContaining("serves as before")]);
  expect((await containerOf("web")).id).toBe(id);
  expect((await networkOf()).trim()).toBe(`container:${id}`);
  expect(await deployment.seen()).toMatchObject({ version: NEW, differences: [] });
});

test("one that has the network of another, and is gone, is made again", async () => {
  await target.ask(`docker rm --force ${(await containerOf("beside")).id}`);
  await deployment.deployed(NEW);
  expect((await networkOf()).trim()).toBe(`container:${(await containerOf("web")).id}`);
  expect(await deployment.seen()).toMatchObject({ version: NEW, differences: [] });
});
