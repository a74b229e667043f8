/** While Docker is stuck, requests go on: nothing on their way asks it. */

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startLoad } from "../../sandbox/load/index.ts";
import { VERSIONS_ONLY } from "../support/load.ts";
import { expectOk, run } from "../support/run.ts";
import { Deployment, ready } from "./support/deployment.ts";
import { target } from "./support/prepared.ts";
import { sample } from "./support/release.ts";

const NAME = "stuck";
const deployment = new Deployment(target, sample(NAME));

const signal = async (name: "STOP" | "CONT"): Promise<void> => {
  expectOk(await run("docker", ["exec", target.container, "sh", "-c", `kill -${name} $(pidof dockerd)`]));
};

beforeAll(async () => {
  await ready(deployment);
  await deployment.deployed("1.0.0");
});
afterAll(async () => {
  await signal("CONT");
  await deployment.end();
});

test("no request fails while Docker is stuck, inspect says that it is, and a deployment ends by itself", async () => {
  const release = await deployment.release("1.1.0");
  const load = startLoad({
    url: `http://${target.address}`,
    hostHeader: deployment.domain,
    rate: 30,
    durationSeconds: 300,
    ...VERSIONS_ONLY,
  });
  await load.started;
  await signal("STOP");
  const began = performance.now();
  expect(await deployment.seen()).toMatchObject({ differences: ["Docker does not answer"] });
  const ended = await target.exec(`SLIPWAY_DOCKER_LIMIT=3 ${deployment.command(release)}`, {
    input: JSON.stringify({ files: release.files, secretFiles: release.secretFiles, registries: [] }),
    timeoutSeconds: 120,
  });
  expect(ended.code).not.toBe(0);
  expect(ended.stderr).toMatch(/Docker/);
  await sleep(Math.max(0, 15_000 - (performance.now() - began)));
  await signal("CONT");
  const report = await load.stop();
  expect(report.failuresByKind).toEqual({});
  expect(report.byVersion).toEqual({ "1.0.0": report.requests });
  expect(await deployment.seen()).toMatchObject({ version: "1.0.0", differences: [], underway: null });
});
