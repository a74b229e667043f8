import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLoad } from "../../sandbox/load/index.ts";
import { TestGithub } from "../sandbox/support/server.ts";
import { LIBRARY_BEFORE, unpackBefore } from "../support/before.ts";
import { harmAt } from "../support/faults/faults.ts";
import { ensureHosts, own as hosts, nameOf } from "../support/hosts.ts";
import { failuresBesideReload, reloadsOf, VERSIONS_ONLY } from "../support/load.ts";
import { type Preview, Project } from "../support/project.ts";
import { expectOk } from "../support/run.ts";
import { served } from "../support/served.ts";
import { containers, ledger } from "../support/state.ts";
import { expectNoChange, planned, upOk } from "./support/drift.ts";
import { wipe } from "./support/scene.ts";
import {
  COMPOSE_FILE,
  cron,
  domainOf,
  INTERRUPTED,
  type Kept,
  keptOn,
  NAMES,
  type Name,
  ON,
  programFor,
  settingsFor,
  UNTOUCHED,
} from "./support/takeover.ts";

const [first, second] = hosts;
const github = new TestGithub();
/** The interrupted deployments were of this version, and it is still the wanted one. */
const wanted: Partial<Record<Name, string>> = Object.fromEntries(INTERRUPTED.map((name) => [name, "1.1.0"]));

const projects: Project[] = [];
/** The project that what is deployed belongs to. */
let owner: Project | undefined;
let now: Project;
let kept: Record<string, Kept>[];

const onHost = (index: number, names: Name[]): Name[] => names.filter((name) => ON[name].includes(index));
const look = (): Promise<Record<string, Kept>[]> =>
  Promise.all(hosts.map((target, index) => keptOn(target, onHost(index, UNTOUCHED))));
const versions = async (): Promise<Record<string, string[]>> =>
  Object.fromEntries(
    await Promise.all(
      NAMES.map(async (name) => [
        name,
        await Promise.all(ON[name].map((index) => served(hosts[index]!, domainOf(name)))),
      ]),
    ),
  );

/** A stack of the version before, two of whose applications were left in the middle of a rollout. */
async function makeBefore(): Promise<Project> {
  const project = await Project.create({
    name: "takeover-before",
    stack: "dev",
    program: programFor(LIBRARY_BEFORE),
    config: settingsFor(hosts, github),
    env: { GITHUB_TOKEN: undefined },
  });
  projects.push(project);
  owner = project;
  await unpackBefore(project.folder);
  project.write("compose.yaml", COMPOSE_FILE);
  await upOk(project);
  await cron(second, "STOP");
  const moments = [
    harmAt(second, "takeover-cut", "start", "both"),
    harmAt(second, "takeover-swap", "exchange", "both", "stop"),
  ];
  project.setConfig(settingsFor(hosts, github, wanted));
  const deployment = project.upInBackground(["--continue-on-error"]);
  await Promise.all(moments.map((moment) => moment.reached(deployment)));
  expect((await deployment.result).code).not.toBe(0);
  return project;
}

/** As a user moves: the checkout's program, the same settings, and the state from an export. */
async function moveTo(project: Project): Promise<Project> {
  const next = await Project.create({
    name: "takeover",
    stack: project.stack,
    program: programFor(),
    env: { GITHUB_TOKEN: undefined },
  });
  projects.push(next);
  next.write("compose.yaml", COMPOSE_FILE);
  copyFileSync(project.configFile, next.configFile);
  const file = join(next.folder, "export.json");
  writeFileSync(file, await project.export());
  expectOk(await next.import(file));
  owner = next;
  return next;
}

beforeAll(async () => {
  await ensureHosts();
  await github.start();
  await Promise.all(hosts.flatMap((target, index) => onHost(index, NAMES).map((name) => wipe(target, name))));
  const project = await makeBefore();
  kept = await look();
  now = await moveTo(project);
});

afterAll(async () => {
  await cron(second, "CONT");
  await owner?.destroy();
  for (const project of projects) project.dispose();
  await github.remove();
});

describe("a stack and hosts that the version before made", () => {
  it("are taken over by a plan that updates the hosts and their applications, which get a review, an owner with the stack's name and a route as data, and replaces nothing", async () => {
    const preview: Preview = await now.preview();
    const deployed = hosts.flatMap((target, index) => onHost(index, NAMES).map((name) => `${name}-${nameOf(target)}`));
    const rounds = (suffix: string): string[] => hosts.map((target) => `takeover-once-${nameOf(target)}-${suffix}`);
    const staged = rounds("stage");
    expect(planned(preview), preview.stderr).toEqual(
      [
        ...[
          ...hosts.flatMap((target) => [nameOf(target), `${nameOf(target)}-host`]),
          // The repository and its environment say what guards them.
          ...["takeover", "takeover-dev"],
          ...NAMES,
          ...deployed,
          ...staged,
          ...rounds("confirm"),
        ].map((name) => `update ${name}`),
        ...rounds("prepare").map((name) => `create ${name}`),
      ].sort(),
    );
  });

  it("are rolled out once by the first up, without a failed request; databases, caches and the proxy are not touched", async () => {
    const load = startLoad({
      url: `http://${first.address}`,
      hostHeader: domainOf("takeover-shop"),
      rate: 30,
      ...VERSIONS_ONLY,
      // What holds its requests is the exchange of a process that may not run twice.
      timeoutSeconds: 60,
      // Each route of this host changes once, which closes kept connections that are idle; a browser asks again.
      retryIdleClose: true,
    });
    await load.started;
    const before = await reloadsOf(first);
    const up = await now.up();
    const report = await load.stop();
    const reloads = (await reloadsOf(first)) - before;
    // A route of each application, and what the proxy is told itself.
    expect(reloads).toBeLessThanOrEqual(onHost(0, NAMES).length + 1);
    expectOk(up);
    const stays = (all: Record<string, Kept>[]): string[] =>
      all.flatMap((host) =>
        Object.values(host).flatMap((one) => one.containers.filter((line) => /-(db|cache)-|proxy/.test(line))),
      );
    expect(stays(kept)).toHaveLength(4);
    expect(stays(await look())).toEqual(stays(kept));
    expect(failuresBesideReload(report, reloads)).toEqual({});
    expect(report.byVersion).toEqual({ "1.0.0": expect.any(Number) });
  });

  it.each(INTERRUPTED)("turn the interrupted rollout of %s back, then deploy it", async (name) => {
    const [reverted, confirmed] = (await ledger(second, name)).slice(-2);
    expect(reverted).toMatchObject({ action: "deploy", result: "reverted", version: "1.1.0" });
    expect(reverted!.reason).toMatch(/^interrupted in step /);
    expect(confirmed).toMatchObject({ action: "deploy", result: "confirmed", version: "1.1.0" });
    expect((await containers(second, name)).map(({ service, state }) => `${service} ${state}`)).toEqual([
      "web running",
    ]);
    expect(await served(second, domainOf(name))).toBe("1.1.0");
  });

  it("show no change afterwards", async () => {
    await expectNoChange(now);
  });

  it("go back by hand to a release that the version before made", async () => {
    await Promise.all(INTERRUPTED.map((name) => second.ask(`/opt/slipway/bin/slipway rollback ${name}`)));
    for (const name of INTERRUPTED) expect(await served(second, domainOf(name))).toBe("1.0.0");
  });

  it("get the next version, and their databases and caches are not restarted", async () => {
    const accessories = async (): Promise<string[]> =>
      (await Promise.all([containers(first, "takeover-shop"), containers(first, "takeover-file")]))
        .flat()
        .filter(({ service }) => ["db", "cache"].includes(service))
        .map(({ id, service, started }) => `${service} ${id} ${started}`);
    const running = await accessories();
    expect(running).toHaveLength(2);
    now.setConfig(settingsFor(hosts, github, Object.fromEntries(NAMES.map((name) => [name, "1.1.0"]))));
    await upOk(now);
    expect(await versions()).toEqual(Object.fromEntries(NAMES.map((name) => [name, ON[name].map(() => "1.1.0")])));
    expect(await accessories()).toEqual(running);
  });

  it("are gone after destroy, with all that the version before made", async () => {
    expectOk(await now.destroy());
    owner = undefined;
    for (const target of hosts)
      expect(
        await target.ask(`docker ps -aq --filter name=takeover; docker volume ls -q --filter name=takeover
ls /opt /opt/slipway/proxy/routes /opt/slipway/proxy/upstreams | grep takeover || true
grep 'stack=slipway/dev$' ~/.ssh/authorized_keys || true`),
      ).toBe("");
    const state = JSON.parse(await now.export()) as { deployment: { resources?: { type: string }[] } };
    expect(state.deployment.resources?.filter(({ type }) => type !== "pulumi:pulumi:Stack") ?? []).toEqual([]);
  });
});
