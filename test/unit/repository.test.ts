import { describe, expect, it } from "vitest";
import { duplicateDeclarations, undeclaredSettings } from "../../components/github/repository/ownership.ts";
import { planRepository } from "../../components/github/repository/plan.ts";
import { context, planOf, problemsOf, SHORT, settings, wholeOf } from "../fixtures/repository.ts";

const rulesetOf = (name: string, spec: Parameters<typeof wholeOf>[0] = {}) =>
  wholeOf(spec).rulesets.find((ruleset) => ruleset.name === name)!;

describe("the shortest declaration", () => {
  it("is a private repository with safe settings", () =>
    expect(wholeOf().general).toMatchInlineSnapshot(`
    {
      "allowAutoMerge": true,
      "allowMergeCommit": false,
      "allowRebaseMerge": false,
      "allowSquashMerge": true,
      "allowUpdateBranch": true,
      "archiveOnDestroy": true,
      "autoInit": true,
      "deleteBranchOnMerge": true,
      "hasDiscussions": false,
      "hasIssues": true,
      "hasProjects": false,
      "hasWiki": false,
      "isTemplate": false,
      "name": "shop",
      "squashMergeCommitMessage": "PR_BODY",
      "squashMergeCommitTitle": "PR_TITLE",
      "visibility": "private",
    }
  `));

  it("protects main and the tags of releases", () =>
    expect(wholeOf().rulesets).toMatchInlineSnapshot(`
    [
      {
        "bypass": [],
        "conditions": {
          "refName": {
            "excludes": [],
            "includes": [
              "refs/heads/main",
            ],
          },
        },
        "enforcement": "active",
        "name": "main",
        "rules": {
          "deletion": true,
          "nonFastForward": true,
          "pullRequest": {
            "allowedMergeMethods": [
              "squash",
            ],
            "dismissStaleReviewsOnPush": true,
            "requireCodeOwnerReview": true,
            "requireLastPushApproval": true,
            "requiredApprovingReviewCount": 1,
            "requiredReviewThreadResolution": true,
          },
          "requiredLinearHistory": true,
        },
        "target": "branch",
      },
      {
        "bypass": [],
        "conditions": {
          "refName": {
            "excludes": [],
            "includes": [
              "refs/tags/v*",
            ],
          },
        },
        "enforcement": "active",
        "name": "release tags",
        "rules": {
          "deletion": true,
          "nonFastForward": true,
          "update": true,
        },
        "target": "tag",
      },
    ]
  `));

  it("lets workflows read only, and only known actions that are pinned", () =>
    expect(wholeOf().actions).toEqual({
      permissions: {
        enabled: true,
        allowedActions: "selected",
        shaPinningRequired: true,
        allowedActionsConfig: {
          githubOwnedAllowed: true,
          verifiedAllowed: false,
          patternsAlloweds: [
            "aquasecurity/setup-trivy@*",
            "aquasecurity/trivy-action@*",
            "docker/build-push-action@*",
            "docker/login-action@*",
            "docker/metadata-action@*",
            "docker/setup-buildx-action@*",
            "pulumi/actions@*",
            "tailscale/github-action@*",
          ],
        },
      },
      token: { defaultWorkflowPermissions: "read", canApprovePullRequestReviews: false },
    }));

  it("is protected from deletion, has alerts and fixes, and leaves labels and people alone", () => {
    const { protect, adopt, alerts, fixes, labels, collaborators, protections } = wholeOf();
    expect({ protect, adopt, alerts, fixes, labels, collaborators, protections }).toEqual({
      protect: true,
      adopt: false,
      alerts: true,
      fixes: true,
      labels: undefined,
      collaborators: undefined,
      protections: [],
    });
  });
});

describe("the preset", () => {
  const reviews = (preset: "open-source" | "team" | "solo") =>
    rulesetOf("main", { preset, checks: ["quality gate"] }).rules.pullRequest;

  it("open-source makes a repository public, scans it for secrets, and reaches Scorecard's last tier", () => {
    expect(wholeOf({ preset: "open-source" }).general).toMatchObject({
      visibility: "public",
      securityAndAnalysis: {
        secretScanning: { status: "enabled" },
        secretScanningPushProtection: { status: "enabled" },
      },
    });
    const { rules, bypass } = rulesetOf("main", { preset: "open-source", checks: ["quality gate"] });
    expect(bypass).toEqual([]);
    expect(rules).toMatchObject({
      deletion: true,
      nonFastForward: true,
      requiredStatusChecks: { strictRequiredStatusChecksPolicy: true, requiredChecks: [{ context: "quality gate" }] },
    });
    expect(reviews("open-source")).toMatchObject({
      requiredApprovingReviewCount: 2,
      requireCodeOwnerReview: true,
      requireLastPushApproval: true,
      dismissStaleReviewsOnPush: true,
    });
  });

  it("team asks for one review", () =>
    expect(reviews("team")).toMatchObject({
      requiredApprovingReviewCount: 1,
      requireCodeOwnerReview: true,
      requireLastPushApproval: true,
    }));

  it("solo asks for a pull request and no review, as nobody can approve their own", () =>
    expect(reviews("solo")).toMatchObject({
      requiredApprovingReviewCount: 0,
      requireCodeOwnerReview: false,
      requireLastPushApproval: false,
      requiredReviewThreadResolution: true,
    }));

  it("of a declaration is only a default", () => {
    const { general } = wholeOf({ preset: "open-source", visibility: "private" });
    expect([general.visibility, general.securityAndAnalysis]).toEqual(["private", undefined]);
    expect(rulesetOf("main", { preset: "open-source", rules: { reviews: 1 } }).rules.pullRequest).toMatchObject({
      requiredApprovingReviewCount: 1,
      requireCodeOwnerReview: true,
    });
    expect(rulesetOf("main", { rules: { reviews: { codeOwners: false } } }).rules.pullRequest).toMatchObject({
      requiredApprovingReviewCount: 1,
      requireCodeOwnerReview: false,
    });
  });
});

describe("a private repository", () => {
  it("scans for secrets only where the declaration asks for it", () => {
    expect(wholeOf({ security: { secretScanning: true } }).general.securityAndAnalysis).toEqual({
      secretScanning: { status: "enabled" },
      secretScanningPushProtection: { status: "enabled" },
    });
    expect(wholeOf({ security: { advancedSecurity: true } }).general.securityAndAnalysis).toEqual({
      advancedSecurity: { status: "enabled" },
    });
  });
});

describe("a stack that does not own the repository", () => {
  it("manages nothing of it, and has an environment only if its settings name the repository", () => {
    const spec = { environments: { dev: {}, prod: {} } };
    expect(planOf(spec, { stack: "dev", settings: settings() })).toEqual({
      key: "shop",
      owner: "anna",
      name: "shop",
      environment: expect.objectContaining({ name: "dev" }),
    });
    expect(planOf(spec, { stack: "dev" })).toEqual({ key: "shop", owner: "anna", name: "shop" });
    expect(Object.keys(planOf(spec))).toEqual(["key", "owner", "name", "whole", "environment"]);
  });

  it("sees the same problems of the declaration", () =>
    expect(problemsOf({ visibility: "secret" as never }, { stack: "dev" })).toEqual(
      problemsOf({ visibility: "secret" as never }),
    ));

  it("may not hold the secrets of the whole", () =>
    expect(
      problemsOf(
        { secrets: ["SONAR_TOKEN"], environments: { dev: {} } },
        { stack: "dev", settings: settings({ secretNames: ["SONAR_TOKEN"] }) },
      ),
    ).toEqual([
      'slipway:repositories.shop.secrets: "SONAR_TOKEN" belongs to the whole repository, which the stack "prod" owns, and this is "dev"; set it there, or list it in environments.dev.secrets, which gives the environment its own value',
    ]));

  it("may have a secret of the whole with a value of its own, if its environment names it", () =>
    expect(
      planOf(
        { secrets: ["PASSPHRASE"], environments: { dev: { secrets: ["PASSPHRASE"] } } },
        { stack: "dev", settings: settings({ secretNames: ["PASSPHRASE"] }) },
      ).environment!.secrets,
    ).toEqual(["PASSPHRASE"]));
});

describe("an owner", () => {
  it("is not missed in a stack that has nothing to do with the repository", () => {
    const { owner: _, ...none } = context({ stack: "test" });
    expect(planRepository({ ...SHORT, environments: { prod: {}, test: {} } }, none)).toEqual({
      key: "shop",
      owner: "",
      name: "shop",
    });
    expect(() => planRepository({ ...SHORT, environments: { test: {} } }, { ...none, settings: settings() })).toThrow(
      "has no owner; set slipway:github.owner",
    );
  });
  it("stands before the name, or in the settings", () => {
    expect(planOf({ name: "bob/shop" })).toMatchObject({ key: "shop", owner: "bob", name: "shop" });
    expect(planOf({ name: "store", key: "shop" })).toMatchObject({ key: "shop", owner: "anna", name: "store" });
    expect(problemsOf({}, { owner: undefined as never })).toEqual([
      'repositories: shop.name: "shop" has no owner; set slipway:github.owner, or write it before the name: "anna/shop"',
    ]);
  });
});

describe("people, keys and webhooks", () => {
  it("come out sorted and in the provider's words", () =>
    expect(
      wholeOf(
        {
          collaborators: { zoe: "push", bob: "admin" },
          teams: { "web-admins": "maintain" },
          deployKeys: {
            mirror: { key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMdB7TYIJ7+2cIaT7aabOjiabtg2Bvq7KhEdOvJSeJkX me@home" },
          },
          webhooks: {
            chat: { url: "https://chat.example.com/hook", events: ["release", "push"], secret: "CHAT_SECRET" },
          },
        },
        { settings: settings({ secretNames: ["CHAT_SECRET"] }) },
      ),
    ).toMatchObject({
      collaborators: {
        users: [
          { username: "bob", permission: "admin" },
          { username: "zoe", permission: "push" },
        ],
        teams: [{ teamId: "web-admins", permission: "maintain" }],
      },
      deployKeys: {
        mirror: {
          title: "mirror",
          key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMdB7TYIJ7+2cIaT7aabOjiabtg2Bvq7KhEdOvJSeJkX",
          readOnly: true,
        },
      },
      webhooks: {
        chat: {
          events: ["push", "release"],
          active: true,
          configuration: { url: "https://chat.example.com/hook", contentType: "json", insecureSsl: false },
          secret: "CHAT_SECRET",
        },
      },
    }));
});

describe("declarations of several repositories", () => {
  it("may not be of the same repository", () => {
    expect(duplicateDeclarations([SHORT, { ...SHORT, name: "Anna/Shop" }], "anna")).toEqual([
      'repositories: Shop.name: "Anna/Shop" is declared twice; keep one declaration, and name its one owner in `stack`',
    ]);
    expect(duplicateDeclarations([SHORT, { ...SHORT, name: "bob/shop" }], "anna")[0]).toContain(
      'has the same name in this program as "shop", and settings could not tell them apart; give it a different `key`',
    );
    expect(duplicateDeclarations([SHORT, { ...SHORT, name: "bob/shop", key: "bobs-shop" }], "anna")).toEqual([]);
    expect(duplicateDeclarations([SHORT, { ...SHORT, name: "blog" }], "anna")).toEqual([]);
  });

  it("are the only ones that settings may name", () =>
    expect(undeclaredSettings(["shop", "shpo"], [SHORT])).toEqual([
      "slipway:repositories.shpo: no repository of this name is declared; add repositories/shpo.ts, or correct the name (declared: shop)",
    ]));
});

describe("problems", () => {
  it.each<[string, Parameters<typeof problemsOf>[0], string]>([
    ["a name with a space", { name: "my shop" }, 'name: "my shop" is not a repository name'],
    ["a key with a slash", { key: "anna/shop" }, 'key: "anna/shop" is not a name'],
    [
      "an unknown preset",
      { preset: "big" as never },
      'preset: "big" is unknown; write "open-source" or "team" or "solo"',
    ],
    ["topics in capitals", { topics: ["Go"] }, 'topics: "Go" is not a topic'],
    ["an address without a scheme", { homepage: "shop.example.com" }, 'homepage: "shop.example.com" is not a URL'],
    ["a description of two lines", { description: "a\nb" }, "has line breaks or control characters"],
    ["no way to merge", { merge: { squash: false } }, "are all false, so nothing could be merged"],
    [
      "merge commits alone beside a linear history",
      { merge: { squash: false, mergeCommit: true } },
      '["main"] require a linear history, but only merge commits are allowed',
    ],
    [
      "push protection without scanning",
      { security: { pushProtection: true } },
      "security.pushProtection: true needs secretScanning",
    ],
    [
      "Advanced Security of a public repository",
      { preset: "open-source", security: { advancedSecurity: true } },
      "is for private repositories",
    ],
    ["fixes without alerts", { security: { alerts: false, fixes: true } }, "security.fixes: true needs alerts"],
    ["an unknown protection", { protection: "none" as never }, 'protection: "none" is unknown'],
    ["a check twice", { checks: ["ci", "CI"] }, 'checks: "ci" is listed twice'],
    ["seven reviews", { rules: { reviews: 7 } }, "rules.reviews: 7 is not a number of reviews; write 0 to 6"],
    ["a secret of GitHub's own", { secrets: ["GITHUB_TOKEN"] }, 'secrets: "GITHUB_TOKEN" begins with GITHUB_'],
    ["a secret that begins with a digit", { secrets: ["2FA"] }, 'secrets: "2FA" begins with a digit'],
    ["a secret in small letters", { secrets: ["token"] }, 'has small letters, which GitHub makes large; write "TOKEN"'],
    [
      "a secret without a value",
      { secrets: ["SONAR_TOKEN"] },
      "secrets: \"SONAR_TOKEN\" has no value; run `pulumi config set --secret --path 'slipway:repositories.shop.secrets.SONAR_TOKEN'`",
    ],
    ["a variable with a dash", { variables: { "A-B": "x" } }, 'variables: "A-B" is no name of a secret or variable'],
    [
      "a label twice",
      {
        labels: [
          { name: "bug", color: "d73a4a" },
          { name: "Bug", color: "d73a4a" },
        ],
      },
      'labels: "bug" is listed twice',
    ],
    ["a colour with #", { labels: [{ name: "bug", color: "#d73a4a" }] }, 'labels.bug.color: "#d73a4a" is not a colour'],
    [
      "a webhook to nowhere",
      { webhooks: { ci: { url: "ci", events: ["push"] } } },
      'webhooks.ci.url: "ci" is not a URL',
    ],
    [
      "a webhook without events",
      { webhooks: { ci: { url: "https://ci.example.com", events: [] } } },
      "webhooks.ci.events: [] is empty",
    ],
    [
      "a webhook twice",
      {
        webhooks: {
          a: { url: "https://ci.example.com", events: ["push"] },
          b: { url: "https://ci.example.com", events: ["release"] },
        },
      },
      'is already the URL of "a"',
    ],
    [
      "a private key",
      { deployKeys: { a: { key: "-----BEGIN OPENSSH PRIVATE KEY-----\nplanted" } } },
      'deployKeys.a.key: "(hidden)" is a private key',
    ],
    ["a team by its title", { teams: { "Web Admins": "push" } }, 'teams: "Web Admins" is not a team slug'],
    ["an unknown role", { bypass: { roles: ["owner" as never] } }, 'bypass.roles: "owner" is not a role'],
    [
      "limits without selected actions",
      { actions: { allowed: "all", patterns: ["docker/*@*"] } },
      "apply only to selected actions",
    ],
    [
      "an action without an owner",
      { actions: { patterns: ["checkout"] } },
      'actions.patterns: "checkout" is not a pattern for actions',
    ],
  ])("name the place, the value and the way out: %s", (_, spec, text) => {
    const found = problemsOf(spec);
    expect(found.join("\n")).toContain(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^(repositories: |slipway:repositories\.)/);
    expect(found[0]).not.toContain("planted");
  });

  it("name a secret that is listed twice", () =>
    expect(problemsOf({ secrets: ["A", "A"] }, { settings: settings({ secretNames: ["A"] }) })).toEqual([
      'repositories: shop.secrets: "A" is listed twice; remove one',
    ]));

  it("are reported all at once", () =>
    expect(
      problemsOf(
        { visibility: "x" as never, secrets: ["a"], labels: [{ name: "", color: "red" }], branches: "tree" as never },
        { settings: settings({ secretNames: ["a"] }) },
      ).length,
    ).toBe(5));

  it("report a password in a webhook's address without showing it", () => {
    const text = problemsOf({ webhooks: { ci: { url: "https://me:planted@ci.example.com/", events: ["push"] } } }).join(
      "\n",
    );
    expect(text).toContain("(a URL with a password)");
    expect(text).not.toContain("planted");
  });

  it("name settings that nothing uses", () => {
    expect(problemsOf({}, { settings: settings({ secretNames: ["A"] }) })[0]).toContain(
      'slipway:repositories.shop.secrets: "A" is not used',
    );
    expect(problemsOf({ environments: { prod: {} } }, { stack: "dev", settings: settings() })[0]).toContain(
      'slipway:repositories.shop.environments: "dev" has no environment in the declaration',
    );
  });
});
