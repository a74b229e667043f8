import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { emptyGitHub, KEY, program, SHOP } from "../fixtures/github.ts";
import {
  answers,
  called,
  find,
  isSecretInput,
  made,
  openText,
  plainOf,
  resolved,
  startEngine,
} from "../support/engine.ts";

vi.mock("../../components/state/stackExport.ts", () => ({ stackExport: async () => undefined }));
const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
vi.spyOn(pulumi.log, "info").mockResolvedValue();
await startEngine("prod");

beforeEach(() => {
  emptyGitHub();
  delete process.env.GITHUB_TOKEN;
  warn.mockClear();
});

describe("an environment", () => {
  const spec = {
    ...SHOP,
    environments: {
      dev: {},
      prod: {
        reviewers: { users: ["zoe"], teams: ["ops"] },
        waitTimer: 5,
        tags: ["v*"],
        host: "web-1",
        deployKey: true,
      },
    },
  };
  const config = {
    hosts: { "web-1": { address: "203.0.113.7", hostKey: KEY, privateKey: "planted-host-key", look: false } },
    repositories: { shop: { secrets: { TOKEN: "planted-value" }, variables: { LEVEL: "info" } } },
  };

  it("has its reviewers by number, its policies, and its values", async () => {
    await program([spec], config);
    expect(find("shop-prod-environment").inputs).toEqual({
      repository: "shop",
      environment: "prod",
      canAdminsBypass: false,
      preventSelfReview: true,
      waitTimer: 5,
      reviewers: [{ users: [3], teams: [103] }],
      deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
    });
    expect(find("shop-prod-tag-v*").inputs).toEqual({ repository: "shop", environment: "prod", tagPattern: "v*" });
    expect(
      made
        .filter(({ parent }) => parent === "shop-prod")
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      "shop-prod-environment",
      "shop-prod-secret-SSH_PRIVATE_KEY",
      "shop-prod-secret-TOKEN",
      "shop-prod-tag-v*",
      "shop-prod-variable-LEVEL",
      "shop-prod-variable-SSH_HOST",
      "shop-prod-variable-SSH_KNOWN_HOSTS",
      "shop-prod-variable-SSH_PORT",
      "shop-prod-variable-SSH_USER",
    ]);
    expect(plainOf(find("shop-prod-secret-TOKEN"))).toEqual({
      repository: "shop",
      environment: "prod",
      secretName: "TOKEN",
      value: "planted-value",
    });
    expect(find("shop-prod-variable-SSH_KNOWN_HOSTS").inputs.value).toBe(`203.0.113.7 ${KEY}`);
    expect(find("shop-prod-environment").dependsOn).toContain("shop-repository");
  });

  it("has a deploy key whose private half is secret and whose public half is given out", async () => {
    const { repositories } = await program([spec], config);
    const key = find("shop-prod-secret-SSH_PRIVATE_KEY");
    expect(isSecretInput(key.inputs.value)).toBe(true);
    expect(key.inputs.value.value).toContain("BEGIN OPENSSH PRIVATE KEY");
    const { environment } = repositories.shop!;
    expect(await resolved(environment!.authorizedKey!)).toMatch(/^restrict ssh-ed25519 \S+ slipway-anna-shop-prod$/);
    expect(await pulumi.isSecret(environment!.publicKey!)).toBe(false);
    const open = openText(made);
    expect(open).not.toMatch(/planted|PRIVATE KEY/);
  });

  it("is all that another stack makes, by the repository's name", async () => {
    const { repositories } = await program([spec], { repositories: { shop: {} } }, "dev");
    expect(made.filter(({ type }) => type.startsWith("github:")).map(({ name }) => name)).toEqual([
      "shop-dev-environment",
    ]);
    expect(find("shop-dev-environment").inputs).toMatchObject({ repository: "shop", environment: "dev" });
    expect(repositories.shop!.repository).toBeUndefined();
    made.length = 0;
    await program([spec], {}, "dev");
    expect(made.filter(({ type }) => type.startsWith("github:"))).toEqual([]);
  });

  it("says which reviewer GitHub does not know", async () => {
    const { fetchNumber, gitHubAccess } = await import("../../components/github/repository/github.ts");
    delete answers.getUser;
    const access = gitHubAccess({ token: pulumi.secret("planted") })("anna");
    const failure = await fetchNumber(access, "user", "nobody", "shop-prod: reviewers.users").catch(
      (error: unknown) => error,
    );
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
    expect((failure as Error).message).toMatch(
      /^shop-prod: reviewers\.users: "nobody" was not found as a user on GitHub; correct the name \(.*404 Not Found/,
    );
  });
});

describe("managed files", () => {
  const files = { content: { ".github/workflows/ci.yml": "name: ci\n", "SECURITY.md": "# Security\n" } };

  it("are committed to the default branch where it takes pushes, and stay when they are no longer declared", async () => {
    await program([{ ...SHOP, checks: [], rules: { reviews: false }, files }]);
    expect(find("shop-files-.github/workflows/ci.yml")).toMatchObject({
      parent: "shop-files",
      retainOnDelete: true,
      inputs: {
        repository: "shop",
        branch: "main",
        file: ".github/workflows/ci.yml",
        content: "name: ci\n",
        overwriteOnCreate: true,
        commitMessage: "Update files managed by Slipway",
      },
    });
    expect(called.filter(({ token }) => token.endsWith("getTree"))).toEqual([]);
  });

  it("are proposed by a pull request, those that differ, where it is protected", async () => {
    const { blobOf } = await import("../../components/github/repository/files.ts");
    answers.getTree = () => ({
      entries: [
        { path: "SECURITY.md", type: "blob", sha: blobOf("# Security\n") },
        { path: ".github", type: "tree", sha: "x" },
      ],
    });
    await program([{ ...SHOP, files }]);
    const request = made.find(({ type }) => type.endsWith(":RepositoryPullRequest"))!;
    const suffix = /^shop-files(-[0-9a-f]{7})-pull-request$/.exec(request.name)![1]!;
    expect(find(`shop-files${suffix}-branch`)).toMatchObject({
      retainOnDelete: true,
      inputs: { repository: "shop", branch: `slipway/managed-files${suffix}`, sourceBranch: "main" },
    });
    expect(
      made.filter(({ type }) => type.endsWith(":RepositoryFile")).map(({ inputs }) => [inputs.file, inputs.branch]),
    ).toEqual([[".github/workflows/ci.yml", `slipway/managed-files${suffix}`]]);
    expect(request).toMatchObject({
      retainOnDelete: true,
      dependsOn: expect.arrayContaining([`shop-files${suffix}-.github/workflows/ci.yml`]),
      inputs: {
        baseRepository: "shop",
        baseRef: "main",
        headRef: `slipway/managed-files${suffix}`,
        title: "Update files managed by Slipway",
      },
    });
  });

  it("are all proposed in a repository that is not there yet, and none once they are merged", async () => {
    const { blobOf } = await import("../../components/github/repository/files.ts");
    await program([{ ...SHOP, files }]);
    expect(made.filter(({ type }) => type.endsWith(":RepositoryFile"))).toHaveLength(2);
    made.length = 0;
    answers.getTree = () => ({
      entries: Object.entries(files.content).map(([path, text]) => ({ path, type: "blob", sha: blobOf(text) })),
    });
    await program([{ ...SHOP, files }]);
    expect(made.filter(({ parent }) => parent === "shop-files")).toEqual([]);
  });
});

describe("an adopted repository", () => {
  const spec = { ...SHOP, adopt: true, variables: { LEVEL: "info" } };

  const onGitHub = (answers: Record<string, unknown>) =>
    vi.stubGlobal("fetch", async (url: string, { headers }: { headers: Record<string, string> }) => {
      expect(headers.authorization).toBe("Bearer planted-token");
      const path = url.replace("http://127.0.0.1:8080/api/v3/repos/anna/shop", "").replace(/\?.*/, "");
      return path in answers ? Response.json(answers[path]) : new Response("{}", { status: 404 });
    });

  it("is imported with what GitHub would refuse to make twice", async () => {
    onGitHub({
      "": { id: 1 },
      "/rulesets": [{ id: 7, name: "main" }],
      "/actions/variables": { variables: [{ name: "LEVEL" }] },
      "/hooks": [],
      "/keys": [],
    });
    await program([spec]);
    expect(
      made
        .filter(({ importId }) => importId)
        .map(({ name, importId }) => [name, importId])
        .sort(),
    ).toEqual([
      ["shop-repository", "shop"],
      ["shop-ruleset-main", "shop:7"],
      ["shop-variable-LEVEL", "shop:LEVEL"],
    ]);
    expect(find("shop-default-branch").inputs.rename).toBe(false);
  });

  it("is made where GitHub has none", async () => {
    onGitHub({});
    await program([spec]);
    expect(made.filter(({ importId }) => importId)).toEqual([]);
    expect(find("shop-repository").inputs.name).toBe("shop");
  });

  it("is left alone when GitHub cannot be asked", async () => {
    vi.stubGlobal("fetch", async () => new Response("{}", { status: 502 }));
    const failure = await program([spec]).catch((error: unknown) => error);
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
    expect((failure as Error).message).toBe("repositories: shop: GitHub answers 502 to repos/anna/shop: {}");
    expect(made.filter(({ type }) => type.startsWith("github:"))).toEqual([]);
  });
});

describe("without a token", () => {
  it("an update is refused, with the way out, before anything is made", async () => {
    const failure = await program([SHOP], { github: { owner: "anna" } }).catch((error: unknown) => error);
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
    expect((failure as Error).message).toContain(
      "slipway:github.token: is missing, and GITHUB_TOKEN is not set; run `pulumi config set --secret --path slipway:github.token`",
    );
    expect(made).toEqual([]);
  });

  it("the environment's GITHUB_TOKEN is taken, and kept secret", async () => {
    process.env.GITHUB_TOKEN = "planted-from-environment";
    await program([SHOP], { github: { owner: "anna" } });
    const { token } = find("github-anna").inputs;
    expect([isSecretInput(token), token.value]).toEqual([true, "planted-from-environment"]);
  });

  it("an update goes on where GitHub is to be left alone, asks nothing and says nothing", async () => {
    vi.stubEnv("SLIPWAY_GITHUB", "off");
    warn.mockClear();
    try {
      await program(
        [{ ...SHOP, files: { content: { a: "b" } }, environments: { prod: { reviewers: { users: ["zoe"] } } } }],
        { github: { owner: "anna", token: "planted-token" } },
      );
    } finally {
      vi.unstubAllEnvs();
    }
    expect(find("github-anna").inputs).not.toHaveProperty("token");
    expect(warn).not.toHaveBeenCalledWith(expect.stringContaining("token"));
    expect(called).toEqual([]);
  });

  it("a preview goes on, asks nothing and says so", async () => {
    vi.spyOn(pulumi.runtime, "isDryRun").mockReturnValue(true);
    try {
      await program(
        [{ ...SHOP, files: { content: { a: "b" } }, environments: { prod: { reviewers: { users: ["zoe"] } } } }],
        { github: { owner: "anna" } },
      );
    } finally {
      vi.mocked(pulumi.runtime.isDryRun).mockRestore();
    }
    expect(find("github-anna").inputs).not.toHaveProperty("owner");
    expect(warn.mock.calls.map(([text]) => text)).toContainEqual(
      expect.stringContaining("there is no token for GitHub"),
    );
    expect(called).toEqual([]);
  });
});
