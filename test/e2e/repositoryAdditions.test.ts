/** What somebody added on GitHub to what is declared as a whole: the plan tells it, and an update removes it where the declaration is exclusive. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { secretAges, secretTimes } from "../../components/github/repository/secretAges.ts";
import type { TestGithub } from "../sandbox/support/server.ts";
import type { Preview, Project } from "../support/project.ts";
import { expectOk } from "../support/run.ts";
import { findMarker, sampleProcesses } from "../support/secrets.ts";
import { planned, warnings } from "./support/drift.ts";
import { DEPLOY_KEY } from "./support/fullRepository.ts";
import {
  callsOf,
  change,
  expectSettled,
  forget,
  leave,
  programOf,
  read,
  said,
  scene,
  settingsOf,
  text,
  writesOf,
} from "./support/repository.ts";

const OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE";
const DEV = {
  reviewers: { users: ["grace"] },
  branches: ["main"],
  secrets: ["LOGIN"],
  variables: { LEVEL: "info" },
};
const SHOP = {
  name: "shop",
  stack: "dev",
  bypass: { users: ["ada"], mode: "always" },
  labels: [{ name: "bug", color: "d73a4a" }],
  webhooks: { ci: { url: "https://ci.example.com/hook", events: ["push"] } },
  deployKeys: { mirror: { key: DEPLOY_KEY } },
  secrets: ["API_TOKEN"],
  variables: { REGION: "eu" },
  environments: { dev: DEV, prod: {} },
};
const VALUES = { shop: { secrets: { API_TOKEN: "api-value", LOGIN: "login-value" } } };
const R = "/repos/harbour/shop";
const DEV_PATH = `${R}/environments/dev`;

let github: TestGithub, project: Project;
const outputs: Record<string, string> = {};

beforeAll(async () => {
  ({ github, project } = await scene("repository-additions", text(SHOP), VALUES));
  outputs.first = said(expectOk(await project.up()));
});
afterAll(() => leave(github, project));

async function preview(name: string): Promise<Preview> {
  const result = expectOk(await project.preview());
  outputs[name] = said(result);
  return result as Preview;
}
async function up(name: string, args: string[] = []): Promise<void> {
  outputs[name] = said(expectOk(await project.up(args)));
}

const rulesetOf = async (name: string) => {
  const all: { id: number; name: string }[] = await read(github, "/rulesets");
  return read(github, `/rulesets/${all.find((each) => each.name === name)!.id}`);
};
const bypassersOf = async (name: string): Promise<number[]> =>
  (await rulesetOf(name)).bypass_actors.map(({ actor_id }: { actor_id: number }) => actor_id);
const namesIn = async (path: string, field?: string): Promise<string[]> => {
  const body = await read(github, path);
  return (field ? body[field] : body).map(({ name, title }: Record<string, string>) => name ?? title).sort();
};

async function addToEnvironment(): Promise<void> {
  await change(github, "POST", `${DEV_PATH}/deployment-branch-policies`, { name: "*" });
  await change(github, "POST", `${DEV_PATH}/deployment-branch-policies`, { name: "v*", type: "tag" });
  await github.putSecret(DEV_PATH, "PLANTED", "x");
  await change(github, "POST", `${DEV_PATH}/variables`, { name: "EXTRA", value: "x" });
}

async function addToRepository(): Promise<void> {
  const main = await rulesetOf("main");
  await change(github, "PUT", `${R}/rulesets/${main.id}`, {
    bypass_actors: [...main.bypass_actors, { actor_type: "User", actor_id: 202, bypass_mode: "always" }],
  });
  await change(github, "POST", `${R}/rulesets`, { name: "of somebody else", target: "branch", enforcement: "active" });
  await change(github, "POST", `${R}/keys`, { title: "by hand", key: OTHER_KEY });
  await change(github, "POST", `${R}/hooks`, { config: { url: "https://user:pass@evil.example.com/token" } });
  await github.putSecret(`${R}/actions`, "PLANTED", "x");
  await change(github, "POST", `${R}/actions/variables`, { name: "EXTRA", value: "x" });
  await change(github, "PUT", `${R}/environments/old`, {});
  await change(github, "PUT", `${R}/environments/prod`, {});
  await change(github, "POST", `${R}/labels`, { name: "later", color: "ffffff" });
}

const ENVIRONMENT = ['policy "*" (branch)', 'policy "v*" (tag)', 'secret "PLANTED"', 'variable "EXTRA"'];
const REPOSITORY = [
  'bypass of the ruleset "main" for User 202 (always)',
  'ruleset "of somebody else"',
  'deploy key "by hand (',
  'webhook "evil.example.com (',
  'secret "PLANTED"',
  'variable "EXTRA"',
  'environment "old"',
  'label "later"',
];
/** What a warning about a place says that was added. */
const toldOf = (place: string, preview: Preview): string =>
  warnings(preview)
    .split("\n")
    .find((line) => line.includes(`repositories: ${place}: GitHub has what is not declared`)) ?? "";

describe("what somebody added on GitHub", () => {
  it("is told by a plain preview, each thing by its name, and planned to go where the environment has reviewers", async () => {
    await addToEnvironment();
    await addToRepository();
    await forget(github);
    const told = await preview("told");
    const asked = (await callsOf(github)).map(({ path }) => path).filter((path) => path.includes("/shop/"));
    expect([asked.length, new Set(asked).size]).toEqual([12, 12]);
    for (const one of ENVIRONMENT) expect(toldOf("shop.environments.dev", told)).toContain(one);
    for (const one of REPOSITORY) expect(toldOf("shop", told)).toContain(one);
    expect(toldOf("shop.environments.dev", told)).toContain("`pulumi up` removes it");
    expect(toldOf("shop", told)).toContain("or set exclusive: true");
    // What is declared, whichever stack has it, is no addition, and a URL may have a secret in it.
    expect(toldOf("shop", told) + toldOf("shop.environments.dev", told)).not.toMatch(
      /API_TOKEN|REGION|LOGIN|LEVEL|mirror|ci\.example|"prod"|"bug"|201|pass@|\/token/,
    );
    expect(planned(told)).toEqual([
      "create shop-dev-removes-policy-branch-*",
      "create shop-dev-removes-policy-tag-v*",
      "create shop-dev-removes-secret-PLANTED",
      "create shop-dev-removes-variable-EXTRA",
    ]);
  });

  it("is removed by an up from that environment, and left in the rest", async () => {
    const sampler = await sampleProcesses([github.token]);
    await up("of the environment");
    expect(await sampler.stop()).toEqual([]);
    expect(await namesIn("/environments/dev/deployment-branch-policies", "branch_policies")).toEqual(["main"]);
    expect(await namesIn("/environments/dev/secrets", "secrets")).toEqual(["LOGIN"]);
    expect(await namesIn("/environments/dev/variables", "variables")).toEqual(["LEVEL"]);
    expect(await namesIn("/rulesets")).toEqual(["main", "of somebody else", "release tags"]);
    expect(await bypassersOf("main")).toEqual([201, 202]);
    expect(await namesIn("/keys")).toEqual(["by hand", "mirror"]);
  });

  it("is not told any more once it is gone; the removals only go from the state", async () => {
    const after = await preview("after the environment");
    expect(toldOf("shop.environments.dev", after)).toBe("");
    expect(planned(after)).toEqual([
      "delete shop-dev-removes-policy-branch-*",
      "delete shop-dev-removes-policy-tag-v*",
      "delete shop-dev-removes-secret-PLANTED",
      "delete shop-dev-removes-variable-EXTRA",
    ]);
  });

  it("is removed again where somebody adds it again before the next update", async () => {
    await github.putSecret(DEV_PATH, "PLANTED", "x");
    await up("of the environment, again");
    expect(await namesIn("/environments/dev/secrets", "secrets")).toEqual(["LOGIN"]);
  });

  it("is removed from an exclusive repository, also by an up that refreshes; what another stack has stays", async () => {
    project.write("index.ts", programOf(text({ ...SHOP, exclusive: true })));
    expect(planned(await preview("exclusive")).filter((step) => step.startsWith("create"))).toHaveLength(
      REPOSITORY.length,
    );
    await up("of the repository", ["--refresh"]);
    expect(await namesIn("/rulesets")).toEqual(["main", "release tags"]);
    expect(await bypassersOf("main")).toEqual([201]);
    expect(await namesIn("/keys")).toEqual(["mirror"]);
    expect((await read(github, "/hooks")).map(({ config }: { config: { url: string } }) => config.url)).toEqual([
      "https://ci.example.com/hook",
    ]);
    expect(await namesIn("/actions/secrets", "secrets")).toEqual(["API_TOKEN"]);
    expect(await namesIn("/actions/variables", "variables")).toEqual(["REGION"]);
    expect(await namesIn("/environments", "environments")).toEqual(["dev", "prod"]);
    expect(await namesIn("/labels")).toEqual(["bug"]);
    await forget(github);
    await up("settled");
    expect(await writesOf(github)).toEqual([]);
    outputs.quiet = await expectSettled(project);
    expect(outputs.quiet).not.toContain("GitHub has what is not declared");
  });

  it("is not what the declaration gave up: the engine itself deletes that", async () => {
    const { bypass: _, webhooks: __, ...less } = SHOP;
    const environments = { dev: { ...DEV, branches: ["trunk"], variables: {} }, prod: {} };
    project.write("index.ts", programOf(text({ ...less, labels: [], exclusive: true, environments })));
    const given = await preview("given up");
    expect(warnings(given)).not.toContain("GitHub has what is not declared");
    expect(planned(given).join("\n")).not.toContain("removes");
    project.write("index.ts", programOf(text({ ...SHOP, exclusive: true })));
  });
});

describe("a list that GitHub does not tell", () => {
  it("is said to be unknown, and nothing of it is planned", async () => {
    await change(github, "POST", `${R}/hooks`, { config: { url: "https://evil.example.com/" } });
    project.setConfig({
      "slipway:github": {
        ...(settingsOf(github)["slipway:github"] as object),
        tokenFile: undefined,
        token: await github.tokenFor("grace", ["repo", "read:org"]),
      },
    });
    const told = await preview("of a reader");
    expect(told.diagnostics.map(({ message }) => message).join("\n")).toMatch(
      /whether somebody added .*webhooks.* is not known: GitHub answers 403 to repos\/harbour\/shop\//,
    );
    expect(warnings(told)).not.toContain("GitHub has what is not declared");
    project.setConfig(settingsOf(github, VALUES));
  });
});

describe("the ages of secrets", () => {
  it("are told of the repository and of its environments, by name", async () => {
    const api = { baseUrl: github.url, token: github.token };
    const { secrets, untold } = await secretTimes(api, "harbour/shop", ["dev", "prod", "not there"]);
    expect(untold).toEqual({});
    expect(secretAges(secrets, 0, new Date())).toEqual([
      { name: "LOGIN", where: 'environment "dev"', days: 0, isDue: true },
      { name: "API_TOKEN", where: "the repository", days: 0, isDue: true },
    ]);
  });
});

it("the token that removes is in no output, and encrypted in the state", async () => {
  const { leaks } = await findMarker(github.token, {
    texts: { ...outputs, state: await project.export() },
    folders: [join(project.folder, "state")],
  });
  expect(leaks).toEqual([]);
});
