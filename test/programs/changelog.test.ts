/** `slipway changelog` on real git repositories. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { beforeEach, describe, expect, it } from "vitest";
import { type ChangelogOptions, changelog } from "../../cli/changelog/changelog.ts";
import { type VersionOptions, version } from "../../cli/version/version.ts";
import { useRepository } from "../support/repository.ts";
import { CHECKOUT } from "../support/run.ts";

const shop = useRepository();
const { git, put, read, commit } = shop;

const one = (options: ChangelogOptions = {}) => changelog(shop.folder, options).changelogs[0]!;
const tag = (options: VersionOptions = {}) => version(shop.folder, { tag: true, ...options });
const slipway = (...args: string[]) =>
  execFileSync(process.execPath, [join(CHECKOUT, "cli/slipway.ts"), ...args], { cwd: shop.folder, encoding: "utf8" });
const today = () => new Date().toISOString().slice(0, 10);

beforeEach(() => {
  git("remote", "add", "origin", "git@github.com:anna/shop.git");
  commit("Start");
  git("tag", "v1.4.0");
});

describe("a changelog", () => {
  it("is told by the commits since the last version, and nothing is changed", () => {
    const hash = commit("Add search [minor]");
    commit("chore: tidy");
    expect(one()).toEqual({
      version: "1.5.0",
      tag: "v1.5.0",
      path: "CHANGELOG.md",
      heading: `## [1.5.0] - ${today()}`,
      notes: "### Added\n\n- Add search",
      link: "https://github.com/anna/shop/compare/v1.4.0...v1.5.0",
      entries: [{ kind: "Added", text: "Add search", commit: hash }],
      isWritten: false,
    });
    expect(git("status", "--porcelain")).toBe("");
    expect(slipway("changelog")).toBe(`## [1.5.0] - ${today()}\n\n### Added\n\n- Add search\n`);
  });

  it("is written once, and goes on with what is committed later", () => {
    commit("Add search [minor]");
    expect(one({ write: true }).isWritten).toBe(true);
    const once = read("CHANGELOG.md");
    expect(one({ write: true }).isWritten).toBe(false);
    git("add", "--all");
    git("commit", "--quiet", "-m", "Write the changelog");
    commit("Mend the filter");
    one({ write: true });
    expect(read("CHANGELOG.md")).toBe(
      once.replace("- Add search\n", "- Add search\n\n### Fixed\n\n- Mend the filter\n"),
    );
  });

  it("loses nothing of a commit that has it as it was written, beside what it does itself", () => {
    commit("Add search [minor]");
    one({ write: true });
    commit("Mend the filter");
    expect(one().notes).toBe("### Added\n\n- Add search\n\n### Fixed\n\n- Mend the filter");
    one({ write: true });
    put(
      "CHANGELOG.md",
      read("CHANGELOG.md").replace("- Mend the filter", "- Mend the filter\n- The page is quick again"),
    );
    commit("Mend the page");
    expect(one().notes).not.toContain("Mend the page");
  });

  it("leaves what a person made of it", () => {
    commit("Add search [minor]");
    commit("Add a seam");
    one({ write: true });
    git("add", "--all");
    git("commit", "--quiet", "-m", "Write the changelog");
    put("CHANGELOG.md", read("CHANGELOG.md").replace("- Add search\n- Add a seam\n", "- Search in all shops\n"));
    git("commit", "--quiet", "--all", "-m", "Say it better");
    expect(one({ write: true })).toMatchObject({ entries: [], isWritten: false });
    // Whoever writes there what a commit is needs no second line for it.
    put("CHANGELOG.md", read("CHANGELOG.md").replace("## [1.5.0]", "### Fixed\n\n- A filter, by Anna\n\n## [1.5.0]"));
    commit("Mend the filter");
    expect(one()).toMatchObject({
      entries: [],
      notes: "### Added\n\n- Search in all shops\n\n### Fixed\n\n- A filter, by Anna",
    });
  });

  it("of a version that is tagged is told by its own commits, or as it stands there", () => {
    commit("Add search [minor]");
    git("tag", "v1.5.0");
    commit("Mend the filter");
    expect(one({ set: "1.5.0" })).toMatchObject({ version: "1.5.0", notes: "### Added\n\n- Add search" });
    expect(slipway("changelog", "--set", "v1.5.0", "--notes")).toBe(
      "### Added\n\n- Add search\n\n**Full changelog**: https://github.com/anna/shop/compare/v1.4.0...v1.5.0\n",
    );
    put("CHANGELOG.md", "## [1.5.0]\n\nBy hand.\n");
    expect(one({ set: "1.5.0", write: true })).toMatchObject({ notes: "By hand.", isWritten: false });
  });

  it("says why there is nothing", () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(CHECKOUT, "cli/slipway.ts"), "changelog", "--notes"],
      { cwd: shop.folder, encoding: "utf8" },
    );
    expect([status, stdout, stderr]).toEqual([0, "", "slipway: no commit since v1.4.0\n"]);
  });

  it("is not written where two packages would have the same one", () => {
    const packages = {
      api: { path: "api", changelog: "CHANGELOG.md" },
      web: { path: "web", changelog: "CHANGELOG.md" },
    };
    put(".slipway/version.json", JSON.stringify({ packages }));
    const message =
      /^\.slipway\/version\.json: packages "api" and "web" have one changelog, CHANGELOG\.md; give each its own/;
    expect(() => one({ write: true })).toThrow(message);
    expect(() => version(shop.folder, {})).toThrow(message);
  });
});

describe("a version of a repository that keeps a changelog", () => {
  beforeEach(() => {
    put(".slipway/version.json", '{ "changelog": true, "files": ["VERSION"] }\n');
    put("VERSION", "1.4.0\n");
    commit("Keep a changelog [skip changelog]");
  });

  it("has its section in its commit, once", () => {
    commit("Add search [minor]");
    expect(tag().versions[0]!.files).toEqual(["VERSION", "CHANGELOG.md"]);
    expect(git("show", "v1.5.0:CHANGELOG.md")).toContain(`## [1.5.0] - ${today()}\n\n### Added\n\n- Add search\n`);
    expect(git("status", "--porcelain")).toBe("");
    // The commit was made, and the tag was not.
    git("tag", "--delete", "v1.5.0");
    expect(tag().versions[0]).toMatchObject({ version: "1.5.0", files: [] });
    commit("Mend");
    tag();
    expect(read("CHANGELOG.md")).toContain(
      `## [Unreleased]\n\n## [1.5.1] - ${today()}\n\n### Fixed\n\n- Mend\n\n## [1.5.0] - ${today()}\n`,
    );
  });

  it("collects what pre-releases bring under [Unreleased]", () => {
    git("switch", "--quiet", "--create", "develop");
    commit("Add search [minor]");
    expect(tag().versions[0]!.tag).toBe("v1.5.0-beta.1");
    commit("Mend the filter");
    expect(tag().versions[0]!.tag).toBe("v1.5.0-beta.2");
    expect(
      read("CHANGELOG.md")
        .match(/^[-#].*/gm)!
        .slice(1),
    ).toEqual(["## [Unreleased]", "### Added", "- Add search", "### Fixed", "- Mend the filter"]);
    git("switch", "--quiet", "main");
    git("merge", "--quiet", "--no-ff", "-m", "Merge develop", "develop");
    tag();
    expect(
      read("CHANGELOG.md")
        .match(/^[-#].*/gm)!
        .slice(1),
    ).toEqual([
      "## [Unreleased]",
      `## [1.5.0] - ${today()}`,
      "### Added",
      "- Add search",
      "### Fixed",
      "- Mend the filter",
    ]);
  });

  it("takes a new changelog back where it fails", () => {
    commit("Add search [minor]");
    put(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n");
    execFileSync("chmod", ["+x", join(shop.folder, ".git/hooks/pre-commit")]);
    expect(() => tag()).toThrow(/Everything is as it was before\.$/);
    expect(git("status", "--porcelain")).toBe("");
  });
});

it("prints what its schema describes", () => {
  const schema = JSON.parse(readFileSync(join(CHECKOUT, "docs/changelog.schema.json"), "utf8"));
  const ajv = new Ajv2020();
  addFormats.default(ajv as never);
  const validate = ajv.compile(schema);
  const valid = () => {
    const printed = slipway("changelog", "--json");
    expect(validate(JSON.parse(printed)), printed).toBe(true);
  };
  valid();
  commit("Add search [minor]");
  valid();
});
