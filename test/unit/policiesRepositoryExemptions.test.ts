/** Exceptions from rules about repositories and GitHub environments. */
import { describe, expect, it } from "vitest";
import { shapeProblems } from "../../components/github/repository/shape.ts";
import { sharesOf } from "../../components/github/repository/shares.ts";
import type { RepositorySpec } from "../../components/github/repository/spec.ts";
import { circumstancesOf, policiesSchema } from "../../components/policies/schema.ts";
import { found, judged, SOUND, workflow } from "../fixtures/judged.ts";
import { problemsOf, SHORT } from "../fixtures/repository.ts";

const UNTIL = { reason: "mended with the next release", until: "2999-01-31" };
const UNPINNED =
  "on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: anna/act@v1\n";
type Exemptions = NonNullable<RepositorySpec["exemptions"]>;

const shape = (...exemptions: object[]): string[] =>
  shapeProblems({ ...SHORT, exemptions: exemptions as Exemptions }).map((line) =>
    line.replace("repositories: shop.", ""),
  );

describe("an exemption of a repository", () => {
  it("takes a finding out, and with a file only that file's", () => {
    const two = workflow(UNPINNED, { ".github/workflows/other.yml": UNPINNED });
    const of = { rule: "workflow-unpinned-action", ...UNTIL };
    expect(found(two)).toHaveLength(2);
    expect(found({ ...two, exemptions: [of] })).toEqual([]);
    expect(found({ ...two, exemptions: [{ ...of, file: ".github/workflows/own.yml" }] })).toEqual([
      "workflow-unpinned-action high repositories: shop: .github/workflows/other.yml: a.1 uses anna/act@v1",
    ]);
  });

  it("is a finding itself where it matches nothing, is over or has no reason", () => {
    const exemptions = [
      { rule: "workflow-unpinned-action", file: ".github/workflows/x.yml", ...UNTIL },
      { rule: "branch-unprotected", ...UNTIL, until: "2020-01-31" },
      { rule: "secret-scanning-off", ...UNTIL, reason: " " },
    ];
    expect(judged({ exemptions }).map(({ rule, place, message }) => `${rule} ${place}: ${message}`)).toEqual([
      expect.stringMatching(
        /^exemption repositories: shop\.exemptions\[0\]: matches nothing: "workflow-unpinned-action" finds nothing in \.github\/workflows\/x\.yml; take/,
      ),
      expect.stringMatching(/exemptions\[1\]: ended on 2020-01-31/),
      expect.stringMatching(/exemptions\[2\]: says no reason/),
    ]);
  });

  it("from a rule about environments names one, and holds in the stack that has it", () => {
    const environments = { prod: { tags: ["v*"] }, test: { branches: ["main"] } };
    const of = { rule: "environment-unreviewed", environment: "prod", ...UNTIL };
    expect(found({ environments, exemptions: [of] })).toEqual([]);
    const context = { stack: "test", settings: { secretNames: [], variables: {} } };
    expect(found({ environments, exemptions: [of] }, { context })).toHaveLength(1);
    expect(found({ environments, exemptions: [of] }, { context, protected: false })).toEqual([]);
  });

  it("comes from the stack's settings as well, under its place there", () => {
    const policies = policiesSchema.parse({
      exemptions: [
        { rule: "branch-unprotected", repository: "blog", ...UNTIL },
        { rule: "branch-unprotected", repository: "shop", ...UNTIL },
      ],
    });
    const { exemptions: of } = circumstancesOf({ protected: true, policies }, "repository", "shop");
    expect(Object.keys(of)).toEqual(["slipway:policies.exemptions[1]"]);
    expect(found({ protection: "none" }, { exemptions: of })).toEqual([]);
  });
});

describe("an exemption in the settings is refused", () => {
  const spec = { ...SHORT, ...SOUND, stack: "prod", environments: { prod: {}, test: {} } };
  const of = (exemption: object, stack = "prod"): string[] => {
    const policies = policiesSchema.parse({ exemptions: [{ ...UNTIL, ...exemption }] });
    const repositories = { shop: { secrets: {}, variables: {} } } as never;
    return sharesOf([spec], { github: { owner: "anna" } as never, hosts: {}, repositories, policies }, stack).problems;
  };

  it("of a repository, or an environment, in which the stack has no share", () => {
    expect(of({ rule: "branch-unprotected", repository: "shop" })).toEqual([]);
    expect(of({ rule: "environment-open", repository: "shop", environment: "prod" })).toEqual([]);
    expect(of({ rule: "branch-unprotected", repository: "shp" })).toEqual([
      'slipway:policies.exemptions[0].repository: "shp" is no repository in which this stack has a share; correct the name, or take the exemption out',
    ]);
    expect(of({ rule: "environment-open", repository: "shop", environment: "test" })).toEqual([
      'slipway:policies.exemptions[0].environment: "test" is no environment that this stack has there (it has prod); correct the name, or take the exemption out',
    ]);
    expect(of({ rule: "branch-unprotected", repository: "shop" }, "test")).toEqual([
      'slipway:policies.exemptions[0].repository: "shop" is owned by another stack, and judged there; correct the name, or take the exemption out',
    ]);
  });
});

describe("the shape of an exemption", () => {
  it("is right with all its fields", () =>
    expect(
      shape(
        { rule: "workflow-write-all", file: ".github/workflows/own.yml", ...UNTIL },
        { rule: "environment-open", environment: "prod", ...UNTIL },
      ),
    ).toEqual([]));

  it.each<[string, object]>([
    [
      'exemptions[0].rule: "branch-unprotectd" is no rule; did you mean "branch-unprotected"?',
      { rule: "branch-unprotectd" },
    ],
    [
      'exemptions[0].rule: "privileged" is no rule about repositories and environments; docs/policies.md has them',
      { rule: "privileged" },
    ],
    [
      "exemptions[0].service: is nothing that can be declared here; known: rule, reason, until, file, environment",
      { service: "web" },
    ],
    ['exemptions[0].until: "soon" is not a day; write one like "2027-01-31"', { until: "soon" }],
    [
      'exemptions[0].environment: is missing; name the environment that need not keep to "environment-open", like "prod"',
      { rule: "environment-open" },
    ],
    [
      'exemptions[0].environment: "prod" is for rules about environments, and "branch-unprotected" is not; leave it out',
      { environment: "prod" },
    ],
  ])("is told: %s", (said, change) =>
    expect(shape({ rule: "branch-unprotected", ...UNTIL, ...change })).toEqual([said]),
  );

  it("has an environment of this repository", () =>
    expect(
      problemsOf({
        environments: { prod: {} },
        exemptions: [{ rule: "environment-open", environment: "pord", ...UNTIL }],
      }),
    ).toEqual([
      'repositories: shop.exemptions[0].environment: "pord" is no environment of this repository; it has prod',
    ]));
});
