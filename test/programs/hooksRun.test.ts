/** What the hooks of `slipway hooks install` do, on real git repositories with real pushes. */
import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { useHooked } from "../support/hooked.ts";
import { identify } from "../support/repository.ts";
import { expectOk } from "../support/run.ts";

const shop = useHooked();
const { git, put, does, slipway, config, pushed } = shop;

const install = async () => expectOk(await slipway(["hooks", "install", "--yes"]));
const commit = async (message: string, path = "code.txt") => {
  put(path, `${message}${Math.random()}`);
  git("add", "--all");
  return does(["commit", "--quiet", "-m", message]);
};
const tags = () => git("tag", "--list").split("\n");
const lines = (path: string) => shop.read(path).trim().split("\n");

describe("after a commit", () => {
  beforeEach(async () => {
    put("VERSION", "1.4.0\n");
    config({ postCommit: {} });
    shop.commit("Start");
    git("tag", "v1.4.0");
    await install();
  });

  it("its version is written and tagged, once, and the tagged commit is clean", async () => {
    const { stderr } = expectOk(await commit("Add search [minor]"));
    expect(stderr).toMatch(/^slipway: 1\.4\.0 => 1\.5\.0 \(minor: \w{7} Add search \[minor\]\)\n/);
    expect([tags(), git("log", "-3", "--format=%s").split("\n"), git("show", "v1.5.0:VERSION")]).toEqual([
      ["v1.4.0", "v1.5.0"],
      ["Release v1.5.0", "Add search [minor]", "Start"],
      "1.5.0",
    ]);
    expect(git("status", "--porcelain")).toBe("");
  });
  it("`slipway version --tag` by hand tags once, too", async () => {
    expectOk(await does(["commit", "--quiet", "--allow-empty", "-m", "Mend"], { env: { SLIPWAY_HOOKS: "off" } }));
    expectOk(await slipway(["version", "--tag"]));
    expect([tags(), git("log", "-1", "--format=%s")]).toEqual([["v1.4.0", "v1.4.1"], "Release v1.4.1"]);
  });
  it("nothing is tagged on a branch whose versions are not", async () => {
    git("switch", "--quiet", "--create", "feature/search");
    expect((await commit("Add search [minor]")).stderr).toBe("");
    expect(tags()).toEqual(["v1.4.0"]);
  });
  it("the commit stays where the version cannot be, which is told", async () => {
    put("other.txt", "1");
    shop.git("add", "other.txt");
    git("commit", "--quiet", "--no-verify", "-m", "Other");
    put("other.txt", "not for this commit");
    put("code.txt", "new");
    git("add", "code.txt");
    const { code, stderr } = await does(["commit", "--quiet", "-m", "Mend"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^slipway: post-commit: no version is tagged: files differ .*other\.txt; commit or stash/);
    expect(stderr).toMatch(/slipway version --tag tags it; the next commit does, too\n$/);
    expect(git("log", "-1", "--format=%s")).toBe("Mend");
  });
  it("SLIPWAY_HOOKS=off skips it, and says so", async () => {
    const { stderr } = await does(["commit", "--allow-empty", "-qm", "Mend"], { env: { SLIPWAY_HOOKS: "off" } });
    expect([stderr, tags()]).toEqual(["slipway: post-commit: skipped, as SLIPWAY_HOOKS=off\n", ["v1.4.0"]]);
  });
  it("nothing is tagged in a rebase, a cherry-pick, am and a bisect, which is said", async () => {
    git("switch", "--quiet", "--create", "feature/search");
    expectOk(await commit("Search", "search.txt"));
    expectOk(await commit("Sort", "sort.txt"));
    const patch = git("format-patch", "-1", "--stdout");
    put("../sort.patch", `${patch}\n`);
    git("switch", "--quiet", "main");
    expectOk(await does(["commit", "--quiet", "--allow-empty", "-m", "Base"], { env: { SLIPWAY_HOOKS: "off" } }));
    const said: string[] = [];
    const skips = async (...args: string[]) => said.push(expectOk(await does(args)).stderr);
    await skips("cherry-pick", "feature/search~1");
    git("switch", "--quiet", "--create", "support/1.4", "feature/search");
    await skips("rebase", "--quiet", "main");
    git("switch", "--quiet", "--create", "support/1.3", "main");
    await skips("am", "--quiet", "../sort.patch");
    git("switch", "--quiet", "main");
    git("bisect", "start");
    await skips("commit", "--quiet", "--allow-empty", "-m", "Within");
    expect(tags()).toEqual(["v1.4.0"]);
    expect(said[0]).toBe("slipway: post-commit: skipped, as git is in the middle of a cherry-pick\n");
    expect(said[3]).toBe("slipway: post-commit: skipped, as git is in the middle of a bisect\n");
  });
  it("slipway that is gone is told of, with the way out", async () => {
    rmSync(join(shop.folder, "node_modules"), { recursive: true });
    const { code, stderr } = await commit("Mend");
    expect([code, stderr]).toEqual([
      0,
      "slipway: post-commit: node_modules/.bin/slipway is not there; run npm install.\n",
    ]);
  });
  it("a linked worktree has it, too", async () => {
    git("worktree", "add", "--quiet", "-b", "hotfix/1.4.1", "../my fix", "v1.4.0");
    put("../my fix/fix.txt", "1");
    const cwd = join(shop.around, "my fix");
    expectOk(await does(["add", "--all"], { cwd }));
    expectOk(await does(["commit", "--quiet", "-m", "Fix"], { cwd }));
    expect(tags()).toEqual(["v1.4.0", "v1.4.1"]);
  });
});

describe("before a push", () => {
  const DEPLOY = 'echo "$(git rev-parse HEAD) $TOKEN" >> "$OUT/deployed"';
  const env = () => ({ OUT: shop.around });
  const push = (...args: string[]) => does(["push", "--quiet", "origin", ...args], { env: env() });
  const deployed = () => (existsSync(join(shop.around, "deployed")) ? lines("../deployed") : []);
  const declare = async (prePush: object, more: object = {}) => {
    config({ prePush, ...more });
    shop.commit("Declare");
    await install();
  };

  it("tests that fail block it, and their output is seen", async () => {
    await declare({ test: "echo 'assert 1 == 2' && exit 3", confirm: false, deploy: { run: DEPLOY } });
    const { code, stderr } = await push("main");
    expect([code, pushed(), deployed()]).toEqual([1, {}, []]);
    expect(stderr).toMatch(
      /assert 1 == 2\nslipway: pre-push: the tests failed \(3: echo .*\)\. Nothing is pushed; git push --no-verify pushes/,
    );
    expectOk(await push("--no-verify", "main"));
    expect(Object.keys(pushed())).toEqual(["refs/heads/main"]);
  });
  it("tests that pass let it through, and main is deployed", async () => {
    await declare({ test: "true", confirm: false, deploy: { run: DEPLOY } });
    const { stderr } = expectOk(await push("main"));
    const head = git("rev-parse", "HEAD");
    expect([pushed(), deployed()]).toEqual([{ "refs/heads/main": head }, [head]]);
    expect(stderr).toContain(`slipway: pre-push: deploys main (${head.slice(0, 7)}): echo`);
  });
  it("a deployment that fails blocks it", async () => {
    await declare({ confirm: false, deploy: { run: "exit 7" } });
    const { stderr, code } = await push("main");
    expect([code, pushed()]).toEqual([1, {}]);
    expect(stderr).toMatch(/the deployment of main \(\w{7}\) failed \(7: exit 7\)\n.*nothing is pushed/);
  });
  it("other branches are tested and not deployed; deletions are neither", async () => {
    await declare({ test: 'echo tested >> "$OUT/tested"', confirm: false, deploy: { run: DEPLOY } });
    git("switch", "--quiet", "--create", "feature/search");
    expectOk(await push("feature/search"));
    expect([lines("../tested"), deployed()]).toEqual([["tested"], []]);
    expectOk(await push("--delete", "feature/search"));
    expect([lines("../tested"), pushed()]).toEqual([["tested"], {}]);
  });
  it("several branches and tags at once are tested once and deployed once", async () => {
    await declare({ test: 'echo tested >> "$OUT/tested"', confirm: false, deploy: { run: DEPLOY } });
    git("branch", "a");
    git("branch", "gone");
    expectOk(await does(["push", "--quiet", "--no-verify", "origin", "gone"]));
    git("tag", "-a", "v1.0.0", "-m", "v1.0.0");
    expectOk(await push("a", "main", "v1.0.0", ":gone", "HEAD:refs/heads/b"));
    expect([lines("../tested"), deployed()]).toEqual([["tested"], [git("rev-parse", "HEAD")]]);
    expect(Object.keys(pushed())).toEqual(["refs/heads/a", "refs/heads/b", "refs/heads/main", "refs/tags/v1.0.0"]);
  });
  it("a commit that is not checked out is pushed and not deployed, which is said", async () => {
    await declare({ confirm: false, deploy: { run: DEPLOY } });
    expectOk(await push("main"));
    git("switch", "--quiet", "--create", "other");
    expectOk(await does(["commit", "--quiet", "--allow-empty", "-m", "Other"]));
    expect((await push("HEAD~1:main", "other")).stderr).toBe("");
    git("branch", "--force", "main", "HEAD");
    expectOk(await does(["commit", "--quiet", "--allow-empty", "-m", "More"]));
    const { stderr } = expectOk(await push("main"));
    expect(stderr).toMatch(/^slipway: pre-push: main \(\w{7}\) is not deployed, as another commit is checked out/);
    expect(deployed()).toHaveLength(1);
  });
  it("without a terminal nobody is asked: it is pushed and not deployed, which is said", async () => {
    await declare({ test: "true", deploy: { run: DEPLOY } });
    const { stderr } = expectOk(await push("main"));
    expect(stderr).toContain(
      "slipway: pre-push: there is no terminal to ask at, so main is pushed and not deployed; deploy it by: echo",
    );
    expect([Object.keys(pushed()), deployed()]).toEqual([["refs/heads/main"], []]);
  });
  it("what is started does not know of git's own variables, and a push of its own is not tested again", async () => {
    await declare({
      test: '! env | grep ^GIT_[DI] && echo tested >> "$OUT/tested"; git push --quiet origin HEAD:refs/heads/x',
    });
    git("worktree", "add", "--quiet", "-b", "tree", "../tree");
    const { stdout, stderr } = expectOk(
      await does(["push", "--quiet", "origin", "tree"], { cwd: join(shop.around, "tree"), env: env() }),
    );
    expect(stdout + stderr).not.toMatch(/^GIT_/m);
    expect([lines("../tested"), Object.keys(pushed())]).toEqual([["tested"], ["refs/heads/tree", "refs/heads/x"]]);
  });
  it("what is wrong in .slipway/hooks.json blocks it, with the place", async () => {
    await declare({ test: "true" });
    config({ prePush: { tests: "npm test" } });
    const { code, stderr } = await push("main");
    expect([code, pushed()]).toEqual([1, {}]);
    expect(stderr).toContain(
      "slipway: .slipway/hooks.json: prePush.tests: is unknown\nNothing is pushed; git push --no-verify",
    );
  });
  it("slipway that is gone blocks it, with the way out", async () => {
    await declare({ test: "true" });
    rmSync(join(shop.folder, "node_modules"), { recursive: true });
    const { code, stderr } = await push("main");
    expect([code, pushed()]).toEqual([1, {}]);
    expect(stderr).toContain(
      "slipway: pre-push: node_modules/.bin/slipway is not there; run npm install. Nothing is pushed; git push --no-verify",
    );
    expectOk(await does(["push", "--quiet", "origin", "main"], { env: { SLIPWAY_HOOKS: "off" } }));
  });

  describe("with credentials in a .env", () => {
    const SECRET = "hunter2-of-the-host";
    it("what deploys has them in its environment, nobody else, and nothing tells them", async () => {
      put(".gitignore", "node_modules/\n.env\n");
      put(".env", `TOKEN="${SECRET}"\n`);
      await declare(
        { test: '[ -z "$TOKEN" ]', confirm: false, deploy: { run: `${DEPLOY}; ps -o args= -p $$` } },
        { env: ".env" },
      );
      const { stdout, stderr } = expectOk(await push("main"));
      expect(deployed()).toEqual([`${git("rev-parse", "HEAD")} ${SECRET}`]);
      expect(stdout + stderr).not.toContain(SECRET);
    });
    it.each([
      [
        "is not ignored",
        "",
        /\.env is not ignored by git, so the next commit might take it along; add it to \.gitignore/,
      ],
      ["is tracked", "add", /\.env is tracked by git.*git rm --cached \.env/],
    ])("one that %s is refused, when it is installed and when it is used", async (_, how, message) => {
      put(".gitignore", "node_modules/\n.env\n");
      await declare({ confirm: false, deploy: { run: DEPLOY } }, { env: ".env" });
      put(".env", `TOKEN="${SECRET}"\n`);
      put(".gitignore", "node_modules/\n");
      if (how === "add") git("add", "--force", ".env");
      const { code, stderr } = await push("main");
      expect([code, pushed(), deployed()]).toEqual([1, {}, []]);
      expect(stderr).toMatch(message);
      const again = await slipway(["hooks", "install"]);
      expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(message)]);
      expect((await slipway(["hooks", "status"])).code).toBe(1);
      expect(stderr + again.stderr).not.toContain(SECRET);
    });
    it("one that is missing, or cannot be read, is told by its line", async () => {
      put(".gitignore", "node_modules/\n.env\n");
      await declare({ confirm: false, deploy: { run: DEPLOY } }, { env: ".env" });
      expect((await push("main")).stderr).toContain(
        '.env is not there; write it, or take "env" out of .slipway/hooks.json',
      );
      put(".env", `A=1\n${SECRET}\n`);
      const { stderr } = await push("main");
      expect(stderr).toContain(".env: line 2 cannot be read");
      expect([stderr.includes(SECRET), pushed()]).toEqual([false, {}]);
    });
  });
});

describe("after a merge", () => {
  it("main is deployed, a squash and another branch are not", async () => {
    config({ postMerge: { confirm: false, deploy: { run: 'echo deployed >> "$OUT/deployed"' } } });
    shop.commit("Declare");
    await install();
    const env = { OUT: shop.around };
    git("branch", "feature/other");
    git("switch", "--quiet", "--create", "feature/search");
    expectOk(await commit("Search", "search.txt"));
    git("switch", "--quiet", "feature/other");
    expectOk(await does(["merge", "--quiet", "feature/search"], { env }));
    git("switch", "--quiet", "main");
    expectOk(await does(["merge", "--quiet", "--squash", "feature/search"], { env }));
    git("reset", "--quiet", "--hard");
    expect(existsSync(join(shop.around, "deployed"))).toBe(false);
    expectOk(await does(["merge", "--quiet", "--no-ff", "-m", "Merge", "feature/search"], { env }));
    expect(lines("../deployed")).toEqual(["deployed"]);
  });
});

it("a clone without hooks is none of its business", async () => {
  config({ prePush: { test: "false" } });
  shop.commit("Declare");
  const clone = join(shop.around, "clone");
  execFileSync("git", ["clone", "--quiet", shop.folder, clone]);
  identify(clone);
  expectOk(await does(["push", "--quiet", "origin", "HEAD:refs/heads/x"], { cwd: clone }));
});
