import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { importsOf, keyProblems } from "../../components/github/repository/adopt.ts";
import { blobOf, differing, proposalBranch, proposalText } from "../../components/github/repository/files.ts";
import { problemsOf, wholeOf } from "../fixtures/repository.ts";

const FILES = { "b.yml": "b: 2\n", "a.yml": "a: 1\n" };

describe("managed files", () => {
  it("go through a pull request where the default branch asks for one", () => {
    expect(wholeOf({ files: { content: FILES } }).files).toEqual({
      content: FILES,
      through: "pull-request",
      message: "Update files managed by Slipway",
      branch: "main",
    });
    expect(Object.keys(wholeOf({ files: { content: FILES } }).files!.content)).toEqual(["a.yml", "b.yml"]);
  });

  it.each<[string, Parameters<typeof wholeOf>[0], string]>([
    ["are committed where no rule is in the way", { rules: { reviews: false } }, "branch"],
    ["are proposed where only checks are in the way", { rules: { reviews: false }, checks: ["ci"] }, "pull-request"],
    ["are committed where somebody may pass by a push", { bypass: { apps: ["deployer"], mode: "always" } }, "branch"],
    ["are proposed where a bypass needs a pull request too", { bypass: { apps: ["deployer"] } }, "pull-request"],
    [
      "are proposed where classic protection asks for checks, which nobody passes over",
      { protection: "both", checks: ["ci"], bypass: { users: ["zoe"], mode: "always" } },
      "pull-request",
    ],
    ["go the way that the declaration says", { files: { content: FILES, through: "branch" } }, "branch"],
  ])("%s", (_, spec, through) => expect(wholeOf({ files: { content: FILES }, ...spec }).files!.through).toBe(through));

  it.each(["/etc/passwd", "../x", "a/../b", ".git/config", "a//b", "", "a:b", "a\nb"])(
    "have a path inside of the repository, not %j",
    (path) =>
      expect(problemsOf({ files: { content: { [path]: "" } } })).toEqual([
        expect.stringContaining("repositories: shop.files.content: "),
      ]),
  );

  it("are compared as git names them", () => {
    const text = "Grüße\n";
    expect(blobOf(text)).toBe(
      execFileSync("git", ["hash-object", "--stdin"], { input: text, encoding: "utf8" }).trim(),
    );
    expect(differing(FILES, { "a.yml": blobOf("a: 1\n"), "b.yml": blobOf("other"), "c.yml": "x" })).toEqual({
      "b.yml": "b: 2\n",
    });
  });

  it("are proposed on one branch as long as the files stay the same where they belong", () => {
    const before = proposalBranch(FILES, { "a.yml": blobOf("old"), "README.md": "x" });
    expect(before).toMatch(/^slipway\/managed-files-[0-9a-f]{7}$/);
    expect(proposalBranch({ ...FILES, "a.yml": "a: 3\n" }, { "a.yml": blobOf("old"), "README.md": "y" })).toBe(before);
    expect(proposalBranch(FILES, { "a.yml": blobOf("new"), "README.md": "x" })).not.toBe(before);
    expect(proposalText(["a.yml"])).toContain("- `a.yml`");
    expect(proposalText(["a.yml"])).not.toContain("slipway pins");
    expect(proposalText([".github/workflows/ci.yml"])).toContain("slipway pins");
  });
});

describe("an adopted repository", () => {
  const plan = wholeOf({
    adopt: true,
    protection: "both",
    variables: { A: "1", B: "2" },
    webhooks: { ci: { url: "https://ci.example.com/", events: ["push"] } },
    deployKeys: { mirror: { key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMdB7TYIJ7+2cIaT7aabOjiabtg2Bvq7KhEdOvJSeJkX" } },
  });
  const existing = {
    rulesets: [
      { id: 7, name: "main" },
      { id: 8, name: "theirs" },
    ],
    protections: ["main"],
    variables: ["A"],
    webhooks: [{ id: 5, url: "https://ci.example.com/" }],
    deployKeys: [
      {
        id: 6,
        key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMdB7TYIJ7+2cIaT7aabOjiabtg2Bvq7KhEdOvJSeJkX",
        title: "mirror",
        readOnly: true,
      },
    ],
  };

  it("keeps its own first commit", () => expect(plan.general).not.toHaveProperty("autoInit"));

  it("is taken over with what GitHub would refuse to make twice", () =>
    expect(Object.fromEntries(importsOf("shop", plan, new Set(), existing))).toEqual({
      "shop-repository": "shop",
      "shop-ruleset-main": "shop:7",
      "shop-protection-main": "shop:main",
      "shop-variable-A": "shop:A",
      "shop-webhook-ci": "shop/5",
      "shop-deploy-key-mirror": "shop:6",
    }));

  it("is not taken over again, nor asked about once all is there", () => {
    const kept = new Set(importsOf("shop", plan, new Set(), undefined).map(([name]) => name));
    expect(importsOf("shop", plan, kept, undefined)).toEqual([]);
    kept.delete("shop-variable-A");
    expect(importsOf("shop", plan, kept, existing)).toEqual([["shop-variable-A", "shop:A"]]);
  });

  it("cannot be taken over with a deploy key of another title or right", () => {
    expect(keyProblems("shop", plan, new Set(), existing)).toEqual([]);
    const other = { ...existing, deployKeys: [{ ...existing.deployKeys[0]!, title: "theirs", readOnly: false }] };
    expect(keyProblems("shop", plan, new Set(), other)).toEqual([
      'repositories: shop.deployKeys.mirror: "mirror" is already in the repository as "theirs", with write access, and cannot be changed; declare it that way, or delete it on GitHub',
    ]);
    expect(keyProblems("shop", plan, new Set(["shop-deploy-key-mirror"]), other)).toEqual([]);
  });
});
