/** Compose's lifecycle hooks: each in its moment, in the running container, whoever starts or stops that. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { lastDeployment } from "../support/faults/faults.ts";
import { NEW, OLD, REDIS } from "../support/faults/project.ts";
import { Deployment, ready } from "./support/deployment.ts";
import { target } from "./support/prepared.ts";
import { sample } from "./support/release.ts";

const NAME = "hooked";
/** Leaves a line in the folder `notes` of the application, which outlives its containers. */
const note = (text: string): string[] => ["sh", "-c", `echo "${text}" >>/notes/log`];
const MOUNT = { user: "0", volumes: [`/opt/${NAME}/data:/notes`, "state:/data"] };

interface Given {
  started?: string[];
  stopped?: string[];
  label?: string;
}

/** `jobs` has hooks and says when it gets SIGTERM; `seed` comes from its `pre_start`, and `cache` is an accessory. */
const declare = ({ started, stopped, label = "a" }: Given = {}): ApplicationSpec =>
  sample(NAME, {
    services: {
      web: { port: 8000, health: { path: "/health", interval: "100ms", successes: 2 }, drain: "1s" },
      jobs: {
        ...MOUNT,
        image: REDIS,
        accessory: false,
        secrets: ["KEY"],
        command: ["sh", "-c", `trap 'echo TERM >>/notes/log; exit' TERM; touch /tmp/up; while :; do sleep 0.1; done`],
        health: { command: ["sh", "-c", "echo healthy >>/notes/log; test -e /tmp/up"], successes: 1 },
        compose: {
          labels: { version: label },
          pre_start: [{ command: note("init") }],
          post_start: [
            {
              command: started ?? ["sh", "-c", 'echo "start $$KEY $$WHO $$(id -u) $$PWD" | tee -a /notes/log'],
              user: "redis",
              working_dir: "/tmp",
              environment: { WHO: 'it\'s "me" ${KEY}' },
            },
          ],
          pre_stop: [{ command: stopped ?? note("stop") }],
        },
      },
      cache: {
        ...MOUNT,
        image: REDIS,
        command: ["sh", "-c", "exec redis-server --save ''"],
        compose: { post_start: [{ command: note("cache up") }], pre_stop: [{ command: note("cache down") }] },
      },
    },
  });
const deployment = new Deployment(target, declare());
const given = { secrets: { KEY: "hunter22" } };

/** What the hooks and `jobs` left since the last look; the checks of its health as one. */
async function notes(): Promise<string[]> {
  const text = await target.ask(`cat /opt/${NAME}/data/log; sudo truncate --size 0 /opt/${NAME}/data/log`);
  const lines = text.trim().split("\n");
  return lines.filter((line, index) => line !== "healthy" || lines[index - 1] !== "healthy");
}

beforeAll(async () => {
  await ready(deployment);
  await target.ask(
    `sudo install -d -o deploy /opt/${NAME} && sudo install -d -m 0777 /opt/${NAME}/data && sudo install -m 0666 /dev/null /opt/${NAME}/data/log`,
  );
});
afterAll(() => deployment.end());

test("they run before the health of a new container is asked, as another user, with their own variables", async () => {
  const result = await deployment.deploy(await deployment.release(OLD, given));
  expect(result.code, result.stdout + result.stderr).toBe(0);
  const [first, second, start, ...rest] = await notes();
  expect([first, second].sort()).toEqual(["cache up", "init"]);
  expect(start).toMatch(/^start hunter22 it's "me" hunter22 [1-9]\d* \/tmp$/);
  expect(rest).toEqual(["healthy"]);
  expect(result.stdout).toMatch(/ {4}\| start \[secret\] it's "me" \[secret\] \d+ \/tmp/);
});

test("they run before SIGTERM is sent to a container that another takes the place of", async () => {
  await deployment.deployed(NEW, { given });
  expect((await notes()).map((line) => line.replace(/^start .*/, "start"))).toEqual([
    "stop",
    "TERM",
    "start",
    "healthy",
  ]);
});

test("one that fails at the start fails the release, and what ran before runs again", async () => {
  deployment.spec = declare({ label: "c", started: ["sh", "-c", "echo cannot; exit 3"] });
  const result = await deployment.deploy(await deployment.release(NEW, given));
  expect(result.code).not.toBe(0);
  expect(result.stdout + result.stderr).toMatch(
    / {4}\| cannot[\s\S]*error: post_start of hooked-jobs-\d+ ended with 3; /,
  );
  expect(await lastDeployment(target, NAME)).toMatchObject({ result: "reverted" });
  expect(await deployment.seen()).toMatchObject({ version: NEW, differences: [] });
  // Of the old one, of the new one, and of the old one that is started again.
  expect((await notes()).map((line) => line.replace(/^start .*/, "start"))).toEqual([
    "stop",
    "TERM",
    "stop",
    "TERM",
    "start",
    "healthy",
  ]);
});

test("one that fails at the end is told, and the container is stopped all the same", async () => {
  deployment.spec = declare({ label: "d", stopped: ["sh", "-c", "echo busy; exit 4"] });
  await deployment.deployed(NEW, { given });
  deployment.spec = declare({ label: "e" });
  const result = await deployment.deploy(await deployment.release(NEW, given));
  expect(result.code, result.stdout + result.stderr).toBe(0);
  expect(result.stdout).toMatch(
    / {4}\| busy[\s\S]*pre_stop of hooked-jobs-\d+ ended with 4; it is stopped all the same/,
  );
  await notes();
});

test("they run when the application is removed, those of accessories last", async () => {
  await deployment.destroy(false);
  expect((await notes()).filter((line) => line !== "healthy")).toEqual(["stop", "TERM", "cache down"]);
});
