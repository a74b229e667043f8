/** What was changed on a host by hand, as a plan shows it; test/host/drift.test.ts has each alone, without the engine. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ensureHosts, own } from "../support/hosts.ts";
import { Project } from "../support/project.ts";
import { hostEntry, machine, SHOP, settings } from "../support/sandbox.ts";
import { served, untilServed } from "../support/served.ts";
import { type Container, containers, ledger, PROXY_ROOT } from "../support/state.ts";
import { clean, expectNoChange, planned, programOf, upOk, warnings } from "./support/drift.ts";

const [target] = own;
const HOST = target.number;
const APP = "drift";
const DOMAIN = "drift.test";
const NODE = `${APP}-host-${HOST}`;

const spec = {
  name: APP,
  image: SHOP,
  domain: `http://${DOMAIN}`,
  services: { web: { port: 8000, health: "/health" } },
  environment: { GREETING: "hello" },
  database: "10.213.77.2:5000/postgres:15",
  verification: { version: "/api/v1/version" },
};
const application = (version: string): Record<string, unknown> => ({
  [APP]: { version, hosts: [`host-${HOST}`], removeData: true },
});

let project: Project;

beforeAll(async () => {
  await ensureHosts();
  project = await Project.create({
    name: APP,
    program: programOf([spec]),
    config: settings([HOST], application("1.0.0")),
  });
  await project.setSecret(`slipway:secrets.${APP}.DATABASE_PASSWORD`, "drift-database-password");
  await upOk(project);
  project.setConfig({ "slipway:applications": application("1.1.0") });
  await upOk(project);
});

afterAll(() => clean(project));

const accessory = async (): Promise<Container> =>
  (await containers(target, APP)).find(({ service }) => service === "db")!;
const web = async (): Promise<Container[]> =>
  (await containers(target, APP)).filter(({ service }) => service === "web");
const current = async (): Promise<string> => (await target.ask(`readlink -f /opt/${APP}/current`)).trim();

/**
 * Breaks something; the preview must name all of it and plan the one update; `up` repairs it.
 */
async function seenAndRepaired(
  act: () => Promise<unknown>,
  expected: { warnings: string[]; node?: string },
): Promise<void> {
  const database = (await accessory()).id;
  await act();
  const preview = await project.preview(["--expect-no-changes"]);
  expect(preview.code, "preview --expect-no-changes").not.toBe(0);
  for (const words of expected.warnings) expect(warnings(preview)).toMatch(new RegExp(words));
  expect(planned(preview)).toEqual([`update ${expected.node ?? NODE}`]);
  await upOk(project);
  expect(await served(target, DOMAIN)).toBe("1.1.0");
  expect((await accessory()).id).toBe(database);
}

describe("drift is shown by a preview and repaired once", () => {
  it("shows no change while nothing drifted", async () => {
    await expectNoChange(project);
  });

  it("a stopped container, a stopped database, the proxy's route, the upstream that takes the traffic, compose.yaml and .env: all are put right, the database is not made anew", async () => {
    const [stopped] = await web();
    const { id, name } = await accessory();
    const release = await current();
    const text = await target.read(`${release}/compose.yaml`);
    const act = `docker stop ${stopped!.id} ${id}
      echo '# by hand' >> ${PROXY_ROOT}/routes/${APP}.caddy; echo nowhere > ${PROXY_ROOT}/upstreams/${APP}.web
      echo '# by hand' >> ${release}/compose.yaml; sed -i s/hello/hacked/ ${release}/.env`;
    await seenAndRepaired(() => target.ask(act), {
      warnings: [
        `${stopped!.name} does not run`,
        `${name} does not run`,
        `route of ${APP}\\.web points elsewhere`,
        "route of the proxy was changed by hand",
        "files of release [0-9a-f]{12} were changed by hand",
      ],
    });
    expect(await target.read(`${PROXY_ROOT}/routes/${APP}.caddy`)).not.toContain("by hand");
    expect((await web()).map(({ state }) => state)).toEqual(["running"]);
    expect(await accessory()).toMatchObject({ id, state: "running" });
    expect(await target.ask(`docker exec ${id} pg_isready -h 127.0.0.1`)).toContain("accepting connections");
    expect(await target.read(`${release}/compose.yaml`)).toBe(text);
    expect(await target.read(`${release}/.env`)).toContain('GREETING="hello"');
    expect((await target.ask(`stat -c %a ${release}/.env`)).trim()).toBe("600");
    expect((await target.exec(`test -e ${release}/confirmed`)).code, "it still is a rollback point").toBe(0);
  });

  it("another release, rolled back by hand on the host", async () => {
    await seenAndRepaired(
      async () => {
        await target.ask(`/opt/slipway/bin/slipway rollback ${APP}`);
        expect(await served(target, DOMAIN)).toBe("1.0.0");
      },
      { warnings: ["runs 1\\.0\\.0.*by hand.*1\\.1\\.0"] },
    );
  });

  it("a proxy that was removed: it comes back with its routes, the application is not touched", async () => {
    const before = (await web()).map(({ id }) => id);
    await seenAndRepaired(() => target.ask("docker rm -f slipway-proxy"), {
      warnings: ["the proxy .*does not run"],
      node: `host-${HOST}-host`,
    });
    expect((await web()).map(({ id }) => id)).toEqual(before);
  });

  it("shows no change once all was repaired", async () => {
    await expectNoChange(project);
  });
});

describe("without a look the state's word is taken", () => {
  const noChangeSaying = async (pattern: RegExp, own: Project): Promise<void> => {
    const preview = await expectNoChange(own);
    expect(warnings(preview)).toMatch(pattern);
  };

  it("look: false", async () => {
    project.setConfig({ "slipway:hosts": { [`host-${HOST}`]: hostEntry(HOST, { look: false }) } });
    const [{ id }] = (await web()) as [Container];
    await target.ask(`docker stop ${id}`);
    try {
      await noChangeSaying(/not inspected/, project);
    } finally {
      await target.ask(`docker start ${id}`);
      project.setConfig({ "slipway:hosts": { [`host-${HOST}`]: hostEntry(HOST) } });
    }
  });

  it("SLIPWAY_LOOK=off", async () => {
    vi.stubEnv("SLIPWAY_LOOK", "off");
    try {
      await noChangeSaying(/not inspected/, project);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("an unreachable host", async () => {
    await machine(target, "stop");
    try {
      await noChangeSaying(new RegExp(`host-${HOST} .*could not be inspected`), project);
    } finally {
      await machine(target, "start");
    }
    await untilServed(target, DOMAIN, "1.1.0", 120);
    await expectNoChange(project);
  });

  it("records nothing but the deployments", async () => {
    const results = (await ledger(target, APP)).map(({ result, version }) => `${result} ${version}`);
    expect(results.filter((line) => line !== "confirmed 1.1.0")).toEqual(["confirmed 1.0.0", "confirmed 1.0.0"]);
  });
});
