import { chmodSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureHosts, own } from "../support/hosts.ts";
import { Project } from "../support/project.ts";
import { SHOP, settings } from "../support/sandbox.ts";
import { findMarker, plant } from "../support/secrets.ts";
import { clean, expectNoChange, fingerprintOf, programOf, said, upOk } from "./support/drift.ts";

const [target] = own;
const HOST = target.number;
const APP = "carried";
const DOMAIN = "carried.test";
const MARKER = plant("carried");

const COMPOSE = `services:
  web:
    image: ${SHOP}
    env_file: app.env
    volumes: ["./conf:/run/secrets:ro", "./uploads:/uploads"]
`;
const SPEC = {
  name: APP,
  image: SHOP,
  compose: "deploy/compose.yaml",
  domain: `http://${DOMAIN}`,
  services: { web: { port: 8000, health: "/health" } },
  verification: { version: "/api/v1/version" },
};

let project: Project;
const put = (path: string, content: string): void => {
  mkdirSync(dirname(join(project.folder, path)), { recursive: true });
  project.write(path, content);
};
const outputs: Record<string, string> = {};

beforeAll(async () => {
  await ensureHosts();
  project = await Project.create({
    name: APP,
    program: programOf([SPEC]),
    config: settings([HOST], { [APP]: { version: "1.0.0", hosts: [`host-${HOST}`], removeData: true } }),
  });
  put("deploy/compose.yaml", COMPOSE);
  put("deploy/app.env", `MARK=${MARKER}\n`);
  put("deploy/conf/a.conf", "first\n");
  put("deploy/conf/run.sh", "#!/bin/sh\n");
  put("deploy/uploads/.gitkeep", "");
  chmodSync(join(project.folder, "deploy/conf/run.sh"), 0o755);
});
afterAll(() => clean(project));

const plan = async (): Promise<string> => said(await project.pulumi(["preview", "--diff", "--stack", project.stack]));
const conf = (name: string) => fingerprintOf(target, DOMAIN, `/file?path=/run/secrets/${name}`);

describe("files beside a Compose file", () => {
  it("are in the plan by path, size and digest, and on the host after it", async () => {
    outputs.plan = await plan();
    expect(outputs.plan).toMatch(/"?app\.env"?\s*: "\d+ B, secret:[0-9a-f]{4}"/);
    expect(outputs.plan).toMatch(/"?\.\/conf\/a\.conf"?\s*: "6 B, sha256 [0-9a-f]{12}"/);
    expect(outputs.plan).toMatch(/"?\.\/conf\/run\.sh"?\s*: "10 B, sha256 [0-9a-f]{12}, executable"/);
    outputs.up = said(await upOk(project));
    expect(await conf("a.conf")).toMatchObject({ set: true, length: 6 });
    expect(await fingerprintOf(target, DOMAIN, "/env?name=MARK")).toMatchObject({ set: true, length: MARKER.length });
    expect((await target.ask(`stat -c %F /opt/${APP}/uploads`)).trim()).toBe("directory");
    await expectNoChange(project);
  });

  it("that hold secrets are in no plan, state or log, and privately on the host", async () => {
    const { leaks, expected } = await findMarker(MARKER, {
      texts: { ...outputs, state: await project.export() },
      folders: [join(project.folder, "state")],
      hosts: [target],
    });
    expect(leaks).toEqual([]);
    expect(expected.join("\n")).toMatch(/\/secrets\/[0-9a-f]{16}\/app_env \(600\)/);
  });

  it("are a change once their content is another, and none before", async () => {
    put("deploy/unnamed", "x");
    await expectNoChange(project);
    put("deploy/conf/a.conf", "second\n");
    expect(await plan()).toMatch(/6 B, sha256 [0-9a-f]{12}" => "7 B, sha256 [0-9a-f]{12}"/);
    await upOk(project);
    expect(await conf("a.conf")).toMatchObject({ length: 7 });
  });

  it("are refused before anything is touched where they lie outside", async () => {
    put("deploy/compose.yaml", COMPOSE.replace("./conf", "../conf"));
    const preview = await project.preview();
    expect(preview.code).not.toBe(0);
    // The preview prints JSON, which escapes quotes.
    expect(said(preview).replaceAll("\\", "")).toContain(
      'services.web.volumes: "../conf" leads out of the application\'s folder on the host',
    );
  });
});
