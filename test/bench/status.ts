/** What `slipway status` takes: twenty applications over three hosts, and one of these hosts alone. */
import { join } from "node:path";
import { nameOf } from "../support/hosts.ts";
import type { Project } from "../support/project.ts";
import { CHECKOUT, expectOk, run } from "../support/run.ts";
import { host } from "../support/ssh.ts";
import { configuration, MOST_APPLICATIONS, say } from "./place.ts";
import { atMost, type Measured, measured, ratio, type Verdict } from "./statistics.ts";

const COMMAND = join(CHECKOUT, "cli/slipway.ts");

export interface StatusMeasured {
  all: Measured;
  one: Measured;
  ratio: number;
  targets: Verdict[];
}

/** Each application is on one host; the hosts have about as many. */
export async function status(
  project: Project,
  numbers: number[],
  version: string,
  runs: number,
): Promise<StatusMeasured> {
  say(`status: ${MOST_APPLICATIONS} applications over ${numbers.length} hosts`);
  const wanted = Array.from({ length: MOST_APPLICATIONS }, (_, index) => [
    index + 1,
    { version, hosts: [numbers[index % numbers.length]!] },
  ]);
  project.setConfig(configuration(Object.fromEntries(wanted)));
  expectOk(await project.up());
  const all: number[] = [];
  const one: number[] = [];
  const ask = async (...words: string[]): Promise<number> => {
    const { env, folder: cwd, stack } = project;
    return expectOk(await run(process.execPath, [COMMAND, "status", "--stack", stack, ...words], { cwd, env })).seconds;
  };
  await ask();
  for (let sample = 0; sample < runs; sample++) {
    one.push(await ask("--host", nameOf(host(numbers[0]!))));
    all.push(await ask());
  }
  const [whole, single] = [measured(all), measured(one)];
  say(`status: ${whole.median} s, of one host ${single.median} s`);
  const times = ratio(whole, single);
  return {
    all: whole,
    one: single,
    ratio: times,
    targets: [atMost(2, "s", whole.median), atMost(1.5, "times one host", times)],
  };
}
