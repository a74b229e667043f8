/** Jobs: what is due runs once, in the release that serves, beside whatever else happens on the host. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { NEW, OLD, REDIS } from "../support/faults/project.ts";
import { expectOk } from "../support/run.ts";
import { Deployment, ready } from "./support/deployment.ts";
import { slipway, target } from "./support/prepared.ts";
import { sample } from "./support/release.ts";

const NAME = "jobs-host";
const shell = (text: string): string[] => ["sh", "-c", text];
/** Due once a day, when no test runs but by making it so. */
const daily = `${new Date(Date.now() - 7_200_000).getUTCMinutes()} ${new Date(Date.now() - 7_200_000).getUTCHours()} * * *`;

/** The jobs run in `worker`, which has the volume `notes`. */
const declare = (name: string): ApplicationSpec =>
  sample(NAME, {
    services: {
      web: { port: 8000, health: { path: "/health", interval: "100ms", successes: 2 }, drain: "1s" },
      worker: {
        image: REDIS,
        accessory: false,
        secrets: ["KEY"],
        volumes: ["notes:/data"],
        command: shell("trap exit TERM; while :; do sleep 0.1; done"),
      },
    },
    jobs: {
      note: { service: "worker", schedule: daily, command: shell(`echo "${name} $KEY" | tee -a /data/log`) },
      skipped: { service: "worker", schedule: daily, missed: "skip", command: shell("echo never") },
      waits: {
        service: "worker",
        schedule: daily,
        command: shell("until rm /data/go 2>/dev/null; do sleep 0.1; done"),
      },
      stuck: { service: "worker", schedule: daily, deadline: "1s", command: shell("echo begun; sleep 60") },
      fails: { service: "worker", schedule: daily, command: shell("echo no such table; exit 3") },
    },
  });
const deployment = new Deployment(target, declare("old"));
const given = { secrets: { KEY: "planted-job-secret" } };

const job = (name: string): string => `/opt/${NAME}/.jobs/${name}`;
/** What became of the runs of a job, the newest last. */
async function runs(name: string): Promise<Record<string, unknown>[]> {
  const text = await target.ask(`cat /opt/${NAME}/jobs.jsonl 2>/dev/null || true`);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
    .filter((line) => line.job === name);
}
/** As if nobody had looked for two days. */
const miss = (name: string): Promise<string> =>
  target.ask(
    `mkdir -p ${job(name)}; printf %s $(($(date +%s) - 172800)) >${job(name)}/looked; rm -f ${job(name)}/started`,
  );
const tick = async (): Promise<void> => void expectOk(await slipway("recover"));
/** Until no run of a job is under way. */
const ended = (name: string): Promise<string> =>
  target.ask(`sleep 0.5; until [ -s ${job(name)}/last ] && [ ! -e ${job(name)}/running ]; do sleep 0.1; done`);
const begun = (name: string): Promise<string> =>
  target.ask(
    `until [ -n "$(docker ps --quiet --filter label=slipway.job=${NAME}.${name})" ]; do sleep 0.1; done; ls ${job(name)}`,
  );
const left = (): Promise<string> =>
  target.ask(`docker ps --all --filter label=com.docker.compose.oneoff=True --format '{{.Names}}'`);
const details = async () =>
  JSON.parse(expectOk(await slipway("inspect --details")).stdout).applications[NAME].jobs as {
    name: string;
    last: Record<string, unknown> | null;
  }[];

beforeAll(async () => {
  await ready(deployment);
  await deployment.deployed(OLD, { given });
});
afterAll(() => deployment.end());

test("what is new is not due for what was before it", async () => {
  await tick();
  expect((await target.ask(`ls ${job("note")}`)).trim()).toBe("looked");
});

test("a run that was missed while the host was off happens once afterwards, unless it is to be left out", async () => {
  await Promise.all([miss("note"), miss("skipped")]);
  await Promise.all([tick(), tick()]);
  await ended("note");
  await tick();
  expect(await runs("note")).toMatchObject([{ result: "succeeded", code: 0, by: "schedule", due: expect.any(String) }]);
  expect(await runs("skipped")).toMatchObject([{ result: "missed" }]);
  expect(await left()).toBe("");
});

test("what it prints is kept, without secrets", async () => {
  expect(expectOk(await slipway(`output ${NAME} --job note`)).stdout).toBe("old [secret]\n");
});

test("by hand it shows what it prints, and how it ended", async () => {
  const result = await slipway(`job ${NAME} --job fails --token anna`);
  expect([result.code, result.stdout, result.stderr]).toEqual([
    1,
    expect.stringMatching(/^no such table\n/),
    `error: the job fails of ${NAME} did not end well: failed with 3; its lines stand above\n`,
  ]);
  expect(await runs("fails")).toMatchObject([{ result: "failed", code: 3, by: "anna" }]);
  expect((await slipway(`job ${NAME} --job nothing`)).stderr).toContain("its jobs are: note skipped waits stuck fails");
});

test("one that takes too long is ended", async () => {
  expect((await slipway(`job ${NAME} --job stuck`)).stderr).toContain("overdue");
  expect(await runs("stuck")).toMatchObject([{ result: "overdue", reason: "it took longer than its deadline of 1 s" }]);
  expect(await left()).toBe("");
});

test("a run goes on beside a deployment; one that is due meanwhile is skipped; the next is of what serves then", async () => {
  const running = target.start(`/opt/slipway/bin/slipway job ${NAME} --job waits`, { timeoutSeconds: 120 });
  await begun("waits");
  const first = (await deployment.seen()).release;
  deployment.spec = declare("new");
  await deployment.deployed(NEW, { given, options: { keepReleases: 1 } });
  expect(await deployment.seen()).toMatchObject({ version: NEW, differences: [] });
  expect((await slipway(`job ${NAME} --job waits`)).stderr).toContain("is under way already");
  await miss("waits");
  await tick();
  await target.ask(`until grep -q '"result":"skipped"' /opt/${NAME}/jobs.jsonl; do sleep 0.1; done`, {
    timeoutSeconds: 20,
  });
  await target.ask(`docker exec $(docker ps --quiet --filter label=slipway.job=${NAME}.waits) touch /data/go`);
  expect((await running.result).code).toBe(0);
  expect(await runs("waits")).toMatchObject([
    { result: "skipped", reason: "the run before it was still under way" },
    { result: "succeeded", release: first },
  ]);
  expect(expectOk(await slipway(`job ${NAME} --job note`)).stdout).toMatch(/^new \[secret\]\nthe job note of /);
});

test("after a rollback it is of the release that serves again", async () => {
  deployment.spec = declare("old");
  await deployment.deployed(OLD, { given });
  expect(expectOk(await slipway(`job ${NAME} --job note`)).stdout).toMatch(/^old /);
});

test("one whose processes were killed leaves no container, and is told as interrupted", async () => {
  const running = target.start(`/opt/slipway/bin/slipway job ${NAME} --job waits`, { timeoutSeconds: 120 });
  await begun("waits");
  await target.ask(`kill -KILL $(pgrep -f '[s]lipway attempt ${NAME} waits')`);
  expect((await running.result).stderr).toContain("was ended before its end");
  await tick();
  expect((await runs("waits")).at(-1)).toMatchObject({ result: "interrupted" });
  expect(await left()).toBe("");
  expect((await details()).find(({ name }) => name === "waits")).toMatchObject({
    here: true,
    running: null,
    last: { result: "interrupted" },
  });
});

test("they go with the application, and what became of their runs stays", async () => {
  expectOk(await deployment.destroy(false));
  expect(await target.ask(`ls -A /opt/${NAME}`)).not.toContain(".jobs");
  await tick();
  expect((await runs("note")).length).toBeGreaterThan(1);
});
