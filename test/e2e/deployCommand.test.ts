/** `slipway deploy` and `slipway promote` in the real engine, on real hosts: what serves, and what git says of it. */
import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ensureHosts, nameOf, own } from "../support/hosts.ts";
import { CHECKOUT } from "../support/run.ts";
import { seed } from "../support/sandbox.ts";
import { served } from "../support/served.ts";
import { DeployProject, lastLines } from "./support/deployProject.ts";

const NAME = "deployed";
const [staging, prod] = own;
let shop: DeployProject;

const settingsOf = (env: string): { version: string; digest?: string } =>
  parse(shop.read(env)).config["slipway:applications"][NAME];

beforeAll(async () => {
  await ensureHosts();
  await seed("shop:1.2.0");
  shop = await DeployProject.create(NAME, own);
});
afterAll(() => shop?.end());

describe("slipway promote", () => {
  it("refuses what the earlier environment has never confirmed", async () => {
    const before = shop.picture();
    const { code, stderr } = await shop.slipway("promote", "--from", "staging", "--to", "prod", "--yes");
    expect(stderr).toBe(
      `slipway: staging has never confirmed ${NAME}, so there is nothing to promote; slipway deploy ${NAME} --env staging first\n`,
    );
    expect(code).toBe(2);
    expect(shop.picture()).toEqual(before);
  });
});

describe("slipway deploy", () => {
  it("deploys what the settings say, for which git has nothing new", async () => {
    const result = await shop.slipway("deploy", "--env", "staging", "--yes");
    expect(result.stderr).not.toMatch(/error/);
    expect(lastLines(result, NAME)).toEqual([
      `${NAME} 1.0.0 in staging: deployed, and confirmed by its hosts`,
      expect.stringMatching(new RegExp(`^${nameOf(staging)}: 1\\.0\\.0 serves \\(release [0-9a-f]{12}\\)$`)),
      "settings: Pulumi.staging.yaml is as its last commit has it",
    ]);
    expect(result.code).toBe(0);
    expect(await served(staging, shop.domain)).toBe("1.0.0");
  });

  it("asks at a terminal, and changes nothing where the answer is no", async () => {
    const before = shop.picture();
    const running = shop.atTerminal("", "deploy", NAME, "--env", "staging", "--version", "1.1.0");
    await running.until(/Deploy deployed 1\.1\.0 to staging\?/);
    running.write("n");
    const { code, stdout } = await running.result;
    expect(stdout).toMatch(/1\.1\.0 in staging: nothing was changed/);
    expect(code).toBe(2);
    expect(shop.picture()).toEqual(before);
    expect(await served(staging, shop.domain)).toBe("1.0.0");
  });

  it("deploys another version, and commits its settings alone, with every comment", async () => {
    shop.project.write("notes.txt", "of somebody else");
    shop.git("add", "notes.txt");
    const before = shop.read("staging");
    const result = await shop.slipway("deploy", NAME, "--env", "staging", "--version", "1.1.0", "--yes");
    expect(result.stdout).toMatch(/^deployed in staging: 1\.0\.0 => 1\.1\.0\n/);
    expect(lastLines(result, NAME)).toEqual([
      `${NAME} 1.1.0 in staging: deployed, and confirmed by its hosts`,
      expect.stringMatching(/: 1\.1\.0 serves/),
      `settings: Pulumi.staging.yaml is committed as ${shop.git("rev-parse", "HEAD").slice(0, 7)}`,
      `next: to go back: slipway deploy ${NAME} --env staging --version 1.0.0 --allow-downgrade`,
    ]);
    expect(result.code).toBe(0);
    expect(await served(staging, shop.domain)).toBe("1.1.0");
    expect(shop.read("staging")).toBe(before.replace("version: 1.0.0", "version: 1.1.0"));
    expect(shop.git("log", "-1", "--format=%s", "--name-only")).toBe(
      `Deploy ${NAME} 1.1.0 to staging\n\nPulumi.staging.yaml`,
    );
    expect(shop.git("status", "--porcelain")).toBe("A  notes.txt");
  });
});

describe("slipway promote, of what an environment has confirmed", () => {
  it("gives the same version and the same image to the next environment", async () => {
    const result = await shop.slipway("promote", "--from", "staging", "--to", "prod", "--yes");
    const [, digest] = /^staging has confirmed deployed 1\.1\.0, (sha256:[0-9a-f]{64})$/m.exec(result.stdout) ?? [];
    expect(result.code).toBe(0);
    expect(lastLines(result, NAME)).toContain(`${NAME} 1.1.0 in prod: deployed, and confirmed by its hosts`);
    expect(await served(prod, shop.domain)).toBe("1.1.0");
    expect(settingsOf("prod")).toMatchObject({ version: "1.1.0", digest });
    const image = await prod.ask(
      `jq -r .services.web.image /opt/${NAME}/current/compose.yaml 2>/dev/null || grep -h image: /opt/${NAME}/current/compose.yaml`,
    );
    expect(image).toContain(digest);
    expect(shop.git("log", "-1", "--format=%s")).toBe(`Deploy ${NAME} 1.1.0 to prod`);
  });
});

describe("slipway deploy to where another one was promoted", () => {
  it("takes the digest away with the version that had it, and leaves the commit to others where it is told to", async () => {
    const { code } = await shop.slipway("deploy", "--env", "prod", "--version", "1.0.0", "--yes", "--no-commit");
    expect(code).toBe(0);
    expect(await served(prod, shop.domain)).toBe("1.0.0");
    expect(settingsOf("prod")).toMatchObject({ version: "1.0.0" });
    expect(settingsOf("prod").digest).toBeUndefined();
    expect(shop.git("status", "--porcelain", "--", "Pulumi.prod.yaml")).toBe("M Pulumi.prod.yaml");
  });
});

describe("slipway rollback", () => {
  it("brings the image back that the host keeps, by its digest", async () => {
    const promoted = parse(shop.git("show", "HEAD:Pulumi.prod.yaml")).config["slipway:applications"][NAME].digest;
    const result = await shop.slipway("rollback", NAME, "1.1.0", "--env", "prod", "--yes", "--no-commit");
    expect(result.stdout).toMatch(
      new RegExp(`^${NAME} goes back to 1\\.1\\.0, which was confirmed \\S+, ${promoted}\n`),
    );
    expect(result.code).toBe(0);
    expect(await served(prod, shop.domain)).toBe("1.1.0");
    expect(settingsOf("prod").digest).toBe(promoted);
  });
});

describe("a push of main, with the hooks of slipway", () => {
  const remote = (): string => join(shop.project.folder, "state/remote.git");
  const pushed = (): string =>
    execFileSync("git", ["log", "-1", "--format=%s", "main"], { cwd: remote(), encoding: "utf8" }).trim();
  const test = (line: string): void => {
    shop.project.write("test.sh", `#!/bin/sh\n${line}\n`);
    chmodSync(join(shop.project.folder, "test.sh"), 0o755);
  };

  beforeAll(async () => {
    execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch", "main", remote()]);
    shop.git("remote", "add", "origin", remote());
    shop.git("push", "--quiet", "origin", "main");
    const slipway = `${process.execPath} ${join(CHECKOUT, "cli/slipway.ts")}`;
    const deploy = { branch: "main", run: `${slipway} deploy --env staging --yes` };
    shop.project.write(
      ".slipway/hooks.json",
      JSON.stringify({ prePush: { test: "./test.sh", confirm: false, deploy } }),
    );
    const { code, stderr } = await shop.slipway("hooks", "install", "--yes");
    expect([code, stderr]).toEqual([0, ""]);
    shop.edit("staging", (text) => text.replace("version: 1.1.0", "version: 1.2.0"));
    shop.git("commit", "--quiet", "-m", "Release 1.2.0", "--", "Pulumi.staging.yaml");
  });

  it("is blocked where the tests fail, and nothing is deployed", async () => {
    test("exit 1");
    const { code, stderr } = await shop.push();
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/slipway: pre-push: the tests failed \(1: \.\/test\.sh\)/);
    expect(pushed()).not.toBe("Release 1.2.0");
    expect(await served(staging, shop.domain)).toBe("1.1.0");
  });

  it("deploys where they pass: the version serves, and the remote has the commit", async () => {
    test("exit 0");
    const { code, stderr } = await shop.push();
    expect(stderr).toMatch(new RegExp(`${NAME} 1\\.2\\.0 in staging: deployed, and confirmed by its hosts`));
    expect(code).toBe(0);
    expect(await served(staging, shop.domain)).toBe("1.2.0");
    expect(pushed()).toBe("Release 1.2.0");
  });
});
