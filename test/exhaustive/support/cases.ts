/** Cases: at which call of which command what is done. They are found by running once without harm and counting. */
import { PROGRAMS, WRITERS } from "./programs.ts";
import { SCENES, type Scene } from "./scenes.ts";

/** What is done: a deployment, one that fails its verification, a recovery from a kill, and a deployment where there was none before. */
export const ACTS = ["rollout", "revert", "recovery", "first"] as const;
export type Act = (typeof ACTS)[number];
/** Where nothing was before, `whole` does all that the others do. */
export const actsOf = (scene: Scene): Act[] => ACTS.filter((act) => act !== "first" || scene === "whole");
/**
 * fail: ends with 1 without running; late: runs, then ends with 1; kill: the whole rollout is killed; worker: its worker
 * alone; hang: Docker does not answer within its limit, and what else hangs is killed by somebody; full: from here on the disk is full.
 */
export const HARMS = ["fail", "late", "kill", "worker", "hang", "full"] as const;
export type Harm = (typeof HARMS)[number];

/** A call that the shim counted: the number is that among the calls of this program by this command. */
export interface Call {
  command: string;
  number: number;
  program: string;
  /** A checksum of the files of the application and the proxy, before the call. */
  files: string;
  words: string;
}

export interface Case extends Pick<Call, "command" | "program" | "number"> {
  scene: Scene;
  act: Act;
  harm: Harm;
}

export const nameOf = ({ scene, act, command, program, number, harm }: Case): string =>
  `${scene}:${act}:${command}-${program}-${number}:${harm}`;

export function parseCase(name: string): Case {
  const [scene, act, call = "", harm] = name.split(":");
  const [, command, program, number] = /^([a-z]+)-([a-z0-9]+)-(\d+)$/.exec(call) ?? [];
  const known =
    SCENES.some((one) => one === scene) && ACTS.some((one) => one === act) && HARMS.some((one) => one === harm);
  if (!known || command === undefined || program === undefined)
    throw new Error(
      `"${name}" is no case; one is named like rolling:rollout:work-curl-7:fail (${[SCENES, ACTS, HARMS].map((one) => one.join(", ")).join("; ")})`,
    );
  return { scene: scene as Scene, act: act as Act, command, program, number: Number(number), harm: harm as Harm };
}

export function parseCall(line: string): Call {
  const [command = "", number, program = "", files = "", words = ""] = line.split("\t");
  return { command, number: Number(number), program, files, words };
}

const programIn = ({ words }: Call): string =>
  words
    .split(" ")
    .slice(0, 5)
    .find((word) => /^[/a-z]/.test(word)) ?? "";
const isCompose = (call: Call): boolean => call.program === "timeout" && programIn(call).endsWith("/docker-compose");
/** What only starts the program that is counted next: that one is harmed in the same state of the host. Compose is no such program, as no shim stands before it. */
const isWrapper = (call: Call): boolean =>
  call.program === "timeout" && PROGRAMS.some((program) => program === programIn(call));
/** By its API; `refused` of docker.sh makes the same of every way in which such a question fails. */
const asksDocker = (call: Call): boolean =>
  call.program === "curl" && call.words.includes("--unix-socket") && !tellsDocker(call);

const READS = /^(?:ps|logs|inspect|version|context|(?:network|volume|image|container) (?:ls|inspect))\b/;
/** Whether Docker may do something because of it. */
function tellsDocker(call: Call): boolean {
  const { program, words } = call;
  if (program === "curl") return words.includes("--unix-socket") && !words.includes("--request GET");
  if (program === "docker") return !READS.test(words);
  if (isWrapper(call)) return !READS.test(words.slice(words.indexOf("docker ") + "docker ".length));
  return isCompose(call) && !/ config( |$)/.test(words);
}

const writes = (call: Call): boolean =>
  tellsDocker(call) || (WRITERS.has(call.program) && !["curl", "docker"].includes(call.program));

/**
 * The number of the state of the host in which each call begins: another one where files changed since the call before,
 * or where that one told Docker something. What is in the memory of processes is no part of it.
 */
function statesOf(calls: readonly Call[]): number[] {
  let state = 0;
  return calls.map((call, index) => {
    const before = calls[index - 1];
    if (before && (before.files !== call.files || (tellsDocker(before) && !isWrapper(before)))) state += 1;
    return state;
  });
}

/** Of a question that is asked again and again while somebody waits, so many. */
const POLLS = 3;

/** Cases, and how many more there would be that are the same as one of them. */
export interface Cases {
  cases: Case[];
  same: number;
}

/**
 * The harms that differ from each other at a call. Before the same state of the host
 *   - all are as good as one another to be killed at, with everything that runs: nothing but the state is left
 *   - so they are for a worker that is killed alone, unless the call itself writes, as it goes on
 *   - so they are for a disk that is full from there on: what ran meanwhile has written nothing
 * What only reads and hangs is as good as killed, or, if Docker is asked, has failed with words of its own, so each such
 * program hangs once. A question to Docker that is answered and fails yet has failed: it is so once in each command.
 */
export function casesOf(scene: Scene, act: Act, calls: readonly Call[]): Cases {
  const states = statesOf(calls);
  const done = new Set<string>();
  const first = (what: string): boolean => !done.has(what) && done.add(what) !== undefined;
  let polls = 0;
  let same = 0;
  const once = (harm: Harm, isFirst: boolean): Harm[] => {
    if (!isFirst) same += 1;
    return isFirst ? [harm] : [];
  };
  const cases = calls.flatMap((call, index): Case[] => {
    const { command, number, program } = call;
    if (command === "deploy" && program === "flock" && (polls += 1) > POLLS) return [];
    const state = states[index];
    const hangsNew = first(`hang ${command} ${program}`);
    const harms: Harm[] = [
      "fail",
      ...(WRITERS.has(program) || isCompose(call) ? once("late", !asksDocker(call) || first(`late ${command}`)) : []),
      ...(isWrapper(call) ? [] : once("kill", first(`kill ${state}`))),
      ...(command === "work" && !isWrapper(call) ? once("worker", first(`worker ${state}`) || writes(call)) : []),
      ...(program === "docker" ? [] : once("hang", tellsDocker(call) || hangsNew)),
      ...(isWrapper(call) ? [] : once("full", first(`full ${state}`))),
    ];
    return harms.map((harm) => ({ scene, act, command, program, number, harm }));
  });
  return { cases, same };
}
