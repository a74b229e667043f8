/** Where a version is written, and what a repository says of its versions. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { versionJsonSchema } from "../../cli/version/report.ts";
import { configJsonSchema, configSchema, unitsOf } from "../../components/versions/config.ts";
import { type Place, written } from "../../components/versions/places.ts";

const PACKAGE = `{
	"name": "shop", "config": { "version": "9.9.9" },
	"version" : "1.4.0",
	"dependencies": { "version": "1.4.0" }
}
`;
const LOCK = `{
  "name": "shop",
  "version": "1.4.0",
  "packages": {
    "": { "name": "shop", "version": "1.4.0" },
    "node_modules/x": { "version": "1.4.0" }
  }
}
`;
const PYPROJECT = `# version = "0.0.1"
[build-system]
requires = ["setuptools"]
version = "7.0.0"

[project]
name = "shop" # version
  version = '1.4.0' # of all
[tool.x]
version = "1.4.0"
`;
const GO = 'package version\n\n// Version of the program.\nconst Version = "v1.4.0"\nconst OtherVersion = "3.0.0"\n';

describe("a version is found and replaced, and all else stays, in", () => {
  it.each<[string, Place, string, string, string]>([
    ["package.json", { path: "package.json" }, PACKAGE, '\t"version" : "1.4.0",', '\t"version" : "1.5.0-rc.1",'],
    [
      "pyproject.toml",
      { path: "pyproject.toml" },
      PYPROJECT,
      "  version = '1.4.0' # of all",
      "  version = '1.5.0-rc.1' # of all",
    ],
    ["Poetry's", { path: "a/pyproject.toml" }, '[tool.poetry]\nversion = "1.4.0"\n', "1.4.0", "1.5.0-rc.1"],
    ["Cargo.toml", { path: "Cargo.toml" }, '[package]\nversion = "1.4.0"\nedition = "2024"\n', "1.4.0", "1.5.0-rc.1"],
    ["Go", { path: "internal/version/version.go" }, GO, "v1.4.0", "v1.5.0-rc.1"],
    ["Go's variable of a type", { path: "v.go" }, 'var Version string = "1.4.0"\n', "1.4.0", "1.5.0-rc.1"],
    ["Python", { path: "shop/__init__.py" }, 'import x\n__version__ = "1.4.0"\n', "1.4.0", "1.5.0-rc.1"],
    ["VERSION", { path: "VERSION" }, "v1.4.0\n", "1.4.0", "1.5.0-rc.1"],
    [
      "what a pattern says",
      { path: "conf.py", pattern: "release = '{version}' # (*)" },
      "release = '1.4.0' # (*)\nx = '1.4.0'\n",
      "1.4.0",
      "1.5.0-rc.1",
    ],
    ["what was a pre-release", { path: "VERSION" }, "1.4.0-beta.12", "1.4.0-beta.12", "1.5.0-rc.1"],
  ])("%s", (_, place, text, before, after) => {
    const found = written(place, text);
    expect(found.version).toBe(/1\.4\.0[\w.-]*/.exec(before)![0].replace(/ .*/, ""));
    expect(found.with("1.5.0-rc.1")).toBe(text.replace(before, after));
  });

  it("package-lock.json, both times", () => {
    const found = written({ path: "package-lock.json" }, LOCK);
    expect(found.with("1.5.0").match(/"1\.5\.0"/g)).toHaveLength(2);
    expect(found.with("1.5.0")).toContain('"node_modules/x": { "version": "1.4.0" }');
  });
});

describe("a file is refused, with its name and the way out,", () => {
  it.each<[string, Place, string, RegExp]>([
    [
      "that has none",
      { path: "a.go" },
      "package a\n",
      /^a\.go: there is no version where one is expected; name the text around it: /,
    ],
    [
      "that has several",
      { path: "a.go" },
      'const Version = "1.0.0"\nvar Version = "1.0.0"\n',
      /^a\.go: 2 versions are where/,
    ],
    [
      "whose name tells nothing",
      { path: "README.md" },
      "1.0.0",
      /^README\.md: where its version is, its name does not tell; write \{ "path"/,
    ],
    ["that is no JSON", { path: "package.json" }, "", /^package\.json: it has no "version"/],
    ["whose version is none", { path: "package.json" }, '{ "version": "next" }', /^package\.json: it has no "version"/],
    [
      "whose table has none",
      { path: "pyproject.toml" },
      '[project]\nname = "x"\n',
      /^pyproject\.toml: none of \[project\], /,
    ],
    [
      "whose pattern is not there",
      { path: "x.txt", pattern: "v={version};" },
      "v=1.0.0",
      /^x\.txt: there is no version/,
    ],
  ])("%s", (_, place, text, message) => expect(() => written(place, text)).toThrow(message));
});

describe("what a repository says", () => {
  const units = (config: object) => unitsOf(configSchema.parse(config));
  it("is nothing usually", () =>
    expect(units({})).toEqual([
      {
        path: ".",
        rules: expect.objectContaining({ tag: "v{version}", commits: "both" }),
        changelog: { path: "CHANGELOG.md", isKept: false },
      },
    ]));
  it("is where a changelog is, and whether versions have it", () =>
    expect(
      units({
        packages: {
          api: { path: "api" },
          web: { path: "web", changelog: true },
          cli: { path: "cli", changelog: "CLI.md" },
        },
      }).map(({ changelog }) => changelog),
    ).toEqual([
      { path: "api/CHANGELOG.md", isKept: false },
      { path: "web/CHANGELOG.md", isKept: true },
      { path: "CLI.md", isKept: true },
    ]));
  it("is of packages with versions of their own", () =>
    expect(
      units({
        commits: "conventional",
        packages: {
          api: { path: "services/api" },
          web: { path: "web", tag: "web/v{version}", files: ["web/VERSION"] },
        },
      }),
    ).toMatchObject([
      { name: "api", path: "services/api", rules: { tag: "api-v{version}", commits: "conventional" } },
      { name: "web", path: "web", rules: { tag: "web/v{version}" }, files: [{ path: "web/VERSION" }] },
    ]));
  it.each<[object]>([
    [{ tag: "v" }],
    [{ tag: "v{version}{version}" }],
    [{ tag: "-v {version}" }],
    [{ files: ["/etc/passwd"] }],
    [{ files: ["../x"] }],
    [{ changelog: "../x" }],
    [{ files: [{ path: "x", pattern: "version" }] }],
    [{ commits: "angular" }],
    [{ prereleases: { develop: "1" } }],
    [{ packages: { "a b": { path: "a" } } }],
    [{ package: {} }],
  ])("is refused: %j", (config) => expect(configSchema.safeParse(config).success).toBe(false));
});

it.each([
  ["version-config", configJsonSchema()],
  ["version", versionJsonSchema()],
])("docs/%s.schema.json is what the code has; else run node cli/version/writeSchema.ts", (name, schema) =>
  expect(JSON.parse(readFileSync(`docs/${name}.schema.json`, "utf8"))).toEqual(JSON.parse(JSON.stringify(schema))),
);
