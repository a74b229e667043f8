/** A file that speaks to Pulumi renders nothing; a file that renders does not know of Pulumi, nor of what does. */
import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { importsOf, sources } from "../support/imports.ts";

const text = (path: string): string => readFileSync(path, "utf8");
const lines = (path: string): number => text(path).trimEnd().split("\n").length;
const graph = Object.fromEntries(sources().map((path) => [path, importsOf(path)]));
const isPulumi = (name: string): boolean => name.startsWith("@pulumi/");

const MODULES = Object.keys(graph).filter((path) => path.startsWith("components/"));

/** The only modules that may speak to Pulumi: resources, and what reads or asks the engine. They render nothing. */
const THIN = [
  "components/deployment/judgedBeside.ts",
  "components/deployment/composeStack.ts",
  "components/deployment/outputs.ts",
  "components/deployment/over.ts",
  "components/deployment/rendered.ts",
  "components/deployment/reviewed.ts",
  "components/deployment/watched.ts",
  "components/deployment/tellHoldsUp.ts",
  "components/environment/application.ts",
  "components/environment/deploy.ts",
  "components/environment/onGitHub.ts",
  "components/github/repository/declare.ts",
  "components/github/repository/environment.ts",
  "components/github/repository/github.ts",
  "components/github/repository/existing.ts",
  "components/github/repository/findAdditions.ts",
  "components/github/repository/managedFiles.ts",
  "components/github/repository/removals.ts",
  "components/github/repository/repository.ts",
  "components/github/repository/sdk.ts",
  "components/host/connection.ts",
  "components/host/dockerHost.ts",
  "components/image/containerImage.ts",
  "components/image/providers.ts",
  "components/settings/read.ts",
  "components/state/stackExport.ts",
];

/** Give on what others have, thin modules among them. */
const FACES = ["image/index", "index", "library", "settings/index"].map((path) => `components/${path}.ts`);

/** Read the state that a thin module asks the engine for. */
const READERS = ["components/operations/state/keepExport.ts", "components/state/lastState.ts"];

/** How a module gets to Pulumi, by itself or by what it imports; nothing where it does not. */
function wayToPulumi(path: string, seen = new Set<string>()): string[] {
  seen.add(path);
  for (const name of graph[path] ?? []) {
    if (isPulumi(name)) return [path, name];
    if (seen.has(name)) continue;
    const way = wayToPulumi(name, seen);
    if (way.length > 0) return [path, ...way];
  }
  return [];
}

/** What makes a text that is more than a message: a document, a command, a hash. */
function rendered(code: string): string[] {
  const plain = code.replaceAll(/^\s*(\/\*\*|\*|\/\/).*$/gm, "");
  return [
    ...(plain.match(/"(?:yaml|node:crypto)"/g) ?? []),
    ...(plain.match(/JSON\.stringify\([^()]*,/g) ?? []),
    ...(plain.match(/writeFileSync|writeFile\(/g) ?? []),
    // Lines in one text, unless they are joined for a message.
    ...(plain.replaceAll('.join("\\n")', "").match(/.*\\n(?!\$\{problems).*/g) ?? []),
    // A command with options, unless a message quotes it.
    ...(plain.match(/"[^"`\n]* --[a-z][^"`\n]*"|`(?!pulumi )[^`\n]* --[a-z][^`\n]*`/g) ?? []),
  ];
}

describe("the pure core", () => {
  it.each(MODULES.filter((path) => ![...THIN, ...FACES, ...READERS].includes(path)))(
    "has in %s nothing that knows Pulumi, not even by what it imports",
    (path) => expect(wayToPulumi(path)).toEqual([]),
  );

  it("finds the way to Pulumi where there is one", () =>
    expect(wayToPulumi("components/state/lastState.ts")).toEqual([
      "components/state/lastState.ts",
      "components/state/stackExport.ts",
      "@pulumi/pulumi",
    ]));

  it.each(FACES)("has in %s a face that only gives on what others have", (path) => {
    const code = text(path).replaceAll(/\/\*[\s\S]*?\*\//g, "");
    const rest = code.replaceAll(/^(?:export (?:type )?(?:\{[^}]*\}|\*) from )?(?:import )?"[^"]+";$/gm, "");
    expect(rest.trim()).toBe("");
  });

  it("does not know that a sandbox exists", () =>
    expect(MODULES.filter((path) => /sandbox|10\.213\.77/.test(text(path)))).toEqual([]));
});

describe("a module that speaks to Pulumi", () => {
  it("is one of those that are listed", () =>
    expect(MODULES.filter((path) => graph[path]!.some(isPulumi))).toEqual([...THIN].sort()));

  it.each(THIN)("renders nothing in %s", (path) => expect(rendered(text(path))).toEqual([]));

  it("would be seen to render a document, a file, a hash or a command", () => {
    expect(rendered('import { stringify } from "yaml";')).toHaveLength(1);
    expect(rendered('import { createHash } from "node:crypto";')).toHaveLength(1);
    expect(rendered("const text = JSON.stringify(value, null, 2);")).toHaveLength(1);
    expect(rendered("writeFileSync(path, text);")).toHaveLength(1);
    expect(rendered("const text = `services:\\n  web: {}`;")).toHaveLength(1);
    expect(rendered('const command = "slipway deploy shop --release x";')).toHaveLength(1);
  });
});

describe("a source file", () => {
  const SOURCES = globSync(
    [
      "*.ts",
      "{apps,components,examples,policies,repositories,cli,sandbox,toolchain,test,script}/**/*.{ts,js,sh,go,py}",
    ],
    { exclude: ["**/node_modules/**"] },
  ).sort();
  /** Still to be divided. */
  const LONG = /^test\/(e2e|host)\/\w+\.test\.ts$/;
  const longer = (than: number, paths: string[]): string[] => paths.filter((path) => lines(path) > than);

  it("is found in every room", () => expect(SOURCES.length).toBeGreaterThan(300));

  it("has at most 300 lines", () =>
    expect(
      longer(
        300,
        SOURCES.filter((path) => !LONG.test(path)),
      ),
    ).toEqual([]));

  it("has fewer than 60 lines where it is the project's program", () => expect(lines("index.ts")).toBeLessThan(60));
});
