import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { importsOf as imports } from "../support/imports.ts";

const text = (path: string): string => readFileSync(path, "utf8");
const lines = (path: string): number => text(path).trimEnd().split("\n").length;
const usesPulumi = (path: string): boolean => imports(path).some((name) => name.startsWith("@pulumi/"));

const MODULES = globSync("components/**/*.ts").sort();
const SOURCES = globSync(
  ["*.ts", "{apps,components,policies,repositories,cli,sandbox,toolchain,test,script}/**/*.{ts,sh,go}"],
  { exclude: ["**/node_modules/**"] },
).sort();

/** The only modules that may speak to Pulumi: resources, and what reads or asks the engine. They render nothing. */
const THIN = [
  "components/environment/application.ts",
  "components/environment/deploy.ts",
  "components/host/connection.ts",
  "components/host/dockerHost.ts",
  "components/image/containerImage.ts",
  "components/image/providers.ts",
  "components/state/stackExport.ts",
  "components/github/repository/declare.ts",
  "components/github/repository/environment.ts",
  "components/github/repository/github.ts",
  "components/github/repository/existing.ts",
  "components/github/repository/managedFiles.ts",
  "components/github/repository/repository.ts",
  "components/github/repository/sdk.ts",
  "components/settings/read.ts",
  "components/deployment/composeStack.ts",
];

describe("the pure core", () => {
  it.each(MODULES.filter((path) => !THIN.includes(path)))("%s knows nothing of Pulumi", (path) =>
    expect(imports(path).filter((name) => name.startsWith("@pulumi/"))).toEqual([]),
  );

  it.each(MODULES.filter(usesPulumi))("%s renders nothing", (path) =>
    expect({
      renderers: imports(path).filter((name) => ["yaml", "node:crypto"].includes(name)),
      documents: text(path).match(/JSON\.stringify\([^)]*,|<<'\w+'|\\n\\t/g) ?? [],
    }).toEqual({ renderers: [], documents: [] }),
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
  it("and tests of at most 500", () => expect(longer(500, SOURCES.filter(isTest))).toEqual([]));
  it("and a program under 60", () => expect(lines("index.ts")).toBeLessThan(60));
});
