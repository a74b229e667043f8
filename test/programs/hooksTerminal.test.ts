/** The hooks' questions, and Ctrl-C, at a pseudo-terminal. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { useHooked } from "../support/hooked.ts";
import { expectOk } from "../support/run.ts";

const shop = useHooked();
const { git, put, does, slipway, config, pushed, script, read, atTerminal } = shop;

const CTRL_C = "\x03";
const out = (name: string) => join(shop.around, name);
const deploys = () => existsSync(out("deployed"));
const push = () => atTerminal("git push --quiet origin main", { OUT: shop.around });
const QUESTION = /Push main \(\w{7}\) to origin and deploy it by touch .*\? \[y: both, p: push alone, N: neither\] /;

describe("before a push of main", () => {
  beforeEach(async () => {
    config({ prePush: { test: 'touch "$OUT/tested"', deploy: { run: 'touch "$OUT/deployed"' } } });
    shop.commit("Declare");
    expectOk(await slipway(["hooks", "install"]));
  });

  it.each([
    ["y", 0, ["refs/heads/main"], true],
    ["p", 0, ["refs/heads/main"], false],
    ["", 1, [], false],
    ["no", 1, [], false],
  ])("it asks first, and follows %j", async (said, code, refs, isDeployed) => {
    const running = push();
    await running.until(QUESTION);
    expect(existsSync(out("tested"))).toBe(false);
    running.write(`${said}\r`);
    const result = await running.result;
    expect([result.code, Object.keys(pushed()), deploys(), existsSync(out("tested"))], result.stdout).toEqual([
      code,
      refs,
      isDeployed,
      code === 0,
    ]);
    if (code !== 0) expect(result.stdout).toContain("slipway: pre-push: nothing is pushed");
  });
  it("Ctrl-C at the question pushes nothing, and says so", async () => {
    const running = push();
    await running.until(QUESTION);
    running.write(CTRL_C);
    const { code, stdout } = await running.result;
    expect([code === 0, pushed(), deploys(), existsSync(out("tested"))]).toEqual([false, {}, false, false]);
    expect(stdout).toContain("nothing is pushed");
  });
  it("another branch is asked about by nobody", async () => {
    git("switch", "--quiet", "--create", "feature/search");
    expectOk(await atTerminal("git push --quiet origin feature/search", { OUT: shop.around }).result);
    expect([Object.keys(pushed()), deploys()]).toEqual([["refs/heads/feature/search"], false]);
  });
  it("in CI nobody is asked, at whatever looks like a terminal", async () => {
    const { stdout } = expectOk(
      await atTerminal("git push --quiet origin main", { CI: "true", OUT: shop.around }).result,
    );
    expect(stdout).toContain("there is no terminal to ask at, so main is pushed and not deployed");
  });
});

describe("Ctrl-C", () => {
  /** Git ends at once, and its hook a moment later: as a person's shell does, this one stays for both. */
  const staying = (line: string) => atTerminal(`trap : INT; ${line} 2>&1 | (trap "" INT; cat)`, { OUT: shop.around });
  it("while tests run pushes nothing; what they do at their end is waited for", async () => {
    script("test.sh", "trap 'touch \"$OUT/cleaned\"; exit 1' INT", "echo testing", "while :; do sleep 0.1; done");
    config({ prePush: { test: "./test.sh" } });
    shop.commit("Declare");
    expectOk(await slipway(["hooks", "install"]));
    const running = staying("git push --quiet origin main");
    await running.until(/^testing/m);
    running.write(CTRL_C);
    const { stdout } = await running.result;
    expect([pushed(), existsSync(out("cleaned"))]).toEqual([{}, true]);
    expect(stdout).toContain("slipway: pre-push: ended by Ctrl-C; nothing is pushed");
  });
  it("while a version is made takes it back", async () => {
    put("VERSION", "1.4.0\n");
    config({ postCommit: {} });
    shop.commit("Start");
    git("tag", "v1.4.0");
    expectOk(await slipway(["hooks", "install"]));
    // Of the version's commit: the first one is through.
    script(
      ".git/hooks/pre-commit",
      '[ -z "$SLIPWAY_HOOKS_RUNNING" ] || { echo committing > /dev/tty; while :; do sleep 0.1; done; }',
    );
    put("code.txt", "else");
    git("add", "code.txt");
    const running = staying("git commit --quiet --message Mend");
    await running.until(/^committing/m);
    running.write(CTRL_C);
    await running.result;
    expect([
      git("tag", "--list"),
      git("log", "-1", "--format=%s"),
      git("status", "--porcelain"),
      read("VERSION"),
    ]).toEqual(["v1.4.0", "Mend", "", "1.4.0\n"]);
  });
});

describe("where .slipway/hooks.json is missing", () => {
  it.each([
    ["y", 0, true],
    ["", 2, false],
  ])("it is shown, and written where %j is said", async (said, code, isWritten) => {
    const running = atTerminal("node node_modules/.bin/slipway hooks install");
    await running.until(/"postCommit"[\s\S]*Write it\? \[y\/N\] /);
    running.write(`${said}\r`);
    const result = await running.result;
    expect([result.code, existsSync(join(shop.folder, ".slipway/hooks.json"))], result.stdout).toEqual([
      code,
      isWritten,
    ]);
    expect(existsSync(join(shop.folder, ".git/hooks/pre-push"))).toBe(isWritten);
    expectOk(await does(["status"]));
  });
});
