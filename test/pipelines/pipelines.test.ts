/** The workflows that a declaration makes, run by act on this machine, from a commit to what the hosts serve. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureHosts } from "../support/hosts.ts";
import { findMarker } from "../support/secrets.ts";
import { served } from "../support/served.ts";
import { host } from "../support/ssh.ts";
import { ledger } from "../support/state.ts";
import { DOMAIN, HOSTS, IMAGE, NAME } from "./support/declared.ts";
import { digestOf, PLANTED, Scene, type Stack, tagsOf } from "./support/scene.ts";

const target = { dev: host(HOSTS.dev), prod: host(HOSTS.prod) };
const serves = (stack: Stack): Promise<string> => served(target[stack], DOMAIN);
const imageOn = async (stack: Stack): Promise<string> =>
  (await target[stack].ask(`jq -r '.images[]' /opt/${NAME}/current/manifest.json`)).trim();

let scene: Scene;
/** Versions in the order in which they were deployed to dev. */
let first: string;
let second: string;

beforeAll(async () => {
  await ensureHosts();
  scene = new Scene();
  await scene.create();
});
afterAll(() => scene?.remove());

describe("a commit on main", () => {
  it("is built by hand for a start, with all its tags, and brought to both hosts by the administrator", async () => {
    first = `sha-${(await scene.checkout.git("rev-parse", "HEAD")).slice(0, 7)}`;
    // Nobody has declared the repository yet, so that its secret comes by hand.
    const report = await scene.build({ REGISTRY_PASSWORD: PLANTED.REGISTRY_PASSWORD });
    expect(report.jobs, report.text).toEqual({ [`build/image ${NAME}`]: "success" });
    expect(report.text).toContain("Success - Main Attest provenance");
    expect(await tagsOf()).toEqual(expect.arrayContaining([first, "main", "latest"]));
    await scene.prepare("dev", first);
    await scene.prepare("prod", first);
    expect([await serves("dev"), await serves("prod")]).toEqual([first, first]);
  });

  it("is checked, built, and deployed to dev by the digest that was built, and nowhere else", async () => {
    second = await scene.checkout.change("check/price.json", "{}", '{"price":2}');
    const report = await scene.run({ workflow: "deploy", event: "push" });
    expect(report.jobs, report.text).toEqual({
      "ci/ci/node 24": "success",
      [`ci/ci/image ${NAME}`]: "success",
      "ci/ci/quality gate": "success",
      "security/security/files": "success",
      [`security/security/image ${NAME}`]: "success",
      "security/security/security gate": "success",
      [`build/build/image ${NAME}`]: "success",
      "deploy/deploy to dev": "success",
    });
    expect(report.code).toBe(0);
    // GitHub gives attestations to public repositories alone.
    expect(report.text).not.toContain("Success - Main Attest provenance");
    expect([await serves("dev"), await serves("prod")]).toEqual([second, first]);
    const digest = await digestOf(second);
    expect(await imageOn("dev")).toBe(`${IMAGE}@${digest}`);
    expect([await digestOf("main"), await digestOf("latest")]).toEqual([digest, digest]);
  });

  it("that gets a version's tag comes to prod as that version, and dev keeps what it has", async () => {
    await scene.checkout.git("tag", "v1.2.0");
    const report = await scene.run({
      workflow: "deploy",
      event: "push",
      payload: { ref: "refs/tags/v1.2.0" },
      stack: "prod",
    });
    expect(report.jobs, report.text).toMatchObject({
      "ci/ci/quality gate": "success",
      [`build/build/image ${NAME}`]: "success",
      "deploy/version was merged": "success",
      "deploy/deploy to prod": "success",
    });
    expect(report.jobs).not.toHaveProperty("deploy/deploy to dev");
    expect([await serves("prod"), await serves("dev")]).toEqual(["1.2.0", second]);
    expect(await imageOn("prod")).toBe(`${IMAGE}@${await digestOf("v1.2.0")}`);
    expect(await imageOn("dev")).toBe(`${IMAGE}@${await digestOf(second)}`);
  });

  it("goes no further when a check fails", async () => {
    const broken = await scene.checkout.change("Dockerfile", "USER 10001\n", "");
    const report = await scene.run({ workflow: "deploy", event: "push" });
    expect(report.code).not.toBe(0);
    expect(report.jobs, report.text).toEqual({
      "ci/ci/node 24": "failure",
      [`ci/ci/image ${NAME}`]: "success",
      "ci/ci/quality gate": "failure",
      "security/security/files": "success",
      [`security/security/image ${NAME}`]: "success",
      "security/security/security gate": "success",
    });
    expect(await tagsOf()).not.toContain(broken);
    expect(await serves("dev")).toBe(second);
    await scene.checkout.change("Dockerfile", 'CMD ["/app"]', 'USER 10001\nCMD ["/app"]');
  });

  it("is not deployed with a serious weakness, which the run names", async () => {
    scene.checkout.write("weakness.txt", "");
    await scene.checkout.commit("A dependency that is known to be weak");
    const report = await scene.run({ workflow: "deploy", event: "push" });
    expect(report.code).not.toBe(0);
    expect(report.jobs, report.text).toMatchObject({
      "ci/ci/quality gate": "success",
      "security/security/files": "failure",
      "security/security/security gate": "failure",
    });
    expect(report.jobs).not.toHaveProperty("deploy/deploy to dev");
    expect(report.text).toMatch(/weakness\.txt[\s\S]*CVE-2026-0001/);
    expect(await serves("dev")).toBe(second);
    await scene.checkout.git("rm", "--quiet", "weakness.txt");
    await scene.checkout.commit("Without it");
  });

  it("that does not work fails its deployment, and the version before goes on", async () => {
    const broken = await scene.checkout.change("Dockerfile", "APP_BEHAVIOUR=ok", "APP_BEHAVIOUR=exit");
    const report = await scene.run({ workflow: "deploy", event: "push" });
    expect(report.code).not.toBe(0);
    expect(report.jobs, report.text).toMatchObject({
      "ci/ci/quality gate": "success",
      [`build/build/image ${NAME}`]: "success",
      "deploy/deploy to dev": "failure",
    });
    expect(report.text).toMatch(new RegExp(`${NAME} ${broken} (exited with code 1|keeps exiting) instead of serving`));
    expect(report.text).toMatch(new RegExp(`reverted: ${NAME} ${second} .*serves as before`));
    expect(await serves("dev")).toBe(second);
    expect((await ledger(target.dev, NAME)).at(-1)).toMatchObject({ result: "reverted", version: broken });
    await scene.checkout.change("Dockerfile", "APP_BEHAVIOUR=exit", "APP_BEHAVIOUR=ok");
  });
});

describe("a person", () => {
  it("takes dev back to the version before", async () => {
    const report = await scene.run({
      workflow: "rollback",
      event: "workflow_dispatch",
      payload: { inputs: { environment: "dev", version: first } },
    });
    expect(report.jobs, report.text).toEqual({
      "rollback/version was merged": "success",
      "rollback/rollback": "success",
    });
    expect([await serves("dev"), await imageOn("dev")]).toEqual([first, `${IMAGE}@${await digestOf(first)}`]);
  });

  it("deploys a version that was built before, without building or checking again", async () => {
    const report = await scene.run({
      workflow: "deploy",
      event: "workflow_dispatch",
      payload: { inputs: { environment: "dev", version: second } },
    });
    expect(report.jobs, report.text).toEqual({
      "deploy/version was merged": "success",
      "deploy/deploy to dev": "success",
    });
    expect(await serves("dev")).toBe(second);
  });

  it("gets no further with what nobody merged", async () => {
    await scene.checkout.git("checkout", "--quiet", "-B", "unreviewed");
    const version = await scene.checkout.change("check/price.json", "2", "99");
    await scene.checkout.git("checkout", "--quiet", "main");
    const payload = { inputs: { environment: "dev", version } };
    const report = await scene.run({ workflow: "deploy", event: "workflow_dispatch", payload });
    expect(report.jobs, report.text).toEqual({ "deploy/version was merged": "failure" });
    expect(report.text).toContain(`${version} was not merged: its commit ${version.slice(4)} is not part of main.`);
    expect(await serves("dev")).toBe(second);
  });
});

describe("a pull request", () => {
  const from = (repository: string, { number = 7, user = "anna" } = {}) => ({
    number,
    pull_request: {
      number,
      user: { login: user },
      head: { ref: "change", repo: { full_name: repository } },
      base: { ref: "main" },
    },
  });

  it("gets a comment with what it would change, without a secret, and no host is asked", async () => {
    await scene.checkout.git("switch", "--quiet", "--create", "change");
    await scene.checkout.change("infra/index.ts", `"domain": "http://${DOMAIN}"`, `"domain": "http://shop.${DOMAIN}"`);
    await scene.checkout.change(
      "infra/index.ts",
      '"dev": {',
      '"dev": { "secrets": ["PULUMI_CONFIG_PASSPHRASE", "REGISTRY_PASSWORD"],',
    );
    const number = await scene.propose("change", "infra/index.ts");
    const report = await scene.run({
      workflow: "preview",
      event: "pull_request",
      payload: from(`harbour/${NAME}`, { number }),
    });
    await scene.checkout.git("switch", "--quiet", "main");
    expect(report.jobs, report.text).toEqual({ "preview/preview dev": "success" });
    expect(report.text).toContain("is not inspected (SLIPWAY_LOOK=off)");
    const [comment, ...others] = await scene.comments(number);
    expect(others).toEqual([]);
    expect(comment).toContain("`preview` on dev");
    expect(comment).toMatch(/~ command:remote:Command: \(update\)\n.*\n.*::pipeline-host-\d+\]/);
    expect(comment).toMatch(
      /\+ github:index\/actionsEnvironmentSecret:ActionsEnvironmentSecret: \(create\)\n.*::pipeline-dev-secret-REGISTRY_PASSWORD\]\n(.*\n){4} +value +: \[secret\]/,
    );
    expect(comment).toMatch(/\+ 1 to create\n/);
    scene.said["the comment"] = comment!;
  });

  it.each([
    ["of a fork", from("mallory/pipeline")],
    ["of Dependabot", from(`harbour/${NAME}`, { user: "dependabot[bot]" })],
  ])("%s gets no preview, and a job that says so", async (_, payload) => {
    const report = await scene.run({ workflow: "preview", event: "pull_request", payload });
    expect(report.jobs, report.text).toEqual({ "preview/no preview without secrets": "success" });
  });

  it("is scanned", async () => {
    const report = await scene.run({
      workflow: "security",
      event: "pull_request",
      visibility: "public",
      payload: from(`harbour/${NAME}`),
    });
    expect(report.jobs, report.text).toEqual({
      "security/dependencies of the change": "success",
      "security/files": "success",
      [`security/image ${NAME}`]: "success",
      "security/security gate": "success",
    });
  });
});

it("a site's build is kept", async () => {
  const report = await scene.run({ workflow: "frontend", event: "push" });
  expect(report.jobs, report.text).toEqual({ "frontend/build": "success" });
  expect(readFileSync(join(scene.actFolder, "artifacts/frontend/price.json"), "utf8")).toBe('{"price":2}\n');
});

describe("secrets", () => {
  it("are the environment's own: a deploy key each, which is not the administrator's", async () => {
    const [dev, prod] = [await scene.secrets("dev"), await scene.secrets("prod")];
    expect(Object.keys(dev).sort()).toEqual(["PULUMI_CONFIG_PASSPHRASE", "REGISTRY_PASSWORD", "SSH_PRIVATE_KEY"]);
    expect(dev.SSH_PRIVATE_KEY).toContain("OPENSSH PRIVATE KEY");
    expect(dev.SSH_PRIVATE_KEY).not.toBe(prod.SSH_PRIVATE_KEY);
  });

  it("let a pipeline deploy on its own host, and nothing else", async () => {
    const keyOf = async (stack: Stack): Promise<string> => {
      const file = join(scene.actFolder, `${stack}-key`);
      writeFileSync(file, (await scene.secrets(stack)).SSH_PRIVATE_KEY!, { mode: 0o600 });
      return file;
    };
    expect(await host(HOSTS.dev, await keyOf("dev")).exec("id")).toMatchObject({
      stdout: "",
      stderr: expect.stringContaining(`this key may only deploy ${NAME}`),
    });
    expect(await host(HOSTS.dev, await keyOf("prod")).exec("id")).toMatchObject({
      stdout: "",
      stderr: expect.stringContaining("Permission denied"),
    });
  });

  it("are in nothing that a job says, and in no file of the repository", async () => {
    // A line from the middle of a key, without what all keys share.
    const lines = await Promise.all(
      (["dev", "prod"] as const).map(async (stack) => (await scene.secrets(stack)).SSH_PRIVATE_KEY!.split("\n")[3]!),
    );
    expect(Object.values(scene.said).join("").length).toBeGreaterThan(10_000);
    for (const [name, marker] of Object.entries({
      ...PLANTED,
      devKey: lines[0]!,
      prodKey: lines[1]!,
      jobToken: scene.jobToken,
    })) {
      expect(
        (
          await findMarker(marker, {
            texts: scene.said,
            folders: [scene.checkout.folder, join(scene.actFolder, "cache")],
          })
        ).leaks,
        name,
      ).toEqual([]);
    }
  });
});
