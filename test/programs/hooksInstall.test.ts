/** `slipway hooks install|uninstall|status` beside hooks that are there, on real git repositories. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeEach, describe, expect, it } from "vitest";
import { pictureOf, useHooked } from "../support/hooked.ts";
import { CHECKOUT, expectOk } from "../support/run.ts";

const shop = useHooked();
const { git, put, does, slipway, config, script, read } = shop;

const install = async () => expectOk(await slipway(["hooks", "install"]));
const uninstall = async () => expectOk(await slipway(["hooks", "uninstall"]));
const status = async () => JSON.parse((await slipway(["hooks", "status", "--json"])).stdout);
const states = async () => (await status()).hooks.map(({ state }: { state: string }) => state);
const order = () => (existsSync(join(shop.around, "order")) ? read("../order").trim().split("\n") : []);
const push = (env: Record<string, string> = {}) =>
  does(["push", "--quiet", "origin", "main"], { env: { OUT: shop.around, ...env } });
/** Writes down that it ran, with what git tells it. */
const notes = (name: string) => [`echo "${name} $1" >> "$OUT/order"`, 'cat >> "$OUT/refs"'];

beforeEach(() => {
  config({ postCommit: { version: false }, prePush: { test: 'echo ours >> "$OUT/order"' } });
  shop.commit("Declare");
});

describe("beside a hook by hand", () => {
  it("that runs first, with the same refs, and can block the push", async () => {
    script(".git/hooks/pre-push", ...notes("theirs"), 'exit "${THEIRS:-0}"');
    await install();
    expect((await push({ THEIRS: "4" })).code).toBe(1);
    expect(order()).toEqual(["theirs origin"]);
    expectOk(await push());
    expect(order()).toEqual(["theirs origin", "theirs origin", "ours"]);
    const head = git("rev-parse", "HEAD");
    expect(read("../refs")).toBe(`refs/heads/main ${head} refs/heads/main ${"0".repeat(40)}\n`.repeat(2));
  });
  it("and nothing is pushed to tell of, so it is told of nothing", async () => {
    script(".git/hooks/pre-push", 'while read -r line; do echo "line $line" >> "$OUT/order"; done', "exit 0");
    expectOk(await push());
    await install();
    rmSync(join(shop.around, "order"));
    expectOk(await push());
    expect(order()).toEqual([]);
  });
  it("uninstall leaves exactly what was there, links, modes and what git does not run", async () => {
    script(".git/hooks/pre-push", "exit 0");
    put(".git/hooks/post-merge", "not executable, \u00e4\u0000");
    script("tools/tag.sh", "exit 0");
    symlinkSync("../../tools/tag.sh", join(shop.folder, ".git/hooks/post-commit"));
    const before = pictureOf(join(shop.folder, ".git"));
    expect((await install()).stdout).toMatch(
      /^Hooks in .*hooks \(git's own\): installed\n {2}post-commit {2}installed, after /,
    );
    const installed = pictureOf(shop.folder);
    expect((await install()).stdout).toMatch(/^Hooks in [^:]*\n/);
    expect(pictureOf(shop.folder)).toEqual(installed);
    expect((await uninstall()).stdout).toMatch(
      /: uninstalled\n[\s\S]*\.slipway\/hooks\.json stays: it is the repository's/,
    );
    expect(pictureOf(join(shop.folder, ".git"))).toEqual(before);
    await uninstall();
    expect(pictureOf(join(shop.folder, ".git"))).toEqual(before);
  });
  it("also where there was no folder of hooks", async () => {
    rmSync(join(shop.folder, ".git/hooks"), { recursive: true });
    const before = pictureOf(join(shop.folder, ".git"));
    await install();
    await install();
    expect(await states()).toEqual(["installed", "installed", "installed"]);
    await uninstall();
    expect(pictureOf(join(shop.folder, ".git"))).toEqual(before);
  });
  it("one that was edited since is left alone, with the way out", async () => {
    await install();
    const path = join(shop.folder, ".git/hooks/pre-push");
    writeFileSync(path, `${readFileSync(path, "utf8")}git lfs pre-push "$@"\n`);
    const before = pictureOf(join(shop.folder, ".git/hooks"));
    for (const command of ["install", "uninstall"]) {
      const { code, stderr } = await slipway(["hooks", command]);
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/pre-push was edited since it was written; move the lines/),
      ]);
    }
    expect(await states()).toEqual(["installed", "edited", "installed"]);
    expect(pictureOf(join(shop.folder, ".git/hooks"))).toEqual(before);
  });
  it("an installation that was killed half-way goes on, and is taken back", async () => {
    script(".git/hooks/pre-push", ...notes("theirs"));
    const before = pictureOf(join(shop.folder, ".git/hooks"));
    renameSync(join(shop.folder, ".git/hooks/pre-push"), join(shop.folder, ".git/hooks/pre-push.before-slipway"));
    await uninstall();
    expect(pictureOf(join(shop.folder, ".git/hooks"))).toEqual(before);
    renameSync(join(shop.folder, ".git/hooks/pre-push"), join(shop.folder, ".git/hooks/pre-push.before-slipway"));
    await install();
    expectOk(await push());
    expect(order()).toEqual(["theirs origin", "ours"]);
  });
});

describe("beside core.hooksPath", () => {
  it("of the repository: in its folder, which others get, so it says to commit it", async () => {
    git("config", "core.hooksPath", ".githooks");
    script(".githooks/pre-push", ...notes("theirs"));
    const before = pictureOf(join(shop.folder, ".githooks"));
    expect((await install()).stdout).toContain("is part of the repository: commit what was written there");
    expectOk(await push());
    expect(order()).toEqual(["theirs origin", "ours"]);
    expect(read(".githooks/pre-push")).not.toContain(shop.around);
    await uninstall();
    expect(pictureOf(join(shop.folder, ".githooks"))).toEqual(before);
  });
  it("of all repositories: its folder is not touched, and all of its hooks go on to run", async () => {
    const shared = join(shop.around, "all hooks");
    mkdirSync(shared);
    script("../all hooks/pre-push", ...notes("theirs"));
    script("../all hooks/commit-msg", 'echo "message" >> "$OUT/order"');
    const global = join(shop.around, "gitconfig");
    writeFileSync(global, `[core]\n\thooksPath = ${shared}\n`);
    const env = { GIT_CONFIG_GLOBAL: global, OUT: shop.around };
    const [before, untouched] = [pictureOf(join(shop.folder, ".git")), pictureOf(shared)];
    expectOk(await slipway(["hooks", "install"], { env }));
    expect(expectOk(await slipway(["hooks", "install"], { env })).stdout).not.toContain(
      "installed\n  post-commit installed",
    );
    expect(pictureOf(shared)).toEqual(untouched);
    expectOk(await does(["push", "--quiet", "origin", "main"], { env }));
    expectOk(await does(["commit", "--quiet", "--allow-empty", "-m", "More"], { env }));
    expect(order()).toEqual(["theirs origin", "ours", "message"]);
    git("reset", "--quiet", "--soft", "HEAD~1");
    expectOk(await slipway(["hooks", "uninstall"], { env }));
    const after = pictureOf(join(shop.folder, ".git"));
    expect([after.config, Object.keys(after).filter((path) => /hooks/.test(path))]).toEqual([
      before.config,
      Object.keys(before).filter((path) => /hooks/.test(path)),
    ]);
  });
  it("that came later is told of: the hooks do not run any more", async () => {
    await install();
    git("config", "core.hooksPath", ".githooks");
    const { code, stdout } = await slipway(["hooks", "status"]);
    expect(code).toBe(1);
    expect(stdout).toContain("pre-push will not run what .slipway/hooks.json says; run slipway hooks install");
    expect(stdout).toContain("are left from before core.hooksPath was set; slipway hooks uninstall takes them away");
    await uninstall();
    expect(existsSync(join(shop.folder, ".git/hooks/pre-push"))).toBe(false);
  });
  it("a slipway that is not in the repository is none for those who get the hooks", async () => {
    git("config", "core.hooksPath", ".githooks");
    const cli = join(CHECKOUT, "cli/slipway.ts");
    expect(() =>
      execFileSync(process.execPath, [cli, "hooks", "install"], { cwd: shop.folder, stdio: "pipe" }),
    ).toThrow(/is part of the repository, and .* is not: others would not have it/);
    expect(existsSync(join(shop.folder, ".githooks"))).toBe(false);
  });
});

describe("what the hooks do", () => {
  it("is proposed by what is in the repository, and written only where that is agreed to", async () => {
    rmSync(join(shop.folder, ".slipway"), { recursive: true });
    put("go.mod", "module example.com/shop\n");
    put("infra/Pulumi.yaml", "name: shop\n");
    put("infra/Pulumi.prod.yaml", "config: {}\n");
    put("infra/Pulumi.staging.yaml", "config: {}\n");
    const before = pictureOf(shop.folder);
    const { code, stderr } = await slipway(["hooks", "install"]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/go test \.\/\.\.\.[\s\S]*There is no terminal to ask at: write the file, or .* --yes/),
    ]);
    expect(pictureOf(shop.folder)).toEqual(before);
    expectOk(await slipway(["hooks", "install", "--yes"]));
    expect(JSON.parse(read(".slipway/hooks.json"))).toEqual({
      postCommit: { version: true },
      prePush: {
        test: "go test ./...",
        confirm: true,
        deploy: { branch: "main", run: "cd infra && npm exec --no -- slipway deploy --env prod --yes" },
      },
    });
  });
  it("is refused with every mistake, before anything is touched", async () => {
    config({ prePush: { test: " " }, env: "../.env" });
    const before = pictureOf(shop.folder);
    const { code, stderr } = await slipway(["hooks", "install"]);
    expect([code, stderr.trim().split("\n")]).toEqual([
      2,
      [expect.stringContaining("env: "), expect.stringContaining("prePush.test: ")],
    ]);
    expect(pictureOf(shop.folder)).toEqual(before);
  });
  it("is told as its schema describes", async () => {
    const validate = new Ajv2020().compile(JSON.parse(readFileSync(join(CHECKOUT, "docs/hooks.schema.json"), "utf8")));
    for (const command of ["status", "install", "install", "status", "uninstall"]) {
      const { stdout } = await slipway(["hooks", command, "--json"]);
      expect(validate(JSON.parse(stdout)), stdout).toBe(true);
    }
  });
});

it("outside of a repository it says so", async () => {
  mkdirSync(join(shop.around, "none"));
  const { code, stderr } = await slipway(["hooks", "status"], { cwd: join(shop.around, "none") });
  expect([code, stderr]).toEqual([2, expect.stringMatching(/is in no git repository/)]);
});
