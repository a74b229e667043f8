/** The forms in which programs read what `slipway check` found, and the places that it names. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { locate, placeIn } from "../../cli/check/locate.ts";
import { type Report, renderJson, reportJsonSchema, summarise } from "../../cli/check/report.ts";
import { pageAt, renderSarif } from "../../cli/check/sarif.ts";
import { parseStack } from "../../cli/check/stackSettings.ts";
import { RULES } from "../../components/policies/rules.ts";
import { SETTINGS } from "../fixtures/check.ts";

const finding = {
  rule: "privileged",
  severity: "critical",
  level: "mandatory",
  place: "apps: shop.services.web",
  message: "is wrong; mend it",
  file: "apps/shop.ts",
  line: 3,
} as const;
const stacks: Report["stacks"] = [
  {
    stack: "prod",
    file: "Pulumi.prod.yaml",
    protected: true,
    problems: [],
    findings: [
      finding,
      { ...finding, level: "advisory", severity: "medium" },
      { ...finding, level: "advisory", severity: "low" },
    ],
    exempted: [{ ...finding, reason: "it must", until: "2099-12-31" }],
    open: [{ place: "apps: shop.services.web.image", what: "is known later", rules: ["digest"] }],
  },
  {
    stack: "dev",
    file: "Pulumi.dev.yaml",
    protected: false,
    problems: [{ message: "slipway:x: is wrong", file: "Pulumi.dev.yaml", line: 2 }],
    findings: [],
    exempted: [],
    open: [],
  },
];
const REPORT: Report = {
  version: 1,
  stacks,
  notes: ["there is no list"],
  unjudged: [{ rule: "downgrade", needs: "what the hosts run" }],
  summary: summarise(stacks),
};

describe("docs/check.schema.json", () => {
  const committed = JSON.parse(readFileSync("docs/check.schema.json", "utf8"));
  it("is what the report's schema gives (node cli/check/writeSchema.ts)", () =>
    expect(committed).toEqual(JSON.parse(JSON.stringify(reportJsonSchema()))));

  it("takes a report with everything in it, and no other version", () => {
    const validate = new Ajv2020({ strict: false }).compile(committed);
    expect([validate(JSON.parse(renderJson(REPORT))), validate.errors]).toEqual([true, null]);
    expect(validate({ ...REPORT, version: 2 })).toBe(false);
  });
});

it("a summary counts each kind", () =>
  expect(REPORT.summary).toEqual({ problems: 1, mandatory: 1, advisory: 2, exempted: 1 }));

describe("SARIF", () => {
  const sarif = JSON.parse(
    renderSarif(REPORT, {
      version: "1.2.3",
      page: "https://docs.example/policies.md",
      fromRoot: (file) => `infra/${file}`,
    }),
  );
  const [prod, dev] = sarif.runs;

  it("is of version 2.1.0, with a run for each stack that code scanning tells apart", () => {
    expect(sarif).toMatchObject({ version: "2.1.0", $schema: expect.stringMatching(/sarif-schema-2\.1\.0\.json$/) });
    expect(sarif.runs.map((run: any) => run.automationDetails.id)).toEqual(["slipway/prod/", "slipway/dev/"]);
    for (const { tool } of sarif.runs)
      expect(tool.driver).toMatchObject({ name: "slipway check", semanticVersion: "1.2.3" });
  });

  it("describes every rule, with an absolute address of its section", () => {
    const rules = prod.tool.driver.rules;
    expect(rules.map(({ id }: { id: string }) => id)).toEqual([...RULES.map(({ id }) => id), "exemption"]);
    for (const rule of rules)
      expect(rule).toMatchObject({
        shortDescription: { text: expect.stringMatching(/\S/) },
        fullDescription: { text: expect.stringMatching(/\S/) },
        help: { text: expect.stringMatching(/\S/), markdown: expect.stringMatching(/\S/) },
        helpUri: `https://docs.example/policies.md#${rule.id}`,
        defaultConfiguration: { level: expect.stringMatching(/^(error|warning|note)$/) },
        properties: { "security-severity": expect.stringMatching(/^\d\.\d$/) },
      });
  });

  it("names no page where none is known, and none of this machine", () => {
    const text = renderSarif(REPORT, { version: "1.2.3", fromRoot: (file) => file });
    expect(text).not.toMatch(/helpUri|informationUri|file:/);
    expect(pageAt(undefined)).toBeUndefined();
    expect(pageAt("https://docs.example/")).toBeUndefined();
    expect(pageAt("https://github.com/anna/slipway#readme")).toBe(
      "https://github.com/anna/slipway/blob/HEAD/docs/policies.md",
    );
  });

  it("writes a path as a relative reference, whatever is in it", () => {
    const text = renderSarif(REPORT, { version: "1.2.3", fromRoot: () => "in fra/a#b?c.ts" });
    expect(text).toContain('"uri": "in%20fra/a%23b%3Fc.ts"');
  });

  it("has each finding with what the standard requires, at its line, by the rule's index", () => {
    for (const result of prod.results) {
      expect(result).toMatchObject({
        ruleId: "privileged",
        message: { text: "prod: apps: shop.services.web: is wrong; mend it" },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: "infra/apps/shop.ts" },
              region: { startLine: 3 },
            },
          },
        ],
        partialFingerprints: { "slipwayFinding/v1": expect.stringMatching(/^[0-9a-f]{64}$/) },
      });
      expect(prod.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
    }
    expect(prod.results.map(({ level }: { level: string }) => level)).toEqual(["error", "warning", "note", "error"]);
  });

  it("suppresses what is exempted, with its reason, and nothing else", () =>
    expect(prod.results.map(({ suppressions }: { suppressions: object[] }) => suppressions)).toEqual([
      [],
      [],
      [],
      [{ kind: "external", status: "accepted", justification: "until 2099-12-31: it must" }],
    ]));

  it("tells what could not be judged, and what kept it from judging", () => {
    expect(prod.invocations[0].executionSuccessful).toBe(true);
    expect(prod.invocations[0].toolExecutionNotifications.map((one: any) => one.message.text)).toEqual([
      "apps: shop.services.web.image: is known later",
      "downgrade is not judged here: what the hosts run",
    ]);
    expect(dev.invocations[0]).toMatchObject({
      executionSuccessful: false,
      toolConfigurationNotifications: [{ level: "error", message: { text: "slipway:x: is wrong" } }],
    });
  });
});

describe("a place", () => {
  const { lineOf } = parseStack({ name: "x", folder: ".", config: {} }, "prod", "Pulumi.prod.yaml", SETTINGS);
  const texts = {
    "apps/shop.ts": `/** web: */
export default defineApplication({
  name: "shop",
  services: {
    web: { port: 8000 },
    "web-2": { port: 1 },
  },
  exemptions: [
    { rule: "a" },
    { rule: "b" },
  ],
});
`,
    "apps/others.ts": 'export const other = {\n  name: "blog",\n};\n',
    "apps/index.ts": "\n",
    "repositories/my.repo.ts": 'export default {\n  name: "anna/my.repo",\n  environments: { prod: {} },\n};\n',
  };
  it.each([
    ["apps: shop.services.web", "apps/shop.ts", 5],
    ["apps: shop.services.web-2.port", "apps/shop.ts", 6],
    ["apps: shop.exemptions[1]", "apps/shop.ts", 10],
    ["apps: shop", "apps/shop.ts", 2],
    ["apps: shop.nothing", "apps/shop.ts", 2],
    ["apps: blog", "apps/others.ts", 1],
    ["apps: unknown", "apps/index.ts", 1],
    ["repositories: my.repo.environments.prod", "repositories/my.repo.ts", 3],
    ["repositories: my.repo: .github/workflows/ci.yml", "repositories/my.repo.ts", 1],
    ["repositories: other", "Pulumi.prod.yaml", 1],
    ["slipway:hosts.web-1.address", "Pulumi.prod.yaml", 5],
    ['slipway:registries["ghcr.io"].password', "Pulumi.prod.yaml", 10],
    ["slipway:nothing", "Pulumi.prod.yaml", 1],
    ["", "Pulumi.prod.yaml", 1],
  ])("%j is found in %s, line %i", (place, file, line) =>
    expect(locate(place, { texts, file: "Pulumi.prod.yaml", lineOf })).toEqual({ file, line }),
  );

  it.each([
    ['slipway:hosts.web.address: "a: b" is wrong', "slipway:hosts.web.address"],
    ["apps: shop.services.web: is wrong", "apps: shop.services.web"],
    ['slipway:registries["a:5000"].password: is missing', 'slipway:registries["a:5000"].password'],
    ["2 problems", undefined],
  ])("stands at the beginning of %j", (line, place) => expect(placeIn(line)).toBe(place));
});
