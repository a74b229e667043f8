import { describe, expect, it } from "vitest";
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
    const open = { visibility: "private", solo: false, exemptions: [], warnings: [], environments: [] };
    const none = { key: "shop", owner: "anna", name: "shop", ...open };
    expect(planOf(spec, { stack: "dev", settings: settings() })).toEqual({
      ...none,
      environment: expect.objectContaining({ name: "dev" }),
      environments: [
        {
          suffix: "dev",
          place: "environments.dev",
          readBy: ["deploy", "rollback"],
          plan: expect.objectContaining({ name: "dev" }),
        },
      ],
    });
    expect(planOf(spec, { stack: "dev" })).toEqual(none);
    expect(Object.keys(planOf(spec))).toEqual(expect.arrayContaining(["whole", "environment"]));
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
    expect(planRepository({ ...SHORT, environments: { prod: {}, test: {} } }, none)).toMatchObject({
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
