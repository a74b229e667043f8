/** The next version, by tags and commits. */
import fc from "fast-check";
import compare from "semver/functions/compare.js";
import { describe, expect, it } from "vitest";
import { asked, type Commit, inEffect, type Style } from "../../components/versions/commits.ts";
import { type Here, lineOf, next, RULES, tagOf, versionOf } from "../../components/versions/next.ts";

const hashOf = (index: number): string => index.toString(16).padStart(40, "a");
/** Commits by their messages, newest first. */
const commits = (...messages: string[]): Commit[] =>
  messages.map((message, index) => ({ hash: hashOf(index), message }));
const bump = (style: Style, ...messages: string[]) => asked(commits(...messages), style)?.bump;

describe("what a commit asks for", () => {
  it.each<[string, string | undefined, string | undefined, string | undefined]>([
    // both, markers, conventional
    ["Mend the login", "patch", "patch", undefined],
    ["Add search [minor]", "minor", "minor", undefined],
    ["Another format [major]\n\nmore", "major", "major", undefined],
    ["feat: search", "minor", "patch", "minor"],
    ["feat(api)!: search", "major", "patch", "major"],
    ["fix: login\n\nBREAKING CHANGE: the cookie has another name", "major", "patch", "major"],
    ["fix(ui): login", "patch", "patch", "patch"],
    ["docs: a word", "patch", "patch", undefined],
    ["minor [Major] major]", "patch", "patch", undefined],
    ["chore: search [minor]", "minor", "minor", undefined],
    ["featured: nothing", "patch", "patch", undefined],
    ["feat:nothing", "patch", "patch", undefined],
  ])("%j: %s, by markers %s, as a conventional commit %s", (message, both, markers, conventional) =>
    expect([bump("both", message), bump("markers", message), bump("conventional", message)]).toEqual([
      both,
      markers,
      conventional,
    ]),
  );

  it("is the highest, told by the newest that asks for it", () => {
    const all = commits("Mend", "Search [minor]", "Mend", "Filter [minor]");
    expect(asked(all, "both")).toEqual({ bump: "minor", commit: all[1] });
  });

  it("of a merge is what was written below its first line", () => {
    const merge = (message: string) => asked([{ hash: hashOf(1), message, isMerge: true }], "both")?.bump;
    expect(merge("Merge branch 'search-[major]' into main")).toBeUndefined();
    expect(merge("Merge pull request #7 from anna/search\n\nfeat: search")).toBe("minor");
    expect(merge("Merge pull request #7 from anna/search\n\nSearch [major]")).toBe("major");
    expect(merge("Merge pull request #7 from anna/search\n\nSearch")).toBeUndefined();
  });
});

describe("a commit that was reverted", () => {
  const reverting = (index: number, what: string) => `Revert "${what}"\n\nThis reverts commit ${hashOf(index)}.`;
  it("asks for nothing, nor does what reverted it", () =>
    expect(asked(commits(reverting(1, "Search [major]"), "Search [major]", "Mend"), "both")).toMatchObject({
      bump: "patch",
      commit: { hash: hashOf(2) },
    }));
  it("counts again where that was reverted", () => {
    const all = commits(reverting(1, "Revert"), reverting(2, "Search [major]"), "Search [major]");
    expect(inEffect(all)).toEqual([all[2]]);
  });
  it("of a version before asks for a patch, whatever it was called", () =>
    expect(bump("both", `Revert "Search [major]"\n\nThis reverts commit ${"b".repeat(40)}.`)).toBe("patch"));
});

describe("a tag", () => {
  it.each([
    ["v1.4.0", "v{version}", "1.4.0"],
    ["api-v1.4.0-rc.1", "api-v{version}", "1.4.0-rc.1"],
    ["services/api/v1.4.0", "services/api/v{version}", "1.4.0"],
    ["1.4.0", "v{version}", undefined],
    ["v1.4", "v{version}", undefined],
    ["v01.4.0", "v{version}", undefined],
    ["vv1.4.0", "v{version}", undefined],
    ["v1.4.0+build", "v{version}", undefined],
    ["api-v1.4.0", "v{version}", undefined],
    ["release-2024", "v{version}", undefined],
  ])("%s of %s is of %s", (tag, pattern, version) => expect(versionOf(tag, pattern)).toBe(version));
});

/** @param branch with its newest commits' messages, as far as no version has them */
function versionFor(
  branch: string | undefined,
  tags: string[],
  messages: string[],
  here: Partial<Here> = {},
  rules = RULES,
) {
  const decided = next(
    lineOf(branch, tags, rules),
    { commits: commits(...messages), tags, merged: tags, newest: [], ...here },
    rules,
  );
  return "nothing" in decided ? decided.nothing : decided.version;
}

describe("the next version", () => {
  it.each<[string, string | undefined, string[], string[], string]>([
    ["of what never had one", "main", [], ["Start"], "0.1.0"],
    ["with odd tags alone", "main", ["latest", "v1", "v1.2", "2024-01-31"], ["Start"], "0.1.0"],
    ["after a repair", "main", ["v1.4.0"], ["Mend"], "1.4.1"],
    ["after something new", "main", ["v1.4.3"], ["Mend", "Search [minor]"], "1.5.0"],
    ["after a break", "main", ["v1.4.3"], ["Other [major]", "Search [minor]"], "2.0.0"],
    ["is by number, not by name", "main", ["v1.10.0", "v1.9.0"], ["Mend"], "1.10.1"],
    ["with nothing new", "main", ["v1.4.0"], [], "no commit since v1.4.0"],
    ["without a branch", undefined, ["v1.4.0"], ["Mend"], "1.4.1"],
    ["on develop", "develop", ["v1.4.0"], ["Search [minor]"], "1.5.0-beta.1"],
    [
      "on develop again",
      "develop",
      ["v1.4.0", "v1.5.0-beta.1", "v1.5.0-beta.9", "v1.5.0-beta.10"],
      ["Mend", "Search [minor]"],
      "1.5.0-beta.11",
    ],
    ["on a branch that prepares it", "release/1.5", ["v1.4.0"], ["Mend"], "1.5.0-rc.1"],
    ["on one that says all of it", "release/v2.0.1", ["v1.4.0"], ["Mend"], "2.0.1-rc.1"],
    ["after it was tried, whatever the commits ask for", "main", ["v1.4.0", "v1.5.0-rc.2"], ["Mend"], "1.5.0"],
    ["on a branch of an old version", "support/1.4", ["v1.4.0", "v2.0.0"], ["Search [minor]"], "1.4.1"],
    ["on a branch of an old major version", "support/1.x", ["v1.4.0", "v2.0.0"], ["Other [major]"], "1.5.0"],
    ["on a hotfix", "hotfix/1.4.1", ["v1.4.0"], ["Mend"], "1.4.1"],
    ["on a branch whose number is none of a version", "bugfix/123", ["v1.4.0"], ["Mend"], "1.4.1"],
  ])("%s", (_, branch, tags, messages, expected) => expect(versionFor(branch, tags, messages)).toBe(expected));

  it("is nothing where the newest commit has its pre-release", () =>
    expect(versionFor("develop", ["v1.4.0", "v1.4.1-beta.1"], ["Mend"], { newest: ["v1.4.1-beta.1"] })).toBe(
      "the newest commit is v1.4.1-beta.1",
    ));

  it("is nothing where conventional commits ask for none", () =>
    expect(versionFor("main", ["v1.4.0"], ["docs: a word"], {}, { ...RULES, commits: "conventional" })).toBe(
      "no commit since v1.4.0 asks for a version",
    ));
});

describe("whatever the tags, the branch and the commits are, the next version", () => {
  const stable = fc.tuple(fc.nat(3), fc.nat(12), fc.nat(12)).map((parts) => parts.join("."));
  const version = fc.oneof(
    stable,
    fc.tuple(stable, fc.constantFrom("rc", "beta"), fc.nat(12)).map(([core, id, number]) => `${core}-${id}.${number}`),
  );
  const tags = fc.uniqueArray(
    fc.oneof(
      version.map((one) => `v${one}`),
      fc.constantFrom("latest", "v1", "nightly", "v1.x"),
    ),
  );
  const branch = fc.constantFrom(
    undefined,
    "main",
    "develop",
    "release/1.5",
    "release/2.0.0",
    "release/next",
    "support/1.x",
    "feature/2",
  );
  const message = fc.constantFrom("Mend", "Search [minor]", "Other [major]", "feat: x", "fix!: y", "docs: z");

  it("is new, comes after the version before, and is decided the same every time", () =>
    fc.assert(
      fc.property(branch, tags, fc.array(message, { minLength: 1, maxLength: 5 }), (on, all, messages) => {
        const line = lineOf(on, all, RULES);
        const here = { commits: commits(...messages), tags: all, merged: all, newest: [] };
        const decided = next(line, here, RULES);
        if ("nothing" in decided) throw new Error(decided.nothing);
        expect(versionOf(tagOf(decided.version, RULES.tag), RULES.tag)).toBe(decided.version);
        // A branch may prepare a version before those of others.
        if (line.before !== undefined && line.prepares === undefined)
          expect(compare(decided.version, line.before)).toBe(1);
        if (line.prerelease !== undefined) expect(all).not.toContain(tagOf(decided.version, RULES.tag));
        expect(next(line, { ...here, tags: all.toReversed(), merged: all.toReversed() }, RULES)).toEqual(decided);
      }),
    ));

  it("of one more commit is never lower", () =>
    fc.assert(
      fc.property(tags, fc.array(message, { minLength: 1, maxLength: 5 }), message, (all, messages, more) => {
        const one = versionFor("main", all, messages);
        expect(compare(versionFor("main", all, [more, ...messages]), one)).toBeGreaterThanOrEqual(0);
      }),
    ));
});
