import { describe, expect, it } from "vitest";
import { onGitHub } from "../../components/environment/onGitHub.ts";
import { placeOf, refsOf } from "../../components/github/repository/deploymentPlace.ts";
import { sharesOf } from "../../components/github/repository/shares.ts";
import type { RepositorySpec } from "../../components/github/repository/spec.ts";
import { planOf, SIMPLEST } from "../fixtures/application.ts";

const repository = (name: string, more: Partial<RepositorySpec> = {}): RepositorySpec => ({
  name: `anna/${name}`,
  stack: "dev",
  environments: { dev: {}, prod: { name: "production" } },
  ...more,
});
const shares = (specs: RepositorySpec[], stack = "prod") =>
  sharesOf(
    specs,
    {
      github: {} as never,
      hosts: {},
      policies: { exemptions: [] } as never,
      // A stack that does not own a repository has a share in it by its settings.
      repositories: Object.fromEntries(specs.map(({ name }) => [name.slice(5), { secrets: {} } as never])),
    },
    stack,
  );

describe("deployments of an application are shown", () => {
  it("in the repository that deploys it, by the environment's name there", () => {
    const deploys = repository("code", { workflows: { state: "s3", deploy: { application: ["blog", "shop"] } } });
    expect(placeOf("shop", shares([repository("shop"), deploys]))).toEqual({
      repository: "anna/code",
      environment: "production",
    });
  });
  it("else in the one of its name", () =>
    expect(placeOf("shop", shares([repository("other"), repository("shop")], "dev"))).toEqual({
      repository: "anna/shop",
      environment: "dev",
    }));
  it.each([
    ["no repository is its", [repository("other")]],
    ["its repository has no environment for the stack", [repository("shop", { environments: {}, stack: "prod" })]],
  ])("nowhere where %s", (_, specs) => expect(placeOf("shop", shares(specs))).toBeUndefined());
});

it.each([
  ["1.4.0", ["v1.4.0", "1.4.0"]],
  ["v1.4.0", ["v1.4.0"]],
  ["sha-3f2c1ab", ["3f2c1ab"]],
  ["nightly", ["nightly"]],
])("version %s is on GitHub one of %j", (version, refs) => expect(refsOf(version)).toEqual(refs));

describe("GitHub is told", () => {
  const told = (variables: NodeJS.ProcessEnv) =>
    onGitHub(planOf(SIMPLEST), shares([repository(SIMPLEST.name)]), { github: {} as never }, variables);
  it("from everywhere", () => expect(told({})).toBeDefined());
  it("but not by GitHub's own jobs, which have told it", () =>
    expect(told({ GITHUB_ACTIONS: "true" })).toBeUndefined());
});
