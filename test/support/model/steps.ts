/** What a step is: the smallest part of a script between whose begin and end nothing else is seen. */
import type { Fault } from "./faults.ts";
import type { Setting, State } from "./state.ts";

/** A step at work: it changes `state`, which is its own copy. */
export interface Context {
  readonly setting: Setting;
  readonly state: State;
  /** The words after the step's name. */
  readonly words: readonly string[];
  readonly says: string[];
}

type Run = (context: Context) => void;

export interface Step {
  readonly run?: Run;
  /** It may fail and change nothing: a full disk, Docker that does not answer. */
  readonly fails?: true;
  /** What else may come of it. */
  readonly or?: readonly Run[];
}

export type Steps = Readonly<Record<string, Step>>;

/** The process ends with `code`: whoever waits for it goes on, else the lock is free. */
export function fail({ state }: Context, code: number): void {
  const holder = state.holder!;
  const end = holder.todo.indexOf(")");
  if (end === -1) state.holder = null;
  else Object.assign(holder, { code, todo: holder.todo.slice(end + 1) });
}

/** The code of a failing step: settle has a code of its own. */
export const codeOf = ({ holder }: State): number => {
  const settles = holder!.todo.indexOf("outcome");
  return settles !== -1 && settles < holder!.todo.indexOf(")") ? 6 : 1;
};

/** Calls come next, before what is still to do. */
export const call = ({ state }: Context, ...names: string[]): void => void state.holder!.todo.unshift(...names);

export const has = ({ setting }: Context, fault: Fault): boolean => setting.faults.includes(fault);
