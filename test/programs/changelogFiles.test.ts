/** The changelog as one of the files that a version changes: whole, or not at all. */
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { changelog } from "../../cli/changelog/changelog.ts";
import { type VersionOptions, version } from "../../cli/version/version.ts";
import { useRepository } from "../support/repository.ts";

const shop = useRepository();
const { git, put, read, commit } = shop;
const run = (options: VersionOptions = {}) => version(shop.folder, options).versions[0]!;
const path = (name: string) => join(shop.folder, name);
const picture = () => [git("rev-parse", "HEAD"), git("tag"), git("status", "--porcelain"), git("diff", "HEAD")];
const say = (config: object) => put(".slipway/version.json", JSON.stringify(config));
const OLD = "# Changelog\n\n## [1.4.0] - 2026-01-31\n";

beforeEach(() => {
  say({ changelog: true });
  put("VERSION", "1.4.0\n");
  commit("Start [skip changelog]");
  git("tag", "v1.4.0");
  commit("Add search [minor]");
});

describe("a changelog that is there already", () => {
  it.each<[string, () => unknown]>([
    ["was only written by an earlier run", () => run({ write: true })],
    ["was written by slipway changelog", () => changelog(shop.folder, { write: true })],
    ["was written and added", () => [run({ write: true }), git("add", "--all")]],
  ])("is committed by the next run where it %s", (_, given) => {
    given();
    expect(run({ tag: true }).version).toBe("1.5.0");
    expect(git("show", "v1.5.0:CHANGELOG.md")).toContain("### Added\n\n- Add search");
    expect(git("status", "--porcelain")).toBe("");
  });

  it("is refused where a person wrote it and has not committed it", () => {
    put("CHANGELOG.md", OLD);
    expect(() => run({ tag: true })).toThrow(/^CHANGELOG\.md is in no commit; git add and git commit it first$/);
    expect(read("CHANGELOG.md")).toBe(OLD);
  });

  it("is given back where a hook fails, also a new one that an earlier run wrote", () => {
    run({ write: true });
    const text = read("CHANGELOG.md");
    put(".git/hooks/commit-msg", "#!/bin/sh\nexit 1\n");
    chmodSync(path(".git/hooks/commit-msg"), 0o755);
    const before = picture();
    expect(() => run({ tag: true })).toThrow(/Everything is as it was before\.$/);
    expect([read("CHANGELOG.md"), picture()]).toEqual([text, before]);
  });

  it("is given back where what comes after the commit fails", () => {
    run({ write: true });
    const text = read("CHANGELOG.md");
    const before = picture();
    git("remote", "add", "origin", join(shop.around, "nowhere"));
    expect(() => run({ push: true })).toThrow(/Everything is as it was before\.$/);
    expect([read("CHANGELOG.md"), picture()]).toEqual([text, before]);
  });
});

it("a folder that was made for a changelog goes with it", () => {
  say({ changelog: "docs/new/CHANGES.md" });
  commit("Move the changelog [skip changelog]");
  put(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n");
  chmodSync(path(".git/hooks/pre-commit"), 0o755);
  expect(() => run({ tag: true })).toThrow(/Everything is as it was before\.$/);
  expect(existsSync(path("docs"))).toBe(false);
});

it("a changelog behind a link is written itself", () => {
  put("docs/CHANGES.md", OLD);
  symlinkSync("docs/CHANGES.md", path("CHANGELOG.md"));
  commit("Move it [skip changelog]");
  expect(run({ tag: true }).files).toEqual(["VERSION", "docs/CHANGES.md"]);
  expect(git("show", "v1.5.0:CHANGELOG.md")).toBe("docs/CHANGES.md");
});

it("the file that has the version, too, gets both", () => {
  put("CHANGELOG.md", `Newest: 1.4.0\n\n${OLD}`);
  say({ changelog: true, files: [{ path: "CHANGELOG.md", pattern: "Newest: {version}" }] });
  commit("Tell the newest [skip changelog]");
  run({ tag: true });
  expect(git("show", "v1.5.0:CHANGELOG.md")).toMatch(/^Newest: 1\.5\.0\n[\s\S]*- Add search\n[\s\S]*## \[1\.4\.0\]/);
});

describe("nothing is changed, and it is said, where a changelog", () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      "is behind a link out of the repository",
      () => [
        writeFileSync(join(shop.around, "other"), OLD),
        symlinkSync(join(shop.around, "other"), path("CHANGELOG.md")),
      ],
      /^CHANGELOG\.md leads to "\.\.\/other", which is not part of the repository; name another in "changelog"/,
    ],
    [
      "would be in a folder out of the repository",
      () => [
        mkdirSync(join(shop.around, "docs")),
        symlinkSync("../docs", path("docs")),
        say({ changelog: "docs/x.md" }),
      ],
      /^docs\/x\.md leads to "\.\.\/docs\/x\.md", which is not part of the repository/,
    ],
    ["is a folder", () => put("CHANGELOG.md/x", ""), /^CHANGELOG\.md is no file; correct "changelog"/],
    [
      "is not in UTF-8",
      () => writeFileSync(path("CHANGELOG.md"), Buffer.from(`Gr\xf6\xdfe\n${OLD}`, "latin1")),
      /^CHANGELOG\.md is no text in UTF-8, .*; save it in UTF-8$/,
    ],
    ["is ignored", () => put(".gitignore", "CHANGELOG.md\n"), /^git ignores CHANGELOG\.md, /],
    [
      "is outside of the sparse checkout",
      () => {
        put("CHANGELOG.md", OLD);
        commit("Keep it", "src/x");
        git("sparse-checkout", "set", "--no-cone", "src", "VERSION", ".slipway");
      },
      /^CHANGELOG\.md is outside of what is checked out, /,
    ],
  ])("%s", (_, given, message) => {
    given();
    if (git("status", "--porcelain") !== "") commit("Mend");
    const before = picture();
    expect(() => run({ tag: true })).toThrow(message);
    expect(picture()).toEqual(before);
  });

  it("is another package's, behind a link", () => {
    put("api/CHANGELOG.md", OLD);
    put("web/x", "");
    symlinkSync("../api/CHANGELOG.md", path("web/CHANGELOG.md"));
    say({ packages: { api: { path: "api", changelog: true }, web: { path: "web", changelog: true } } });
    commit("Split");
    expect(() => run({ write: true })).toThrow(/^api\/CHANGELOG\.md and web\/CHANGELOG\.md are one file; /);
    expect(readFileSync(path("api/CHANGELOG.md"), "utf8")).toBe(OLD);
  });
});

it.each([
  ["log.showRoot", "false"],
  ["color.ui", "always"],
  ["log.follow", "true"],
  ["diff.external", "false"],
])("a changelog is the same where git is told %s = %s", (key, value) => {
  put("CHANGELOG.md", `${OLD}\n- Add search\n`);
  commit("Say it by hand");
  put("CHANGELOG.md", OLD);
  commit("Take it back");
  const before = changelog(shop.folder, {}).changelogs;
  git("config", key, value);
  expect(changelog(shop.folder, {}).changelogs).toEqual(before);
});
