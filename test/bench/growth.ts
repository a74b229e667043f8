/** How preview and deployment grow with the applications of a host, and with the hosts of an application. */
import type { Project } from "../support/project.ts";
import { expectOk } from "../support/run.ts";
import { type Host, host } from "../support/ssh.ts";
import { floorUp, imagesOf } from "./floor.ts";
import { type Memory, watchMemory } from "./memory.ts";
import { application, configuration, say, type Wanted } from "./place.ts";
import { atMost, type Measured, measured, ratio, type Verdict } from "./statistics.ts";

export interface Size {
  preview: Measured;
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

type Sizes = Record<number, Size>;

/** By number of applications on one host; verdicts on the largest against the smallest. */
export async function growth(
  project: Project,
  target: number,
  sizes: number[],
  versions: [string, string],
  runs: number,
): Promise<Sizes & { preview_ratio: number; targets: Verdict[] }> {
  const found: Sizes = {};
  for (const size of sizes) {
    say(`growth: ${size} applications on one host`);
    const wanted = Object.fromEntries(
      Array.from({ length: size }, (_, index) => [index + 1, { version: versions[0], hosts: [target] }]),
    );
    found[size] = await measure(project, wanted, versions, runs);
    say(`growth: ${size} applications: preview ${found[size].preview.median} s, deploy ${found[size].deploy.median} s`);
  }
  const [least, most] = [found[sizes[0]!]!, found[sizes.at(-1)!]!];
  const preview_ratio = ratio(most.preview, least.preview);
  return {
    ...found,
    preview_ratio,
    targets: [
      atMost(1.5, "times the preview of one application", preview_ratio),
      atMost(250, "MiB of the program", most.memory_mib.program),
    ],
  };
}

/** By number of hosts of one application. */
export async function hosts(
  project: Project,
  numbers: number[],
  versions: [string, string],
  runs: number,
): Promise<Verdict & { sizes: Sizes; floor: Record<number, Measured>; floor_ratio: number; deploy_ratio: number }> {
  const found: Sizes = {};
  const floor: Record<number, Measured> = {};
  for (const count of [1, numbers.length]) {
    const those = numbers.slice(0, count);
    found[count] = await measure(project, { 1: { version: versions[0], hosts: those } }, versions, runs);
    floor[count] = await floorOn(
      those.map((number) => host(number)),
      runs,
    );
    say(`${count} hosts: deploy ${found[count].deploy.median} s, floor ${floor[count].median} s`);
  }
  const deploy_ratio = ratio(found[numbers.length]!.deploy, found[1]!.deploy);
  const floor_ratio = ratio(floor[numbers.length]!, floor[1]!);
  return {
    sizes: found,
    floor,
    floor_ratio,
    deploy_ratio,
    ...atMost(1.3, "times the deployment to one host", deploy_ratio),
  };
}

/** Plain Compose on all of them at once, as they share this machine: the two versions in turn. */
async function floorOn(targets: Host[], runs: number): Promise<Measured> {
  // The last one has none of a deployment before to the first alone.
  const images = await imagesOf(targets.at(-1)!, application(1));
  const all = (run: number) => Promise.all(targets.map((target) => floorUp(target, images[run % images.length]!)));
  const seconds: number[] = [];
  await all(0);
  for (let run = 1; run <= runs; run++) seconds.push(Math.max(...(await all(run))));
  return measured(seconds);
}
