/** The states of the model, drawn together: phase of the journal × whom users reach; and who moves between them, by what. */

import { reached } from "./containers.ts";
import type { Move } from "./machine.ts";
import { search } from "./search.ts";
import type { Setting, State } from "./state.ts";

interface Edge {
  from: string;
  to: string;
  by: Set<string>;
}

const SETTING: Setting = {
  strategy: "rolling",
  first: "a",
  releases: ["b"],
  routesDiffer: false,
  deaths: "end",
  keep: 2,
  faults: [],
};

const PHASES = { none: "no journal", begun: "begun", confirmed: "confirmed", back: "back" } as const;

function whom(state: State): "old" | "new" | "nobody" {
  const container = reached(state);
  if (!container) return "nobody";
  if (!state.journal)
    return container.release === state.record?.release && state.record.release === "b" ? "new" : "old";
  return container.release === "a" ? "old" : "new";
}

const nameOf = (state: State): string => `${state.journal?.phase ?? "none"}_${whom(state)}`;

/** Of a step the function of the scripts that does it. */
const STEPS: Record<string, string> = {
  docker_start: "start_again",
  docker_stop: "stop_container",
  update_no: "stop_container",
};

function label({ by, step, how }: Move): string | undefined {
  if (how === "dies") return "a container ends";
  if (how === "killed" || how === "fails" || how === "comes") return;
  const [name = ""] = step.split(" ");
  return `${by}: ${step === "phase confirmed" || step === "phase back" ? step : (STEPS[name] ?? name)}`;
}

/** Moves of the first deployment of b over a, as both have the same journal afterwards. */
export function edges(): Edge[] {
  const found = new Map<string, Edge>();
  search(SETTING, (from, move) => {
    const text = label(move);
    const [one, other] = [nameOf(from), nameOf(move.state)];
    if (one === other || !text || (from.record?.release === "b" && !from.journal)) return;
    const before = from.journal?.before.recorded ?? move.state.journal?.before.recorded ?? "a";
    if (before !== "a") return;
    const edge = found.get(`${one} ${other}`) ?? { from: one, to: other, by: new Set() };
    edge.by.add(text);
    found.set(`${one} ${other}`, edge);
  });
  return [...found.values()].sort((one, other) => (one.from + one.to < other.from + other.to ? -1 : 1));
}

export function diagram(all: readonly Edge[]): string {
  const names = [...new Set(all.flatMap(({ from, to }) => [from, to]))].sort();
  const text = { old: "users reach the old", new: "users reach the new", nobody: "requests are held or fail" };
  const state = (name: string): string => {
    const [phase, users] = name.split("_") as [keyof typeof PHASES, keyof typeof text];
    return `  ${name}: ${PHASES[phase]}<br/>${text[users]}`;
  };
  return [
    "stateDiagram-v2",
    ...names.map(state),
    "  [*] --> none_old",
    ...all.map(({ from, to, by }) => `  ${from} --> ${to}: ${[...by].sort().join("<br/>")}`),
  ].join("\n");
}
