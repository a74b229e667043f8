import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestGithub } from "../sandbox/support/server.ts";
import type { Project } from "../support/project.ts";
import { expectOk } from "../support/run.ts";
import { warnings } from "./support/drift.ts";
import {
  callsOf,
  change,
  expectSettled,
  fileOf,
  forget,
  leave,
  programOf,
  projectOn,
  read,
  said,
  secretsOf,
  settingsOf,
  text,
  writesOf,
} from "./support/repository.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMdB7TYIJ7+2cIaT7aabOjiabtg2Bvq7KhEdOvJSeJkX";
const R = "/repos/harbour/shop";
const SHOP = {
  name: "shop",
  stack: "dev",
  adopt: true,
  description: "As declared",
  protection: "both",
  branches: "gitflow",
  bypass: { users: ["ada"], mode: "always" },
  labels: [{ name: "bug", color: "d73a4a" }],
  variables: { REGION: "eu" },
  secrets: ["API_TOKEN"],
  webhooks: { ci: { url: "https://ci.example.com/hook", events: ["push"], secret: "HOOK" } },
  deployKeys: { mirror: { key: KEY } },
  environments: { dev: { branches: ["main"], secrets: ["LOGIN"], variables: { LEVEL: "info" } } },
  files: { content: { "README.md": "# As declared\n" } },
};
const VALUES = { API_TOKEN: "api-value", HOOK: "hook-value", LOGIN: "login-value" };

let github: TestGithub, project: Project;
let before: { id: number; sha: string; hook: number; ruleset: number; commits: number };

const file = (path: string, content: string, branch = "main") =>
  change(github, "PUT", `${R}/contents/${path}`, {
    message: `Add ${path}`,
    content: Buffer.from(content).toString("base64"),
    branch,
  });

/** A repository that people have worked in for years, set up otherwise. */
async function grown(): Promise<void> {
  const { id } = await change(github, "POST", "/orgs/harbour/repos", {
    name: "shop",
    description: "By hand",
    visibility: "private",
    auto_init: true,
    has_wiki: true,
    allow_rebase_merge: true,
  });
  await file("src/app.txt", "work of years\n");
  await change(github, "POST", `${R}/git/refs`, {
    ref: "refs/heads/develop",
    sha: (await read(github, "/git/ref/heads/main")).object.sha,
  });
  const sha = (await file("src/next.txt", "work of tomorrow\n", "develop")).commit.sha;
  await change(github, "PUT", `${R}/topics`, { names: ["legacy"] });
  const ruleset = (
    await change(github, "POST", `${R}/rulesets`, {
      name: "main",
      target: "branch",
      enforcement: "disabled",
      conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
      rules: [{ type: "deletion" }],
    })
  ).id;
  await change(github, "POST", `${R}/rulesets`, {
    name: "of somebody else",
    target: "branch",
    enforcement: "evaluate",
    conditions: { ref_name: { include: ["refs/heads/x"], exclude: [] } },
    rules: [{ type: "deletion" }],
  });
  await change(github, "PUT", `${R}/branches/develop/protection`, {
    required_status_checks: null,
    enforce_admins: false,
    required_pull_request_reviews: null,
    restrictions: null,
  });
  await change(github, "POST", `${R}/actions/variables`, { name: "REGION", value: "us" });
  await change(github, "POST", `${R}/actions/variables`, { name: "OTHER", value: "stays" });
  for (const [name, value] of [
    ["API_TOKEN", "old"],
    ["OTHER", "stays"],
  ])
    await github.putSecret(`${R}/actions`, name!, value!);
  const hook = (
    await change(github, "POST", `${R}/hooks`, {
      name: "web",
      active: false,
      events: ["issues"],
      config: { url: "https://ci.example.com/hook", content_type: "form" },
    })
  ).id;
  await change(github, "POST", `${R}/hooks`, {
    name: "web",
    active: true,
    events: ["push"],
    config: { url: "https://other.example.com/", content_type: "json" },
  });
  await change(github, "POST", `${R}/keys`, { title: "mirror", key: KEY, read_only: true });
  await change(github, "PUT", `${R}/environments/dev`, { wait_timer: 9 });
  await github.putSecret(`${R}/environments/dev`, "OTHER", "stays");
  await change(github, "POST", `${R}/environments/dev/variables`, { name: "LEVEL", value: "by hand" });
  await change(github, "PUT", `${R}/collaborators/alan`, { permission: "maintain" });
  before = { id, sha, hook, ruleset, commits: (await read(github, "/commits?per_page=100")).length };
}

beforeAll(async () => {
  github = new TestGithub();
  await github.start();
  await grown();
  project = await projectOn(github, "repository-adopt", text(SHOP), { shop: { secrets: VALUES } });
});
afterAll(() => leave(github, project));

describe("without adopt", () => {
  it("a repository that is there is not taken, and nothing of it is touched", async () => {
    project.write("index.ts", programOf(text({ ...SHOP, adopt: false })));
    await forget(github);
    const result = await project.up();
    expect(result.code).not.toBe(0);
    expect(said(result)).toContain(
      "repositories: shop: harbour/shop already exists on GitHub, and this stack did not create it; take it over with adopt: true, or choose another name",
    );
    expect(
      (await callsOf(github)).filter(
        ({ method, status, path }) => method !== "GET" && status < 300 && path !== "/api/graphql",
      ),
    ).toEqual([]);
    project.write("index.ts", programOf(text(SHOP)));
  });
});

describe("an adopted repository", () => {
  it("shows before what is taken over and what is made", async () => {
    const plan = await project.preview();
    expect(plan.code, plan.stderr).toBe(0);
    expect(warnings(plan)).toContain(
      'repositories: shop.environments.dev: GitHub has what is not declared: secret "OTHER"; declare it, delete it on GitHub',
    );
    expect(warnings(plan)).toMatch(
      / shop: GitHub has what is not declared: ruleset "of somebody else", webhook "other\.example\.com \(\d+\)", secret "OTHER", variable "OTHER";/,
    );
    expect(plan.changes).toMatchObject({ import: expect.any(Number), create: expect.any(Number) });
  });

  it("is the same one in the declared shape", async () => {
    expectOk(await project.up());
    await expectSettled(project);
    expect(await read(github, "")).toMatchObject({
      id: before.id,
      description: "As declared",
      has_wiki: false,
      allow_rebase_merge: false,
      default_branch: "main",
    });
    const rulesets = await read(github, "/rulesets");
    expect(rulesets.find(({ name }: { name: string }) => name === "main")).toMatchObject({
      id: before.ruleset,
      enforcement: "active",
    });
    expect(await read(github, "/branches/develop/protection")).toMatchObject({
      enforce_admins: { enabled: true },
      required_pull_request_reviews: { required_approving_review_count: 1 },
    });
    const hooks = await read(github, "/hooks");
    expect(hooks.find(({ id }: { id: number }) => id === before.hook)).toMatchObject({
      active: true,
      events: ["push"],
      config: { content_type: "json" },
    });
    expect((await read(github, "/actions/variables/REGION")).value).toBe("eu");
    expect((await read(github, "/environments/dev/variables/LEVEL")).value).toBe("info");
    expect(await read(github, "/environments/dev")).toMatchObject({
      can_admins_bypass: false,
      deployment_branch_policy: { custom_branch_policies: true },
    });
  });

  it("has lost nothing that it had", async () => {
    expect(await fileOf(github, "src/app.txt")).toBe("work of years\n");
    expect(await fileOf(github, "README.md")).toBe("# As declared\n");
    expect((await read(github, "/git/ref/heads/develop")).object.sha).toBe(before.sha);
    expect(await read(github, "/commits?per_page=100")).toHaveLength(before.commits + 1);
    expect((await read(github, "/topics")).names).toEqual(["legacy"]);
    expect(
      (await read(github, "/rulesets")).map(
        ({ name, enforcement }: Record<string, string>) => `${name} ${enforcement}`,
      ),
    ).toContain("of somebody else evaluate");
    const hooks = (await read(github, "/hooks")).map(({ config }: { config: { url: string } }) => config.url);
    expect(hooks.sort()).toEqual(["https://ci.example.com/hook", "https://other.example.com/"]);
    expect(await read(github, "/keys")).toHaveLength(1);
    expect((await read(github, "/actions/variables/OTHER")).value).toBe("stays");
    const { actions, environments } = await secretsOf(github);
    expect(actions).toEqual({ API_TOKEN: "api-value", OTHER: "stays" });
    expect(environments.dev).toEqual({ LOGIN: "login-value", OTHER: "stays" });
    expect(
      (await read(github, "/collaborators?affiliation=direct")).map(
        ({ login, role_name }: Record<string, string>) => `${login} ${role_name}`,
      ),
    ).toEqual(["alan maintain"]);
  });

  it("has the declared labels alone, as their declaration says", async () => {
    expect((await read(github, "/labels")).map(({ name }: { name: string }) => name)).toEqual(["bug"]);
  });
});

describe("a repository that is taken out of the program", () => {
  it("is not deleted as long as it is protected: a message says so, and nothing is touched", async () => {
    await forget(github);
    // As a person does it, with the preview first.
    const result = await project.pulumi(["destroy", "--yes", "--stack", project.stack]);
    expect(result.code).not.toBe(0);
    expect(said(result)).toMatch(/shop-repository.*cannot be deleted\s+because it is protected/s);
    expect(await writesOf(github)).toEqual([]);
  });

  it("nor by an update without a preview, as pipelines do it", async () => {
    project.write("index.ts", programOf(""));
    project.setConfig({ "slipway:repositories": {} });
    await forget(github);
    const result = await project.up();
    expect(await writesOf(github)).toEqual([]);
    expect(result.code).not.toBe(0);
    expect(said(result)).toContain(
      "repositories: shop: is protected but no longer declared in this stack; declare it again with protect: false, run `pulumi up`, and only then remove it",
    );
    project.setConfig(settingsOf(github, { shop: { secrets: VALUES } }));
  });

  it("is archived once that is lifted, with its files, branches and labels; its own rules, and what gives access, are gone", async () => {
    project.write("index.ts", programOf(text({ ...SHOP, protect: false })));
    expectOk(await project.up());
    project.write("index.ts", programOf(""));
    project.setConfig({ "slipway:repositories": {} });
    expectOk(await project.up());
    expect(await read(github, "")).toMatchObject({ id: before.id, archived: true });
    expect(await fileOf(github, "src/app.txt")).toBe("work of years\n");
    expect((await read(github, "/git/ref/heads/develop")).object.sha).toBe(before.sha);
    expect((await read(github, "/rulesets")).map(({ name }: { name: string }) => name)).toEqual(["of somebody else"]);
    expect((await read(github, "/labels")).map(({ name }: { name: string }) => name)).toEqual(["bug"]);
    expect((await secretsOf(github)).actions).toEqual({ OTHER: "stays" });
    expect(await read(github, "/keys")).toEqual([]);
  });
});
