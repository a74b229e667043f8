/** Pelico as its owner works on it: from `git commit` and `git push` to what serves at home, with nobody in between. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureHosts, own } from "../support/hosts.ts";
import { CHECKOUT, expectOk } from "../support/run.ts";
import { REGISTRY } from "../support/sandbox.ts";
import { askHost, served } from "../support/served.ts";
import { SANDBOX } from "../support/ssh.ts";
import { stageOf } from "./support/compile.ts";
import { HomeProject } from "./support/homeProject.ts";

const [target] = own;
const NAME = "pelico";
const DOMAIN = "pelico.home.test";
const PASSWORD = "REGISTRY_PASSWORD";

const example = (path: string): string => readFileSync(join(CHECKOUT, "examples", NAME, path), "utf8");

/** The clone, where a compiler's image cannot be had: the commands of its stage run before the image is built. */
function changes(): Record<string, string> {
  const { commands, replaced } = stageOf(example("Dockerfile"), "compile");
  const { prePush, ...hooks } = JSON.parse(example(".slipway/hooks.json"));
  const compile = [
    "set -eu",
    "rm -rf compiled && mkdir -p compiled/out",
    "VERSION=$(git describe --tags --abbrev=0 | tr -d v) COMMIT=$(git rev-parse HEAD)",
    ...commands.map((command) => command.replaceAll(/(?<=[\s=])\/out\b/g, "$PWD/compiled/out")),
  ];
  return {
    Dockerfile: replaced,
    ".dockerignore": `${example(".dockerignore")}!compiled\n`,
    ".gitignore": `${example(".gitignore")}compiled\n`,
    "compile.sh": `${compile.join("\n")}\n`,
    ".slipway/hooks.json": JSON.stringify({
      ...hooks,
      prePush: { ...prePush, confirm: false, test: `CGO_ENABLED=0 ${prePush.test} && sh compile.sh` },
    }),
    ".env": `${PASSWORD}=${readFileSync(join(SANDBOX, "registry-password"), "utf8").trim()}\n`,
  };
}

let home: HomeProject;

beforeAll(async () => {
  await ensureHosts();
  home = await HomeProject.create({
    name: NAME,
    target,
    application: { version: "1.0.0", image: `${REGISTRY}/pelico-home`, domain: `http://${DOMAIN}`, removeData: true },
    registry: { username: "slipway", password: { command: `printf %s "$${PASSWORD}"` }, insecureSkipVerify: true },
    env: { GOFLAGS: "-trimpath -buildvcs=false" },
    changes: changes(),
  });
});
afterAll(() => home?.end());

describe("Pelico's hooks", () => {
  test("are installed by one command, in the clone", async () =>
    expectOk(await home.slipway("hooks", "install", "--yes")));

  test("give a commit its version, in the source and as a tag", async () => {
    home.write(
      "internal/api/shelf.go",
      'package api\n\n// Shelf is where the games stand.\nconst Shelf = "living room"\n',
    );
    expectOk(await home.does("add", "--all"));
    expectOk(await home.does("commit", "--message", "Say where the shelf is [minor]"));
    expect(home.git("describe", "--tags", "--exact-match")).toBe("v1.1.0");
    expect(home.git("show", "HEAD:internal/version/version.go")).toContain('Version = "1.1.0"');
    expect(home.git("status", "--porcelain")).toBe("");
  });

  test("test, build, deploy and verify it on a push, before the remote has it", async () => {
    const commit = home.git("rev-parse", "HEAD");
    const { stderr } = expectOk(await home.does("push", "--follow-tags", "origin", "main"));
    expect(stderr).toContain(`${NAME} 1.1.0 in prod: deployed, and confirmed by its hosts`);
    const { body } = await askHost(target, DOMAIN, "/api/v1/version");
    expect(JSON.parse(body)).toEqual({ version: "1.1.0", commit });
    expect(home.pushed).toContain("1.1.0");
    expect(home.git("log", "-1", "--format=%s")).toBe(`Deploy ${NAME} 1.1.0 to prod`);
  });

  test("keep a commit back whose tests fail, and what serves goes on", async () => {
    const broken = 'package version\n\nimport "testing"\n\nfunc TestIt(t *testing.T) { t.Error("broken") }\n';
    home.write("internal/version/version_test.go", broken);
    expectOk(await home.does("add", "--all"));
    expectOk(await home.does("commit", "--message", "Break it"));
    const { code, stderr } = await home.does("push", "--follow-tags", "origin", "main");
    expect(code).not.toBe(0);
    expect(stderr).toContain("slipway: pre-push: the tests failed");
    expect(await served(target, DOMAIN)).toBe("1.1.0");
    expect(home.pushed).toContain("1.1.0");
  });
});
