import { describe, expect, it } from "vitest";
import { exclusions } from "../../components/compose/ignore.ts";

describe("a pattern of an ignore file", () => {
  it.each<[string, string[], string[]]>([
    ["a.txt", ["a.txt"], ["b/a.txt", "a.txt2"]],
    ["/a.txt", ["a.txt"], ["b/a.txt"]],
    ["./conf/", ["conf", "conf/x", "conf/y/z"], ["conf2", "b/conf"]],
    ["*.log", ["x.log", ".log"], ["b/x.log", "x.logs"]],
    ["**/*.log", ["x.log", "b/x.log", "a/b/x.log"], ["x.log2"]],
    ["a/**/z", ["a/z", "a/b/z", "a/b/c/z"], ["z", "b/a/z"]],
    ["a/**", ["a/b", "a/b/c"], ["a"]],
    ["?.x", ["a.x"], ["ab.x", "/.x"]],
    ["a[b]", ["a[b]"], ["ab"]],
    ["a.b", ["a.b"], ["axb"]],
    ["\\*", ["*"], ["x"]],
    ["ä", ["ä"], ["a"]],
  ])("%s fits what it says, and what is below", (pattern, excluded, others) => {
    const isExcluded = exclusions(pattern);
    expect([...excluded, ...others].filter(isExcluded)).toEqual(excluded);
  });

  it("is overruled by a later one that takes files in again", () => {
    const isExcluded = exclusions("# all\r\n\r\nconf\n!conf/kept\nconf/kept/not\n");
    expect(["conf/x", "conf/kept", "conf/kept/a", "conf/kept/not"].map(isExcluded)).toEqual([true, false, false, true]);
  });

  it("is not needed for what nobody means, which can be taken in", () => {
    const always = [".git/HEAD", "a/node_modules/b", "a/.gitkeep", ".gitignore", "a/.DS_Store"];
    expect(always.map(exclusions())).toEqual(always.map(() => true));
    expect(exclusions("!**/.gitignore\n")(".gitignore")).toBe(false);
  });
});
