import { describe, expect, it } from "vitest";
import { checkWorkflows, type WorkflowsSpec } from "../../components/github/workflows/index.ts";
import { PIPELINES } from "../fixtures/workflows.ts";

describe("a check of workflows", () => {
  const problems = (spec: WorkflowsSpec): string[] => {
    const found: string[] = [];
    checkWorkflows(spec, (path, value, remedy) => found.push(`${path}: ${JSON.stringify(value)} ${remedy}`));
    return found;
  };
  it.each(Object.entries(PIPELINES))("finds nothing wrong with %s", (_, { workflows }) =>
    expect(problems(workflows)).toEqual([]),
  );
  it("leaves the name of a job to a command where there is none of it", () => {
    const commands = { node: "npm test", changes: "make changes", images: "make images" };
    expect(problems({ ci: { commands } })).toEqual([]);
    const taken = problems({
      ci: { node: { versions: ["24"] }, commands: { ...commands, docs: { run: "make docs", paths: ["docs/**"] } } },
      build: { images: [{ name: "app", image: "ghcr.io/anna/app" }] },
    });
    expect(taken.map((problem) => problem.split(":")[0])).toEqual([
      "ci.commands.node",
      "ci.commands.changes",
      "ci.commands.images",
    ]);
  });
  it("names what an app, a state and a release need of one another", () => {
    const app = { slug: "acme", clientId: "Iv23" };
    const first = (spec: WorkflowsSpec): string => problems(spec)[0]!;
    expect(first({ state: "ftp" as never })).toContain("write one of pulumi-cloud, s3, gs, azblob");
    expect(first({ oidc: true })).toContain("logs in nowhere");
    expect(first({ app })).toContain("has nothing to do");
    expect(first({ release: { automatic: true, branches: ["stable"] } })).toContain("leave out main");
    const build = { images: [{ name: "app", image: "ghcr.io/anna/app" }], once: true };
    expect(first({ build, deploy: { application: "shop", environments: { prod: { on: "tag" } } } })).toContain(
      "nothing builds those of main",
    );
  });
  it("reports all that is wrong at once", () => {
    expect(
      problems({
        ci: {
          python: { versions: [], directory: "../up", coverage: 120 },
          commands: { "quality-gate": "true", "Bad name": "x" },
        },
        build: {
          images: [
            { name: "a b", image: "ghcr.io/Anna/shop:1" },
            { name: "app", image: "ghcr.io/anna/app", context: "$(id)" },
            { name: "app", image: "ghcr.io/anna/app" },
          ],
        },
        preview: { environments: [] },
        deploy: {
          application: "Shop",
          image: "other",
          environments: {
            dev: { on: "-x" },
            prod: { on: "tag", after: "staging", window: { days: [8], from: "8", until: "16:00" } },
          },
        },
        actions: { "actions/checkout": { commit: "v4", version: "v4" } },
        release: { package: { run: "make", files: "../x.tgz" }, branches: ["main", "a b"] },
      }),
    ).toEqual([
      'ci.python.directory: "../up" is not a path inside the repository; write one like "backend"',
      'build.images.app.context: "$(id)" is not a path inside the repository; write one like "backend"',
      'ci.python.versions: [] is empty; list at least one version, like ["3.12"]',
      "ci.python.coverage: 120 is not a percentage; write a number from 0 to 100",
      'ci.commands.quality-gate: "quality-gate" is the name of another job of the workflow; choose another name',
      'ci.commands.Bad name: "Bad name" is not a job name; use lower-case letters, digits and "-"',
      'build.images.a b: "a b" is not a name; use lower-case letters, digits and "-"',
      'build.images.a b.image: "ghcr.io/Anna/shop:1" is not a repository; write it like "ghcr.io/anna/shop", without a tag',
      'build.images.app: "app" is listed twice; give each build its own name',
      'deploy.image: "other" is not among build.images (a b, app, app)',
      'deploy.application: "Shop" is not a name in slipway:applications',
      'deploy.environments.dev.on: "-x" is neither a branch nor "tag"; write "main", "release/*" or "tag"',
      'deploy.environments.prod.after: "staging" is not an environment listed before it (dev)',
      "deploy.environments.prod.window.days: [8] are not days; write numbers from 1 (Monday) to 7, like [1, 2, 3, 4, 5]",
      'deploy.environments.prod.window.from: "8" is not a time of day (UTC); write "08:00"',
      'actions.actions/checkout.commit: "v4" is not a full commit; write its 40 hexadecimal digits',
      "preview.environments: [] is empty; name an environment whose changes pull requests should show",
      'release.package.files: "../x.tgz" is not a file inside the repository; write one like "*.tgz"',
      'release.branches: "a b" is not a branch; write one like "main" or "release/*"',
    ]);
  });
  it("refuses releases from no branch, which would be from any", () =>
    expect(problems({ release: { branches: [] } })).toEqual([
      "release.branches: [] is empty; name the branches that are released, or leave it out",
    ]));
  it("reports what has no place beside a program of several applications", () =>
    expect(
      problems({
        build: { images: [{ name: "shop", image: "ghcr.io/anna/shop" }] },
        deploy: { application: ["shop", "Budget"], repository: "anna/infra" },
        release: true,
      }),
    ).toEqual([
      'deploy.application: "Budget" is not a name in slipway:applications',
      'deploy.repository: "anna/infra" has the program, so its own declaration lists the applications',
      'build: {"images":[{"name":"shop","image":"ghcr.io/anna/shop"}]} is of one application; declare it in that one\'s repository, with deploy.repository',
      "release: true is of one application; declare it in that one's repository, with deploy.repository",
    ]));
  it("reports what belongs to the repository of a program that is elsewhere", () =>
    expect(
      problems({
        preview: { environments: ["dev"] },
        deploy: { application: "shop", repository: "infra", program: "infra", network: "wireguard" },
        rollback: true,
      }),
    ).toEqual([
      'deploy.repository: "infra" is not a repository on GitHub; write it like "anna/infra"',
      'preview: {"environments":["dev"]} runs where the program is; declare it for infra',
      "rollback: true runs where the program is; declare it for infra",
      'deploy.program: "infra" is a matter of infra; declare it for that one',
      'deploy.network: "wireguard" is a matter of infra; declare it for that one',
    ]));
  it("reports languages that CodeQL cannot analyse, and results that have no place", () => {
    expect(problems({ security: { codeql: ["go", "swift" as never, "java" as never] } })).toEqual([
      'security.codeql: "swift" is not a language that CodeQL can analyse; write one of actions, c-cpp, csharp, go, java-kotlin, javascript-typescript, python, ruby, rust',
      'security.codeql: "java" is not a language that CodeQL can analyse; write one of actions, c-cpp, csharp, go, java-kotlin, javascript-typescript, python, ruby, rust',
    ]);
    expect(problems({ security: { codeql: ["go"], upload: false } })).toEqual([
      'security.codeql: ["go"] has nowhere to put its results, because `upload` is false; leave out one of the two',
    ]);
  });
  it("reports images of one build at two registries", () =>
    expect(
      problems({
        build: {
          images: [
            { name: "a", image: "ghcr.io/anna/a" },
            { name: "b", image: "registry.example.org/b" },
          ],
        },
      }),
    ).toEqual([
      'build.images.b.image: "registry.example.org/b" is not at ghcr.io like the others; a build pushes to one registry',
    ]));
  it("reports a rollback without deployments", () =>
    expect(problems({ rollback: true })).toEqual(["rollback: true needs `deploy`, which says what runs where"]));
});
