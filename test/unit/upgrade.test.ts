/** What `slipway upgrade` reads and judges, without npm. */
import { describe, expect, it } from "vitest";
import { newIn, readChangelog } from "../../cli/upgrade/changelog.ts";
import { sourceOf } from "../../cli/upgrade/source.ts";
import { stepBetween } from "../../cli/upgrade/steps.ts";

const NAME = "@scope/slipway";

describe("a changelog", () => {
  const BEFORE = `# Changelog

- not an entry

## [Unreleased]

### Added

- Built already.

## [0.1.0] - 2026-01-02

### Added

- The first.
`;
  const NOW = `# Changelog

## [Unreleased]

## [0.2.0] - 2026-03-04

### To do

- Run it
  twice.

### Added

- Built already.
- Another.

### Fixed

## [0.1.0] - 2026-01-02

### Added

- The first, better told.
`;

  it("is read as its versions, kinds of change and entries, over several lines too", () =>
    expect(readChangelog(NOW).map(({ title, kinds }) => [title, Object.fromEntries(kinds)])).toEqual([
      ["not released yet", {}],
      ["0.2.0 (2026-03-04)", { "To do": ["Run it twice."], Added: ["Built already.", "Another."], Fixed: [] }],
      ["0.1.0 (2026-01-02)", { Added: ["The first, better told."] }],
    ]));

  it("has as news what a build between two releases did not have, and nothing of versions before it", () => {
    const news = newIn(readChangelog(NOW), { version: "0.1.0", changelog: readChangelog(BEFORE) });
    expect(news.map(({ version, kinds }) => [version, Object.fromEntries(kinds)])).toEqual([
      ["0.2.0", { "To do": ["Run it twice."], Added: ["Another."] }],
      ["0.1.0", { Added: ["The first, better told."] }],
    ]);
  });
});

describe("the way to a version", () => {
  const RELEASED = ["3.0.0", "2.1.1", "2.1.0", "2.0.0", "1.0.0", "0.3.0", "0.2.4", "0.2.10", "0.2.0", "0.1.0"];

  it.each([
    ["0.1.0", "0.2.4", undefined],
    ["0.1.0", "0.3.0", "0.2.10"],
    ["0.1.5", "1.0.0", "0.2.10"],
    ["0.3.0", "1.0.0", undefined],
    ["1.0.0", "2.1.1", undefined],
    ["1.0.0", "3.0.0", "2.1.1"],
    ["2.0.0", "2.1.1", undefined],
    ["2.1.1", "2.1.1", undefined],
  ])("from %s to %s leads over %s", (installed, wanted, step) =>
    expect(stepBetween(installed, wanted, RELEASED)).toBe(step),
  );
});

describe("the place of the next version", () => {
  const GIT = "git+ssh://git@git.example.org/slipway.git#v0.1.0";

  it.each([
    ["git+https://git.example.org/slipway.git#v0.2.0", "file:x.tgz"],
    ["github:example/slipway#v0.2.0", GIT],
    ["https://git.example.org/slipway.git#v0.2.0", GIT],
    ["https://files.example.org/slipway-0.2.0.tgz", GIT],
  ])("may be %s", (from, current) => expect(sourceOf(from, NAME, current)).toEqual({ kind: "spec", spec: from }));

  it.each([
    ["0.2.0", GIT, "git+ssh://git@git.example.org/slipway.git#v0.2.0"],
    ["v0.2.0", GIT.replace(/#.*/, ""), "git+ssh://git@git.example.org/slipway.git#v0.2.0"],
    ["0.2.0", "0.1.0", "@scope/slipway@0.2.0"],
    ["0.2.0", "^0.1.0", "@scope/slipway@0.2.0"],
  ])("of version %s is the one of %s: %s", (from, current, spec) =>
    expect(sourceOf(from, NAME, current)).toEqual({ kind: "spec", spec }),
  );

  it.each(["slipway", "slipway@0.2.0", "latest", "^0.2.0", "example/slipway", "http://example.org/slipway.tar"])(
    "is not %s, which may be somebody else's",
    (from) => expect(() => sourceOf(from, NAME, "0.1.0")).toThrow(/no tarball, Git URL .* or version/),
  );

  it("is no version where the package comes from a tarball", () =>
    expect(() => sourceOf("0.2.0", NAME, "file:x.tgz")).toThrow(
      "@scope/slipway is installed from file:x.tgz; name the tarball of 0.2.0, or a Git URL",
    ));

  it("is no version of a package without a scope", () =>
    expect(() => sourceOf("0.2.0", "slipway", "0.1.0")).toThrow("is installed from 0.1.0; name the tarball"));

  it.each([
    ["test", "test is a folder; run npm pack there"],
    ["nowhere.tgz", "there is no file nowhere.tgz"],
  ])("is not %s", (from, reason) => expect(() => sourceOf(from, NAME, "file:x.tgz")).toThrow(reason));
});
