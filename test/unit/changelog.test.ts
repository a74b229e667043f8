/** A changelog with one more version. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changelogJsonSchema } from "../../cli/changelog/report.ts";
import { withRelease } from "../../components/versions/changelog.ts";
import { KINDS, type Release } from "../../components/versions/changes.ts";

const release = (more: Partial<Release> = {}): Release => ({
  version: "1.5.0",
  tag: "v1.5.0",
  before: "v1.4.0",
  date: "2026-03-01",
  entries: [{ kind: "Added", text: "Search" }],
  page: "https://github.com/anna/shop",
  ...more,
});

const OLD = `# Changelog

Words of our own.

## [Unreleased]

### Fixed

- Login

### To do

- Look at it

## [1.4.0] - 2026-01-31

* Old,   odd
   lines

\`\`\`
## [Unreleased]
\`\`\`

[Unreleased]: https://github.com/anna/shop/compare/v1.4.0...HEAD
[1.4.0]: https://github.com/anna/shop/releases/tag/v1.4.0
[else]: https://example.com
`;

describe("a changelog", () => {
  it("begins with a file as Keep a Changelog has it", () =>
    expect(withRelease(undefined, release({ version: "0.1.0", tag: "v0.1.0", before: undefined })).text).toMatch(
      /^# Changelog\n[\s\S]*\n## \[Unreleased\]\n\n## \[0\.1\.0\] - 2026-03-01\n\n### Added\n\n- Search\n\n\[unreleased\]: https:\/\/github\.com\/anna\/shop\/compare\/v0\.1\.0\.\.\.HEAD\n\[0\.1\.0\]: https:\/\/github\.com\/anna\/shop\/releases\/tag\/v0\.1\.0\n$/,
    ));

  it("has what stood under [Unreleased] and what commits say in the section, right links, and all else as it was", () => {
    const written = withRelease(OLD, release()).text;
    expect(written).toBe(
      OLD.replace(
        "## [Unreleased]\n\n### Fixed\n\n- Login\n\n### To do\n\n- Look at it\n",
        "## [Unreleased]\n\n## [1.5.0] - 2026-03-01\n\n### Added\n\n* Search\n\n### Fixed\n\n- Login\n\n### To do\n\n- Look at it\n",
      )
        .replace("* Search", "- Search")
        .replace(
          "compare/v1.4.0...HEAD\n",
          "compare/v1.5.0...HEAD\n[1.5.0]: https://github.com/anna/shop/compare/v1.4.0...v1.5.0\n",
        ),
    );
  });

  it("is the same the second time", () => {
    const once = withRelease(OLD, release()).text;
    expect(withRelease(once, release()).text).toBe(once);
  });

  it("has later entries in the section of a version that is not tagged, with the day of now", () => {
    const once = withRelease(OLD, release()).text;
    const more = release({ date: "2026-03-02", entries: [{ kind: "Fixed", text: "Logout" }] });
    expect(withRelease(once, more).text).toBe(
      once.replace("- Login\n", "- Login\n- Logout\n").replace("2026-03-01", "2026-03-02"),
    );
  });

  it("keeps what stands of a version that is tagged", () => {
    const once = withRelease(OLD, release()).text;
    const told = withRelease(once, release({ isTagged: true, entries: [{ kind: "Fixed", text: "Logout" }] }));
    expect([told.text, told.notes]).toEqual([
      once,
      "### Added\n\n- Search\n\n### Fixed\n\n- Login\n\n### To do\n\n- Look at it",
    ]);
  });

  it("has a version in its order: one of an old line stands below newer ones, and [Unreleased] stays", () => {
    const once = withRelease(OLD, release()).text;
    const { text } = withRelease(once, release({ version: "1.4.1", tag: "v1.4.1" }));
    expect(text.match(/^## .*/gm)!.slice(0, 4)).toEqual([
      "## [Unreleased]",
      "## [1.5.0] - 2026-03-01",
      "## [1.4.1] - 2026-03-01",
      "## [1.4.0] - 2026-01-31",
    ]);
    expect(text).toContain("[Unreleased]: https://github.com/anna/shop/compare/v1.5.0...HEAD\n");
    expect(text).toContain("v1.5.0\n[1.4.1]: https://github.com/anna/shop/compare/v1.4.0...v1.4.1\n[1.4.0]: ");
  });

  it("collects what is not released under [Unreleased], also where that has no heading yet", () => {
    const pre = release({ version: undefined, tag: "v1.5.0-beta.1" });
    expect(withRelease(OLD, pre).text).toBe(OLD.replace("### Fixed", "### Added\n\n- Search\n\n### Fixed"));
    expect(withRelease("# Changes\n\n## 1.4.0\n\n- Old\n", pre).text).toBe(
      "# Changes\n\n## [Unreleased]\n\n### Added\n\n- Search\n\n## 1.4.0\n\n- Old\n",
    );
  });

  it("is written as the file is: without links, with v, with other bullets, with carriage returns", () => {
    const old = "# Changes\r\n\r\n## v1.4.0 (2026-01-31)\r\n\r\n* Old\r\n";
    expect(withRelease(old, release()).text).toBe(
      "# Changes\r\n\r\n## v1.5.0 - 2026-03-01\r\n\r\n### Added\r\n\r\n* Search\r\n\r\n## v1.4.0 (2026-01-31)\r\n\r\n* Old\r\n",
    );
  });

  it("links as the file's other links do, wherever it is pushed to", () => {
    const old = "## [1.4.0]\n\n- Old\n\n[1.4.0]: https://git.example.com/a/b/-/compare/v1.3.0..v1.4.0\n";
    expect(withRelease(old, release()).text).toContain(
      "[1.5.0]: https://git.example.com/a/b/-/compare/v1.4.0..v1.5.0\n[1.4.0]: ",
    );
  });
});

describe("whatever stands in a file", () => {
  const line = fc.constantFrom(
    "# Changelog",
    "## [Unreleased]",
    "## [1.4.0] - 2026-01-31",
    "## v1.3.0",
    "## Else",
    "### Added",
    "### Fixed",
    "### To do",
    "- One",
    "* Two",
    "  more",
    "words",
    "",
    "```\n## [Unreleased]\n### Added\n```",
    "<!--\n## [1.5.0]\n\n### Fixed\n-->",
    "[x]: https://x.example",
    "- Three\r",
  );
  const link = fc.constantFrom(
    "[1.4.0]: https://a.example/compare/a...b",
    "[unreleased]: https://a.example/compare/v1.4.0...HEAD",
  );
  const text = fc
    .tuple(fc.array(line, { maxLength: 25 }), fc.uniqueArray(link), fc.constantFrom("\n", ""))
    .map(([lines, links, end]) => [...lines, ...links].join("\n") + end);
  const entries = fc.array(fc.record({ kind: fc.constantFrom(...KINDS), text: fc.constantFrom("A", "B", "C") }), {
    maxLength: 3,
  });
  const words = (of: string) =>
    of
      .split("\n")
      .map((one) => one.trim())
      .filter((one) => /^(?:[-*] |words|more|\[x\]|```|<!--|-->|## Else)/.test(one))
      .sort();

  it("nothing of it is lost, each entry stands there, and a second time changes nothing", () =>
    fc.assert(
      fc.property(text, entries, fc.boolean(), (old, added, isReleased) => {
        const one = release({ entries: added, ...(isReleased ? {} : { version: undefined }) });
        const { text: once } = withRelease(old, one);
        const after = words(once);
        for (const word of words(old)) expect(after).toContain(word);
        for (const entry of added) expect(once).toContain(` ${entry.text}`);
        expect(withRelease(once, one).text).toBe(once);
      }),
      { numRuns: 2000 },
    ));
});

it("has a current schema; else run node cli/changelog/writeSchema.ts", () =>
  expect(JSON.parse(readFileSync("docs/changelog.schema.json", "utf8"))).toEqual(
    JSON.parse(JSON.stringify(changelogJsonSchema())),
  ));
