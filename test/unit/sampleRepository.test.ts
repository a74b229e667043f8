/** The committed declaration and the committed settings of the sandbox fit each other. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { planRepository } from "../../components/github/repository/plan.ts";
import shop from "../../repositories/shop.ts";
import { seed } from "../../sandbox/github/state.ts";
import { context, settings } from "../fixtures/repository.ts";

const { config } = parse(readFileSync("Pulumi.dev.yaml", "utf8")) as { config: Record<string, any> };
const hosts = { "host-1": { address: "10.213.77.11", port: 22, user: "deploy" } };
const planIn = (stack: string, secretNames: string[]) =>
  planRepository(
    shop,
    context({
      stack,
      hosts,
      owner: config["slipway:github"].owner,
      hasKeySeed: true,
      settings: settings({ secretNames }),
    }),
  );

describe("the sample repository", () => {
  const dev = planIn("dev", Object.keys(config["slipway:repositories"].shop.secrets));

  it("belongs to the stack of the sandbox, with its environment and a key for its host", () => {
    expect(dev).toMatchObject({
      owner: seed.organization,
      whole: { secrets: [] },
      environment: { name: "dev", secrets: ["PULUMI_CONFIG_PASSPHRASE"], deployKey: true },
    });
    expect(dev.environment!.variables).toMatchObject({ SSH_HOST: "10.213.77.11", SSH_USER: "deploy" });
  });
  it("lets previews open the stack, by a role of their own, and reach no host", () =>
    expect(dev.environments[1]).toMatchObject({
      suffix: "dev:preview",
      plan: {
        name: "dev-preview",
        secrets: ["PULUMI_CONFIG_PASSPHRASE"],
        variables: { AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/shop-dev-read" },
        deployKey: false,
      },
    }));
  it("proposes its workflows, as its default branch is protected", () =>
    expect(dev.whole!.files).toMatchObject({ through: "pull-request" }));
  it("has reviewers in production that the sandbox knows, and a passphrase of its own", () => {
    const { whole, environment } = planIn("prod", ["PULUMI_CONFIG_PASSPHRASE"]);
    expect(whole).toBeUndefined();
    expect(environment).toMatchObject({
      reviewers: { users: [], teams: [seed.team] },
      secrets: ["PULUMI_CONFIG_PASSPHRASE"],
    });
  });
});
