import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureHosts, own } from "../support/hosts.ts";
import { Project } from "../support/project.ts";
import { expectOk } from "../support/run.ts";
import { SHOP, settings } from "../support/sandbox.ts";
import { askHost, served } from "../support/served.ts";
import { hostPicture, ledger } from "../support/state.ts";
import { clean, expectNoChange, fingerprintOf, planned, programOf, said, upOk } from "./support/drift.ts";

const [target] = own;
const HOST = target.number;
const APP = "rollback";
const DOMAIN = "rollback.test";
const KEEP = 3;

const spec = {
  name: APP,
  image: SHOP,
  services: { web: { port: 8000, health: "/health", secretFiles: ["KEY"], secrets: ["TOKEN"] } },
  verification: { version: "/api/v1/version" },
};

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
let project: Project;

/** Declares a version and the values that go with it. */
async function declare(version: string, word: string, domains = [`http://${DOMAIN}`]): Promise<void> {
  project.setConfig({
    "slipway:applications": {
      [APP]: { version, hosts: [`host-${HOST}`], domain: domains, environment: { GREETING: word }, removeData: true },
    },
  });
  await project.setSecret(`slipway:secrets.${APP}.TOKEN`, `token-of-${word}`);
  await project.setSecret(`slipway:secrets.${APP}.KEY`, `key-of-${word}`);
}

/** The application serves this version with these values, as a user and the host see it. */
async function expectServed(version: string, word: string): Promise<void> {
  expect(await served(target, DOMAIN)).toBe(version);
  const asked = {
    "/env?name=GREETING": word,
    "/env?name=TOKEN": `token-of-${word}`,
    "/file?path=/run/secrets/KEY": `key-of-${word}`,
  };
  for (const [path, value] of Object.entries(asked)) {
    expect((await fingerprintOf(target, DOMAIN, path)).sha256, path).toBe(sha256(value));
  }
  expect(await target.read(`/opt/${APP}/current/.env`)).toContain(`TOKEN="token-of-${word}"`);
}

const picture = async () => ({
  ...(await hostPicture(target, APP)),
  secrets: await target.ask(`sudo find /opt/${APP}/secrets -printf '%P %m %U\\n' | sort`),
});
const release = async (): Promise<string> => (await target.ask(`basename $(readlink /opt/${APP}/current)`)).trim();
const pulled = (): Promise<string> => target.ask(`cat /opt/${APP}/images.pulled`);
const exportsFolder = (): string => join(project.folder, ".slipway/exports", project.stack);
const exportsKept = (): string[] => readdirSync(exportsFolder()).sort();
let first: string;

beforeAll(async () => {
  await ensureHosts();
  project = await Project.create({
    name: APP,
    program: programOf([spec]),
    config: settings([HOST], {}, { "slipway:exports": { keep: KEEP } }),
  });
  await declare("1.0.0", "one");
  await upOk(project);
  first = await release();
  await declare("1.1.0", "two");
  await upOk(project);
  await expectServed("1.1.0", "two");
});

afterAll(() => clean(project));

describe("the way back", () => {
  it("by itself: image, Compose file, environment, secrets and route are as they were", async () => {
    const before = await picture();
    await declare("3.0.0", "three", [`http://${DOMAIN}`, "http://other.rollback.test"]);
    const result = await project.up();
    expect(result.code).not.toBe(0);
    expect(said(result)).toMatch(/the wrong version serves.*"2\.9\.9".*wanted "3\.0\.0"/);
    expect(said(result)).toMatch(/reverted: rollback 1\.1\.0 .* serves as before/);
    expect(await picture()).toEqual(before);
    await expectServed("1.1.0", "two");
    expect((await askHost(target, "other.rollback.test", "/api/v1/version")).body).not.toContain("version");
    expect((await ledger(target, APP)).at(-1)).toMatchObject({
      result: "reverted",
      version: "3.0.0",
      reason: expect.stringContaining("wrong version"),
    });
    await declare("1.1.0", "two");
    // Pulumi records what the components were last asked for; nothing is sent to the host.
    expect(planned(await project.preview()).filter((step) => step.includes("host"))).toEqual([]);
  });

  it("by an older version: the kept release, nothing pulled, its own values again", async () => {
    const images = await pulled();
    await declare("1.0.0", "one");
    await upOk(project);
    expect(await release()).toBe(first);
    await expectServed("1.0.0", "one");
    expect(await pulled()).toBe(images);
  });

  it("by an older version with the values of today: the declaration decides", async () => {
    await declare("1.0.0", "two");
    await upOk(project);
    await expectServed("1.0.0", "two");
    expect(await release()).not.toBe(first);
  });

  it("by `stack import` of a kept export, and the older declaration", async () => {
    const [oldest] = exportsKept();
    const state = readFileSync(join(exportsFolder(), oldest!), "utf8");
    expect(state).toContain(`--release ${first}`);
    await declare("1.1.0", "two");
    await upOk(project);
    expectOk(await project.import(await copyOf(oldest!, state)));
    await declare("1.0.0", "one");
    const up = await upOk(project);
    expect(said(up)).toMatch(/runs 1\.1\.0, will run 1\.0\.0/);
    expect(await release()).toBe(first);
    await expectServed("1.0.0", "one");
    await expectNoChange(project);
  });

  it("keeps the newest exports alone, private, secrets encrypted", () => {
    const files = exportsKept().map((name) => join(exportsFolder(), name));
    expect(files).toHaveLength(KEEP);
    expect(statSync(exportsFolder()).mode & 0o777).toBe(0o700);
    for (const file of files) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readFileSync(file, "utf8")).not.toMatch(/(token|key)-of-/);
      expect(readFileSync(file, "utf8")).toContain('"ciphertext"');
    }
  });
});

/** Outside the folder that the program prunes. */
async function copyOf(name: string, text: string): Promise<string> {
  project.write(name, text);
  return join(project.folder, name);
}
