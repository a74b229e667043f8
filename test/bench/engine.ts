/** What the engine and the program take when there is nothing to do, against a program with one trivial resource. */
import type { Project } from "../support/project.ts";
import { expectOk, type Result } from "../support/run.ts";
import { say, trivialProject } from "./place.ts";
import { compared, target } from "./statistics.ts";

const MOST = 2;

async function paired(name: string, runs: number, project: Project, work: (one: Project) => Promise<Result>) {
  const trivial = await trivialProject();
  try {
    for (const one of [project, trivial]) expectOk(await one.up());
    for (const one of [project, trivial]) expectOk(await work(one));
    const samples: number[] = [],
      floor: number[] = [];
    for (let run = 0; run < runs; run++) {
      samples.push(expectOk(await work(project)).seconds);
      floor.push(expectOk(await work(trivial)).seconds);
      say(`${name}: ${samples.at(-1)!.toFixed(2)} s, floor ${floor.at(-1)!.toFixed(2)} s`);
    }
    const result = compared(samples, floor);
    return { ...result, ...target(`at most ${MOST} times the floor`, result.ratio <= MOST) };
  } finally {
    trivial.dispose();
  }
}

export const previewNoop = (project: Project, runs: number) =>
  paired("preview_noop", runs, project, (one) => one.pulumi(["preview", "--expect-no-changes", "--stack", one.stack]));

export const upNoop = (project: Project, runs: number) =>
  paired("up_noop", runs, project, (one) => one.up(["--expect-no-changes"]));
