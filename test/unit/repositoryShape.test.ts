/** What a repository's declaration may be at all: written in JavaScript, or past the compiler, it can be anything. */
import { describe, expect, it } from "vitest";
import { shapeProblems } from "../../components/github/repository/shape.ts";
import type { RepositorySpec } from "../../components/github/repository/spec.ts";
import own from "../../repositories/own.ts";
import { SHORT } from "../fixtures/repository.ts";
import { PIPELINES } from "../fixtures/workflows.ts";

const problems = (more: object): string[] => shapeProblems({ ...SHORT, ...more } as RepositorySpec);

describe("a repository's declaration", () => {
  it.each(Object.entries(PIPELINES))("may have the workflows of %s", (_, { workflows, community }) =>
    expect(problems({ workflows, community })).toEqual([]),
  );

  it("may be the one of this project", () => expect(shapeProblems(own)).toEqual([]));

  it("may use every kind of part", () =>
    expect(
      problems({
        features: { wiki: true },
        merge: { squashTitle: "PR_TITLE" },
        security: { alerts: false },
        branches: { default: "trunk", rules: [{ name: "trunk", patterns: ["trunk"], reviews: { required: 2 } }] },
        checks: ["ci", { name: "scan", app: 15368 }],
        rules: { reviews: false },
        bypass: { roles: ["admin"], mode: "always" },
        actions: false,
        labels: [{ name: "bug", color: "ff0000" }],
        webhooks: { chat: { url: "https://example.com", events: ["push"] } },
        collaborators: { bob: "push" },
        deployKeys: { mirror: { key: "ssh-ed25519 AAAA" } },
        environments: { prod: { branches: "protected", reviewers: { users: ["bob"] }, variables: { A: "b" } } },
        files: { content: { "a.txt": "a" }, through: "branch" },
        transform: { ruleset: (args: object) => args },
      }),
    ).toEqual([]));

  it.each<[string, object]>([
    ['visibilty: is nothing that can be declared here; did you mean "visibility"?', { visibilty: "public" }],
    [
      'environments.prod.reviewer: is nothing that can be declared here; did you mean "reviewers"?',
      { environments: { prod: { reviewer: {} } } },
    ],
    [
      'workflows.deploy.enviroments: is nothing that can be declared here; did you mean "environments"?',
      { workflows: { deploy: { application: "shop", enviroments: {} } } },
    ],
    [
      'rules.reviews.requird: is nothing that can be declared here; did you mean "required"?',
      { rules: { reviews: { requird: 1 } } },
    ],
    ['topics: "go" is text; write a list, like ["go"]', { topics: "go" }],
    ['environments.prod.waitTimer: "5" is text; write a number', { environments: { prod: { waitTimer: "5" } } }],
    ["workflows.rollback: is a map; write true or false", { workflows: { rollback: {} } }],
  ])("is refused with its place: %s", (message, more) =>
    expect(problems(more)).toEqual([`repositories: shop.${message}`]),
  );

  it.each([
    ["without a name", { stack: "prod" }, "repositories: ?.name: is missing"],
    ["whose name is a number", { name: 5, stack: "prod" }, "repositories: 5.name: 5 is a number; write it in quotes"],
    ["that is text", "shop", "repositories: ?"],
  ])("%s is refused without a stack trace", (_, spec, message) =>
    expect(shapeProblems(spec as unknown as RepositorySpec).join("\n")).toContain(message),
  );
});
