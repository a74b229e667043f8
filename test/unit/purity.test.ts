import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const text = (path: string): string => readFileSync(path, "utf8");
const lines = (path: string): number => text(path).trimEnd().split("\n").length;
const imports = (path: string): string[] =>
  Array.from(
    text(path).matchAll(/^(?:import|export)\s(?!type\b)(?:[^;'"]*?\bfrom\s+)?["']([^"']+)["']/gm),
    (match) => match[1]!,
  );
const usesPulumi = (path: string): boolean => imports(path).some((name) => name.startsWith("@pulumi/"));

const MODULES = globSync("components/**/*.ts").sort();
const SOURCES = globSync(
  ["*.ts", "{apps,components,policies,repositories,cli,sandbox,toolchain,test,script}/**/*.{ts,sh,go}"],
  { exclude: ["**/node_modules/**"] },
).sort();

/** The only modules that may speak to Pulumi: resources, and what reads or asks the engine. They render nothing. */
const THIN = [
  "components/application.ts",
  "components/environment.ts",
  "components/host/connection.ts",
  "components/host/dockerHost.ts",
  "components/image/containerImage.ts",
  "components/image/providers.ts",
  "components/operations/stackExport.ts",
  "components/repository/declare.ts",
  "components/repository/environment.ts",
  "components/repository/github.ts",
  "components/repository/look.ts",
  "components/repository/managedFiles.ts",
  "components/repository/repository.ts",
  "components/repository/sdk.ts",
  "components/settings/read.ts",
  "components/stack/composeStack.ts",
];

describe("the pure core", () => {
  const folder = (name: string): string[] => MODULES.filter((path) => path.startsWith(`components/${name}/`));
  it.each(
    [
      ...folder("application"),
      ...folder("stack"),
      ...folder("host"),
      ...folder("settings"),
      ...folder("image"),
      ...folder("operations"),
      ...folder("repository"),
    ].filter((path) => !THIN.includes(path)),
  )("%s knows nothing of Pulumi", (path) =>
    expect(imports(path).filter((name) => name.startsWith("@pulumi/"))).toEqual([]),
  );

  it.each(MODULES.filter(usesPulumi))("%s renders nothing", (path) =>
    expect(imports(path).filter((name) => ["yaml", "node:crypto"].includes(name))).toEqual([]),
  );

  it("does not know that a sandbox exists", () =>
    expect(MODULES.filter((path) => /sandbox|10\.213\.77/.test(text(path)))).toEqual([]));
});

describe("small files", () => {
  const longer = (than: number, paths: string[]): string[] => paths.filter((path) => lines(path) > than);
  const isTest = (path: string): boolean => path.endsWith(".test.ts");
  it("of at most 300 lines", () =>
    expect(
      longer(
        300,
        SOURCES.filter((path) => !isTest(path)),
      ),
    ).toEqual([]));
  it("and tests of at most 450", () => expect(longer(450, SOURCES.filter(isTest))).toEqual([]));
  it("and a program under 60", () => expect(lines("index.ts")).toBeLessThan(60));
});
