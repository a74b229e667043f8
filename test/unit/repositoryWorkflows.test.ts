/** Workflows deploy where the declaration has an environment, by the name that it has on GitHub. */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { RepositorySpec } from "../../components/github/repository/spec.ts";
import { problemsOf, wholeOf } from "../fixtures/repository.ts";

const deploy = { application: "shop" };
const workflow = (name: string, spec: Partial<RepositorySpec>): any =>
  parse(wholeOf(spec).files!.content[`.github/workflows/${name}.yml`]!);
const stackOf = (job: any): string => job.steps.find(({ id }: { id?: string }) => id === "deploy").env.STACK;

describe("an environment of another name than its stack", () => {
  const spec: Partial<RepositorySpec> = {
    workflows: { deploy, rollback: true },
    environments: { dev: {}, prod: { name: "production/eu" } },
  };
  it("is deployed to by GitHub's name, which protects it, and as the stack by the stack's", () => {
    const { on, jobs } = workflow("deploy", spec);
    expect([jobs["deploy-dev"].environment, jobs["deploy-prod"].environment]).toEqual([
      { name: "dev" },
      { name: "production/eu" },
    ]);
    expect(stackOf(jobs["deploy-prod"])).toBe("prod");
    expect(on.workflow_dispatch.inputs.environment.options).toEqual(["dev", "prod"]);
  });
  it("goes back by GitHub's name, and its rollback points are those of that name", () => {
    const { jobs } = workflow("rollback", spec);
    const name = `\${{ fromJSON('{"dev":"dev","prod":"production/eu"}')[inputs.environment] }}`;
    expect([jobs.rollback.environment, jobs.points.steps[0].env.ENVIRONMENT]).toEqual([{ name }, name]);
    expect([stackOf(jobs.rollback), jobs.rollback.concurrency.group]).toEqual([
      "${{ inputs.environment }}",
      "deploy-${{ inputs.environment }}",
    ]);
  });
  it("needs no table where all names are the stacks'", () =>
    expect(
      workflow("rollback", { ...spec, environments: { dev: {}, prod: { name: "prod" } } }).jobs.rollback.environment,
    ).toEqual({ name: "${{ inputs.environment }}" }));
});

describe("a target without an environment", () => {
  it("is refused, also where it is a default one, as GitHub would make it without protection", () => {
    expect(problemsOf({ workflows: { deploy }, environments: { dev: {} } })).toEqual([
      'repositories: shop.workflows.deploy.environments.prod: "prod" is not among the declaration\'s environments (dev), and GitHub would create it without any protection at the first deployment; add environments: { prod: {} }, or list only existing ones in deploy.environments',
    ]);
    expect(problemsOf({ workflows: { deploy: { ...deploy, environments: { live: { on: "main" } } } } })).toEqual([
      expect.stringContaining(
        'shop.workflows.deploy.environments.live: "live" is not among the declaration\'s environments (none)',
      ),
    ]);
    expect(
      problemsOf({ branches: "gitflow", workflows: { deploy }, environments: { dev: {}, prod: {} } }).map(
        (line) => line.split(" ")[1],
      ),
    ).toEqual(["shop.workflows.deploy.environments.test:", "shop.workflows.deploy.environments.staging:"]);
  });
  it("does not occur where all are declared, or the others are left out", () => {
    expect(problemsOf({ workflows: { deploy }, environments: { dev: {}, prod: {} } })).toEqual([]);
    expect(
      problemsOf({
        workflows: { deploy: { ...deploy, environments: { dev: { on: "main" } } } },
        environments: { dev: {}, prod: {} },
      }),
    ).toEqual([]);
  });
  it("is not previewed either", () =>
    expect(
      problemsOf({
        preset: "solo",
        workflows: { preview: { environments: ["dev", "prod"] } },
        environments: { dev: {} },
      }),
    ).toEqual([
      'repositories: shop.workflows.preview.environments: "prod" is not among the declaration\'s environments (dev); add environments: { prod: {} }, or remove it',
    ]));
});

describe("an image of another owner", () => {
  const build = (...images: string[]): Partial<RepositorySpec> => ({
    workflows: { build: { images: images.map((image, index) => ({ name: `i${index}`, image })) } },
  });
  it("is refused at GHCR, where a job's token may not push it", () =>
    expect(problemsOf(build("ghcr.io/anna/shop", "ghcr.io/bert/shop"))).toEqual([
      'repositories: shop.workflows.build.images.i1.image: "ghcr.io/bert/shop" belongs to another owner than the repository, whose jobs may not push it; write it below ghcr.io/anna/',
    ]));
  it("is taken at a registry with a password of its own, and the own one also where the owner has capitals", () => {
    expect(problemsOf(build("registry.example.com/bert/shop"))).toEqual([]);
    expect(problemsOf({ name: "Anna/shop", ...build("ghcr.io/anna/shop") })).toEqual([]);
  });
});
