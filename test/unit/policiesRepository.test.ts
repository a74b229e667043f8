/** Rules about repositories and their GitHub environments, on declarations. */
import { describe, expect, it } from "vitest";
import type { RepositorySpec } from "../../components/github/repository/spec.ts";
import { found, judged } from "../fixtures/judged.ts";
import { settings } from "../fixtures/repository.ts";

const HERE = "repositories: shop";
const PROD = `${HERE}.environments.prod`;
type Change = Partial<RepositorySpec>;

describe("a sound repository", () => {
  it("is found nothing in", () => expect(found()).toEqual([]));

  it("is so with every preset, and with each kind of protection", () => {
    for (const preset of ["open-source", "team", "solo"] as const) expect(found({ preset })).toEqual([]);
    for (const protection of ["rulesets", "classic", "both"] as const) expect(found({ protection })).toEqual([]);
  });
});

describe("the default branch", () => {
  it.each<[string, Change]>([
    ["branch-unprotected high repositories: shop: nothing protects the branch main", { protection: "none" }],
    [
      "branch-unprotected high repositories: shop: nothing protects the branch trunk",
      { branches: { default: "trunk", rules: [{ name: "main", patterns: ["main", "release/*"] }] } },
    ],
    ["branch-unprotected high repositories: shop: the branch main may be force-pushed", { rules: { forcePush: true } }],
    ["branch-unprotected high repositories: shop: the branch main may be deleted", { rules: { deletion: true } }],
    ["required-check-missing high repositories: shop: no check must pass before main takes a change", { checks: [] }],
    [
      "required-review-missing high repositories: shop: the branch main takes a pull request that nobody has approved",
      { rules: { reviews: 0 } },
    ],
    [
      "required-review-missing high repositories: shop: the branch main takes pushes without a pull request",
      { rules: { reviews: false } },
    ],
    [
      "protection-bypassed medium repositories: shop: admin, team ops may push to main past its rules",
      { bypass: { roles: ["admin"], teams: ["ops"], mode: "always" } },
    ],
  ])("%s", (said, change) => expect(found(change)).toEqual([said]));

  it("has the gate of a generated workflow for a check", () =>
    expect(found({ checks: undefined, workflows: { ci: { commands: { a: "true" } } } } as Change)).toEqual([]));

  it("may be bypassed by a pull request, which leaves a trace", () =>
    expect(found({ bypass: { roles: ["admin"] } })).toEqual([]));

  it("is guarded by patterns that mean it, as GitHub reads them", () => {
    const by = (...patterns: string[]): Change => ({ branches: { rules: [{ name: "all", patterns }] } });
    expect(found(by("ma*"))).toEqual([]);
    expect(found(by("**/*"))).toEqual([]);
    expect(found(by("ma?n"))).toEqual([]);
    expect(found(by("main/*", "m.in"))).toHaveLength(1);
  });

  it("is guarded by all its rules together", () => {
    const two = (first: object): Change => ({
      branches: {
        rules: [
          { name: "a", patterns: ["main"], checks: [], ...first },
          { name: "b", patterns: ["*"], reviews: 0 },
        ],
      },
    });
    expect(found(two({ reviews: 1 }))).toEqual([]);
    expect(found(two({ reviews: 0 }))).toHaveLength(1);
  });

  it("needs no review where nobody else may write, by the preset solo", () => {
    const solo: Change = { preset: "solo", environments: { prod: { tags: ["v*"] } } };
    expect(found({ ...solo, collaborators: { eva: "pull" } })).toEqual([]);
    expect(found({ ...solo, collaborators: { eva: "push" } })).toEqual([
      `required-review-missing high ${HERE}: the branch main takes a pull request that nobody has approved`,
      `environment-unreviewed high ${PROD}: nobody approves a deployment to it`,
    ]);
  });
});

describe("secret scanning", () => {
  it("is asked for in public repositories, with push protection", () => {
    expect(found({ security: { secretScanning: false } })).toEqual([
      `secret-scanning-off medium ${HERE}: secret scanning is off`,
    ]);
    expect(found({ security: { pushProtection: false } })).toEqual([
      `push-protection-off medium ${HERE}: push protection is off`,
    ]);
  });

  it("is asked for in a private one only where it is licensed", () => {
    expect(found({ visibility: "private" })).toEqual([]);
    expect(found({ visibility: "private", security: { advancedSecurity: true } })).toEqual([
      `secret-scanning-off medium ${HERE}: secret scanning is not declared`,
    ]);
    const given = { "secret-scanning-off": { private: true }, "push-protection-off": { private: true } };
    expect(found({ visibility: "private" }, { given })).toEqual([
      `secret-scanning-off medium ${HERE}: secret scanning is not declared`,
    ]);
    expect(found({ visibility: "private", security: { secretScanning: true } }, { given })).toEqual([]);
  });
});

describe("an environment of a protected stack", () => {
  const prod = (own: object): Change => ({
    environments: { prod: { tags: ["v*"], reviewers: { users: ["bob"] }, ...own } },
  });

  it.each<[string, Change]>([
    [`environment-unreviewed high ${PROD}: nobody approves a deployment to it`, prod({ reviewers: {} })],
    [`environment-open high ${PROD}: every branch may deploy to it`, prod({ tags: undefined })],
    [`environment-open high ${PROD}: every branch may deploy to it`, prod({ branches: ["**/*"] })],
    [
      `environment-self-review medium ${PROD}: whoever starts a deployment may approve it`,
      prod({ preventSelfReview: false }),
    ],
    [
      `environment-admin-bypass medium ${PROD}: administrators may pass over its reviewers and its wait timer`,
      prod({ adminBypass: true }),
    ],
  ])("%s", (said, change) => expect(found(change)).toEqual([said]));

  it("may have its reviewers by the settings", () => {
    const context = { settings: settings({ reviewers: { users: ["eva"] } }) };
    expect(found(prod({ reviewers: {} }), { context })).toEqual([]);
  });

  it("has what deploys from the generated workflows", () =>
    expect(
      found({
        ...prod({ tags: undefined }),
        workflows: { deploy: { application: "shop", environments: { prod: { on: "main" } } } },
      }),
    ).toEqual([]));

  it("is not asked for reviewers in a private repository, which mostly has none, unless the rule is told so", () => {
    const change: Change = { ...prod({ reviewers: {} }), visibility: "private" };
    expect(found(change)).toEqual([]);
    expect(found(change, { given: { "environment-unreviewed": { private: true } } })).toHaveLength(1);
  });

  it("is asked for reviewers in an internal one, which Enterprise alone has", () =>
    expect(found({ ...prod({ reviewers: {} }), visibility: "internal" })).toHaveLength(1));

  it("is not judged where the stack is not protected", () =>
    expect(found(prod({ reviewers: {}, tags: undefined }), { protected: false })).toEqual([]));

  it("has previews that somebody approves", () => {
    const change: Change = {
      environments: { prod: { reviewers: {}, branches: ["main"] }, dev: {} },
      workflows: { preview: { environments: ["prod"] } },
    };
    expect(found(change)).toEqual([
      `environment-unreviewed high ${PROD}: nobody approves a deployment to it`,
      `environment-unreviewed high ${PROD}.preview: nobody approves a preview, which has the secrets that open the stack`,
    ]);
  });

  it("has that of its releases without reviewers, as its branches are few", () => {
    const change: Change = {
      ...prod({}),
      workflows: { ci: { commands: { a: "true" } }, app: { slug: "shop-releases", clientId: "Iv1" }, release: true },
    };
    expect(found(change, { context: { settings: settings({ secretNames: ["APP_PRIVATE_KEY"] }) } })).toEqual([]);
  });
});

describe("a transform", () => {
  it("of the repository is judged with what it makes", () =>
    expect(found({ transform: { repository: (args) => ({ ...args, securityAndAnalysis: {} }) } })).toEqual([
      `secret-scanning-off medium ${HERE}: secret scanning is not declared`,
    ]));

  it("of what guards is told, as its result is not judged", () => {
    const same = (args: Record<string, unknown>) => args;
    expect(
      found({ transform: { ruleset: same, label: same, environment: same } as RepositorySpec["transform"] & {} }),
    ).toEqual([
      `repository-transformed low ${HERE}: transform.ruleset has the last word on what rules have judged before it`,
      `environment-transformed low ${PROD}: transform.environment has the last word on what rules have judged before it`,
    ]);
  });
});

describe("a message", () => {
  it("names the remedy, and no value of a secret or a variable", () => {
    const all = judged({
      protection: "none",
      security: { secretScanning: false },
      variables: { LEVEL: "planted-level" },
      webhooks: { chat: { url: "https://chat.example.com/planted-path", events: ["push"] } },
      environments: { prod: { variables: { A: "planted-a" } } },
    });
    expect(all.length).toBeGreaterThan(3);
    for (const { message } of all) expect(message).toMatch(/^[^;]+; [^;]+$/);
    expect(JSON.stringify(all)).not.toContain("planted");
  });
});
