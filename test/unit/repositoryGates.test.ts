/** Gates without a way round: what guards tags, previews, keys, and where GitHub cannot guard anything. */
import { describe, expect, it } from "vitest";
import type { EnvironmentSpec } from "../../components/github/repository/environmentSpec.ts";
import { planProblems } from "../../components/github/repository/limits.ts";
import type { RepositorySpec } from "../../components/github/repository/spec.ts";
import type { WorkflowsSpec } from "../../components/github/workflows/index.ts";
import { environmentOf, planOf, problemsOf, settings, wholeOf } from "../fixtures/repository.ts";

const app = { slug: "acme-releases", clientId: "Iv23liAcme" };
const deploy = { application: "shop" };
const withKey = { settings: settings({ secretNames: ["APP_PRIVATE_KEY"] }) };
const REVIEWED: EnvironmentSpec = { reviewers: { users: ["bob"] } };
const shop = (workflows: WorkflowsSpec, prod: EnvironmentSpec = {}, more: Partial<RepositorySpec> = {}) => ({
  workflows: { deploy, ...workflows },
  environments: { dev: {}, prod },
  ...more,
});

describe("an environment that something is deployed to", () => {
  it("admits only the branch or the tags that are deployed there", () => {
    const { environment } = planOf(shop({}, {}));
    expect(environment).toMatchObject({
      deploymentBranchPolicy: { customBranchPolicies: true },
      policies: { branches: [], tags: ["v*"] },
    });
    const dev = planOf(shop({}), { stack: "dev", settings: settings() }).environment!;
    expect(dev.policies).toEqual({ branches: ["main"], tags: [] });
  });
  it("of several applications admits main, too, where their own repositories start it", () => {
    const { environment } = planOf(shop({ deploy: { application: ["a", "b"] } }));
    expect(environment!.policies).toEqual({ branches: ["main"], tags: ["v*"] });
  });
  it("admits what it declares itself, and without a deployment anything", () => {
    expect(planOf(shop({}, { branches: ["support/*"] })).environment!.policies).toEqual({
      branches: ["support/*"],
      tags: [],
    });
    expect(environmentOf({}).deploymentBranchPolicy).toBeUndefined();
  });
});

describe("new tags", () => {
  const rules = (spec: Partial<RepositorySpec>, given = {}) =>
    wholeOf(spec, given).rulesets.find(({ name }) => name === "new release tags");

  it("are created by whoever may write, unless the declaration says by whom", () => {
    expect(rules(shop({}))).toBeUndefined();
    expect(rules({ tagCreators: { teams: ["releasers"], roles: ["maintain"] } })).toMatchObject({
      target: "tag",
      conditions: { refName: { includes: ["refs/tags/v*"] } },
      rules: { creation: true },
      bypass: [
        { kind: "id", actorType: "RepositoryRole", actorId: 2, mode: "always" },
        { kind: "team", name: "releasers", mode: "always", place: "tagCreators" },
      ],
    });
  });
  it("are created by the app alone that releases, which may move none", () => {
    const spec = shop({ app, release: true });
    expect(rules(spec, withKey)!.bypass).toEqual([
      { kind: "app", name: "acme-releases", mode: "always", place: "tagCreators" },
    ]);
    expect(wholeOf(spec, withKey).rulesets.find(({ name }) => name === "release tags")!.bypass).toEqual([]);
  });
  it("may not be kept from the job that releases", () =>
    expect(problemsOf(shop({ release: true }, {}, { tagCreators: { users: ["ada"] } }))).toEqual([
      'repositories: shop.tagCreators: ["ada"] have not among them the token of the job that releases, to which GitHub would refuse the tag; declare workflows.app, which may create it, or leave out workflows.release',
    ]));

  it("are told of where they are deployed without anybody's approval", () => {
    const warnings = (spec: Partial<RepositorySpec>, given = {}) => planOf(spec, given).warnings;
    expect(warnings(shop({ release: true }))).toEqual([
      "repositories: shop: whoever may write may push a new tag v*, with workflows as they write them, and prod gives its secrets to a tag without anybody's approval; let an app release (workflows.app), or name tagCreators, for these tags, or reviewers of the environment",
    ]);
    expect(warnings(shop({ release: true, app }), withKey)).toEqual([]);
    expect(warnings(shop({}, REVIEWED))).toEqual([]);
    const creators = { tagCreators: { users: ["ada"] } };
    expect(warnings(shop({}, {}, creators))).toEqual([]);
    expect(warnings(shop({}, {}, { ...creators, tags: ["rel-*"] }))).toHaveLength(1);
    expect(warnings(shop({ release: true, app }, {}, { tags: [] }), withKey)).toHaveLength(1);
    expect(warnings(shop({}, {}, { preset: "solo" }))).toEqual([]);
  });
});

describe("an app that releases", () => {
  it("has its key in an environment of its own, for the branches that are released", () => {
    const { environments } = planOf(shop({ app, release: { branches: ["main", "support"] } }), withKey);
    expect(environments.map(({ suffix, plan }) => [suffix, plan.secrets])).toEqual([
      ["prod", []],
      ["app:release", ["APP_PRIVATE_KEY"]],
    ]);
    expect(environments[1]!.plan).toMatchObject({
      name: "slipway-release",
      policies: { branches: ["main", "support"], tags: [] },
      exclusive: true,
    });
  });
  it("is missed without its key", () =>
    expect(problemsOf(shop({ app, release: true }))[0]).toContain(
      'secrets: "APP_PRIVATE_KEY" has no value; run `pulumi config set --secret',
    ));
  it("leaves its environment's name to it", () =>
    expect(
      problemsOf(
        { ...shop({ app, release: true }), environments: { dev: {}, prod: { name: "Slipway-Release" } } },
        withKey,
      ),
    ).toEqual([
      'repositories: shop.environments: "Slipway-Release" is the name of two environments, among those that the workflows need for themselves (GitHub ignores case); choose another',
    ]));
  it("is missed where a deployment elsewhere is started by it", () => {
    const elsewhere = { name: "shop", workflows: { app, deploy: { ...deploy, repository: "anna/infra" } } };
    const environments = { dev: {}, prod: { secrets: ["APP_PRIVATE_KEY"] } };
    expect(problemsOf({ ...elsewhere, environments: { dev: {}, prod: {} } })).toEqual([
      `repositories: shop.environments.prod.secrets: "APP_PRIVATE_KEY" is not among them, and its jobs start the deployment in anna/infra by it; list it, with a value in this stack's settings`,
    ]);
    expect(problemsOf({ ...elsewhere, environments }, withKey)).toEqual([]);
  });
  it("releases from no branch that whoever may write may create", () =>
    expect(problemsOf(shop({ app, release: { branches: ["main", "support/*"] } }), withKey)).toEqual([
      'repositories: shop.workflows.release.branches: ["support/*"] are branches that whoever may write may create, and on them the app\'s key would be theirs; name branches that are protected',
    ]));
});

describe("a preview", () => {
  const preview = { environments: ["prod"] };
  const secretNames = ["PULUMI_CONFIG_PASSPHRASE", "AWS_SECRET_ACCESS_KEY", "API_TOKEN"];

  it("gets what opens its stack, and neither the environment's other secrets nor a key of a host", () => {
    const spec = shop({ preview, state: "s3" }, { deployKey: true, preview: { reviewers: { users: ["bob"] } } });
    const { environments } = planOf(spec, { settings: settings({ secretNames }), hasKeySeed: true });
    expect(environments[1]).toMatchObject({
      suffix: "prod:preview",
      plan: {
        name: "prod-preview",
        reviewers: { users: ["bob"] },
        preventSelfReview: true,
        secrets: ["AWS_SECRET_ACCESS_KEY", "PULUMI_CONFIG_PASSPHRASE"],
        deployKey: false,
        exclusive: true,
      },
    });
  });
  it.each<[string, Partial<RepositorySpec>]>([
    ["whose tags are deployed", shop({ preview })],
    [
      "that gets what another one had before",
      shop({
        preview,
        deploy: { ...deploy, environments: { dev: { on: "main" }, prod: { on: "main", after: "dev" } } },
      }),
    ],
    [
      "with a timer",
      shop({ preview, deploy: { ...deploy, environments: { prod: { on: "main" } } } }, { waitTimer: 5 }),
    ],
    ["that is the only one", { workflows: { preview }, environments: { prod: {} } }],
    ["with reviewers", shop({ preview, deploy: { ...deploy, environments: { prod: { on: "main" } } } }, REVIEWED)],
  ])("of an environment %s needs somebody to approve it", (_, spec) => {
    expect(problemsOf(spec)).toEqual([
      'repositories: shop.workflows.preview.environments: "prod" is no environment to try things out, and its preview would give its secrets to everybody who may push a branch; name who approves one in environments.prod.preview.reviewers, or leave it out (with the preset solo, where nobody else may write, it needs nobody)',
    ]);
    const guarded = { ...spec.environments!.prod, preview: { reviewers: { teams: ["admins"] } } };
    expect(problemsOf({ ...spec, environments: { ...spec.environments, prod: guarded } })).toEqual([]);
    expect(problemsOf({ ...spec, preset: "solo" })).toEqual([]);
  });
});

it("a preview that nobody approves is told what it opens; its reviewers may be those of the settings", () => {
  const spec = { ...shop({ preview: { environments: ["dev"] } }), stack: "none" };
  const dev = { stack: "dev", settings: settings() };
  expect(planOf(spec, dev).warnings).toEqual([
    expect.stringContaining("whoever may push a branch can read this stack's state, and in it the token for GitHub"),
  ]);
  const guarded = { dev: { preview: { reviewers: { users: ["bob"] } } }, prod: {} };
  expect(planOf({ ...spec, environments: guarded }, dev).warnings).toEqual([]);
  expect(planOf({ ...spec, preset: "solo" }, dev).warnings).toEqual([]);
  const reviewed = { stack: "dev", settings: settings({ reviewers: { users: ["bob"] } }) };
  expect(problemsOf(spec, reviewed)[0]).toContain('"dev" is no environment to try things out');
  const timed = { stack: "dev", settings: settings({ waitTimer: 30 }) };
  expect(problemsOf(spec, timed)).toHaveLength(1);
});

it("reviewers of the settings alone are told, as the workflows do not know of them", () => {
  const reviewed = { settings: settings({ reviewers: { users: ["bob"] } }) };
  expect(planOf(shop({}), reviewed).warnings.at(-1)).toContain("prod has its reviewers by the settings alone");
  expect(planOf(shop({}, REVIEWED), reviewed).warnings).toEqual([]);
});

it("a secret that jobs read in environments is none of the whole repository; any other may be", () => {
  const given = { settings: settings({ secretNames: ["PULUMI_ACCESS_TOKEN"] }) };
  expect(problemsOf(shop({}, {}, { secrets: ["PULUMI_ACCESS_TOKEN"] }), given)).toEqual([
    'repositories: shop.secrets: "PULUMI_ACCESS_TOKEN" would be read by a workflow of any branch, while all jobs that need it have an environment, those of previews too; leave it out here, and set it for each stack',
  ]);
});

it("a secret that no generated job reads may be the whole repository's, whatever its name", () => {
  const given = { settings: settings({ secretNames: ["AWS_SECRET_ACCESS_KEY"] }) };
  expect(problemsOf(shop({}, {}, { secrets: ["AWS_SECRET_ACCESS_KEY"] }), given)).toEqual([]);
  expect(problemsOf(shop({ state: "s3" }, {}, { secrets: ["AWS_SECRET_ACCESS_KEY"] }), given)).toHaveLength(1);
});

it("a public repository's pull requests run on no machine of one's own", () => {
  const ci = { node: { versions: ["24"] } };
  const problems = (runner: NonNullable<WorkflowsSpec["runner"]>) =>
    problemsOf({ preset: "open-source", workflows: { runner, ci } });
  expect(problems(["self-hosted", "homelab"])[0]).toContain("would run anybody's pull request on machines of your own");
  expect(problems({ deploy: ["self-hosted", "homelab"] })).toEqual([]);
  expect(problems("depot-ubuntu-24.04")).toEqual([]);
  expect(problemsOf({ workflows: { runner: ["self-hosted"], ci } })).toEqual([]);
});

describe("a private repository", () => {
  const spec = shop({}, REVIEWED);

  it("of a free account has no protection and no environments, which is told by name", () => {
    const problems = planProblems({ plan: "free", isPerson: true }, planOf(spec));
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain('repositories: shop.protection: "rulesets" is not possible: GitHub has none');
    expect(problems[0]).toContain('write protection: "none"');
    expect(problems[1]).toContain('repositories: shop.environments.prod: "prod" is not possible');
  });
  it("of a free account may be declared without protection", () => {
    expect(planProblems({ plan: "free", isPerson: true }, planOf({ protection: "none" }))).toEqual([]);
    expect(wholeOf({ protection: "none", branches: "gitflow" })).toMatchObject({ rulesets: [], protections: [] });
  });
  it.each(["pro", "team"] as const)("of a %s account has environments, but nobody who approves", (plan) => {
    expect(planProblems({ plan, isPerson: false }, planOf(shop({})))).toEqual([]);
    expect(planProblems({ plan, isPerson: false }, planOf(spec))[0]).toContain(
      `repositories: shop.environments.prod: "prod" has reviewers, which GitHub offers for private repositories with Enterprise alone (anna has ${plan})`,
    );
    expect(planProblems({ plan, isPerson: false }, planOf(shop({}, { waitTimer: 5 })))[0]).toContain(
      "has a wait timer",
    );
  });
  it("is the only one that lacks anything", () =>
    expect(planProblems({ plan: "free", isPerson: true }, planOf({ ...spec, visibility: "public" }))).toEqual([]));
});

it("a merge queue is a rule of its branch, which classic protection does not have", () => {
  const spec: Partial<RepositorySpec> = { rules: { mergeQueue: true } };
  expect(wholeOf(spec).rulesets[0]!.rules).toMatchObject({ mergeQueue: { mergeMethod: "SQUASH" } });
  expect(problemsOf({ ...spec, protection: "classic" })[0]).toContain("need a merge queue");
  const queues = wholeOf({ ...spec, branches: "gitflow" }).rulesets.filter(({ rules }) => rules.mergeQueue);
  expect(queues.map(({ name }) => name)).toEqual(["main", "develop"]);
  const custom = { rules: [{ name: "all", patterns: ["release/*"], mergeQueue: true }] };
  expect(problemsOf({ branches: custom })[0]).toContain("which GitHub has for single branches alone");
  expect(problemsOf({ ...spec, branches: { rules: [{ name: "all", patterns: ["release/*"] }] } })[0]).toContain(
    "rules.mergeQueue: true is for single branches alone",
  );
  const ofPerson = planProblems({ isPerson: true }, planOf({ ...spec, visibility: "public" }));
  expect(ofPerson[0]).toContain("which GitHub offers in organisations alone");
  expect(planProblems({ plan: "team", isPerson: false }, planOf(spec))[0]).toContain('["main"] have a queue');
});
