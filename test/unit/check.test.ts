/** What `slipway check` makes of settings and declarations, and how it says it. */
import { describe, expect, it } from "vitest";
import type { Loaded } from "../../cli/check/declarations.ts";
import { reportOf } from "../../cli/check/gather.ts";
import { exitCode, type Report, renderJson } from "../../cli/check/report.ts";
import { renderSarif } from "../../cli/check/sarif.ts";
import { type Project, parseStack } from "../../cli/check/stackSettings.ts";
import { renderAnnotations, renderText } from "../../cli/check/text.ts";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import type { Exemption } from "../../components/policies/exemptions.ts";
import { FINDING, PLANTED, PRIVILEGED, SETTINGS } from "../fixtures/check.ts";

const PROJECT: Project = { name: "infra", folder: ".", config: {} };
const NOTHING: Loaded = { applications: [], repositories: [], problems: [], notes: [], texts: {} };

const found = (
  settings = SETTINGS,
  spec: ApplicationSpec = PRIVILEGED,
  loaded: Partial<Loaded> = {},
): Promise<Report> =>
  reportOf([parseStack(PROJECT, "prod", "Pulumi.prod.yaml", settings)], {
    ...NOTHING,
    applications: [spec],
    ...loaded,
  });
const textOf = async (...given: Parameters<typeof found>): Promise<string> => renderText(await found(...given), true);
const exempting = (rest: Omit<Exemption, "rule">): ApplicationSpec => ({
  ...PRIVILEGED,
  exemptions: [{ rule: "privileged", ...rest }],
});
const OPEN = SETTINGS.replace("protected: true", "protected: false");

describe("slipway check", () => {
  it("needs no key, no password and no passphrase to find what stops an update, and ends with 1", async () => {
    const report = await found();
    expect(renderText(report, false)).toContain(`prod (Pulumi.prod.yaml)\n  mandatory  ${FINDING}`);
    expect(exitCode(report)).toBe(1);
  });

  it("ends with 0 where nothing is mandatory, as in an environment that is not protected", async () => {
    const report = await found(OPEN);
    expect(renderText(report, false)).toContain(`  advisory   ${FINDING}`);
    expect(exitCode(report)).toBe(0);
  });

  it("takes levels from the settings", async () => {
    const disabled = `${SETTINGS}  slipway:policies: { rules: { privileged: disabled } }\n`;
    expect(await textOf(disabled)).not.toContain("[privileged]");
    expect(await textOf(`${SETTINGS}  slipway:policies: { all: advisory }\n`)).toContain(`  advisory   ${FINDING}`);
  });

  it("counts what an exemption lets through, and shows it when asked", async () => {
    const report = await found(SETTINGS, exempting({ reason: "drives the printer", until: "2099-12-31" }));
    expect(renderText(report, false)).toContain(", 1 exempted;");
    expect(renderText(report, false)).not.toContain("drives the printer");
    expect(renderText(report, true)).toContain("[privileged], until 2099-12-31: drives the printer\n");
  });

  it("takes exemptions of the settings", async () => {
    const more = `  slipway:policies:\n    exemptions:\n      - { rule: privileged, application: shop, reason: x, until: "2099-12-31" }\n`;
    expect((await found(SETTINGS + more)).stacks[0]!.exempted).toMatchObject([{ rule: "privileged", reason: "x" }]);
  });

  it.each([
    ["is over", { reason: "once", until: "2020-12-31" }, "ended on 2020-12-31"],
    ["says no reason", { reason: " ", until: "2099-12-31" }, "says no reason"],
    ["is about another service", { service: "web2", reason: "x", until: "2099-12-31" }, "matches nothing"],
  ])("finds an exemption that %s", async (_, rest, said) =>
    expect(await textOf(SETTINGS, exempting(rest))).toContain(`apps: shop.exemptions[0]: ${said}`),
  );

  it("says that a version which is not in the settings is not judged", async () => {
    const text = await textOf(SETTINGS.replace("version: 1.4.0, ", ""));
    expect(text).toContain("  open       slipway:applications.shop.version: is the one that the hosts run");
    expect(text).toContain(FINDING);
  });
});

it("whether an image is signed is for a preview to ask", async () => {
  const rules = `  slipway:policies: { rules: { unsigned-image: { repositories: [ghcr.io/anna] } } }\n`;
  expect((await found(SETTINGS + rules)).stacks[0]!.open).toEqual([
    expect.objectContaining({ place: expect.stringMatching(/^apps: shop\.services\.web/), rules: ["unsigned-image"] }),
  ]);
  expect((await found()).stacks[0]!.open).toEqual([]);
});

describe("settings of a stack's file", () => {
  const parse = (text: string, project: Partial<Project> = {}) =>
    parseStack({ ...PROJECT, ...project }, "prod", "Pulumi.prod.yaml", text);

  it("are handed over as the engine does: text, and everything else as JSON", () =>
    expect(parse("config: { slipway:protected: true, slipway:hosts: { a: {} }, aws:region: x }").entries).toEqual({
      protected: "true",
      hosts: '{"a":{}}',
    }));

  it("stand in the project's namespace without another, and below those of the project's file", () => {
    const config = {
      "slipway:protected": { value: true },
      "slipway:exports": { type: "object", default: { keep: 3 } },
    };
    expect(parse("config: { github: { owner: anna } }", { name: "slipway", config }).entries).toEqual({
      protected: "true",
      exports: '{"keep":3}',
      github: '{"owner":"anna"}',
    });
  });

  it("have the names of those in which something is encrypted", () =>
    expect(parse(SETTINGS).encrypted).toEqual(["secrets"]));

  it("say of YAML that cannot be read where, and quote nothing of it", () =>
    expect(parse(`config:\n  a: [ ${PLANTED.secret}\n`).problems).toEqual([
      expect.stringMatching(/^Pulumi\.prod\.yaml:\d+: [^\n]*$/),
    ]));

  it.each(["*", "!!!", "[*", '"\\q'])("quote nothing of a secret that begins with %s", (begin) => {
    const { problems } = parse(SETTINGS.replace(PLANTED.secret, begin + PLANTED.secret));
    expect(problems).toEqual([expect.stringMatching(/^Pulumi\.prod\.yaml:14: /)]);
    expect(problems.join()).not.toContain(PLANTED.secret);
  });

  it.each(["hello", "- config", "config: [slipway:protected]"])("are no map in %s", (text) =>
    expect(parse(text).problems).toEqual([
      "Pulumi.prod.yaml:1: is no map with `config`; write one, like config: { slipway:hosts: … }",
    ]),
  );

  it.each(["", "encryptionsalt: v1:x", "config:"])("may be none: %j", (text) =>
    expect(parse(text)).toMatchObject({ entries: {}, problems: [] }),
  );
});

describe("what keeps it from judging ends with 2", () => {
  const problems = async (...given: Parameters<typeof found>): Promise<string[]> => {
    const report = await found(...given);
    expect(exitCode(report)).toBe(2);
    return report.stacks[0]!.problems.map(({ message }) => message);
  };

  it("in the settings: each problem as a plan says it", async () =>
    expect(await problems(SETTINGS.replace("203.0.113.8", "web@x").replace("[web-1]", "[web-9]"))).toEqual([
      expect.stringMatching(/^slipway:applications\.shop\.hosts\[0\]: "web-9" is not a host/),
      expect.stringMatching(/^slipway:hosts\.web-2\.address: "web@x" carries a user/),
    ]));

  it.each([
    ['application: "shp"', "privileged", '.application: "shp" is not an application'],
    ['host: "web-9"', "host-key", '.host: "web-9" is not a host'],
    [
      'host: "web-1"',
      "privileged",
      '.host: "web-1" is for rules about hosts, and "privileged" is not; write application',
    ],
    [
      'application: "shop"',
      "branch-unprotected",
      '.application: "shop" is for rules about applications, and "branch-unprotected" is not; write repository',
    ],
    ['repository: "shp"', "branch-unprotected", '.repository: "shp" is no repository in which this stack has a share'],
  ])("in an exemption that could never match: %s, %s", async (target, rule, said) => {
    const more = `  slipway:policies: { exemptions: [{ rule: ${rule}, ${target}, reason: x, until: "2099-12-31" }] }\n`;
    expect(await problems(SETTINGS + more)).toEqual([expect.stringContaining(`slipway:policies.exemptions[0]${said}`)]);
  });

  it("in an exemption of a declaration from a rule about something else", async () =>
    expect(
      await problems(SETTINGS, { ...PRIVILEGED, exemptions: [{ rule: "host-key", reason: "x", until: "2099-12-31" }] }),
    ).toEqual([
      expect.stringMatching(/^apps: shop\.exemptions\[0\]\.rule: "host-key" is no rule about applications;/),
    ]));

  it("in what is encrypted as a whole", async () =>
    expect(await problems(SETTINGS.replace(/secrets:\n.*/, "secrets: { secure: v1:abc }"))).toEqual([
      expect.stringMatching(/^slipway:secrets: is encrypted as a whole/),
    ]));

  it("in a declaration", async () => {
    const wrong = { ...PRIVILEGED, services: { web: { port: 8000, strategy: "quick" as never } } };
    expect(await problems(SETTINGS, wrong)).toEqual([expect.stringMatching(/^apps: shop\.services\.web\.strategy: /)]);
    expect(await problems(SETTINGS, { ...PRIVILEGED, name: "blog" })).toEqual([
      expect.stringMatching(/^slipway:applications\.shop: no application of this name is declared/),
    ]);
  });

  it("in a function of a declaration", async () => {
    const compose = (): never => {
      throw new Error("no such disk");
    };
    expect(await problems(SETTINGS, { ...PRIVILEGED, transform: { compose } })).toEqual([
      "apps: shop.transform: fails; no such disk",
    ]);
  });

  it("in files that cannot be loaded", async () => {
    const message = "apps/index.ts: cannot be loaded; Unexpected token";
    expect((await found(SETTINGS, PRIVILEGED, { problems: [message] })).stacks[0]!.problems).toEqual([
      { message, file: "apps/index.ts", line: 1 },
    ]);
  });
});

describe("annotations", () => {
  const annotations = async (...given: Parameters<typeof found>): Promise<string> =>
    renderAnnotations(await found(...given), (file) => `infra/${file}`);

  it("are errors and warnings at the declaration, by its path in the repository", async () => {
    const texts = { "apps/shop.ts": "export default {\n  services: {\n    web: {},\n  },\n};\n" };
    const at = "file=infra/apps/shop.ts,line=3,title=prod%3A privileged";
    expect(await annotations(SETTINGS, PRIVILEGED, { texts })).toContain(`::error ${at}::${FINDING}`);
    expect(await annotations(OPEN, PRIVILEGED, { texts })).toContain(`::warning ${at}::${FINDING}`);
  });

  it("leave nothing in a text that ends a command, or begins one", async () => {
    const said = await annotations(SETTINGS.replace("203.0.113.8", '"50%:,\\n::error::x"'));
    expect(said).toMatch(
      /^::error file=infra\/Pulumi\.prod\.yaml,line=8,title=prod::slipway:hosts\.web-2\.address: "50%25:,/,
    );
    expect(said.trimEnd().split("\n")).toHaveLength(1);
  });
});

describe("secrets", () => {
  const TOOL = { version: "1.0.0", page: "file:///docs/policies.md", fromRoot: (file: string) => file };
  it.each([
    ["as they are", SETTINGS],
    ["with a wrong key beside them", `${SETTINGS}  slipway:nonsense: true\n`],
    ["where a map should be", SETTINGS.replace(/shop: \{ TOKEN.*/, `shop: ${PLANTED.secret}`)],
    ["as a name", SETTINGS.replace("TOKEN:", "to ken:")],
    ["in YAML that cannot be read", SETTINGS.replace("TOKEN:", "TOKEN: [:")],
  ])("are in no output: %s", async (_, settings) => {
    const report = await found(settings);
    const said = [
      renderText(report, true),
      renderAnnotations(report, (file) => file),
      renderJson(report),
      renderSarif(report, TOOL),
    ];
    for (const text of said) expect(text.length).toBeGreaterThan(100);
    expect(Object.values(PLANTED).filter((secret) => said.join().includes(secret))).toEqual([]);
  });
});
