/** What was changed on a host by hand: `inspect` names it, and the same deployment again puts it right, once. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Release } from "../../components/release/model.ts";
import { expectOk } from "../support/run.ts";
import { REGISTRY } from "../support/sandbox.ts";
import { served } from "../support/served.ts";
import { type Container, containers, ledger, PROXY_ROOT } from "../support/state.ts";
import { Deployment, ready } from "./support/deployment.ts";
import { prepare, slipway, target } from "./support/prepared.ts";
import { sample } from "./support/release.ts";

const NAME = "drift-host";
const deployment = new Deployment(
  target,
  sample(NAME, {
    environment: { GREETING: "hello" },
    services: {
      web: { port: 8000, health: { path: "/health", interval: "100ms", successes: 2 }, drain: "1s" },
      store: { image: `${REGISTRY}/redis:7`, accessory: true, health: { command: ["redis-cli", "ping"] } },
    },
  }),
);
let old: Release;
let release: Release;

beforeAll(async () => {
  await ready(deployment);
  old = await deployment.deployed("1.0.0");
  release = await deployment.deployed("1.1.0");
});
afterAll(() => deployment.end());

const service = async (name: string): Promise<Container> =>
  (await containers(target, NAME)).find((container) => container.service === name)!;
const folder = (): string => `/opt/${NAME}/releases/${release.id}`;

/** Breaks something, which `inspect` must name as this difference and nothing else; the same deployment again repairs it. */
async function seenAndRepaired(act: string, difference: string): Promise<void> {
  const before = (await ledger(target, NAME)).length;
  const { id } = await service("store");
  await target.ask(act);
  expect(await deployment.seen()).toMatchObject({ differences: [difference] });
  expectOk(await deployment.deploy(release));
  expect(await deployment.seen()).toMatchObject({ release: release.id, differences: [], underway: null });
  expect(await served(target, deployment.domain)).toBe("1.1.0");
  expect((await service("store")).id).toBe(id);
  // Files are right as soon as the release has arrived: there is nothing to deploy.
  const deployed = (await ledger(target, NAME)).slice(before).map(({ result, version }) => `${result} ${version}`);
  expect(deployed).toEqual(difference.startsWith("the files") ? [] : ["confirmed 1.1.0"]);
}

test("a stopped container runs again", async () => {
  const { id, name } = await service("web");
  await seenAndRepaired(`docker stop ${id}`, `${name} does not run`);
  expect((await service("web")).state).toBe("running");
});

test("a stopped accessory is started again, not made anew", async () => {
  const { id, name } = await service("store");
  await seenAndRepaired(`docker stop ${id}`, `${name} does not run`);
  expect(await service("store")).toMatchObject({ id, state: "running" });
});

test("a changed compose.yaml is put right, and no container is touched", async () => {
  const { id } = await service("web");
  const text = await target.read(`${folder()}/compose.yaml`);
  await seenAndRepaired(
    `echo '# by hand' >> ${folder()}/compose.yaml`,
    `the files of release ${release.id} were changed by hand`,
  );
  expect(await target.read(`${folder()}/compose.yaml`)).toBe(text);
  expect((await service("web")).id).toBe(id);
  expect((await target.exec(`test -e ${folder()}/confirmed`)).code, "it still is a rollback point").toBe(0);
});

test("a changed .env is put right, private, and no container is touched", async () => {
  const { id } = await service("web");
  await seenAndRepaired(
    `sed -i s/hello/hacked/ ${folder()}/.env`,
    `the files of release ${release.id} were changed by hand`,
  );
  expect(await target.read(`${folder()}/.env`)).toContain('GREETING="hello"');
  expect((await target.ask(`stat -c %a ${folder()}/.env`)).trim()).toBe("600");
  expect((await service("web")).id).toBe(id);
});

test("a link to another release is put right", () =>
  seenAndRepaired(`ln -sfn releases/${old.id} /opt/${NAME}/current`, 'the link "current" points elsewhere'));

test("a changed route of the proxy is put right", async () => {
  await seenAndRepaired(
    `echo '# by hand' >> ${PROXY_ROOT}/routes/${NAME}.caddy`,
    "the route of the proxy was changed by hand",
  );
  expect(await target.read(`${PROXY_ROOT}/routes/${NAME}.caddy`)).not.toContain("by hand");
});

test("an upstream that somebody moved takes the traffic again", () =>
  seenAndRepaired(
    `echo 10.0.0.1:8000 > ${PROXY_ROOT}/upstreams/${NAME}.web`,
    `the route of ${NAME}.web points elsewhere`,
  ));

test("a release that was rolled back to by hand is no difference, and the deployed one comes again", async () => {
  expectOk(await slipway(`rollback ${NAME}`));
  expect(await served(target, deployment.domain)).toBe("1.0.0");
  expect(await deployment.seen()).toMatchObject({
    release: old.id,
    version: "1.0.0",
    token: expect.stringMatching(/^by hand: deploy /),
    differences: [],
  });
  expectOk(await deployment.deploy(release));
  expect(await served(target, deployment.domain)).toBe("1.1.0");
});

test("a proxy that was removed comes back with its routes, and the application is not touched", async () => {
  const before = await containers(target, NAME);
  const lines = await ledger(target, NAME);
  await target.ask("docker rm --force slipway-proxy");
  await prepare();
  expect(await served(target, deployment.domain)).toBe("1.1.0");
  expect(await containers(target, NAME)).toEqual(before);
  expect(await ledger(target, NAME)).toEqual(lines);
});
