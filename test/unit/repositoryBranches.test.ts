import { describe, expect, it } from "vitest";
import { problemsOf, wholeOf } from "../fixtures/repository.ts";

const rulesetOf = (name: string, spec: Parameters<typeof wholeOf>[0]) =>
  wholeOf(spec).rulesets.find((ruleset) => ruleset.name === name)!;
const refs = (spec: Parameters<typeof wholeOf>[0]) =>
  Object.fromEntries(wholeOf(spec).rulesets.map(({ name, conditions }) => [name, conditions.refName]));

describe("gitflow", () => {
  it("has main and develop, protected like release branches, and names for all others", () => {
    const { branches, general } = wholeOf({ branches: "gitflow" });
    expect([branches.default, branches.create]).toEqual(["main", ["develop"]]);
    expect([general.allowMergeCommit, general.deleteBranchOnMerge]).toEqual([true, false]);
    expect(refs({ branches: "gitflow" })).toEqual({
      main: { includes: ["refs/heads/main"], excludes: [] },
      develop: { includes: ["refs/heads/develop"], excludes: [] },
      release: { includes: ["refs/heads/release/**/*"], excludes: [] },
      "branch names": {
        includes: ["~ALL"],
        excludes: [
          "main",
          "develop",
          "feature/**/*",
          "bugfix/**/*",
          "release/**/*",
          "dependabot/**/*",
          "renovate/**/*",
          "revert-*",
          "revert-*/**/*",
          "slipway/**/*",
          "gh-readonly-queue/**/*",
        ].map((pattern) => `refs/heads/${pattern}`),
      },
      "release tags": { includes: ["refs/tags/v*"], excludes: [] },
    });
    expect(rulesetOf("branch names", { branches: "gitflow" }).rules).toEqual({ creation: true });
  });

  it("lets release branches be deleted, merges commits, and waits for no check when one is made", () => {
    const { rules } = rulesetOf("release", { branches: "gitflow", checks: ["ci"] });
    expect(rules).not.toHaveProperty("deletion");
    expect(rules).not.toHaveProperty("requiredLinearHistory");
    expect(rules).toMatchObject({
      nonFastForward: true,
      pullRequest: { allowedMergeMethods: ["merge", "squash"] },
      requiredStatusChecks: { doNotEnforceOnCreate: true },
    });
  });
});

describe("tags of releases", () => {
  it("are neither moved nor deleted", () => {
    expect(rulesetOf("release tags", {}).rules).toEqual({ deletion: true, nonFastForward: true, update: true });
    expect(refs({ tags: ["v*", "release-*"] })["release tags"]).toEqual({
      includes: ["refs/tags/v*", "refs/tags/release-*"],
      excludes: [],
    });
    expect(rulesetOf("release tags", { tags: [] })).toBeUndefined();
  });
});

describe("rules of a declaration's own", () => {
  const model = {
    default: "trunk",
    create: ["next", "trunk"],
    rules: [
      {
        name: "all",
        patterns: ["trunk", "next"],
        reviews: 3,
        checks: [{ name: "ci", app: 15368 }],
        signedCommits: true,
      },
      {
        name: "open",
        patterns: ["try/*"],
        reviews: false as const,
        forcePush: true,
        deletion: true,
        linearHistory: false,
      },
    ],
  };

  it("replace those of the preset one by one", () => {
    const { branches, rulesets } = wholeOf({ branches: model, tags: [], checks: ["lint"] });
    expect([branches.default, branches.create]).toEqual(["trunk", ["next"]]);
    expect(rulesets.map(({ rules }) => rules)).toEqual([
      {
        deletion: true,
        nonFastForward: true,
        requiredLinearHistory: true,
        requiredSignatures: true,
        pullRequest: {
          allowedMergeMethods: ["squash"],
          requiredApprovingReviewCount: 3,
          requireCodeOwnerReview: true,
          requireLastPushApproval: true,
          dismissStaleReviewsOnPush: true,
          requiredReviewThreadResolution: true,
        },
        requiredStatusChecks: {
          doNotEnforceOnCreate: true,
          strictRequiredStatusChecksPolicy: true,
          requiredChecks: [{ context: "ci", integrationId: 15368 }],
        },
      },
      {
        requiredStatusChecks: {
          doNotEnforceOnCreate: true,
          strictRequiredStatusChecksPolicy: true,
          requiredChecks: [{ context: "lint" }],
        },
      },
    ]);
  });

  it.each<[string, Parameters<typeof problemsOf>[0], string]>([
    [
      "two of one name",
      {
        branches: {
          rules: [
            { name: "a", patterns: ["main"] },
            { name: "A", patterns: ["x"] },
          ],
        },
      },
      'branches.rules: "a" is the name of two rulesets',
    ],
    [
      "none to protect",
      { branches: { rules: [{ name: "a", patterns: [] }] } },
      "branches.rules.a.patterns: [] is empty",
    ],
    [
      "a pattern with refs/heads",
      { branches: { rules: [{ name: "a", patterns: ["refs/heads/main"] }] } },
      '"refs/heads/main" starts with refs/heads/; leave that out',
    ],
    [
      "a pattern with a space",
      { branches: { rules: [{ name: "a", patterns: ["my branch"] }] } },
      "is not a Git ref name or pattern",
    ],
    ["a pattern twice", { branches: { rules: [{ name: "a", patterns: ["main", "main"] }] } }, '"main" is listed twice'],
    [
      "a default that is a pattern",
      { branches: { default: "release/*", rules: [] } },
      'branches.default: "release/*" is a pattern; name one branch',
    ],
    ["a tag pattern with ..", { tags: ["v.."] }, 'tags: "v.." is not a Git ref name or pattern'],
    [
      "a model that nobody knows",
      { branches: "tree" as never },
      'branches: "tree" is not a branch model; write "trunk", "gitflow", or custom rules',
    ],
  ])("are refused with %s", (_, spec, text) => expect(problemsOf(spec).join("\n")).toContain(text));
});

describe("a bypass", () => {
  const bypass = {
    users: ["bob"],
    teams: ["release"],
    apps: ["renovate"],
    roles: ["admin", "organization-admin", "deploy-key"] as const,
  };

  it("names its actors, for branches by pull request unless the declaration says otherwise, for tags always", () => {
    const spec = { bypass: { ...bypass, roles: [...bypass.roles] } };
    expect(rulesetOf("main", spec).bypass).toEqual([
      { kind: "id", actorType: "RepositoryRole", actorId: 5, mode: "pull_request" },
      { kind: "id", actorType: "DeployKey", mode: "always" },
      { kind: "id", actorType: "OrganizationAdmin", mode: "pull_request" },
      { kind: "team", name: "release", mode: "pull_request" },
      { kind: "app", name: "renovate", mode: "pull_request" },
      { kind: "user", name: "bob", mode: "pull_request" },
    ]);
    expect(new Set(rulesetOf("release tags", spec).bypass.map(({ mode }) => mode))).toEqual(new Set(["always"]));
    expect(rulesetOf("main", { bypass: { users: ["bob"], mode: "always" } }).bypass).toEqual([
      { kind: "user", name: "bob", mode: "always" },
    ]);
  });
});

describe("classic protection", () => {
  it("says the same of each pattern, administrators included; tags stay with a ruleset", () => {
    const { rulesets, protections } = wholeOf({
      protection: "classic",
      checks: ["quality gate"],
      bypass: { users: ["bob"], teams: ["release"] },
    });
    expect(rulesets.map(({ name }) => name)).toEqual(["release tags"]);
    expect(protections).toEqual([
      {
        pattern: "main",
        enforceAdmins: true,
        allowsDeletions: false,
        allowsForcePushes: false,
        requireConversationResolution: true,
        requireSignedCommits: false,
        requiredLinearHistory: true,
        requiredStatusChecks: [{ strict: true, contexts: ["quality gate"] }],
        requiredPullRequestReviews: [
          {
            requiredApprovingReviewCount: 1,
            dismissStaleReviews: true,
            requireCodeOwnerReviews: true,
            requireLastPushApproval: true,
            pullRequestBypassers: ["/bob", "anna/release"],
          },
        ],
      },
    ]);
  });

  it("may stand beside rulesets", () => {
    const { rulesets, protections } = wholeOf({ protection: "both", branches: "gitflow" });
    expect(rulesets.map(({ name }) => name)).toEqual(["main", "develop", "release", "branch names", "release tags"]);
    expect(protections.map(({ pattern }) => pattern)).toEqual(["main", "develop", "release/**/*"]);
  });

  it("refuses what only rulesets know", () => {
    expect(problemsOf({ protection: "classic", bypass: { roles: ["admin"], apps: ["renovate"] } })[0]).toContain(
      '["renovate","admin"] are apps or roles, which classic protection does not support',
    );
    expect(problemsOf({ protection: "both", checks: [{ name: "ci", app: 15368 }] })[0]).toContain(
      "are bound to an app, which classic protection does not support",
    );
  });
});
