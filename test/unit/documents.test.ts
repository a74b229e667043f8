/** What the documents show can be used as it stands, and leads somewhere. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { planRepository } from "../../components/github/repository/plan.ts";
import type { RepositorySpec } from "../../components/github/repository/spec.ts";
import { withTold } from "../../components/settings/commands.ts";
import { redirectSchema, routeSchema } from "../../components/settings/routeSchema.ts";
import { settingsSchema } from "../../components/settings/schema.ts";
import { problemsOf, SIMPLEST } from "../fixtures/application.ts";
import { context, settings } from "../fixtures/repository.ts";

const DOCUMENTS = ["README.md", "AGENTS.md", ...globSync("docs/*.md").sort()];
const text = (path: string): string => readFileSync(path, "utf8");

/** GitHub's name for a heading's place. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, "")
    .trim()
    .replaceAll(/\s/g, "-");
const anchors = (path: string): string[] =>
  Array.from(text(path).matchAll(/^#+ (.*)$/gm), ([, heading]) => anchor(heading!));

const linksOf = (document: string): string[] =>
  Array.from(text(document).matchAll(/\]\((?!https?:)([^)\s]+)\)/g), (match) => match[1]!);

it("the README leads to the other documents", () =>
  expect(linksOf("README.md").filter((link) => link.startsWith("docs/")).length).toBeGreaterThan(3));

describe.each(DOCUMENTS)("%s", (document) => {
  const links = linksOf(document);
  it("has links to files and headings that exist, and to nothing else", () => {
    const dead = links.filter((link) => {
      const [path = "", place] = link.split("#");
      const file = path === "" ? document : join(dirname(document), path);
      return !existsSync(file) || (place !== undefined && !anchors(file).includes(place));
    });
    expect(dead).toEqual([]);
  });
});

describe("the package", () => {
  const { name, version } = JSON.parse(text("package.json")) as { name: string; version: string };
  const said = [...DOCUMENTS, "CHANGELOG.md"].map(text).join("\n");
  const found = (pattern: RegExp): string[] => [...new Set(Array.from(said.matchAll(pattern), ([, one]) => one!))];

  it("is named in documents as in package.json", () => {
    expect(found(/"(@[\w-]+\/slipway)"/g)).toEqual([name]);
    expect(found(/([\w-]+-[\d.]+\.tgz)/g)).toEqual([`${name.replace("@", "").replace("/", "-")}-${version}.tgz`]);
  });

  it("is installed from a file alone, and its command run from where it is installed", () => {
    expect(found(/\bnpx ([\w@/-]+)/g).filter((one) => !["pulumi", "vitest"].includes(one))).toEqual([]);
    expect(found(/\bnpm (?:install|i|add) ([^\s`]+)/g).filter((one) => !/^\.\.?\/.*\.tgz$/.test(one))).toEqual([]);
    expect(found(/\bnpm (?:exec|x) ([\w-]+)/g)).toEqual(["--no"]);
  });
});

describe("docs/routes.md", () => {
  const page = text("docs/routes.md");
  const tables = page
    .split(/^## /m)
    .map((section) => Array.from(section.matchAll(/^\| `(\w+)` +\| (.*?) +\|$/gm), ([, key, what]) => [key!, what!]));
  it.each([
    ["a route", routeSchema, tables[0]],
    ["a redirect", redirectSchema, tables[1]],
  ])("has every key of %s, as its schema describes it", (_, schema, rows) => {
    const properties = Object.entries(z.toJSONSchema(schema, { unrepresentable: "any" }).properties!);
    expect(rows).toEqual(properties.map(([key, property]) => [key, (property as { description: string }).description]));
  });
  it("shows routes that are taken as they stand", () => {
    const shown = Array.from(page.matchAll(/```ts\n([\s\S]*?)```/g), ([, code]) => code!);
    expect(shown).toHaveLength(4);
    const parts = [`${shown[0]}${shown[1]}${shown[3]}`, `domain: "shop.example.com", ${shown[2]}`];
    for (const part of parts) {
      const spec = new Function(`return { ${part} }`)() as ApplicationSpec;
      expect(problemsOf({ ...SIMPLEST, ...spec }, { secrets: { SITE_PASSWORD: "x" } })).toEqual([]);
    }
  });
});

const declarations = DOCUMENTS.flatMap((document) =>
  Array.from(
    text(document).matchAll(/```ts\n(?:import [^\n]*\n+)?export default (defineRepository\([\s\S]*?\n\}\));\n```/g),
    ([, code]) => [document, code!] as const,
  ),
);

describe("a declaration of a repository", () => {
  it("is shown whole in two documents", () => expect(declarations).toHaveLength(2));
  it.each(declarations)("has no problems in any of its stacks as %s shows it", (_, code) => {
    const spec = new Function("defineRepository", `return ${code}`)((written: unknown) => written) as RepositorySpec;
    const hosts = Object.fromEntries(
      Object.values(spec.environments!).flatMap(({ host }) =>
        host ? [[host, { address: "203.0.113.7", port: 22, user: "deploy" }]] : [],
      ),
    );
    for (const stack of Object.keys(spec.environments!)) {
      const plan = planRepository(spec, context({ stack, hosts, hasKeySeed: true, settings: settings() }));
      expect(plan.environment).toMatchObject({ name: stack, deployKey: true });
      expect(plan.whole !== undefined).toBe(stack === spec.stack);
    }
  });
});

/** Blocks of settings, as they stand in a stack's file or below its `config`. */
const settingsShown = DOCUMENTS.flatMap((document) =>
  Array.from(text(document).matchAll(/^ *```yaml\n([\s\S]*?)^ *```$/gm), ([, block]) => parse(block!))
    .map((block) => block?.config ?? block)
    .filter((block) => Object.keys(block ?? {}).some((key) => key.startsWith("slipway:")))
    .map((block): [string, Record<string, Record<string, object>>] => [document, block]),
);

describe("settings", () => {
  it("are shown in several places", () => expect(settingsShown.length).toBeGreaterThan(4));
  it.each(settingsShown)("are right as %s shows them: %o", (_, shown) => {
    const whole = Object.fromEntries(Object.entries(shown).map(([key, value]) => [key.replace("slipway:", ""), value]));
    // An excerpt need not say again where it runs.
    for (const one of Object.values<object>(whole.applications ?? {})) Object.assign(one, { hosts: ["web-1"], ...one });
    expect(
      settingsSchema.safeParse(
        withTold(whole, ([key]) => (key === "notifications" ? "json://told" : "what the command told")),
      ).error,
    ).toBeUndefined();
  });
});
