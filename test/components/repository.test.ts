import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { emptyGitHub, KEY, program, SHOP } from "../fixtures/github.ts";
import { called, find, isSecretInput, made, openText, plainOf, resolved } from "../support/engine.ts";

vi.mock("../../components/state/stackExport.ts", () => ({ stackExport: async () => undefined }));

const kinds = (): string[] => made.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).sort();

beforeEach(emptyGitHub);

describe("a repository in the stack that owns it", () => {
  it("is made of these parts, each of them its child", async () => {
    const { repositories } = await program([SHOP]);
    expect(kinds()).toEqual(
      [
        "ActionsRepositoryPermissions shop-actions",
        "BranchDefault shop-default-branch",
        "Repository shop",
        "Repository shop-repository",
        "RepositoryDependabotSecurityUpdates shop-fixes",
        "RepositoryRuleset shop-ruleset-main",
        "RepositoryRuleset shop-ruleset-release tags",
        "RepositoryVulnerabilityAlerts shop-alerts",
        "WorkflowRepositoryPermissions shop-token",
        "github github-anna",
      ].sort(),
    );
    expect(made.filter(({ type }) => type.startsWith("github:")).map(({ parent }) => parent)).toEqual(
      Array(8).fill("shop"),
    );
    expect(find("shop").inputs).toMatchObject({ owner: "anna", name: "shop" });
    expect(Object.keys(repositories)).toEqual(["shop"]);
    expect(await resolved(repositories.shop!.repository!.url)).toBe("https://github.example/shop-repository");
  });

  it("is protected, archived when it is deleted, and keeps what is not managed any more", async () => {
    await program([SHOP]);
    expect(find("shop-repository")).toMatchObject({
      protect: true,
      inputs: { name: "shop", visibility: "private", archiveOnDestroy: true, autoInit: true },
    });
    // A child that is taken for deleted with its repository would be lost to the state when that is refused.
    expect(made.filter(({ deletedWith }) => deletedWith)).toEqual([]);
    expect(
      made
        .filter(({ retainOnDelete }) => retainOnDelete)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["shop-actions", "shop-alerts", "shop-default-branch", "shop-fixes", "shop-token"]);
    made.length = 0;
    await program([{ ...SHOP, protect: false, archiveOnDestroy: false }]);
    expect(find("shop-repository")).toMatchObject({ protect: false, inputs: { archiveOnDestroy: false } });
  });

  it("is reached by one provider, whose token is secret", async () => {
    await program([SHOP, { ...SHOP, name: "blog" }]);
    const providers = made.filter(({ type }) => type === "pulumi:providers:github");
    expect(providers.map(({ name }) => name)).toEqual(["github-anna"]);
    expect(isSecretInput(providers[0]!.inputs.token)).toBe(true);
    expect(plainOf(providers[0]!)).toMatchObject({
      owner: "anna",
      token: "planted-token",
      baseUrl: "http://127.0.0.1:8080/",
      writeDelayMs: "0",
    });
  });

  it("has rules after its branches, and numbers for those who may pass over them", async () => {
    await program([{ ...SHOP, branches: "gitflow", bypass: { users: ["zoe"], teams: ["ops"], roles: ["admin"] } }]);
    expect(find("shop-branch-develop")).toMatchObject({
      inputs: { repository: "shop", branch: "develop", sourceBranch: "main" },
      dependsOn: expect.arrayContaining(["shop-default-branch"]),
    });
    expect(find("shop-ruleset-main").dependsOn).toEqual(
      expect.arrayContaining(["shop-default-branch", "shop-branch-develop"]),
    );
    expect(find("shop-ruleset-main").inputs).toMatchObject({
      repository: "shop",
      name: "main",
      target: "branch",
      enforcement: "active",
      bypassActors: [
        { actorType: "RepositoryRole", actorId: 5, bypassMode: "pull_request" },
        { actorType: "Team", actorId: 103, bypassMode: "pull_request" },
        { actorType: "User", actorId: 3, bypassMode: "pull_request" },
      ],
    });
    expect(find("shop-ruleset-main").inputs).not.toHaveProperty("bypass");
    expect(called.filter(({ token }) => token.endsWith("getTeam"))).toHaveLength(1);
  });

  it("has classic protection by the repository's node", async () => {
    await program([{ ...SHOP, protection: "classic" }]);
    expect(find("shop-protection-main").inputs).toMatchObject({
      repositoryId: "shop-repository-node",
      pattern: "main",
      enforceAdmins: true,
    });
  });

  it("has secrets and signed webhooks that stay secret", async () => {
    await program(
      [
        {
          ...SHOP,
          secrets: ["SONAR_TOKEN"],
          variables: { LEVEL: "info" },
          webhooks: { chat: { url: "https://chat.example.com/", events: ["push"], secret: "CHAT" } },
          collaborators: { bob: "push" },
          deployKeys: { mirror: { key: KEY } },
        },
      ],
      { repositories: { shop: { secrets: { SONAR_TOKEN: "planted-sonar", CHAT: "planted-chat" } } } },
    );
    const secret = find("shop-secret-SONAR_TOKEN");
    expect([isSecretInput(secret.inputs.value), plainOf(secret)]).toEqual([
      true,
      { repository: "shop", secretName: "SONAR_TOKEN", value: "planted-sonar" },
    ]);
    expect(plainOf(find("shop-webhook-chat"))).toEqual({
      repository: "shop",
      active: true,
      events: ["push"],
      configuration: {
        url: "https://chat.example.com/",
        contentType: "json",
        insecureSsl: false,
        secret: "planted-chat",
      },
    });
    expect(find("shop-variable-LEVEL").inputs).toEqual({ repository: "shop", variableName: "LEVEL", value: "info" });
    expect(find("shop-collaborators").inputs).toEqual({
      repository: "shop",
      users: [{ username: "bob", permission: "push" }],
      teams: [],
    });
    expect(find("shop-deploy-key-mirror").inputs).toEqual({
      repository: "shop",
      title: "mirror",
      key: KEY,
      readOnly: true,
    });
    expect(openText(made)).not.toContain("planted");
  });

  it("lets each kind of resource be changed by `transform`", async () => {
    await program([
      {
        ...SHOP,
        transform: {
          ruleset: (args, name) => ({ ...args, enforcement: name.endsWith("tags") ? "disabled" : "active" }),
          repository: (args) => ({ ...args, hasWiki: true }),
        },
      },
    ]);
    expect([
      find("shop-ruleset-main").inputs.enforcement,
      find("shop-ruleset-release tags").inputs.enforcement,
      find("shop-repository").inputs.hasWiki,
    ]).toEqual(["active", "disabled", true]);
  });

  it("is renamed in place: what it is called in the program stays", async () => {
    await program([{ ...SHOP, environments: { prod: {} } }]);
    const before = made.map(({ type, name, parent }) => [type, name, parent]).sort();
    emptyGitHub();
    await program([{ ...SHOP, name: "store", key: "shop", environments: { prod: {} } }]);
    expect(made.map(({ type, name, parent }) => [type, name, parent]).sort()).toEqual(before);
    expect([
      find("shop-repository").inputs.name,
      find("shop-ruleset-main").inputs.repository,
      find("shop-prod-environment").inputs.repository,
    ]).toEqual(["store", "store", "store"]);
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

describe("nothing is made", () => {
  it("of wrong declarations: all problems at once, without a stack trace", async () => {
    const failure = await program(
      [
        { ...SHOP, visibility: "x" as never },
        { ...SHOP, name: "SHOP" },
      ],
      { repositories: { shpo: {} } },
    ).catch((error: unknown) => error);
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
    expect((failure as Error).message.split("\n")).toEqual([
      expect.stringContaining('repositories: SHOP.name: "SHOP" is declared twice'),
      expect.stringContaining("slipway:repositories.shpo: no repository of this name is declared"),
      expect.stringContaining('repositories: shop.visibility: "x" is unknown'),
    ]);
    expect(made).toEqual([]);
  });
});
