/** How preview and deployment grow with the applications of a host, and with the hosts of an application. */
import type { Project } from "../support/project.ts";
import { expectOk } from "../support/run.ts";
import { type Memory, watchMemory } from "./memory.ts";
import { configuration, say, type Wanted } from "./place.ts";
import { type Measured, measured } from "./statistics.ts";

export interface Size {
  preview?: Measured;
  deploy: Measured;
  /** Peak resident memory of a deployment, in mebibytes. */
  memory_mib: Memory;
}

/** Deploys the two versions of the first application in turn; everything else stays as it is. */
async function measure(project: Project, wanted: Wanted, versions: [string, string], runs: number): Promise<Size> {
  const useVersion = (version: string): void =>
    project.setConfig(configuration({ ...wanted, 1: { ...wanted[1]!, version } }));
  useVersion(versions[0]);
  expectOk(await project.up());
  useVersion(versions[1]);
  expectOk(await project.up());
  const preview: number[] = [],
    deploy: number[] = [],
    memory: Memory[] = [];
  for (let run = 0; run < runs; run++) {
    preview.push(expectOk(await project.pulumi(["preview", "--stack", project.stack])).seconds);
    useVersion(versions[run % 2]!);
    const up = project.upInBackground();
    const watch = watchMemory(up.pid);
    deploy.push(expectOk(await up.result).seconds);
    memory.push(watch.stop());
  }
  const most = (key: keyof Memory): number => Math.max(...memory.map((one) => one[key]));
  return {
    preview: measured(preview),
    deploy: measured(deploy),
    memory_mib: { engine: most("engine"), program: most("program"), plugins: most("plugins") },
  };
}

/** By number of applications on one host. */
export async function growth(
  project: Project,
  host: number,
  sizes: number[],
  versions: [string, string],
  runs: number,
): Promise<Record<number, Size>> {
  const found: Record<number, Size> = {};
  for (const size of sizes) {
    say(`growth: ${size} applications on one host`);
    const wanted = Object.fromEntries(
      Array.from({ length: size }, (_, index) => [index + 1, { version: versions[0], hosts: [host] }]),
    );
    found[size] = await measure(project, wanted, versions, runs);
    say(
      `growth: ${size} applications: preview ${found[size].preview!.median} s, deploy ${found[size].deploy.median} s`,
    );
  }
  return found;
}

/** By number of hosts of one application. */
export async function hosts(
  project: Project,
  numbers: number[],
  versions: [string, string],
  runs: number,
): Promise<Record<number, Size>> {
  const found: Record<number, Size> = {};
  for (const count of [1, numbers.length]) {
    found[count] = await measure(
      project,
      { 1: { version: versions[0], hosts: numbers.slice(0, count) } },
      versions,
      runs,
    );
    say(`${count} hosts: deploy ${found[count].deploy.median} s`);
  }
  return found;
}
