/** What others are told of a plain `pulumi up`: GitHub of the deployment, the host of who is to be notified; by the real engine. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { TestGithub } from "../sandbox/support/server.ts";
import { renderProgram } from "../support/program.ts";
import { Project } from "../support/project.ts";
import { expectOk, type Result } from "../support/run.ts";
import { needles, plant } from "../support/secrets.ts";
import { AnsweringMachine, type Said } from "./support/answering.ts";
import { change, read, said, settingsOf } from "./support/repository.ts";

const SHOP = {
  name: "shop",
  image: "ghcr.io/anna/shop",
  domain: "shop.example.com",
  services: { web: { port: 8000 } },
};
const REPOSITORY = { name: "shop", stack: "other", environments: { dev: {} } };
const marker = plant("notification");
/** What the machine was sent to prepare it, the newest last. */
const prepared: string[] = [];
let isBroken = false;

const machine = new AnsweringMachine((command, input): Said => {
  if (command.startsWith("bash -s")) prepared.push(input);
  const fails = isBroken && command.includes(" deploy shop ");
  return fails ? { code: 1, output: "reverted\n" } : { code: 0, output: "done\n" };
});
const github = new TestGithub();
let project: Project;

const want = (version: string, more: object = {}): void =>
  project.setConfig({
    ...settingsOf(github, { shop: {} }),
    "slipway:hosts": { machine: machine.settings({ look: false }) },
    "slipway:applications": { shop: { version, digest: `sha256:${"a".repeat(64)}`, hosts: ["machine"] } },
    ...more,
  });
const up = (version: string, env: Record<string, string> = {}): Promise<Result> => {
  want(version);
  return project.pulumi(["up", "--yes", "--skip-preview", "--stack", project.stack], {
    env: { ...project.env, ...env },
  });
};

interface Shown {
  id: number;
  ref: string;
  environment: string;
  states: string[];
}
const shown = async (): Promise<Shown[]> =>
  Promise.all(
    (await read(github, "/deployments")).map(async ({ id, ref, environment }: Shown) => {
      const statuses = (await read(github, `/deployments/${id}/statuses`)) as { state: string }[];
      return { ref, environment, states: statuses.map(({ state }) => state).reverse() };
    }),
  );

beforeAll(async () => {
  await Promise.all([machine.start(), github.start()]);
  await github.addShop();
  const { object } = await read(github, "/git/ref/heads/main");
  for (const version of ["1.0.0", "1.1.0"])
    await change(github, "POST", "/repos/harbour/shop/git/refs", { ref: `refs/tags/v${version}`, sha: object.sha });
  project = await Project.create({
    name: "told",
    stack: "dev",
    program: renderProgram({ applications: [SHOP], repositories: [REPOSITORY] }),
    env: { GITHUB_TOKEN: undefined, GITHUB_ACTIONS: undefined },
  });
  project.write("key", machine.userKey);
});
afterAll(async () => {
  machine.stop();
  project?.dispose();
  await github.remove();
});

const FIRST = { ref: "v1.0.0", environment: "dev", states: ["in_progress", "success"] };

it("GitHub shows a deployment that serves, once, and nothing of an update that deploys nothing", async () => {
  expectOk(await up("1.0.0"));
  expect(await shown()).toEqual([FIRST]);
  expectOk(await up("1.0.0"));
  expect(await shown()).toEqual([FIRST]);
});

it("GitHub shows one that failed", async () => {
  isBroken = true;
  expect((await up("1.1.0")).code).not.toBe(0);
  isBroken = false;
  expect(await shown()).toEqual([{ ...FIRST, ref: "v1.1.0", states: ["in_progress", "failure"] }, FIRST]);
});

it("GitHub is told nothing by its own job, and of a version that it does not know only a warning tells", async () => {
  const before = await shown();
  expectOk(await up("1.1.0", { GITHUB_ACTIONS: "true" }));
  const result = expectOk(await up("1.2.0"));
  expect(said(result)).toContain(
    'the deployment goes on, but harbour/shop on GitHub does not show it: it has no "v1.2.0"',
  );
  expect(await shown()).toEqual(before);
});

it("a host is sent who is to be notified, which the state has only encrypted, and the plan does not show", async () => {
  want("1.2.0");
  await project.setSecret("slipway:notifications.team.url", `json://anna:${marker}@127.0.0.1/`);
  const result = expectOk(await project.up());
  expect(prepared.at(-1)).toContain(`"targets":[{"name":"team","url":"json://anna:${marker}@127.0.0.1/"`);
  const texts = [said(result), JSON.stringify(await project.export())];
  for (const needle of needles(marker)) for (const text of texts) expect(text).not.toContain(needle);
  want("1.2.0", { "slipway:notifications": {} });
  expectOk(await project.up());
  expect(prepared.at(-1)).not.toContain("targets");
});
