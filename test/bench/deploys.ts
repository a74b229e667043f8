/** A version bump, idle and under load, against the floor; and the ways back. */
import { type LoadReport, startLoad } from "../../sandbox/load/index.ts";
import type { Project } from "../support/project.ts";
import { expectOk, type Result } from "../support/run.ts";
import type { Host } from "../support/ssh.ts";
import { FLOOR_PORT, floorUp, imageOf } from "./floor.ts";
import { application, configuration, domain, lastLine, say, type Versions } from "./place.ts";
import { compared, measured, medians, target as verdict } from "./statistics.ts";

/** Seconds that a deployment may take beyond the floor. */
const ALLOWED = 4;

/** The mix of the published numbers: 100 requests a second, half on new connections, and two 5-second answers a second. */
const MIX = {
  rate: 100,
  newShare: 0.5,
  slowRate: 2,
  slowSeconds: 5,
  durationSeconds: 300,
  downloadBytes: 0,
  uploadBytes: 0,
  websocketMs: 0,
};

export interface Scene {
  project: Project;
  host: Host;
  versions: Versions;
  runs: number;
}

const NAME = application(1);

/** Deploys a version of the first application; the exit code is in the result. */
export function deployVersion({ project, host }: Scene, version: string): Promise<Result> {
  project.setConfig(configuration({ 1: { version, hosts: [host.number] } }));
  return project.up();
}

async function underLoad<T>(
  options: { url: string; hostHeader?: string },
  work: () => Promise<T>,
): Promise<{ value: T; report: LoadReport }> {
  const load = startLoad({ ...MIX, ...options });
  await load.started;
  // The first slow answers are in flight before anything is changed.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const value = await work();
  return { value, report: await load.stop() };
}

const proxied = ({ host }: Scene) => ({ url: `http://${host.address}`, hostHeader: domain(1) });

export async function deploy(scene: Scene) {
  const { host, versions, runs } = scene;
  const samples: number[] = [],
    floor: number[] = [],
    steps: Record<string, number>[] = [];
  await floorUp(host, await imageOf(host, NAME));
  for (let run = 0; run < runs; run++) {
    samples.push(expectOk(await deployVersion(scene, versions.take())).seconds);
    steps.push((await lastLine(host, NAME)).steps);
    floor.push(await floorUp(host, await imageOf(host, NAME)));
    say(`deploy, idle: ${samples.at(-1)!.toFixed(1)} s, floor ${floor.at(-1)!.toFixed(1)} s`);
  }
  const result = compared(samples, floor);
  return {
    ...result,
    ...verdict(`at most ${ALLOWED} s over the floor`, result.over_floor <= ALLOWED),
    steps: medians(steps),
  };
}

export async function deployUnderLoad(scene: Scene) {
  const { host, versions, runs } = scene;
  const samples: number[] = [],
    floor: number[] = [],
    steps: Record<string, number>[] = [];
  const reports: LoadReport[] = [],
    floorReports: LoadReport[] = [];
  await floorUp(host, await imageOf(host, NAME));
  for (let run = 0; run < runs; run++) {
    const own = await underLoad(proxied(scene), () => deployVersion(scene, versions.take()));
    samples.push(expectOk(own.value).seconds);
    reports.push(own.report);
    steps.push((await lastLine(host, NAME)).steps);
    const image = await imageOf(host, NAME);
    const plain = await underLoad({ url: `http://${host.address}:${FLOOR_PORT}` }, () => floorUp(host, image));
    floor.push(plain.value);
    floorReports.push(plain.report);
    say(
      `deploy under load: ${samples.at(-1)!.toFixed(1)} s with ${own.report.failures} failures, floor ${plain.value.toFixed(1)} s with ${plain.report.failures}`,
    );
  }
  const result = { ...compared(samples, floor), ...traffic(reports), floor_traffic: traffic(floorReports) };
  return {
    ...result,
    ...verdict(
      `at most ${ALLOWED} s over the floor, 0 failed requests`,
      result.over_floor <= ALLOWED && result.failed_requests === 0,
    ),
    steps: medians(steps),
  };
}

function traffic(reports: LoadReport[]) {
  return {
    failed_requests: reports.reduce((sum, report) => sum + report.failures, 0),
    requests: reports.reduce((sum, report) => sum + report.requests, 0),
  };
}

/** `pulumi up` with the version before; the release is kept on the host. */
export async function rollbackManual(scene: Scene) {
  const { host, versions, runs } = scene;
  const [older, newer] = [versions.take(), versions.take()];
  const forth: number[] = [],
    samples: number[] = [],
    byHand: number[] = [];
  expectOk(await deployVersion(scene, older));
  for (let run = 0; run < runs; run++) {
    forth.push(expectOk(await deployVersion(scene, newer)).seconds);
    byHand.push(
      expectOk(await host.exec(`/opt/slipway/bin/slipway rollback ${NAME}`, { timeoutSeconds: 120 })).seconds,
    );
    expectOk(await deployVersion(scene, newer));
    samples.push(expectOk(await deployVersion(scene, older)).seconds);
    say(
      `rollback by pulumi up: ${samples.at(-1)!.toFixed(1)} s, by hand on the host ${byHand.at(-1)!.toFixed(1)} s, the deployment ${forth.at(-1)!.toFixed(1)} s`,
    );
  }
  const result = compared(samples, forth);
  return {
    ...result,
    floor_is: "a deployment",
    by_hand_on_the_host: measured(byHand),
    ...verdict("no slower than a deployment (10 % for noise)", result.ratio <= 1.1),
  };
}

/** A version that serves the wrong thing: seconds from the failed verification until the old one serves. */
export async function rollbackAutomatic(scene: Scene) {
  const { host, versions, runs } = scene;
  const samples: number[] = [],
    whole: number[] = [],
    reports: LoadReport[] = [];
  for (let run = 0; run < runs; run++) {
    const { value, report } = await underLoad(proxied(scene), () => deployVersion(scene, versions.wrong));
    const line = await lastLine(host, NAME);
    if (value.code === 0 || line.result !== "reverted")
      throw new Error(`a version that serves the wrong thing was not reverted:\n${value.stdout}${value.stderr}`);
    samples.push(line.steps.reverted!);
    whole.push(value.seconds);
    reports.push(report);
    say(`automatic rollback: ${samples.at(-1)!.toFixed(2)} s with ${report.failures} failures`);
  }
  const result = { ...measured(samples), ...traffic(reports), whole_command: measured(whole) };
  return {
    ...result,
    ...verdict("at most 2 s, 0 failed requests", result.median <= 2 && result.failed_requests === 0),
  };
}
