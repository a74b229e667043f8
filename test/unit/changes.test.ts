/** What commits say to those who read a changelog. */
import { describe, expect, it } from "vitest";
import { entriesOf } from "../../components/versions/changes.ts";
import type { Commit, Style } from "../../components/versions/commits.ts";

const hashOf = (index: number): string => index.toString(16).padStart(40, "a");
const commits = (...messages: string[]): Commit[] =>
  messages.map((message, index) => ({ hash: hashOf(index), message }));
/** "Kind: text", the oldest first. */
const told = (style: Style, ...messages: string[]) =>
  entriesOf(commits(...messages), style).map(({ kind, text }) => `${kind}: ${text}`);

describe("what a changelog says of a commit", () => {
  it.each<[string, string | undefined, string | undefined, string | undefined]>([
    // both, markers, conventional
    ["Add search [minor]", "Added: Add search", "Added: Add search", undefined],
    ["Fixes the login", "Fixed: Fixes the login", "Fixed: Fixes the login", undefined],
    [
      "Remove the old API [major]",
      "Removed: **Breaking:** Remove the old API",
      "Removed: **Breaking:** Remove the old API",
      undefined,
    ],
    ["Another colour", "Changed: Another colour", "Changed: Another colour", undefined],
    ["feat: search", "Added: Search", "Changed: feat: search", "Added: Search"],
    ["fix(ui): login (#12)", "Fixed: **ui:** login (#12)", "Fixed: fix(ui): login (#12)", "Fixed: **ui:** login (#12)"],
    ["feat!: search", "Added: **Breaking:** Search", "Changed: feat!: search", "Added: **Breaking:** Search"],
    ["chore: tidy", undefined, "Changed: chore: tidy", undefined],
    [
      "chore!: drop Node 20",
      "Changed: **Breaking:** Drop Node 20",
      "Changed: chore!: drop Node 20",
      "Changed: **Breaking:** Drop Node 20",
    ],
    ["security: rotate", "Security: Rotate", "Security: security: rotate", "Security: Rotate"],
    ["Fix CVE-2026-12345", "Security: Fix CVE-2026-12345", "Security: Fix CVE-2026-12345", undefined],
    ["host: faster", "Changed: host: faster", "Changed: host: faster", undefined],
    ["Add a seam [skip changelog]", undefined, undefined, undefined],
    ["feat: a seam\n\n[no changelog]", undefined, undefined, undefined],
    ["Release v1.4.0", undefined, undefined, undefined],
    ["chore(release): api-v1.4.0, web-v2.0.0", undefined, undefined, undefined],
    ["fixup! Add search", undefined, undefined, undefined],
  ])("%j: %s, by markers %s, as a conventional commit %s", (message, both, markers, conventional) =>
    expect([told("both", message)[0], told("markers", message)[0], told("conventional", message)[0]]).toEqual([
      both,
      markers,
      conventional,
    ]),
  );

  it("is text, and no HTML, list or heading", () =>
    expect(told("both", "- Say <b> and `<i>`", "# Say", "1. Say")).toEqual([
      "Changed: 1\\. Say",
      "Changed: \\# Say",
      "Changed: \\- Say \\<b> and `<i>`",
    ]));

  it("stands there once, the oldest first", () =>
    expect(told("both", "Mend", "Add search", "Mend")).toEqual(["Fixed: Mend", "Added: Add search"]));

  it("of a merge is what was written below its first line, where that asks for a version", () => {
    const merge = (message: string) => entriesOf([{ hash: hashOf(1), message, isMerge: true }], "both");
    expect(merge("Merge branch 'search'")).toEqual([]);
    expect(merge("Merge tag 'v1.4.0' into develop\n\nv1.4.0")).toEqual([]);
    expect(merge("Merge pull request #7 from anna/search\n\nfeat: search")).toMatchObject([
      { kind: "Added", text: "Search" },
    ]);
  });

  it("is nothing where it was reverted, nor of what reverted it", () =>
    expect(told("both", `Revert "Add search"\n\nThis reverts commit ${hashOf(1)}.`, "Add search", "Mend")).toEqual([
      "Fixed: Mend",
    ]));

  it("is told where it reverts what a version before has", () =>
    expect(told("conventional", `Revert "feat: search"\n\nThis reverts commit ${"b".repeat(40)}.`)).toEqual([
      'Changed: Revert "feat: search"',
    ]));
});
