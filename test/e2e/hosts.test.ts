import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startLoad } from "../../sandbox/load/index.ts";
import {
  harmAt,
  lastDeployment,
  leftovers,
  oneVersion,
  running,
  story,
  untilSettled,
} from "../support/faults/faults.ts";
import { type Declared, domainOf, FaultProject, NEW, OLD, program, REDIS } from "../support/faults/project.ts";
import { ensureHosts, nameOf, own } from "../support/hosts.ts";
import { VERSIONS_ONLY } from "../support/load.ts";
import { COMPONENTS } from "../support/program.ts";
import { expectOk, type Result } from "../support/run.ts";
import { hostEntry, SHOP } from "../support/sandbox.ts";
import type { Host } from "../support/ssh.ts";
import { containers } from "../support/state.ts";

const [first, second] = own;
/** Says another version than it has, so that its verification fails. */
const WRONG = "3.0.0";
const WEB = ["web running always"];
const text = ({ stdout, stderr }: Result): string => stdout + stderr;
const steady = (application: string) =>
  startLoad({
    url: `http://${first.address}`,
    hostHeader: domainOf(application),
    rate: 20,
    ...VERSIONS_ONLY,
    retryIdleClose: true,
  });
const used: FaultProject[] = [];

async function create(
  name: string,
  hosts: Host[],
  applications: Declared[],
  settings: Record<string, unknown> = {},
  text?: string,
): Promise<FaultProject> {
  const numbers = hosts.map(({ number }) => number);
  const made = await FaultProject.create({ name, hosts: numbers, applications, settings });
  if (text !== undefined) made.project.write("index.ts", text);
  used.push(made);
  expectOk(await made.project.up());
  return made;
}

async function expectUnchanged({ project }: FaultProject): Promise<void> {
  expect(Object.keys((await project.preview()).changes)).toEqual(["same"]);
}

async function clear(made: FaultProject): Promise<void> {
  await made.project.cancel();
  await made.project.destroy();
  made.project.dispose();
  used.splice(used.indexOf(made), 1);
}

beforeAll(ensureHosts);
afterAll(async () => {
  for (const made of [...used]) await clear(made);
});

test("two applications on one host: one is broken, the other is deployed and does not notice", async () => {
  const [broken, sound] = ["hosts-broken", "hosts-sound"] as const;
  const made = await create("hosts-pair", [first], [{ name: broken }, { name: sound }]);
  const load = steady(sound);
  await load.started;
  const result = await made.declare(WRONG, broken).declare(NEW, sound).project.up(["--continue-on-error"]);
  const report = await load.stop();

  expect(result.code).not.toBe(0);
  expect(text(result)).toContain('the wrong version serves: GET /api/v1/version answers "2.9.9"');
  expect(await oneVersion(first, broken)).toBe(OLD);
  expect(await oneVersion(first, sound)).toBe(NEW);
  expect(report.failuresByKind).toEqual({});
  expect(report.byVersion).toMatchObject({ [OLD]: expect.any(Number), [NEW]: expect.any(Number) });
  for (const name of [broken, sound])
    expect([await running(first, name), await leftovers(first, name)]).toEqual([WEB, []]);
  await clear(made);
});

describe("one application on two hosts", () => {
  const NAME = "hosts-twice";
  const on = (port: number): string => `
    services: {
      web: { port: 8000, health: "/health" },
      jobs: { image: "${REDIS}", accessory: false, command: ["sleep", "infinity"], volumes: ["jobs:/data"], publish: ["${port}:6379"] },
    },
    confirmWithin: "20s",`;
  let made: FaultProject;

  const bothServe = async (version: string): Promise<void> => {
    for (const target of [first, second]) {
      await untilSettled(target, NAME, 60);
      expect(await oneVersion(target, NAME)).toBe(version);
      expect([await running(target, NAME), await leftovers(target, NAME)]).toEqual([
        ["jobs running always", ...WEB],
        [],
      ]);
    }
  };

  beforeAll(async () => {
    made = await create(NAME, [first, second], [{ name: NAME, more: on(9100) }]);
  });
  afterAll(async () => {
    await second.exec("docker rm --force blocker");
    await clear(made);
  });

  test("one cannot start it: the other goes back by itself, and after the repair both switch", async () => {
    await second.ask(
      `docker run --detach --name blocker --publish 9200:6379 $(docker ps -q --filter label=com.docker.compose.project=${NAME} --filter label=com.docker.compose.service=jobs | xargs docker inspect --format '{{.Image}}')`,
    );
    made.project.write("index.ts", program([{ name: NAME, more: on(9200) }]));
    const result = await made.declare(NEW).project.up();
    expect(result.code).not.toBe(0);
    expect(text(result)).toContain("port 9200 is taken on this host by container blocker");
    await bothServe(OLD);
    expect(await lastDeployment(first, NAME)).toMatchObject({
      result: "reverted",
      version: NEW,
      reason: expect.stringMatching(/not confirmed within 20 s/),
    });
    expect(await lastDeployment(second, NAME)).toMatchObject({ result: "reverted", version: NEW });

    await second.ask("docker rm --force blocker");
    expectOk(await made.project.up());
    await bothServe(NEW);
  });

  test("the rollout of one is killed while it waits for the confirmation: not confirmed, and the next run puts both right", async () => {
    const before = await oneVersion(first, NAME);
    const wanted = before === OLD ? NEW : OLD;
    const moment = harmAt(first, NAME, "activated", "worker");
    const deployment = made.declare(wanted).project.upInBackground();
    await moment.reached(deployment);
    expect((await deployment.result).code).not.toBe(0);
    await untilSettled(first, NAME, 60);
    expect(await oneVersion(first, NAME)).toBe(before);
    const next = await made.settle({ lockWait: "1m" }).project.up();
    if (next.code !== 0) throw new Error(`${text(next)}\n${await story(first, NAME)}\n${await story(second, NAME)}`);
    await bothServe(wanted);
    await expectUnchanged(made);
  });
});

describe("the end of an application", () => {
  const NAME = "hosts-kept";
  const more = `services: { web: { port: 8000, health: "/health", volumes: ["files:/files"] } },`;
  /** The same application, below another component when `team` is given: without an alias that is another resource. */
  const grouped = (team: string | undefined): string => `
import * as pulumi from "@pulumi/pulumi";
import { Application, defineApplication, DockerHost, freshToken, planOf, readSettings, registryAccess } from "${COMPONENTS}";
class Team extends pulumi.ComponentResource {
  constructor(name: string) { super("test:index:Team", name); }
}
const settings = await readSettings();
const fresh = freshToken();
const registries = Object.entries(settings.registries).map(([server, { username, password }]) => ({ server, username, password }));
const hosts = Object.fromEntries(Object.entries(settings.hosts).map(([name, host]) => [name, new DockerHost(name, { settings: host, registries, fresh })]));
const spec = defineApplication({
  name: "${NAME}", image: "${SHOP}", domain: "http://${domainOf(NAME)}", verification: { version: "/api/v1/version" },
  ${more}
});
const declared = { spec, settings: settings.applications["${NAME}"]!, secrets: {}, protected: false };
new Application("${NAME}", {
  ...declared, plan: planOf(declared, "/opt"), hosts, registries, access: registryAccess(settings.registries), fresh,
}, ${team === undefined ? "{}" : `{ parent: new Team("${team}") }`});
`;
  const left = () =>
    first
      .ask(`docker ps -aq --filter label=com.docker.compose.project=${NAME} | wc -l
docker volume ls -q --filter name=^${NAME}_files$
ls -A /opt/${NAME} 2>/dev/null || true
ls /opt/slipway/proxy/routes /opt/slipway/proxy/upstreams | grep ${NAME} || true`)
      .then((output) => output.trim().split("\n"));
  let made: FaultProject;

  beforeAll(async () => {
    made = await create(NAME, [first], [{ name: NAME, more }], { removeData: false }, grouped(undefined));
  });

  test("a new owner keeps it: below another component it is created, then deleted, and serves all the time", async () => {
    const before = await containers(first, NAME);
    const load = steady(NAME);
    await load.started;
    made.project.write("index.ts", grouped("team"));
    const result = expectOk(await made.project.up());
    expect(text(result)).toMatch(new RegExp(`kept: ${NAME} on this host now belongs to .*test:index:Team`));
    expect((await load.stop()).failuresByKind).toEqual({});
    expect(await containers(first, NAME)).toEqual(before);
  });

  test("a host under another name keeps what it runs, and its proxy", async () => {
    const before = await containers(first, NAME);
    const load = steady(NAME);
    await load.started;
    for (const name of ["front", nameOf(first)]) {
      made.project.setConfig({
        "slipway:hosts": { [name]: hostEntry(first.number) },
        "slipway:applications": { [NAME]: { version: OLD, hosts: [name] } },
      });
      expectOk(await made.project.up());
    }
    await expectUnchanged(made);
    expect((await load.stop()).failuresByKind).toEqual({});
    expect(await containers(first, NAME)).toEqual(before);
  });

  test("destroy stops it and keeps its data; with removeData all is gone", async () => {
    expectOk(await made.project.destroy());
    const kept = await left();
    expect(kept.slice(0, 2)).toEqual(["0", `${NAME}_files`]);
    expect(kept).toEqual(expect.arrayContaining(["data", "ledger.jsonl"]));
    expect(kept.join(" ")).not.toMatch(/releases|run|secrets|\.caddy|\.web/);

    expectOk(await made.settle({ removeData: true }).project.up());
    expect(await oneVersion(first, NAME)).toBe(OLD);
    expectOk(await made.project.destroy());
    expect(await left()).toEqual(["0"]);
  });
});
