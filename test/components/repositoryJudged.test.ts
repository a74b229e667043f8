/** What components of GitHub's things tell rules, as inputs. */
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { RepositorySpec } from "../../components/github/repository/spec.ts";
import { factsOf } from "../../policies/subject.ts";
import { emptyGitHub, program, SHOP } from "../fixtures/github.ts";
import { find } from "../support/engine.ts";

vi.mock("../../components/state/stackExport.ts", () => ({ stackExport: async () => undefined }));
vi.spyOn(pulumi.log, "warn").mockResolvedValue();

beforeEach(emptyGitHub);

describe("a repository", () => {
  it("tells what rules judge of it, with the exemptions of its declaration and of the settings", async () => {
    const of = { rule: "secret-scanning-off", reason: "becomes public next week", until: "2999-01-31" };
    await program([{ ...SHOP, exemptions: [of], secrets: ["SONAR_TOKEN"], variables: { LEVEL: "planted-level" } }], {
      protected: true,
      policies: { exemptions: [{ ...of, rule: "protection-bypassed", repository: "shop" }] },
      repositories: { shop: { secrets: { SONAR_TOKEN: "planted-sonar" } } },
    });
    const { review, policies } = find("shop").inputs;
    expect(review).toEqual({
      visibility: "private",
      defaultBranch: "main",
      branches: {
        main: {
          default: true,
          pullRequest: true,
          reviews: 1,
          checks: { "quality gate": "anybody" },
          forcePush: false,
          deletion: false,
          bypass: {},
        },
      },
      secretScanning: "not managed",
      pushProtection: "not managed",
      advancedSecurity: "not managed",
      token: "read",
      workflows: {},
    });
    expect(policies).toEqual({
      protected: true,
      exemptions: {
        "repositories: shop.exemptions[0]": of,
        "slipway:policies.exemptions[0]": { ...of, rule: "protection-bypassed" },
      },
    });
    expect(JSON.stringify(find("shop").inputs)).not.toContain("planted");
  });
});

describe("an environment", () => {
  const spec: RepositorySpec = {
    ...SHOP,
    secrets: [],
    environments: {
      prod: {
        reviewers: { users: ["zoe"], teams: ["ops"] },
        waitTimer: 5,
        tags: ["v*"],
        variables: { A: "planted-a" },
      },
    },
  };
  const config = { repositories: { shop: { secrets: { TOKEN: "planted-value" }, variables: { LEVEL: "planted-b" } } } };

  it("tells what rules judge of it, under the name that it has in the declaration", async () => {
    const of = { rule: "environment-self-review", environment: "prod", reason: "two people only", until: "2999-01-31" };
    await program([{ ...spec, exemptions: [of] }], { ...config, protected: true });
    const { review, policies } = find("shop-prod").inputs;
    expect(review).toEqual({
      name: "prod",
      use: "deploy",
      visibility: "private",
      reviewers: 2,
      waitTimer: 5,
      selfReview: false,
      adminBypass: false,
      deploys: { "tag v*": true },
    });
    expect(policies).toEqual({
      name: "shop.environments.prod",
      protected: true,
      exemptions: { "repositories: shop.exemptions[0]": of },
    });
    expect(find("shop").inputs.policies.exemptions).toEqual({});
    expect(JSON.stringify(find("shop-prod").inputs)).not.toContain("planted");
  });
});

describe("the policy pack", () => {
  it("reads the same facts from those inputs", async () => {
    await program([{ ...SHOP, environments: { prod: { tags: ["v*"] } } }], { repositories: { shop: {} } });
    const read = (name: string, subject: "repository" | "environment") => {
      const { type, inputs } = find(name);
      return factsOf(subject, { type, name, props: inputs } as Parameters<typeof factsOf>[1]);
    };
    expect(read("shop", "repository")).toEqual({
      subject: "repository",
      name: "shop",
      review: find("shop").inputs.review,
      protected: false,
      exemptions: {},
    });
    expect(read("shop-prod", "environment")).toMatchObject({
      subject: "environment",
      name: "shop.environments.prod",
      review: { deploys: { "tag v*": true } },
    });
    expect(read("shop", "environment")).toBeUndefined();
  });
});
