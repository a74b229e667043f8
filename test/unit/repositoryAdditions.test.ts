import { describe, expect, it } from "vitest";
import {
  type BypassActor,
  environmentAdditions,
  type FoundInEnvironment,
  type FoundInRepository,
  repositoryAdditions,
} from "../../components/github/repository/additions.ts";
import { foreign, type KeptResource } from "../../components/github/repository/additionsKept.ts";
import type { EnvironmentSpec } from "../../components/github/repository/environmentSpec.ts";
import type { RepositorySpec } from "../../components/github/repository/spec.ts";
import { environmentOf, HOST_KEY, settings, wholeOf } from "../fixtures/repository.ts";

const OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE";
const ADA: BypassActor = { actor_type: "User", actor_id: 201, bypass_mode: "always" };
const GRACE: BypassActor = { ...ADA, actor_id: 202 };

const inRepository = (
  spec: Partial<RepositorySpec>,
  found: Partial<FoundInRepository>,
  bypass: Record<string, BypassActor[]> = {},
  environments: string[] = [],
) =>
  repositoryAdditions(
    wholeOf(spec, { settings: settings({ secretNames: spec.secrets ?? [] }) }),
    environments,
    bypass,
    { bypass: {}, ...found },
  );
const inEnvironment = (own: EnvironmentSpec, found: FoundInEnvironment) =>
  environmentAdditions(
    environmentOf(own, { hasKeySeed: true, settings: settings({ secretNames: own.secrets ?? [] }) }),
    found,
  );
const told = (additions: { text: string; path: string }[]): string[] =>
  additions.map(({ text, path }) => `${text}: ${path}`);

describe("what somebody added to a repository", () => {
  it("is a ruleset of another name", () =>
    expect(
      told(
        inRepository(
          {},
          {
            rulesets: [
              { id: 1, name: "main" },
              { id: 2, name: "Main" },
            ],
          },
        ),
      ),
    ).toEqual(['ruleset "Main": /rulesets/2']));

  it("is a deploy key, by the key and not by its title or comment", () =>
    expect(
      told(
        inRepository(
          { deployKeys: { mirror: { key: `${HOST_KEY} a@b` } } },
          {
            deployKeys: [
              { id: 1, key: `${HOST_KEY} c@d`, title: "renamed" },
              { id: 2, key: OTHER_KEY, title: "mirror" },
            ],
          },
        ),
      ),
    ).toEqual(['deploy key "mirror (2)": /keys/2']));

  it("is a webhook, told by its host alone, as a URL may have a secret in it", () =>
    expect(
      told(
        inRepository(
          { webhooks: { ci: { url: "https://ci.example.com/hook", events: ["push"] } } },
          {
            webhooks: [
              { id: 1, url: "https://ci.example.com/hook" },
              { id: 2, url: "https://user:planted@chat.example.com/planted?planted" },
              { id: 3, url: "" },
            ],
          },
        ),
      ),
    ).toEqual(['webhook "chat.example.com (2)": /hooks/2', 'webhook "? (3)": /hooks/3']));

  it("is a secret or a variable", () =>
    expect(
      told(
        inRepository(
          { secrets: ["API_TOKEN"], variables: { REGION: "eu" } },
          { secrets: ["API_TOKEN", "EXTRA"], variables: ["REGION", "EXTRA"] },
        ),
      ),
    ).toEqual(['secret "EXTRA": /actions/secrets/EXTRA', 'variable "EXTRA": /actions/variables/EXTRA']));

  it("is an environment that no stack has, whatever the case of its name", () =>
    expect(told(inRepository({}, { environments: ["dev", "Prod", "old/eu"] }, {}, ["dev", "prod"]))).toEqual([
      'environment "old/eu": /environments/old%2Feu',
    ]));

  it("is a label where they are declared, and none where they are not", () => {
    const labels = ["Bug", "by hand"];
    expect(told(inRepository({ labels: [{ name: "bug", color: "ffffff" }] }, { labels }))).toEqual([
      'label "by hand": /labels/by%20hand',
    ]);
    expect(inRepository({}, { labels })).toEqual([]);
  });

  it("is someone who may bypass a declared ruleset, whose list is put back without them", () => {
    const [addition, ...more] = inRepository(
      {},
      { rulesets: [{ id: 7, name: "main" }], bypass: { 7: [ADA, GRACE] } },
      { main: [ADA] },
    );
    expect(more).toEqual([]);
    expect(addition).toMatchObject({
      text: 'bypass of the ruleset "main" for User 202 (always)',
      path: "/rulesets/7",
      body: { bypass_actors: [ADA] },
    });
  });

  it("goes by the declared list, with whom the same update adds, and who was given more", () => {
    const declared = [
      { ...ADA, bypass_mode: "pull_request" },
      { ...GRACE, actor_id: 203 },
    ];
    const [addition] = inRepository(
      {},
      { rulesets: [{ id: 7, name: "main" }], bypass: { 7: [ADA, GRACE] } },
      { main: declared },
    );
    expect(addition!.body).toEqual({ bypass_actors: declared });
  });

  it("is also a bypass that reaches further than the declared one", () =>
    expect(
      inRepository(
        {},
        { rulesets: [{ id: 7, name: "main" }], bypass: { 7: [ADA] } },
        { main: [{ ...ADA, bypass_mode: "pull_request" }] },
      ),
    ).toHaveLength(1));

  it.each(["OrganizationAdmin", "DeployKey"])("is not the declared %s, whose number means nothing", (actor_type) =>
    expect(
      inRepository(
        {},
        { rulesets: [{ id: 7, name: "main" }], bypass: { 7: [{ actor_type, actor_id: 1, bypass_mode: "always" }] } },
        { main: [{ actor_type, actor_id: null, bypass_mode: "always" }] },
      ),
    ).toEqual([]),
  );

  it("is nothing in lists that GitHub did not tell", () => {
    expect(inRepository({ labels: [] }, {})).toEqual([]);
    expect(inRepository({}, { rulesets: [{ id: 7, name: "main" }] })).toEqual([]);
  });

  it("is quoted, as its name may be anything", () =>
    expect(told(inRepository({}, { rulesets: [{ id: 1, name: "a\u001b[2J\nb" }] }))).toEqual([
      'ruleset "a\\u001b[2J\\nb": /rulesets/1',
    ]));
});

describe("what somebody added to an environment", () => {
  const base = "/environments/prod";

  it("is a policy, of branches and of tags", () =>
    expect(
      told(
        inEnvironment(
          { branches: ["main"], tags: ["v*"] },
          {
            policies: [
              { id: 1, name: "main" },
              { id: 2, name: "main", type: "tag" },
              { id: 3, name: "v*", type: "tag" },
              { id: 4, name: "*", type: "branch" },
            ],
          },
        ),
      ),
    ).toEqual([
      `policy "main" (tag): ${base}/deployment-branch-policies/2`,
      `policy "*" (branch): ${base}/deployment-branch-policies/4`,
    ]));

  it("is a secret or a variable, but not Slipway's own", () =>
    expect(
      told(
        inEnvironment(
          { secrets: ["LOGIN"], variables: { LEVEL: "info" }, host: "web-1", deployKey: true },
          {
            secrets: ["LOGIN", "SSH_PRIVATE_KEY", "EXTRA"],
            variables: ["LEVEL", "SSH_HOST", "SSH_PORT", "SSH_USER", "SSH_KNOWN_HOSTS", "EXTRA"],
          },
        ),
      ),
    ).toEqual([`secret "EXTRA": ${base}/secrets/EXTRA`, `variable "EXTRA": ${base}/variables/EXTRA`]));

  it("is nothing in lists that GitHub did not tell", () => expect(inEnvironment({}, {})).toEqual([]));
});

describe("an exclusive environment", () => {
  it("is one with reviewers, after the settings have their say, or one that says so", () => {
    const reviewed = { reviewers: { users: ["bob"] } };
    expect(environmentOf().exclusive).toBe(false);
    expect(environmentOf(reviewed).exclusive).toBe(true);
    expect(environmentOf({}, { settings: settings(reviewed) }).exclusive).toBe(true);
    expect(environmentOf(reviewed, { settings: settings({ reviewers: {} }) }).exclusive).toBe(false);
    expect(environmentOf({ ...reviewed, exclusive: false }).exclusive).toBe(false);
    expect(environmentOf({ exclusive: true }).exclusive).toBe(true);
    expect([wholeOf().exclusive, wholeOf({ exclusive: true }).exclusive]).toEqual([false, true]);
  });
});

describe("what this stack made, and declares no more,", () => {
  const kept = (name: string, id: string, inputs: object = {}): KeptResource => ({
    type: `github:index/x:${name}`,
    id,
    inputs: { repository: "shop", ...inputs },
  });
  const added = inRepository(
    { labels: [] },
    {
      rulesets: [
        { id: 1, name: "old" },
        { id: 7, name: "main" },
      ],
      bypass: { 7: [GRACE] },
      deployKeys: [{ id: 2, key: OTHER_KEY, title: "old" }],
      webhooks: [{ id: 3, url: "https://old.example.com/" }],
      secrets: ["OLD"],
      variables: ["OLD"],
      environments: ["old"],
      labels: ["old"],
    },
  );
  const STATE = [
    kept("RepositoryRuleset", "1"),
    kept("RepositoryRuleset", "7", { bypassActors: [{ actorType: "User", actorId: 202, bypassMode: "always" }] }),
    kept("RepositoryDeployKey", "shop:2"),
    kept("RepositoryWebhook", "3"),
    kept("ActionsSecret", "shop:OLD"),
    kept("ActionsVariable", "shop:OLD"),
    kept("RepositoryEnvironment", "shop:old", { environment: "old" }),
    kept("IssueLabels", "shop", { labels: [{ name: "old" }] }),
  ];

  it("is no addition, of any kind", () => {
    expect(added).toHaveLength(8);
    expect(foreign(added, "Shop", STATE)).toEqual([]);
  });

  it("is a label that the first update of labels removes: one is told only after it", () => {
    const labels = added.filter(({ kind }) => kind === "label");
    expect(foreign(labels, "shop", [])).toEqual([]);
    expect(foreign(labels, "shop", [kept("IssueLabels", "shop", { labels: [] })])).toEqual(labels);
  });

  it("says nothing of another repository, another environment or another kind", () => {
    const others = added.filter(({ kind }) => kind !== "label");
    expect(foreign(added, "blog", STATE)).toEqual(others);
    const elsewhere = [
      kept("ActionsEnvironmentSecret", "shop:dev:OLD", { environment: "dev" }),
      kept("ActionsVariable", "shop:OTHER"),
      kept("RepositoryRuleset", "7", { bypassActors: [] }),
      kept("RepositoryWebhook", "2"),
    ];
    expect(foreign(added, "shop", elsewhere)).toEqual(others);
    const secret = inEnvironment({}, { secrets: ["OLD"] });
    expect(foreign(secret, "shop", elsewhere)).toEqual(secret);
    const own = kept("ActionsEnvironmentSecret", "shop:prod:OLD", { environment: "prod" });
    expect(foreign(secret, "shop", [own])).toEqual([]);
  });
});
