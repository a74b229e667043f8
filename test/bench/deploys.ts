/** A version bump, idle and under load, against the floor. */
import type { LoadOptions, LoadReport } from "../../sandbox/load/index.ts";
import type { Project } from "../support/project.ts";
import { expectOk, type Result } from "../support/run.ts";
import type { Host } from "../support/ssh.ts";
import { withCost } from "./cost.ts";
import { FLOOR_PORT, floorUp, imageOf } from "./floor.ts";
import { application, configuration, domain, lastLine, say, type Versions } from "./place.ts";
import type { Programs } from "./programs.ts";
import { atMost, compared, measured, median, medians } from "./statistics.ts";
import { IDLE, MIX, servesAfter, traffic, underLoad } from "./traffic.ts";

export interface Scene {
  project: Project;
  host: Host;
  versions: Versions;
  runs: number;
}

export const NAME = application(1);

/** Deploys a version of the first application; the exit code is in the result. */
export function deployVersion({ project, host }: Scene, version: string): Promise<Result> {
  project.setConfig(configuration({ 1: { version, hosts: [host.number] } }));
  return project.up();
}

export const proxied = ({ host }: Scene) => ({ url: `http://${host.address}`, hostHeader: domain(1) });

interface Sample {
  seconds: number;
  serves_after: number;
  client_cpu: number;
  programs: Programs;
  steps: Record<string, number>;
  report: LoadReport;
}

/** Deploys a new version while the load asks for it. */
async function sample(scene: Scene, load: Partial<LoadOptions>): Promise<Sample> {
  const version = scene.versions.take();
  const { value: cost, report } = await underLoad({ ...load, ...proxied(scene) }, () =>
    withCost(scene.host, () => deployVersion(scene, version)),
  );
  const { seconds } = expectOk(cost.value);
  const { steps } = await lastLine(scene.host, NAME);
  const one = { ...cost, seconds, serves_after: servesAfter(report, version, cost.begun), steps, report };
  say(
    `deploy, ${load.rate} requests a second: ${seconds.toFixed(1)} s, serves after ${one.serves_after.toFixed(1)} s, ${one.programs.total} programs, ${one.client_cpu.toFixed(1)} s of processor, ${report.failures} failures`,
  );
  return one;
}

function summary(samples: Sample[], floor: number[]) {
  const of = (key: "seconds" | "serves_after" | "client_cpu") => samples.map((one) => one[key]);
  const [serves_after, client_cpu] = [measured(of("serves_after")), measured(of("client_cpu"))];
  const { failed_requests, requests } = traffic(samples.map(({ report }) => report));
  const programs = programsOf(samples.map((one) => one.programs));
  return {
    ...compared(of("seconds"), floor),
    serves_after,
    client_cpu,
    programs,
    failed_requests,
    requests,
    steps: medians(samples.map(({ steps }) => steps)),
    targets: [
      atMost(2.5, "s until the new version serves", serves_after.median),
      atMost(60, "programs on the host", programs.total),
      atMost(1.2, "s of the client's processor", client_cpu.median),
      atMost(0, "failed requests", failed_requests),
    ],
  };
}

function programsOf(all: Programs[]): Programs {
  const unknown = all.find(({ total }) => total === null);
  if (unknown !== undefined) return unknown;
  const counts = all.map((one) => (one.total === null ? {} : one.by_name));
  return { total: median(all.map(({ total }) => total!)), by_name: medians(counts) };
}

export async function deploy(scene: Scene) {
  const { host, runs } = scene;
  const samples: Sample[] = [],
    floor: number[] = [];
  await floorUp(host, await imageOf(host, NAME));
  for (let run = 0; run < runs; run++) {
    samples.push(await sample(scene, IDLE));
    floor.push(await floorUp(host, await imageOf(host, NAME)));
    say(`floor: ${floor.at(-1)!.toFixed(1)} s`);
  }
  const result = summary(samples, floor);
  return { ...result, targets: [atMost(1.3, "s over the floor", result.over_floor), ...result.targets] };
}

export async function deployUnderLoad(scene: Scene) {
  const { host, runs } = scene;
  const samples: Sample[] = [],
    floor: number[] = [],
    reports: LoadReport[] = [];
  await floorUp(host, await imageOf(host, NAME));
  for (let run = 0; run < runs; run++) {
    samples.push(await sample(scene, MIX));
    const image = await imageOf(host, NAME);
    const plain = await underLoad({ ...MIX, url: `http://${host.address}:${FLOOR_PORT}` }, () => floorUp(host, image));
    floor.push(plain.value);
    reports.push(plain.report);
    say(`floor: ${plain.value.toFixed(1)} s with ${plain.report.failures} failures`);
  }
  const result = summary(samples, floor);
  return {
    ...result,
    floor_traffic: traffic(reports),
    targets: [atMost(MIX.slowSeconds + 3.5, "s, the slowest request and 3.5 s", result.median), ...result.targets],
  };
}
