import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { emptyGitHub, program, SHOP } from "../fixtures/github.ts";
import { find, isSecretInput, made, openText, plainOf, startEngine } from "../support/engine.ts";

vi.mock("../../components/state/stackExport.ts", () => ({ stackExport: async () => undefined }));
const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
const info = vi.spyOn(pulumi.log, "info").mockResolvedValue();
await startEngine("prod");

beforeEach(() => {
  emptyGitHub();
  delete process.env.GITHUB_TOKEN;
  warn.mockClear();
  info.mockClear();
});

describe("what somebody added on GitHub", () => {
  /** Answers by path below the repository; nothing else is there. */
  const onGitHub = (answers: Record<string, unknown>, status = 404) =>
    vi.stubGlobal("fetch", async (url: string) => {
      const path = new URL(url).pathname.replace("/api/v3/repos/anna/shop", "");
      return path in answers ? Response.json(answers[path]) : new Response("{}", { status });
    });
  const told = (): string => warn.mock.calls.map(([text]) => text).join("\n");
  const POLICIES = {
    "/environments/prod/deployment-branch-policies": { branch_policies: [{ id: 7, name: "*", type: "branch" }] },
  };

  it("goes from an exclusive environment by a child of it, one after the other, with the token in a secret alone", async () => {
    onGitHub({ ...POLICIES, "/environments/prod/secrets": { secrets: [{ name: "EXTRA" }] } });
    await program([{ ...SHOP, environments: { prod: { exclusive: true } } }]);
    const [policy, secret] = [find("shop-prod-removes-policy-branch-*"), find("shop-prod-removes-secret-EXTRA")];
    expect(policy).toMatchObject({ type: "command:local:Command", parent: "shop-prod" });
    expect(policy.dependsOn).toContain("shop-prod-environment");
    expect(secret.dependsOn).toContain("shop-prod-removes-policy-branch-*");
    expect(isSecretInput(policy.inputs.stdin)).toBe(true);
    expect(JSON.parse(plainOf(policy).stdin)).toEqual({
      url: "http://127.0.0.1:8080/api/v3/repos/anna/shop/environments/prod/deployment-branch-policies/7",
      method: "DELETE",
      token: "planted-token",
    });
    expect(openText(made)).not.toContain("planted-token");
    expect(told()).toContain("shop.environments.prod: GitHub has what is not declared");
  });

  it("stays also in an exclusive one where the generated workflows read it, and is told", async () => {
    const secrets = [{ name: "EXTRA" }, { name: "WIREGUARD_CONFIG" }];
    onGitHub({ "/environments/prod/secrets": { secrets } });
    const deploy = { application: "shop", environments: { prod: { on: "main" } }, network: "wireguard" as const };
    await program([{ ...SHOP, environments: { prod: { exclusive: true } }, workflows: { deploy } }]);
    expect(made.filter(({ name }) => name.includes("removes")).map(({ name }) => name)).toEqual([
      "shop-prod-removes-secret-EXTRA",
    ]);
    expect(told()).toContain('secret "WIREGUARD_CONFIG"; it stays, as the generated workflows read it');
  });

  it("stays where the declaration is not exclusive, and is told", async () => {
    onGitHub(POLICIES);
    await program([{ ...SHOP, environments: { prod: {} } }]);
    expect(made.filter(({ name }) => name.includes("removes"))).toEqual([]);
    expect(told()).toContain('GitHub has what is not declared: policy "*" (branch); declare it, delete it on GitHub');
  });

  it("is not known where GitHub refuses to tell, which breaks nothing", async () => {
    onGitHub({}, 403);
    vi.spyOn(pulumi.runtime, "isDryRun").mockReturnValue(true);
    try {
      await program([{ ...SHOP, environments: { prod: { exclusive: true } } }]);
    } finally {
      vi.mocked(pulumi.runtime.isDryRun).mockRestore();
    }
    expect(made.filter(({ name }) => name.includes("removes"))).toEqual([]);
    expect(told()).not.toContain("not declared");
    expect(info.mock.calls.map(([text]) => text).join("\n")).toMatch(
      /^repositories: shop: whether somebody added .*deploy keys.* is not known: GitHub answers 403/,
    );
  });
});
