import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestGithub } from "../sandbox/support/server.ts";
import { filesByPackage } from "../support/built.ts";
import type { Preview, Project } from "../support/project.ts";
import { expectOk, run } from "../support/run.ts";
import { planned, warnings } from "./support/drift.ts";
import { DEPLOY_KEY, FULL, PULLED, VALUES } from "./support/fullRepository.ts";
import {
  callsOf,
  change,
  expectSettled,
  fileOf,
  forget,
  leave,
  projectOn,
  read,
  scene,
  secretsOf,
  settingsOf,
  text,
} from "./support/repository.ts";

let github: TestGithub, dev: Project, prod: Project;
const keys: Record<string, string> = {};
const names = (all: { name: string }[]): string[] => all.map(({ name }) => name).sort();
const SHOP_SETTINGS = { shop: { secrets: { ...VALUES, DEV_ONLY: "dev-value" }, variables: { FROM_SETTINGS: "yes" } } };

beforeAll(async () => {
  ({ github, project: dev } = await scene("repository", text(FULL, PULLED), SHOP_SETTINGS));
  await github.control("PATCH", "/accounts/harbour", { advancedSecurity: true });
  prod = await projectOn(
    github,
    "repository-prod",
    text(FULL, PULLED),
    { shop: { secrets: { DATABASE_URL: "postgres://prod" } } },
    "prod",
  );
});
afterAll(() => leave(github, dev, prod));

/** A preview as a pull request from outside gets it. */
async function previewWithoutToken(): Promise<Preview> {
  const { tokenFile: _, ...rest } = settingsOf(github)["slipway:github"] as Record<string, unknown>;
  dev.setConfig({ "slipway:github": rest });
  await forget(github);
  const preview = await dev.preview();
  dev.setConfig(settingsOf(github, SHOP_SETTINGS));
  expect(preview.code, preview.diagnostics.map(({ message }) => message).join("\n")).toBe(0);
  expect(warnings(preview)).toContain("there is no token for GitHub (slipway:github.token, or GITHUB_TOKEN)");
  expect(await callsOf(github)).toEqual([]);
  return preview;
}

/** What people do with a pull request of the blog: its checks pass, grace approves, somebody merges. */
async function merge(number: number): Promise<void> {
  const { head } = await read(github, `/pulls/${number}`, "blog");
  for (const context of ["lint", "test"])
    await change(github, "POST", `/repos/harbour/blog/statuses/${head.sha}`, { state: "success", context });
  const approval = await github.rest(
    "POST",
    `/repos/harbour/blog/pulls/${number}/reviews`,
    { event: "APPROVE" },
    { token: await github.tokenFor("grace", ["repo"]) },
  );
  expect(approval.status).toBe(200);
  await change(github, "PUT", `/repos/harbour/blog/pulls/${number}/merge`, { merge_method: "squash" });
}

describe("from nothing", () => {
  it("a preview without a token warns, asks nothing, and shows the whole plan", async () => {
    expect((await previewWithoutToken()).changes.create).toBeGreaterThan(50);
  });

  it("one up makes everything, without an error on the way", async () => {
    expectOk(await dev.up());
    expectOk(await prod.up());
    const refused = (await callsOf(github)).filter(
      ({ method, status, path }) => status >= 500 || (method !== "GET" && status >= 400 && !path.endsWith("/graphql")),
    );
    expect(refused).toEqual([]);
    Object.assign(keys, {
      dev: ((await dev.outputs()).keys as Record<string, string>).shop,
      prod: ((await prod.outputs()).keys as Record<string, string>).shop,
    });
  });

  it("after which neither stack shows a change, asked or not, nor finds anything on GitHub that is not declared", async () => {
    for (const project of [dev, prod]) {
      await expectSettled(project);
      expect(await expectSettled(project, [])).not.toContain("GitHub has what is not declared");
    }
  });

  it("and a preview without a token none but of rules that name people, whose numbers it cannot ask for", async () => {
    const steps = planned(await previewWithoutToken()).filter((step) => !step.endsWith("github-harbour"));
    expect(steps.length).toBeGreaterThan(0);
    expect(
      steps.filter((step) => !step.startsWith("update shop-ruleset-") && !step.startsWith("update blog-ruleset-")),
    ).toEqual([]);
  });
});

describe("GitHub has what was declared:", () => {
  it("the repository's settings", async () => {
    expect(await read(github, "")).toMatchObject({
      name: "shop",
      description: "The shop",
      homepage: "https://shop.example.com",
      visibility: "private",
      private: true,
      is_template: true,
      archived: false,
      default_branch: "main",
      has_issues: true,
      has_wiki: true,
      has_projects: true,
      has_discussions: true,
      allow_squash_merge: true,
      allow_merge_commit: true,
      allow_rebase_merge: false,
      allow_auto_merge: false,
      delete_branch_on_merge: true,
      allow_update_branch: false,
      squash_merge_commit_title: "COMMIT_OR_PR_TITLE",
      squash_merge_commit_message: "BLANK",
      security_and_analysis: {
        advanced_security: { status: "enabled" },
        secret_scanning: { status: "enabled" },
        secret_scanning_push_protection: { status: "enabled" },
      },
    });
    expect((await read(github, "/topics")).names.sort()).toEqual(["compose", "sample"]);
    expect((await github.rest("GET", "/repos/harbour/shop/vulnerability-alerts")).status).toBe(204);
    expect(await read(github, "/automated-security-fixes")).toMatchObject({ enabled: true });
    expect(names(await read(github, "/branches"))).toEqual(["develop", "main"]);
  });

  it("rulesets", async () => {
    const all = await Promise.all(
      (await read(github, "/rulesets")).map(({ id }: { id: number }) => read(github, `/rulesets/${id}`)),
    );
    const by = Object.fromEntries(all.map((each) => [each.name, each]));
    expect(names(all)).toEqual(["branch names", "develop", "main", "release", "release tags"]);
    expect(by.main).toMatchObject({
      target: "branch",
      enforcement: "active",
      conditions: { ref_name: { include: ["refs/heads/main"], exclude: [] } },
      bypass_actors: [{ actor_type: "User", actor_id: 201, bypass_mode: "always" }],
    });
    const rules = Object.fromEntries(
      by.main.rules.map(({ type, parameters = {} }: { type: string; parameters?: object }) => [type, parameters]),
    );
    expect(Object.keys(rules).sort()).toEqual([
      "deletion",
      "non_fast_forward",
      "pull_request",
      "required_status_checks",
    ]);
    expect(rules.pull_request).toMatchObject({
      required_approving_review_count: 2,
      dismiss_stale_reviews_on_push: true,
      require_code_owner_review: true,
      require_last_push_approval: true,
      required_review_thread_resolution: true,
      allowed_merge_methods: ["merge", "squash"],
    });
    const { required_status_checks: checks, ...others } = rules.required_status_checks;
    expect(others).toMatchObject({ strict_required_status_checks_policy: true });
    // The provider has them as a set.
    expect(checks).toHaveLength(2);
    for (const context of ["quality gate", "security gate"])
      expect(checks).toContainEqual({ context, integration_id: 15368 });
    expect(by.release.rules.map(({ type }: { type: string }) => type)).not.toContain("deletion");
    expect(by["branch names"]).toMatchObject({
      conditions: { ref_name: { include: ["~ALL"] } },
      rules: [{ type: "creation" }],
    });
    expect(by["release tags"]).toMatchObject({
      target: "tag",
      conditions: { ref_name: { include: ["refs/tags/v*", "refs/tags/release-*"] } },
    });
    expect(by["release tags"].rules.map(({ type }: { type: string }) => type).sort()).toEqual([
      "deletion",
      "non_fast_forward",
      "update",
    ]);
  });

  it("classic protection, beside a ruleset", async () => {
    expect(names(await read(github, "/rulesets", "blog"))).toEqual(["main", "release tags"]);
    const found = await read(github, "/branches/main/protection", "blog");
    expect(found).toMatchObject({
      enforce_admins: { enabled: true },
      required_linear_history: { enabled: true },
      allow_force_pushes: { enabled: false },
      allow_deletions: { enabled: false },
      required_conversation_resolution: { enabled: true },
      required_status_checks: { strict: true },
      required_pull_request_reviews: {
        required_approving_review_count: 1,
        dismiss_stale_reviews: true,
        require_code_owner_reviews: true,
        require_last_push_approval: true,
        bypass_pull_request_allowances: { users: [{ login: "grace" }], teams: [{ slug: "reviewers" }] },
      },
    });
    expect(found.required_status_checks.contexts.sort()).toEqual(["lint", "test"]);
  });

  it("what workflows may do", async () => {
    expect(await read(github, "/actions/permissions")).toMatchObject({
      enabled: true,
      allowed_actions: "selected",
      sha_pinning_required: true,
    });
    expect(await read(github, "/actions/permissions/selected-actions")).toEqual({
      github_owned_allowed: true,
      verified_allowed: true,
      patterns_allowed: ["docker/*@*"],
    });
    expect(await read(github, "/actions/permissions/workflow")).toEqual({
      default_workflow_permissions: "read",
      can_approve_pull_request_reviews: true,
    });
  });

  it("labels, and no others; people and a team; a key; webhooks", async () => {
    expect(
      (await read(github, "/labels")).map(({ name, color, description }: Record<string, string>) => [
        name,
        color,
        description ?? "",
      ]),
    ).toEqual([
      ["bug", "d73a4a", "Does not work"],
      ["later", "ffffff", ""],
    ]);
    const people = await read(github, "/collaborators?affiliation=direct");
    expect(people.map(({ login, role_name }: Record<string, string>) => `${login} ${role_name}`).sort()).toEqual([
      "alan admin",
      "grace maintain",
    ]);
    expect(
      (await read(github, "/teams")).map(({ slug, permission }: Record<string, string>) => `${slug} ${permission}`),
    ).toEqual(["reviewers push"]);
    expect(await read(github, "/keys")).toMatchObject([{ title: "mirror", key: DEPLOY_KEY, read_only: true }]);
    const hooks = await read(github, "/hooks");
    const by = Object.fromEntries(hooks.map((hook: { config: { url: string } }) => [hook.config.url, hook]));
    expect(by["https://ci.example.com/hook"]).toMatchObject({
      active: true,
      config: { content_type: "form", insecure_ssl: "0" },
    });
    expect(by["https://ci.example.com/hook"].events.sort()).toEqual(["push", "release"]);
    expect(by["https://log.example.com/"]).toMatchObject({
      active: false,
      events: ["issues"],
      config: { content_type: "json" },
    });
  });

  it("secrets, byte for byte, and variables", async () => {
    const { actions, environments, webhooks } = await secretsOf(github);
    expect(actions).toEqual({ API_TOKEN: VALUES.API_TOKEN, LINES: VALUES.LINES });
    expect(environments.dev).toEqual({ DEV_ONLY: "dev-value", SSH_PRIVATE_KEY: expect.any(String) });
    expect(environments["production/eu"]).toEqual({
      DATABASE_URL: "postgres://prod",
      SSH_PRIVATE_KEY: expect.any(String),
    });
    expect(Object.values(webhooks).filter(Boolean)).toEqual([VALUES.HOOK]);
    const variables = async (path: string) =>
      Object.fromEntries(
        (await read(github, `${path}/variables`)).variables.map(({ name, value }: Record<string, string>) => [
          name,
          value,
        ]),
      );
    expect(await variables("/actions")).toEqual({ REGION: "eu", SHORT: "x" });
    expect(await variables("/environments/dev")).toEqual({ LEVEL: "debug", FROM_SETTINGS: "yes" });
    expect(await variables("/environments/production%2Feu")).toEqual({});
  });

  it("two environments, of two stacks", async () => {
    const { environments } = await read(github, "/environments");
    const by = Object.fromEntries(environments.map((each: { name: string }) => [each.name, each]));
    expect(Object.keys(by).sort()).toEqual(["dev", "production/eu"]);
    expect(by.dev).toMatchObject({
      can_admins_bypass: false,
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    });
    expect(by.dev.protection_rules.map(({ type }: { type: string }) => type)).toEqual(["branch_policy"]);
    expect(by["production/eu"].protection_rules).toMatchObject([
      { type: "wait_timer", wait_timer: 30 },
      {
        type: "required_reviewers",
        prevent_self_review: true,
        reviewers: [
          { type: "Team", reviewer: { slug: "reviewers" } },
          { type: "User", reviewer: { login: "grace" } },
        ],
      },
      { type: "branch_policy" },
    ]);
    const policies = async (name: string) =>
      (await read(github, `/environments/${name}/deployment-branch-policies`)).branch_policies
        .map(({ name: pattern, type }: Record<string, string>) => `${type} ${pattern}`)
        .sort();
    expect(await policies("dev")).toEqual(["branch develop", "branch main"]);
    expect(await policies("production%2Feu")).toEqual(["tag v*"]);
  });

  it("a key pair for each environment, that fits together and opens nothing else", async () => {
    const { environments } = await secretsOf(github);
    expect(keys.dev).not.toBe(keys.prod);
    for (const [stack, environment] of [
      ["dev", "dev"],
      ["prod", "production/eu"],
    ] as const) {
      // ssh-keygen reads it as a user's ssh would.
      const derived = expectOk(
        await run("bash", ["-c", "umask 077; file=$(mktemp); cat >$file; ssh-keygen -y -f $file; rm $file"], {
          input: environments[environment]!.SSH_PRIVATE_KEY!,
        }),
      ).stdout;
      expect(derived.trim().split(" ").slice(0, 2)).toEqual(keys[stack]!.split(" ").slice(0, 2));
    }
    expect((await dev.outputs()).lines).toMatchObject({ shop: `restrict ${keys.dev}` });
  });

  it("files on the branch, the same as a checkout gets", async () => {
    const wanted: Record<string, string> = { ...FULL.files!.content, ...(await filesByPackage("shop", FULL)) };
    expect(Object.keys(wanted)).toEqual(
      expect.arrayContaining([
        ".github/workflows/ci.yml",
        ".github/workflows/deploy.yml",
        ".github/CODEOWNERS",
        "SECURITY.md",
        "docs/hello.txt",
      ]),
    );
    for (const [path, content] of Object.entries(wanted)) expect(await fileOf(github, path), path).toBe(content);
    expect((await read(github, "/commits?per_page=1"))[0].commit.message).toBe("Written by a program");
  });

  it("files that the branch refuses as a pull request, and as files once it is merged", async () => {
    expect((await github.rest("GET", "/repos/harbour/blog/contents/docs/hello.txt?ref=main")).status).toBe(404);
    const pulls = await read(github, "/pulls", "blog");
    expect(pulls).toMatchObject([
      {
        number: 1,
        base: { ref: "main" },
        title: "Update files managed by Slipway",
        state: "open",
        body: expect.stringContaining("- `docs/hello.txt`"),
      },
    ]);
    expect(await fileOf(github, "docs/hello.txt", "blog", pulls[0].head.ref)).toBe("Hello\n");
    await merge(pulls[0].number);
    expectOk(await dev.up(["--refresh"]));
    expect(await fileOf(github, "docs/hello.txt", "blog")).toBe("Hello\n");
    expect(await read(github, "/pulls?state=all", "blog")).toHaveLength(1);
    await expectSettled(dev);
  });

  it("a workflow that somebody changes later: a preview shows it, and an up proposes the declared one in a second request", async () => {
    const path = ".github/workflows/ci.yml";
    const declared = await fileOf(github, path, "blog");
    const { sha } = (await read(github, "/git/ref/heads/main", "blog")).object;
    await change(github, "POST", "/repos/harbour/blog/git/refs", { ref: "refs/heads/weaker", sha });
    const file = await read(github, `/contents/${path}`, "blog");
    const weaker = declared.replace("make lint", "true");
    expect(weaker).not.toBe(declared);
    await change(github, "PUT", `/repos/harbour/blog/contents/${path}`, {
      message: "No lint",
      content: Buffer.from(weaker).toString("base64"),
      sha: file.sha,
      branch: "weaker",
    });
    await merge(
      (await change(github, "POST", "/repos/harbour/blog/pulls", { title: "No lint", head: "weaker", base: "main" }))
        .number,
    );

    const steps = planned(await dev.preview()).map((step) => step.replace(/-[0-9a-f]{7}-/, "-…-"));
    expect(steps).toEqual([
      "create blog-files-…-.github/workflows/ci.yml",
      "create blog-files-…-branch",
      "create blog-files-…-pull-request",
    ]);
    expectOk(await dev.up());
    const [pull, ...others] = await read(github, "/pulls", "blog");
    expect(others).toEqual([]);
    expect(pull).toMatchObject({ base: { ref: "main" }, body: expect.stringContaining(`- \`${path}\``) });
    expect(
      (await read(github, `/pulls/${pull.number}/files`, "blog")).map(({ filename }: { filename: string }) => filename),
    ).toEqual([path]);
    expect(await fileOf(github, path, "blog", pull.head.ref)).toBe(declared);
    expect(await fileOf(github, path, "blog")).toBe(weaker);
    await merge(pull.number);
    expectOk(await dev.up(["--refresh"]));
    expect(await fileOf(github, path, "blog")).toBe(declared);
    await expectSettled(dev);
  });
});
