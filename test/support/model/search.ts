/** All states that can be reached, each looked at once. */
import { Machine, type Move } from "./machine.ts";
import { broken, unsettled, untrue } from "./rules.ts";
import { beginning, keyOf, type Setting, type State } from "./state.ts";

export interface Found {
  readonly rule: string;
  /** What led there, a step a line. */
  readonly trace: readonly string[];
}

export interface Searched {
  readonly states: number;
  readonly moves: number;
  readonly found: Found | undefined;
}

interface Node {
  readonly state: State;
  readonly from: Node | undefined;
  readonly move: Move | undefined;
}

/** More would be what one and the same fault leaves, again and again. */
const most = ({ deaths }: Setting): number => (deaths === "none" ? 3 : 2);

export function search(setting: Setting, see: (from: State, move: Move) => void = () => {}): Searched {
  const machine = new Machine(setting);
  const first = beginning(setting);
  const seen = new Set([keyOf(first)]);
  const converges = new Set<string>();
  let level: Node[] = [{ state: first, from: undefined, move: undefined }];
  let moves = 0;
  const end = (node: Node, rule: string): Searched => ({
    states: seen.size,
    moves,
    found: { rule, trace: traceOf(node) },
  });
  while (level.length > 0) {
    const next: Node[] = [];
    for (const node of level) {
      if (!reachesSettled(machine, node.state, converges))
        return end(node, "nothing leads from here to a settled state");
      for (const move of machine.moves(node.state)) {
        moves++;
        if (move.state.containers.length > most(setting)) continue;
        see(node.state, move);
        const reached = { state: move.state, from: node, move };
        const rule = untrue(setting, move);
        if (rule) return end(reached, rule);
        const key = keyOf(move.state);
        if (seen.has(key)) continue;
        seen.add(key);
        const trouble = broken(setting, move.state);
        if (trouble) return end(reached, trouble);
        next.push(reached);
      }
    }
    level = next;
  }
  return { states: seen.size, moves, found: undefined };
}

/** Faults stop: who is at work ends, the recovery comes, and where that does not help, a plain deployment. */
function reachesSettled(machine: Machine, from: State, known: Set<string>): boolean {
  const path: string[] = [];
  let state: State = from;
  let tries = 0;
  for (let steps = 0; steps < 1000; steps++) {
    if (tries === 0) {
      const key = keyOf(state);
      if (known.has(key)) break;
      path.push(key);
    }
    if (state.holder) state = machine.done(state)!.state;
    else if (!state.journal && !unsettled(machine.setting, state, true)) break;
    else if (tries === 2) return false;
    else {
      state =
        state.journal && tries === 0
          ? machine.recovering(state)
          : machine.deploying(state, machine.setting.releases.at(-1)!);
      tries++;
    }
  }
  for (const key of path) known.add(key);
  return true;
}

function traceOf(node: Node): string[] {
  const trace: string[] = [];
  for (let at: Node | undefined = node; at?.move; at = at.from) {
    const { by, step, how, says } = at.move;
    trace.unshift([by, step, how === "done" ? "" : how, ...says.map((said) => `"${said}"`)].filter(Boolean).join(" "));
  }
  return trace;
}
