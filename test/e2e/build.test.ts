import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shopProgram } from "../../sandbox/shop.ts";
import { DOCKERFILE } from "../support/dockerfile.ts";
import { ensureHosts, nameOf, own } from "../support/hosts.ts";
import { renderProgram } from "../support/program.ts";
import { Project } from "../support/project.ts";
import { CHECKOUT, expectOk, run } from "../support/run.ts";
import { REGISTRY, settings } from "../support/sandbox.ts";
import { served } from "../support/served.ts";

const [target] = own;
const NAME = "built";
const DOMAIN = "built.test";
const OTHER_COMMIT = "0e9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b4a3f2e1d";
const COMMIT = "3f2c1ab9d0e84c5f8a7b6c5d4e3f2a1b0c9d8e7f";

const DECLARATION = {
  name: NAME,
  image: `${REGISTRY}/${NAME}`,
  domain: `http://${DOMAIN}`,
  build: { context: "context", platform: `linux/${process.arch === "arm64" ? "arm64" : "amd64"}` },
  services: { web: { port: 8000, health: "/health" } },
  verification: { version: "/api/v1/version" },
};

const applications = (version: string) => ({
  "slipway:applications": { [NAME]: { version, hosts: [nameOf(target)] } },
});

let project: Project;

beforeAll(async () => {
  await ensureHosts();
  project = await Project.create({
    name: NAME,
    program: renderProgram({ applications: [DECLARATION] }),
    env: { GITHUB_SHA: COMMIT },
    config: settings([target.number], { [NAME]: { version: "1.0.0", hosts: [nameOf(target)] } }),
  });
  mkdirSync(join(project.folder, "context"));
  copyFileSync(await shopProgram(), join(project.folder, "context", "app"));
  writeFileSync(join(project.folder, "context", "Dockerfile"), DOCKERFILE);
});

afterAll(async () => {
  if (!project) return;
  await project.destroy();
  await project.dispose();
});

test("an image is built with its version, pushed with its tags, and deployed by its digest", async () => {
  expectOk(await project.up());
  expect(await served(target, DOMAIN)).toBe("1.0.0");

  const image = (await target.ask(`jq -r '.images[]' /opt/${NAME}/current/manifest.json`)).trim();
  expect(image).toMatch(new RegExp(`^${REGISTRY}/${NAME}@sha256:[0-9a-f]{64}$`));
  // It fails where a test beside this one has stopped its host.
  const { stdout } = await run(process.execPath, ["sandbox/main.ts", "status"]);
  expect(stdout).toContain(`${NAME}:v1.0.0`);
  expect(stdout).toContain(`${NAME}:sha-${COMMIT.slice(0, 7)}`);
  const labels = JSON.parse(
    await target.ask(`docker image inspect ${image} --format '{{json .Config.Labels}}'`),
  ) as Record<string, string>;
  expect(labels["org.opencontainers.image.version"]).toBe("1.0.0");
  expect(labels["org.opencontainers.image.revision"]).toBe(COMMIT);
});

test("an unchanged source is no change", async () => {
  const { changes, code } = await project.preview(["--expect-no-changes"]);
  expect({ changes, code }).toMatchObject({ code: 0 });
  expect(Object.keys(changes)).toEqual(["same"]);
});

test("an image of which only the update knows the digest is judged by then, and stops it", async () => {
  const unsigned = {
    ...applications("1.1.0"),
    "slipway:policies": {
      rules: { "unsigned-image": { level: "mandatory", repositories: [REGISTRY], verify: ["false", "{image}"] } },
    },
  };
  const before = project.env.GITHUB_SHA;
  project.env.GITHUB_SHA = OTHER_COMMIT;
  project.setConfig(unsigned);
  const pack = ["--policy-pack", join(CHECKOUT, ".sandbox/built/policies")];
  const preview = await project.pulumi(["preview", "--stack", project.stack, ...pack]);
  expect([preview.code, preview.stdout]).toEqual([
    0,
    expect.stringMatching(/can't run policy 'unsigned-image'.*during preview/),
  ]);
  const update = await project.up(pack);
  expect(update.code).not.toBe(0);
  expect(update.stdout).toContain("its image is not signed as declared: false ended with 1");
  expect(await served(target, DOMAIN)).toBe("1.0.0");
  project.env.GITHUB_SHA = before;
  project.setConfig({ "slipway:policies": undefined, ...applications("1.0.0") });
  expectOk(await project.up());
});

test("a protected environment refuses an older version before anything is touched", async () => {
  await project.setConfig({
    "slipway:protected": true,
    "slipway:applications": { [NAME]: { version: "0.9.0", hosts: [nameOf(target)], observe: "0s" } },
  });
  const { code, stdout, stderr } = await project.up();
  expect(code).not.toBe(0);
  expect(stdout + stderr).toMatch(/0\.9\.0.*1\.0\.0|1\.0\.0.*0\.9\.0/s);
  expect(stdout + stderr).toContain("allowDowngrade");
  expect(await served(target, DOMAIN)).toBe("1.0.0");
});
