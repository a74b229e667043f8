import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { isSecretInput, plainOf } from "../fixtures/mocks.ts";

/** What the state has, as `pulumi stack export` would tell. */
let state: { urn: string; type: string }[] = [];
vi.mock("../../components/operations/stackExport.ts", () => ({ stackExport: async () => ({ version: 3, deployment: { resources: state } }) }));
const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();

interface Made { type: string; name: string; inputs: any; parent: string; protect: boolean; retainOnDelete: boolean; deletedWith: string; importId: string; dependsOn: string[]; aliases: string[] }
const made: Made[] = [];
/** Answers of GitHub by token of the function; an error is one. */
let answers: Record<string, (inputs: any) => object> = {};
const called: string[] = [];

const requests = new Map<string, Partial<Made>>();
const last = (urn: string): string => urn.split("::").at(-1)!;

async function engine(stack: string): Promise<void> {
  await pulumi.runtime.setMocks({
    newResource: (args) => {
      made.push({ type: args.type, name: args.name, inputs: args.inputs, ...requests.get(`${args.type} ${args.name}`) } as Made);
      return { id: args.id || `${args.name}-id`, state: { nodeId: `${args.name}-node`, htmlUrl: `https://github.example/${args.name}`, ...args.inputs } };
    },
    call: ({ token, inputs }) => {
      called.push(token);
      const answer = answers[token.split(":").at(-1)!];
      if (!answer) throw Object.assign(new Error(), { details: `invocation of ${token} returned an error: 404 Not Found []` });
      return answer(inputs);
    },
  }, "slipway", stack);
  const monitor = pulumi.runtime.getMonitor() as any;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request: any, done: any) => {
    requests.set(`${request.getType()} ${request.getName()}`, {
      parent: last(request.getParent()), protect: request.getProtect(), retainOnDelete: request.getRetainondelete(), deletedWith: last(request.getDeletedwith()), importId: request.getImportid(),
      dependsOn: request.getDependenciesList().map(last), aliases: request.getAliasesList().map((alias: any) => alias.getSpec()?.getName() ?? alias.getUrn()),
    });
    return register(request, done);
  };
}

await engine("prod");
const { deploy, defineRepository } = await import("../../components/index.ts");

const SEED = "planted-seed-0123456789abcdef0123456789";
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE";
const GITHUB = { owner: "anna", token: "planted-token", baseUrl: "http://127.0.0.1:8080/", writeDelayMs: 0, keySeed: SEED };
const SHOP = defineRepository({ name: "shop", stack: "prod", checks: ["quality gate"], labels: false });

async function program(specs: Parameters<typeof deploy>[1], config: Record<string, unknown> = {}, stack = "prod"): Promise<Awaited<ReturnType<typeof deploy>>> {
  await engine(stack);
  pulumi.runtime.setAllConfig(Object.fromEntries(Object.entries({ github: GITHUB, ...config }).map(([key, value]) => [`slipway:${key}`, JSON.stringify(value)])), ["slipway:github", "slipway:repositories", "slipway:hosts"]);
  const environment = await deploy([], specs);
  for (let before = -1, still = 0; still < 10; await new Promise((resolve) => setTimeout(resolve, 20))) {
    still = made.length === before ? still + 1 : 0;
    before = made.length;
  }
  return environment;
}

const find = (name: string): Made => {
  const found = made.find((resource) => resource.name === name);
  if (!found) throw new Error(`no ${name} among ${made.map((resource) => resource.name).join(", ")}`);
  return found;
};
const kinds = (): string[] => made.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).sort();
const plain = (output: pulumi.Output<string> | undefined): Promise<string> => new Promise((resolve) => { output!.apply(resolve); });

beforeEach(() => {
  made.length = 0;
  called.length = 0;
  requests.clear();
  state = [];
  answers = { getUser: ({ username }) => ({ id: String(username.length) }), getTeam: ({ slug }) => ({ id: String(100 + slug.length) }), getGithubApp: () => ({ id: "15368" }) };
  delete process.env["GITHUB_TOKEN"];
  warn.mockClear();
});

describe("a repository in the stack that owns it", () => {
  it("is made of these parts, each of them its child", async () => {
    const { repositories } = await program([SHOP]);
    expect(kinds()).toEqual([
      "ActionsRepositoryPermissions shop-actions", "BranchDefault shop-default-branch", "Repository shop", "Repository shop-repository",
      "RepositoryDependabotSecurityUpdates shop-fixes", "RepositoryRuleset shop-ruleset-main", "RepositoryRuleset shop-ruleset-release tags",
      "RepositoryVulnerabilityAlerts shop-alerts", "WorkflowRepositoryPermissions shop-token", "github github-anna",
    ].sort());
    expect(made.filter(({ type }) => type.startsWith("github:")).map(({ parent }) => parent)).toEqual(Array(8).fill("shop"));
    expect(find("shop").inputs).toEqual({ owner: "anna", name: "shop" });
    expect(Object.keys(repositories)).toEqual(["shop"]);
    expect(await plain(repositories["shop"]!.repository!.url)).toBe("https://github.example/shop-repository");
  });

  it("is protected, and archived with its rules when it is deleted", async () => {
    await program([SHOP]);
    expect(find("shop-repository")).toMatchObject({ protect: true, inputs: { name: "shop", visibility: "private", archiveOnDestroy: true, autoInit: true } });
    expect(made.filter(({ deletedWith }) => deletedWith === "shop-repository").map(({ name }) => name).sort()).toEqual(
      ["shop-actions", "shop-alerts", "shop-default-branch", "shop-fixes", "shop-ruleset-main", "shop-ruleset-release tags", "shop-token"]);
    made.length = 0;
    await program([{ ...SHOP, protect: false, archiveOnDestroy: false }]);
    expect(find("shop-repository")).toMatchObject({ protect: false, inputs: { archiveOnDestroy: false } });
  });

  it("is reached by one provider, whose token is secret", async () => {
    await program([SHOP, { ...SHOP, name: "blog" }]);
    const providers = made.filter(({ type }) => type === "pulumi:providers:github");
    expect(providers.map(({ name }) => name)).toEqual(["github-anna"]);
    expect(isSecretInput(providers[0]!.inputs.token)).toBe(true);
    expect(plainOf(providers[0] as never)).toMatchObject({ owner: "anna", token: "planted-token", baseUrl: "http://127.0.0.1:8080/", writeDelayMs: "0" });
  });

  it("has rules after its branches, and numbers for those who may pass over them", async () => {
    await program([{ ...SHOP, branches: "gitflow", bypass: { users: ["zoe"], teams: ["ops"], roles: ["admin"] } }]);
    expect(find("shop-branch-develop")).toMatchObject({ inputs: { repository: "shop", branch: "develop", sourceBranch: "main" }, dependsOn: expect.arrayContaining(["shop-default-branch"]) });
    expect(find("shop-ruleset-main").dependsOn).toEqual(expect.arrayContaining(["shop-default-branch", "shop-branch-develop"]));
    expect(find("shop-ruleset-main").inputs).toMatchObject({
      repository: "shop", name: "main", target: "branch", enforcement: "active",
      bypassActors: [{ actorType: "RepositoryRole", actorId: 5, bypassMode: "pull_request" }, { actorType: "Team", actorId: 103, bypassMode: "pull_request" }, { actorType: "User", actorId: 3, bypassMode: "pull_request" }],
    });
    expect(find("shop-ruleset-main").inputs).not.toHaveProperty("bypass");
    expect(called.filter((token) => token.endsWith("getTeam"))).toHaveLength(1);
  });

  it("has classic protection by the repository's node", async () => {
    await program([{ ...SHOP, protection: "classic" }]);
    expect(find("shop-protection-main").inputs).toMatchObject({ repositoryId: "shop-repository-node", pattern: "main", enforceAdmins: true });
  });

  it("has secrets and signed webhooks that stay secret", async () => {
    await program([{ ...SHOP, secrets: ["SONAR_TOKEN"], variables: { LEVEL: "info" }, webhooks: { chat: { url: "https://chat.example.com/", events: ["push"], secret: "CHAT" } }, collaborators: { bob: "push" }, deployKeys: { mirror: { key: KEY } } }],
      { repositories: { shop: { secrets: { SONAR_TOKEN: "planted-sonar", CHAT: "planted-chat" } } } });
    const secret = find("shop-secret-SONAR_TOKEN");
    expect([isSecretInput(secret.inputs.value), plainOf(secret as never)]).toEqual([true, { repository: "shop", secretName: "SONAR_TOKEN", value: "planted-sonar" }]);
    expect(plainOf(find("shop-webhook-chat") as never)).toEqual({ repository: "shop", active: true, events: ["push"], configuration: { url: "https://chat.example.com/", contentType: "json", insecureSsl: false, secret: "planted-chat" } });
    expect(find("shop-variable-LEVEL").inputs).toEqual({ repository: "shop", variableName: "LEVEL", value: "info" });
    expect(find("shop-collaborators").inputs).toEqual({ repository: "shop", users: [{ username: "bob", permission: "push" }], teams: [] });
    expect(find("shop-deploy-key-mirror").inputs).toEqual({ repository: "shop", title: "mirror", key: KEY, readOnly: true });
    expect(JSON.stringify(made, (_, value) => (isSecretInput(value) ? "(secret)" : value))).not.toContain("planted");
  });

  it("lets each kind of resource be changed by `transform`", async () => {
    await program([{ ...SHOP, transform: { ruleset: (args, name) => ({ ...args, enforcement: name.endsWith("tags") ? "disabled" : "active" }), repository: (args) => ({ ...args, hasWiki: true }) } }]);
    expect([find("shop-ruleset-main").inputs.enforcement, find("shop-ruleset-release tags").inputs.enforcement, find("shop-repository").inputs.hasWiki]).toEqual(["active", "disabled", true]);
  });

  it("is renamed, not made anew", async () => {
    await program([{ ...SHOP, name: "store", renamedFrom: "shop", environments: { prod: {} } }]);
    expect(find("store").aliases).toEqual(["shop"]);
    expect(find("store-prod").aliases).toEqual(["shop-prod"]);
    // The engine gives a child its alias where its name begins with its parent's.
    expect(made.filter(({ parent, name }) => parent.startsWith("store") && !name.startsWith(parent))).toEqual([]);
  });
});

describe("a renamed secret", () => {
  it("is another resource, so that the engine writes the new one before it deletes the old one", async () => {
    await program([{ ...SHOP, secrets: ["OLD"] }], { repositories: { shop: { secrets: { OLD: "planted" } } } });
    const before = find("shop-secret-OLD");
    await program([{ ...SHOP, secrets: ["NEW"] }], { repositories: { shop: { secrets: { NEW: "planted" } } } });
    const after = find("shop-secret-NEW");
    expect([before.type, before.parent, before.aliases]).toEqual([after.type, after.parent, after.aliases]);
    expect([after.inputs.secretName, after.retainOnDelete, after.deletedWith]).toEqual(["NEW", false, ""]);
  });
});

describe("an environment", () => {
  const spec = { ...SHOP, environments: { dev: {}, prod: { reviewers: { users: ["zoe"], teams: ["ops"] }, waitTimer: 5, tags: ["v*"], host: "web-1", deployKey: true } } };
  const config = { hosts: { "web-1": { address: "203.0.113.7", hostKey: KEY, privateKey: "planted-host-key", look: false } }, repositories: { shop: { secrets: { TOKEN: "planted-value" }, variables: { LEVEL: "info" } } } };

  it("has its reviewers by number, its policies, and its values", async () => {
    await program([spec], config);
    expect(find("shop-prod-environment").inputs).toEqual({
      repository: "shop", environment: "prod", canAdminsBypass: false, preventSelfReview: true, waitTimer: 5,
      reviewers: [{ users: [3], teams: [103] }], deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
    });
    expect(find("shop-prod-tag-v*").inputs).toEqual({ repository: "shop", environment: "prod", tagPattern: "v*" });
    expect(made.filter(({ parent }) => parent === "shop-prod").map(({ name }) => name).sort()).toEqual([
      "shop-prod-environment", "shop-prod-secret-SSH_PRIVATE_KEY", "shop-prod-secret-TOKEN", "shop-prod-tag-v*",
      "shop-prod-variable-LEVEL", "shop-prod-variable-SSH_HOST", "shop-prod-variable-SSH_KNOWN_HOSTS", "shop-prod-variable-SSH_PORT", "shop-prod-variable-SSH_USER",
    ]);
    expect(plainOf(find("shop-prod-secret-TOKEN") as never)).toEqual({ repository: "shop", environment: "prod", secretName: "TOKEN", value: "planted-value" });
    expect(find("shop-prod-variable-SSH_KNOWN_HOSTS").inputs.value).toBe(`203.0.113.7 ${KEY}`);
    expect(find("shop-prod-environment").dependsOn).toContain("shop-repository");
  });

  it("has a deploy key whose private half is secret and whose public half is told", async () => {
    const { repositories } = await program([spec], config);
    const key = find("shop-prod-secret-SSH_PRIVATE_KEY");
    expect(isSecretInput(key.inputs.value)).toBe(true);
    expect(key.inputs.value.value).toContain("BEGIN OPENSSH PRIVATE KEY");
    const { environment } = repositories["shop"]!;
    expect(await plain(environment!.authorizedKey)).toMatch(/^restrict ssh-ed25519 \S+ slipway-anna-shop-prod$/);
    expect(await pulumi.isSecret(environment!.publicKey!)).toBe(false);
    const open = JSON.stringify(made, (_, value) => (isSecretInput(value) ? "(secret)" : value));
    expect(open).not.toMatch(/planted|PRIVATE KEY/);
  });

  it("is all that another stack makes, by the repository's name", async () => {
    const { repositories } = await program([spec], { repositories: { shop: {} } }, "dev");
    expect(made.filter(({ type }) => type.startsWith("github:")).map(({ name }) => name)).toEqual(["shop-dev-environment"]);
    expect(find("shop-dev-environment").inputs).toMatchObject({ repository: "shop", environment: "dev" });
    expect(repositories["shop"]!.repository).toBeUndefined();
    made.length = 0;
    await program([spec], {}, "dev");
    expect(made.filter(({ type }) => type.startsWith("github:"))).toEqual([]);
  });

  it("says which reviewer GitHub does not know", async () => {
    const { askForNumber, gitHubAccess } = await import("../../components/repository/github.ts");
    delete answers["getUser"];
    const access = gitHubAccess({ token: pulumi.secret("planted") })("anna");
    const failure = await askForNumber(access, "user", "nobody", "shop-prod: reviewers.users").catch((error: unknown) => error);
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
    expect((failure as Error).message).toMatch(/^shop-prod: reviewers\.users: "nobody" was not found as a user on GitHub; correct the name \(.*404 Not Found/);
  });
});

describe("managed files", () => {
  const files = { content: { ".github/workflows/ci.yml": "name: ci\n", "SECURITY.md": "# Security\n" } };

  it("are committed to the default branch where it takes pushes, and stay when they are no longer declared", async () => {
    await program([{ ...SHOP, checks: [], rules: { reviews: false }, files }]);
    expect(find("shop-files-.github/workflows/ci.yml")).toMatchObject({
      parent: "shop-files", retainOnDelete: true,
      inputs: { repository: "shop", branch: "main", file: ".github/workflows/ci.yml", content: "name: ci\n", overwriteOnCreate: true, commitMessage: "Update files managed by Slipway" },
    });
    expect(called).toEqual([]);
  });

  it("are proposed by a pull request, those that differ, where it is protected", async () => {
    const { blobOf } = await import("../../components/repository/files.ts");
    answers["getTree"] = () => ({ entries: [{ path: "SECURITY.md", type: "blob", sha: blobOf("# Security\n") }, { path: ".github", type: "tree", sha: "x" }] });
    await program([{ ...SHOP, files }]);
    const request = made.find(({ type }) => type.endsWith(":RepositoryPullRequest"))!;
    const suffix = /^shop-files(-[0-9a-f]{7})-pull-request$/.exec(request.name)![1]!;
    expect(find(`shop-files${suffix}-branch`)).toMatchObject({ retainOnDelete: true, inputs: { repository: "shop", branch: `slipway/managed-files${suffix}`, sourceBranch: "main" } });
    expect(made.filter(({ type }) => type.endsWith(":RepositoryFile")).map(({ inputs }) => [inputs.file, inputs.branch])).toEqual([[".github/workflows/ci.yml", `slipway/managed-files${suffix}`]]);
    expect(request).toMatchObject({ retainOnDelete: true, dependsOn: expect.arrayContaining([`shop-files${suffix}-.github/workflows/ci.yml`]), inputs: { baseRepository: "shop", baseRef: "main", headRef: `slipway/managed-files${suffix}`, title: "Update files managed by Slipway" } });
  });

  it("are all proposed in a repository that is not there yet, and none once they are merged", async () => {
    const { blobOf } = await import("../../components/repository/files.ts");
    await program([{ ...SHOP, files }]);
    expect(made.filter(({ type }) => type.endsWith(":RepositoryFile"))).toHaveLength(2);
    made.length = 0;
    answers["getTree"] = () => ({ entries: Object.entries(files.content).map(([path, text]) => ({ path, type: "blob", sha: blobOf(text) })) });
    await program([{ ...SHOP, files }]);
    expect(made.filter(({ parent }) => parent === "shop-files")).toEqual([]);
  });
});

describe("an adopted repository", () => {
  const spec = { ...SHOP, adopt: true, variables: { LEVEL: "info" } };

  it("is imported with what GitHub would refuse to make twice", async () => {
    answers["getRepository"] = () => ({ nodeId: "R_1" });
    answers["getRestApi"] = () => ({ code: 200, body: JSON.stringify([{ id: 7, name: "main" }]) });
    answers["getActionsVariables"] = () => ({ variables: [{ name: "LEVEL" }] });
    await program([spec]);
    expect(made.filter(({ importId }) => importId).map(({ name, importId }) => [name, importId]).sort()).toEqual([["shop-repository", "shop"], ["shop-ruleset-main", "shop:7"], ["shop-variable-LEVEL", "shop:LEVEL"]]);
    expect(find("shop-default-branch").inputs.rename).toBe(false);
  });

  it("is made where GitHub has none", async () => {
    answers["getRepository"] = () => ({});
    await program([spec]);
    expect(made.filter(({ importId }) => importId)).toEqual([]);
  });
});

describe("without a token", () => {
  it("an update is refused, with the way out, before anything is made", async () => {
    const failure = await program([SHOP], { github: { owner: "anna" } }).catch((error: unknown) => error);
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
    expect((failure as Error).message).toContain("slipway:github.token: is missing, and GITHUB_TOKEN is not set; run `pulumi config set --secret --path slipway:github.token`");
    expect(made).toEqual([]);
  });

  it("the environment's GITHUB_TOKEN is taken, and kept secret", async () => {
    process.env["GITHUB_TOKEN"] = "planted-from-environment";
    await program([SHOP], { github: { owner: "anna" } });
    const { token } = find("github-anna").inputs;
    expect([isSecretInput(token), token.value]).toEqual([true, "planted-from-environment"]);
  });

  it("a preview goes on, asks nothing and says so", async () => {
    vi.spyOn(pulumi.runtime, "isDryRun").mockReturnValue(true);
    try {
      await program([{ ...SHOP, files: { content: { a: "b" } }, environments: { prod: { reviewers: { users: ["zoe"] } } } }], { github: { owner: "anna" } });
    } finally {
      vi.mocked(pulumi.runtime.isDryRun).mockRestore();
    }
    expect(warn.mock.calls.map(([text]) => text)).toContainEqual(expect.stringContaining("there is no token for GitHub"));
    expect(called).toEqual([]);
  });
});

describe("nothing is made", () => {
  it("of wrong declarations: all problems at once, without a stack trace", async () => {
    const failure = await program([{ ...SHOP, visibility: "x" as never }, { ...SHOP, name: "SHOP" }], { repositories: { shpo: {} } }).catch((error: unknown) => error);
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
    expect((failure as Error).message.split("\n")).toEqual([
      expect.stringContaining('repositories: SHOP.name: "SHOP" is declared twice'),
      expect.stringContaining("slipway:repositories.shpo: no repository of this name is declared"),
      expect.stringContaining('repositories: shop.visibility: "x" is none'),
    ]);
    expect(made).toEqual([]);
  });
});
