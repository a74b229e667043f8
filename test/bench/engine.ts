/** What the engine and the program take when there is nothing to do, against a program with one trivial resource. */
import type { Project } from "../support/project.ts";
import { expectOk, type Result } from "../support/run.ts";
import { say, trivialProject } from "./place.ts";
import { atMost, compared } from "./statistics.ts";

interface Pair {
  runs: number;
  project: Project;
  /** How many times as long as the trivial program it may take. */
  most: number;
}

async function paired(name: string, { runs, project, most }: Pair, work: (one: Project) => Promise<Result>) {
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
    return { ...result, ...atMost(most, "times the floor", result.ratio) };
  } finally {
    trivial.dispose();
  }
}

export const previewNoop = (project: Project, runs: number) =>
  paired("preview_noop", { runs, project, most: 1.4 }, (one) =>
    one.pulumi(["preview", "--expect-no-changes", "--stack", one.stack]),
  );

export const upNoop = (project: Project, runs: number) =>
  paired("up_noop", { runs, project, most: 2 }, (one) => one.up(["--expect-no-changes"]));
