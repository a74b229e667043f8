/** The scripts of generated workflows, run by bash: what a person sees of a release. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { WorkflowsSpec } from "../../components/github/workflows/index.ts";
import { type Answers, type Ran, useRunner } from "../support/runner.ts";
import { jobOf } from "../support/workflows.ts";

const runner = useRunner();

const build = { images: [{ name: "shop", image: "ghcr.io/anna/shop" }] };
const deploy = { application: "shop" };

describe("a release", () => {
  const spec = (release: WorkflowsSpec["release"] & object): WorkflowsSpec => ({ build, deploy, release });
  const BUILT = {
    "run list": [
      { json: [] },
      { json: [{ status: "in_progress", conclusion: "" }] },
      { json: [{ status: "completed", conclusion: "success" }] },
    ],
  };
  function release(version: string, given: WorkflowsSpec["release"] & object = {}, answers: Answers = {}): Ran {
    return runner.run(
      jobOf(spec(given), "release", "release"),
      { "inputs.version": version },
      { ...BUILT, ...answers },
      { GITHUB_SHA: runner.git("rev-parse", "HEAD") },
    );
  }
  const withoutWaiting = ({ calls }: Ran): string[] => calls.filter((line) => !line.startsWith("gh run list"));
  const tagOf = ({ calls }: Ran): string[] => calls.flatMap((line) => /^gh release create (\S+)/.exec(line)?.[1] ?? []);

  it("tags the commit, builds the tag, waits for it, and starts the deployment of the tag", () => {
    const commit = runner.commit("Start");
    const ran = release("1.4.0");
    expect([ran.code, ran.says]).toEqual([0, ""]);
    expect(withoutWaiting(ran)).toEqual([
      "gh release create v1.4.0 --verify-tag --title v1.4.0 --generate-notes",
      "gh workflow run build.yml --ref v1.4.0",
      "gh workflow run deploy.yml --ref v1.4.0 -f environment=prod -f version=v1.4.0",
    ]);
    expect(
      ran.calls.filter((line) => line.startsWith("gh run list --workflow build.yml --branch v1.4.0 ")),
    ).toHaveLength(3);
    expect(runner.tags).toEqual({ "v1.4.0": commit });
  });

  it("goes on where an earlier run broke off after its tag", () => {
    runner.commit("Start", "v1.4.0");
    const ran = release("1.4.0", {}, { "release view": { error: "release not found" } });
    expect([ran.code, ran.says, tagOf(ran)]).toEqual([0, "", ["v1.4.0"]]);
    expect(release("1.4.0")).toMatchObject({ code: 1, says: expect.stringContaining("v1.4.0 already exists") });
  });

  describe("of a commit that was not merged", () => {
    const onBranch = (branch: string): string => {
      runner.commit("Start");
      runner.git("checkout", "--quiet", "-b", branch);
      return runner.commit("Unreviewed");
    };
    it("is refused before anything is made", () => {
      const commit = onBranch("feature/x");
      const { code, says, calls } = release("9.9.9");
      expect([code, calls, runner.tags]).toEqual([1, [], {}]);
      expect(says).toBe(
        `::error::${commit.slice(0, 7)} was not merged: it is not part of main. Merge it, and start the release from there.\n`,
      );
    });
    it("is made where that branch may be released", () => {
      onBranch("support/1.x");
      expect(tagOf(release("1.4.1", { branches: ["main", "support/*"] }))).toEqual(["v1.4.1"]);
      expect(release("1.4.2", { branches: ["main", "release/*"] })).toMatchObject({
        code: 1,
        says: expect.stringContaining("it is not part of main or release/*."),
      });
    });
  });

  it.each(["", "1.4", "v1.4.0", "1.4.0 ", "1.4.0; id", "$(id)", "1.4.0\n1.5.0"])(
    "of %j is refused before anything is made",
    (version) => {
      runner.commit("Start");
      const { code, says, calls } = release(version);
      expect([code, calls]).toEqual([1, []]);
      expect(says).toContain(`::error::"${version}" is not a semantic version; write one like 1.4.0`);
    },
  );

  it("of a version that there is already is refused, also of an older one", () => {
    runner.commit("Start", "v1.4.0");
    runner.commit("Next", "v1.5.0");
    expect(release("1.4.0")).toMatchObject({
      code: 1,
      calls: [],
      says: "::error::v1.4.0 already exists; a version is released only once. Use the next one.\n",
    });
    expect(tagOf(release("1.4.1"))).toEqual(["v1.4.1"]);
  });

  it("of what does not build is not deployed, and says what to do", () => {
    runner.commit("Start");
    const ran = release(
      "1.4.0",
      { changelog: true },
      { "run list": { json: [{ status: "completed", conclusion: "failure" }] } },
    );
    expect([ran.code, ran.says]).toEqual([
      1,
      "::error::The build of v1.4.0 ended with: completed failure. Fix it, run build on the tag v1.4.0, then deploy this version.\n",
    ]);
    expect(withoutWaiting(ran).at(-1)).toBe("gh workflow run build.yml --ref v1.4.0");
  });

  describe("with a changelog", () => {
    const NOTES: Answers = {
      "release view": { json: { body: "* Prices by @anna" } },
      "api repos/anna/shop/contents": { json: { sha: "0ld" } },
    };
    it("proposes its notes above the older ones, from a branch that the rules of names allow", () => {
      writeFileSync(join(runner.checkout, "CHANGELOG.md"), "# Changelog\n\n## v1.3.0 (2026-10-01)\n\n* Before\n");
      const commit = runner.commit("Start");
      const ran = release("1.4.0", { changelog: true }, NOTES);
      expect([ran.code, ran.says]).toEqual([0, ""]);
      expect(ran.calls).toContain(
        `gh api repos/anna/shop/git/refs -f ref=refs/heads/slipway/changelog-v1.4.0 -f sha=${commit}`,
      );
      const [, content, known] =
        /^gh api --method PUT repos\/anna\/shop\/contents\/CHANGELOG.md -f branch=slipway\/changelog-v1.4.0 .* -f content=(\S+) -f sha=(\S+)$/.exec(
          ran.calls.find((line) => line.includes("PUT"))!,
        )!;
      expect(Buffer.from(content!, "base64").toString()).toBe(
        "# Changelog\n\n## v1.4.0 (2026-11-21)\n\n* Prices by @anna\n\n## v1.3.0 (2026-10-01)\n\n* Before\n",
      );
      expect(known).toBe("0ld");
      expect(ran.calls.at(-1)).toBe(
        "gh pr create --head slipway/changelog-v1.4.0 --title Changelog of v1.4.0 --body Notes of the release v1.4.0.",
      );
    });
    it("is deployed even if its notes cannot be proposed", () => {
      runner.commit("Start");
      const ran = release(
        "1.4.0",
        { changelog: true },
        { ...NOTES, "api repos/anna/shop/git/refs": { error: "gh: Repository rule violations found (HTTP 422)" } },
      );
      expect(ran).toMatchObject({ code: 1, says: "gh: Repository rule violations found (HTTP 422)\n" });
      expect(ran.calls).toContain("gh workflow run deploy.yml --ref v1.4.0 -f environment=prod -f version=v1.4.0");
    });
  });

  describe("that follows a push", () => {
    const next = (): Ran => release("", { automatic: true });
    it("begins with v0.1.0, whatever the messages say", () => {
      runner.commit("[major] Start");
      expect(tagOf(next())).toEqual(["v0.1.0"]);
    });
    it.each<[string, string[], string]>([
      ["a patch for what says nothing else", ["Correct a typo"], "v1.9.4"],
      ["a minor version", ["Correct a typo", "[minor] Prices", "Correct another"], "v1.10.0"],
      [
        "a major version, as the highest wins",
        ["[minor] Prices", "Drop the old API [major]", "[minor] More"],
        "v2.0.0",
      ],
      ["what stands in the text below the title", ["Prices (#7)\n\n[minor] because of the API"], "v1.10.0"],
      ["a patch of what only resembles", ["minor [Major] major]"], "v1.9.4"],
    ])("raises the version: %s", (_, messages, tag) => {
      runner.commit("[major] Start", "v1.9.3");
      for (const message of messages) runner.commit(message);
      const ran = next();
      expect([ran.code, tagOf(ran)]).toEqual([0, [tag]]);
      expect(ran.calls.at(-1)).toBe(`gh workflow run deploy.yml --ref ${tag} -f environment=prod -f version=${tag}`);
    });
    it("counts from the newest version by number, also one of another branch, and not from a candidate", () => {
      runner.commit("Start", "v1.9.0", "v1.10.0-rc.1", "vacation");
      runner.git("checkout", "--quiet", "-b", "hotfix");
      runner.commit("Urgent", "v1.10.2", "v1.010.9");
      runner.git("checkout", "--quiet", "main");
      runner.commit("Next");
      expect(tagOf(next())).toEqual(["v1.10.3"]);
    });
    it.each<[string, () => void]>([
      ["tagged already", () => runner.commit("Tagged", "v1.4.0")],
      [
        "part of a version, when an old run is started again",
        () => {
          runner.commit("Later", "v1.4.0");
          runner.git("checkout", "--quiet", "HEAD~1");
        },
      ],
    ])("makes nothing of a commit that is %s, and says so", (_, given) => {
      runner.commit("Start", "v1.3.0");
      runner.commit("Next");
      given();
      const ran = next();
      expect([ran.code, ran.calls]).toEqual([0, []]);
      expect(ran.says).toBe("::notice::no commit since v1.4.0: there is nothing to release.\n");
    });
    it("runs nothing of a commit's message", () => {
      runner.commit("Start", "v1.0.0");
      runner.commit('$(touch owned) `touch owned`\n\n::error::planted\n"; touch owned; ${{ github.token }}');
      const ran = next();
      expect([ran.code, ran.says, tagOf(ran)]).toEqual([0, "", ["v1.0.1"]]);
      expect(existsSync(join(runner.checkout, "owned"))).toBe(false);
    });
    it("takes a version that is given by hand", () => {
      runner.commit("[major] Start", "v1.0.0");
      runner.commit("[major] Next");
      expect(tagOf(release("1.7.0", { automatic: true }))).toEqual(["v1.7.0"]);
      expect(release("1.0.0", { automatic: true })).toMatchObject({ code: 1, calls: [] });
    });
    it.each(['{ "commits": "angular" }', '{ "prereleases": { "main": 5 } }', '{ "packages": {} }', "{", "null"])(
      "makes nothing where the repository says %s of its versions",
      (config) => {
        mkdirSync(join(runner.checkout, ".slipway"), { recursive: true });
        writeFileSync(join(runner.checkout, ".slipway/version.json"), config);
        runner.commit("Start", "v1.0.0");
        runner.commit("Next");
        const ran = next();
        expect([ran.code === 0, ran.calls, ran.says.startsWith("::error::")]).toEqual([false, [], true]);
      },
    );
    it("fails where git does", () => {
      runner.commit("Start", "v1.0.0");
      const ran = runner.run(jobOf(spec({ automatic: true }), "release", "release"), { "inputs.version": "" }, BUILT, {
        GITHUB_SHA: "f".repeat(40),
      });
      expect([ran.code === 0, ran.calls]).toEqual([false, []]);
    });
  });
});
