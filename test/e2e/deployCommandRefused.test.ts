/** `slipway deploy` that is refused, fails or is interrupted: what holds is told, and the settings say nothing else. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ensureHosts, nameOf, own } from "../support/hosts.ts";
import { expectOk } from "../support/run.ts";
import { served } from "../support/served.ts";
import { DeployProject, lastLines, programOf } from "./support/deployProject.ts";
import { expectNoChange } from "./support/drift.ts";

const NAME = "undeployed";
const [target, other] = own;
const AS_IT_WAS = "settings: Pulumi.staging.yaml is as it was";
let shop: DeployProject;

const deploy = (...words: string[]) => shop.slipway("deploy", NAME, "--env", "staging", ...words);
const version = (): string => parse(shop.read("staging")).config["slipway:applications"][NAME].version;

beforeAll(async () => {
  await ensureHosts();
  shop = await DeployProject.create(NAME, own);
  expectOk(await deploy("--yes"));
});
beforeEach(() => {
  shop.project.write("index.ts", programOf(NAME));
  shop.git("checkout", "--quiet", "--", "Pulumi.staging.yaml");
});
afterAll(() => shop?.end());

describe("slipway deploy changes nothing, and says why and what next", () => {
  it("without a terminal to ask at", async () => {
    const before = shop.picture();
    const { code, stdout, stderr } = await deploy("--version", "1.1.0");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(
      "slipway: there is no terminal to ask at; give --yes to deploy what the plan shows (pulumi preview shows it alone)\n",
    );
    expect(shop.picture()).toEqual(before);
  });

  it("for a version that does not exist; and what differs it said at the beginning", async () => {
    shop.edit("staging", (text) => text.replace("version: 1.0.0", "version: 1.1.0"));
    const before = shop.picture();
    const result = await deploy("--yes", "--version", "9.9.9");
    expect(result.stdout).toContain(
      [
        `${NAME} in staging: 1.1.0 => 9.9.9`,
        "  differs: Pulumi.staging.yaml says 1.1.0, and its last commit 1.0.0",
        `  differs: ${nameOf(target)} runs 1.0.0, and Pulumi.staging.yaml says 1.1.0`,
      ].join("\n"),
    );
    expect(lastLines(result, NAME)).toEqual([
      `${NAME} 9.9.9 in staging: refused before anything was changed`,
      expect.stringMatching(/: 1\.0\.0 serves/),
      expect.stringMatching(/^why: image \S+shop:9\.9\.9 does not exist; newest tags: /),
      AS_IT_WAS,
      `next: mend that, then slipway deploy ${NAME} --env staging --version 9.9.9`,
    ]);
    expect(result.code).toBe(2);
    expect(shop.picture()).toEqual(before);
    shop.git("checkout", "--quiet", "--", "Pulumi.staging.yaml");
  });

  it("for what a rule forbids", async () => {
    shop.project.write("index.ts", programOf(NAME, { privileged: true }));
    shop.edit("staging", (text) =>
      text.replace(/^config:\n( +)/m, "config:\n$1slipway:policies: { rules: { privileged: mandatory } }\n$1"),
    );
    const before = shop.picture();
    const result = await deploy("--yes", "--version", "1.1.0");
    expect(lastLines(result, NAME)).toContainEqual(expect.stringMatching(/^why: privileged/));
    expect(lastLines(result, NAME)).toContain(AS_IT_WAS);
    expect(result.code).toBe(2);
    expect(shop.picture()).toEqual(before);
    expect(await served(target, shop.domain)).toBe("1.0.0");
    shop.git("checkout", "--quiet", "--", "Pulumi.staging.yaml");
  });

  it("where a killed pulumi has left its lock, with the way out", async () => {
    const killed = shop.project.upInBackground();
    await killed.until(/Updating/);
    killed.kill("SIGKILL", "group");
    await killed.result;
    const before = shop.picture();
    const result = await deploy("--yes", "--version", "1.1.0");
    expect(lastLines(result, NAME)).toContain(AS_IT_WAS);
    expect(result.stdout).toMatch(/next: .*pulumi cancel --yes --stack staging\n/);
    expect(result.code).toBe(2);
    expect(shop.picture()).toEqual(before);
    expectOk(await shop.project.cancel());
  });
});

describe("slipway deploy", () => {
  it("of a version that goes back leaves the settings as they were, and fails", async () => {
    const before = shop.picture();
    const result = await deploy("--yes", "--version", "3.0.0");
    expect(lastLines(result, NAME)).toEqual([
      `${NAME} 3.0.0 in staging: not deployed`,
      expect.stringMatching(/: 1\.0\.0 serves/),
      expect.stringMatching(/^why: the wrong version serves: /),
      AS_IT_WAS,
      `next: mend that, then slipway deploy ${NAME} --env staging --version 3.0.0`,
    ]);
    expect(result.code).toBe(1);
    expect(shop.picture()).toEqual(before);
    expect(await served(target, shop.domain)).toBe("1.0.0");
  });

  it("leaves what was confirmed before to be promoted, by the image that its host keeps", async () => {
    const result = await shop.slipway("promote", NAME, "--from", "staging", "--to", "prod", "--yes", "--no-commit");
    const [, digest] = /^staging has confirmed undeployed 1\.0\.0, (sha256:[0-9a-f]{64})$/m.exec(result.stdout) ?? [];
    expect([result.stderr, digest, result.code]).toEqual(["", expect.any(String), 0]);
    expect(await served(other, shop.domain)).toBe("1.0.0");
  });

  it("that is interrupted, twice, waits: the lock is free, and settings, words and host say the same", async () => {
    const running = shop.slipwayInBackground("deploy", "--env", "staging", "--version", "1.1.0", "--yes");
    await running.until(/updating .*preflight/);
    running.kill("SIGINT");
    await running.until(/interrupted; waiting for pulumi/);
    running.kill("SIGINT");
    const result = await running.result;
    const serves = await served(target, shop.domain);
    expect(result.code).toBe(130);
    expect(lastLines(result, NAME)).toContainEqual(expect.stringMatching(new RegExp(`: ${serves} serves`)));
    expect(version()).toBe(serves);
    expectOk(await deploy("--yes", "--version", "1.1.0"));
    expect(await served(target, shop.domain)).toBe("1.1.0");
    expect(shop.git("status", "--porcelain", "--", "Pulumi.staging.yaml")).toBe("");
  });
});

describe("an application that is locked, and whose window is closed,", () => {
  const window = {
    days: [((new Date().getUTCDay() + 3) % 7) + 1],
    from: "00:00",
    until: "00:01",
    timeZone: "Europe/Berlin",
  };

  it("is not deployed until it is unlocked and there is a reason, which history tells and no later plan changes", async () => {
    shop.project.write("index.ts", programOf(NAME, {}, { preflight: { window } }));
    expectOk(await shop.slipway("lock", NAME, "--stack", "staging", "--reason", "the sale"));
    const before = shop.picture();
    const refused = await deploy("--yes", "--version", "1.0.0");
    expect([refused.code, lastLines(refused, NAME)]).toEqual([
      2,
      expect.arrayContaining([
        `${NAME} 1.0.0 in staging: refused before anything was changed`,
        expect.stringMatching(/^why: undeployed on \S+: is locked by \S+ since \S+: the sale, so no deployment begins/),
        expect.stringMatching(/^why: undeployed on \S+: its deployment window is closed \(.* Europe\/Berlin, and now/),
        AS_IT_WAS,
      ]),
    ]);
    const up = await shop.project.up();
    expect([up.code, up.stdout + up.stderr]).not.toEqual([0, expect.anything()]);
    expect(up.stdout + up.stderr).toContain("is locked by");
    expect(shop.picture()).toEqual(before);
    expectOk(await shop.slipway("unlock", NAME, "--stack", "staging"));
    expect((await deploy("--yes", "--version", "1.0.0")).code).toBe(2);
    expect(await served(target, shop.domain)).toBe("1.1.0");
    const reason = 'the "shop" takes no orders';
    expectOk(await deploy("--yes", "--version", "1.0.0", "--outside-window", reason));
    expect(await served(target, shop.domain)).toBe("1.0.0");
    expect(shop.read("staging")).not.toContain("outsideWindow");
    const { stdout } = await shop.slipway("history", NAME, "--stack", "staging");
    expect(stdout).toMatch(/ 1\.0\.0 .* confirmed +outside of its window: the "shop" takes no orders\n$/);
    await expectNoChange(shop.project);
  });
});
