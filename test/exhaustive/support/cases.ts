/** Cases: at which call of which command what is done. They are found by running once without harm and counting. */
import { FILLERS, WRITERS } from "./programs.ts";
import { SCENES, type Scene } from "./scenes.ts";

export const ACTS = ["rollout", "revert", "recovery"] as const;
export type Act = (typeof ACTS)[number];
/** fail: ends with 1 without running; late: runs, then ends with 1; kill: the whole rollout is killed; worker: its worker alone; hang; full: from here on the disk is full. */
export const HARMS = ["fail", "late", "kill", "worker", "hang", "full"] as const;
export type Harm = (typeof HARMS)[number];

/** A call that the shim counted. */
export interface Call {
  command: string;
  number: number;
  program: string;
  words: string;
}

export interface Case {
  scene: Scene;
  act: Act;
  command: string;
  number: number;
  harm: Harm;
}

export const nameOf = ({ scene, act, command, number, harm }: Case): string =>
  `${scene}:${act}:${command}-${number}:${harm}`;

export function parseCase(name: string): Case {
  const [scene, act, call = "", harm] = name.split(":");
  const [, command, number] = /^([a-z]+)-(\d+)$/.exec(call) ?? [];
  const known =
    SCENES.some((one) => one === scene) && ACTS.some((one) => one === act) && HARMS.some((one) => one === harm);
  if (!known || command === undefined)
    throw new Error(
      `"${name}" is no case; one is named like rolling:rollout:work-37:fail (${[SCENES, ACTS, HARMS].map((one) => one.join(", ")).join("; ")})`,
    );
  return { scene: scene as Scene, act: act as Act, command, number: Number(number), harm: harm as Harm };
}

export function parseCall(line: string): Call {
  const [command = "", number, program = "", words = ""] = line.split("\t");
  return { command, number: Number(number), program, words };
}

/** What only starts the program that is counted next: that one is killed in the same state of the host. */
const WRAPPERS = new Set(["timeout"]);
/** Of a question that is asked again and again while somebody waits, so many. */
const POLLS = 3;

/** The harms that differ from each other at a call; programs that only read and hang are as good as killed, so each hangs once. */
export function casesOf(scene: Scene, act: Act, calls: readonly Call[]): Case[] {
  const hung = new Set<string>();
  let polls = 0;
  return calls.flatMap(({ command, number, program }): Case[] => {
    const once = !hung.has(`${command} ${program}`);
    hung.add(`${command} ${program}`);
    if (WRAPPERS.has(program)) return [{ scene, act, command, number, harm: "fail" }];
    if (command === "deploy" && program === "flock" && (polls += 1) > POLLS) return [];
    const harms: Harm[] = [
      "fail",
      "kill",
      ...(WRITERS.has(program) ? (["late"] as const) : []),
      ...(command === "work" ? (["worker"] as const) : []),
      ...(program === "docker" || once ? (["hang"] as const) : []),
      ...(FILLERS.has(program) ? (["full"] as const) : []),
    ];
    return harms.map((harm) => ({ scene, act, command, number, harm }));
  });
}
