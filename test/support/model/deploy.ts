/** Deployers and the recovery: rollout/deploy.sh, stage.sh, work.sh (supervise, conclude), operate/recover.sh. */

import { routeOf, type State } from "./state.ts";
import { type Context, call, has, type Steps } from "./steps.ts";
import { forgetRelease } from "./writeDown.ts";

export const DEPLOY = ["settle_before_deploying", "intact", "already_there", "start_detached"];
export const RECOVER = ["conclude"];
/** What the supervisor and its child do. */
export const SUPERVISE = ["begin_rollout", "roll_out", ")", "conclude"];

const journalIn = ({ journal }: State, ...phases: string[]): boolean =>
  journal !== null && phases.includes(journal.phase);

/** `leave_unstaged`, under the lock. */
export function leaveUnstaged(context: Context, release: string): void {
  const { state } = context;
  if (state.journal && !has(context, "a refused deployment removes its release")) return;
  if (state.journal)
    state.staged = state.staged.filter((other) => other !== release || state.confirmed.includes(other));
  else forgetRelease(state, release);
}

const leave = (context: Context): void => {
  const { release } = context.state.holder!;
  context.state.holder = null;
  leaveUnstaged(context, release!);
};

export const stage = (state: State, release: NonNullable<State["holder"]>["release"]): void => {
  if (!state.staged.includes(release!)) state.staged = [...state.staged, release!].sort();
};

/** What `differences` of operate/inspect.sh is about. */
function differs({ setting, state }: Context): boolean {
  const { record, containers, upstream, route } = state;
  const all = containers.every(({ id, state: is }) => is === "running" && record!.containers.includes(id));
  const gone = containers.length === 0 || record!.containers.length === 0;
  return !all || gone || upstream !== record!.upstream || route !== routeOf(setting, record!.release);
}

const GOES_ON = [0, 1, 5];

export const DEPLOYER: Steps = {
  "apart settle after": {
    run: (context) => {
      if (!journalIn(context.state, "confirmed")) return;
      context.state.holder!.side = "after";
      call(context, "command_settle", ")");
    },
  },
  "phase back": {
    run: (context) => {
      if (journalIn(context.state, "confirmed") && context.state.holder!.code === 5)
        context.state.journal!.phase = "back";
    },
    or: [
      ({ state }) => {
        if (journalIn(state, "confirmed") && state.holder!.code === 5) state.holder!.code = 6;
      },
    ],
  },
  "apart settle before": {
    run: (context) => {
      if (!journalIn(context.state, "begun", "back")) return;
      Object.assign(context.state.holder!, { side: "before", problem: false });
      call(context, "command_settle", ")");
    },
  },
  // Where it is not settled, a deployment ends; where nothing serves, only it can help.
  fail: {
    run: (context) => {
      const { code } = context.state.holder!;
      const goesOn = has(context, "a killed settle counts as settled") ? code !== 6 : GOES_ON.includes(code);
      if (goesOn && !GOES_ON.includes(code)) context.says.push("begins over a journal");
      if (!goesOn) leave(context);
      else Object.assign(context.state.holder!, { code: 0, side: "before", problem: false });
    },
  },
  intact: { run: ({ state }) => stage(state, state.holder!.release), or: [(context) => leaveIfMissing(context)] },
  already_there: {
    run: (context) => {
      const { state } = context;
      if (state.record?.release !== state.holder!.release || state.journal || differs(context)) return;
      context.says.push("already runs");
      state.holder = null;
    },
  },
  start_detached: { run: ({ state }) => void (state.holder!.todo = [...SUPERVISE]), or: [leave] },
};

const leaveIfMissing = (context: Context): void => {
  if (!context.state.staged.includes(context.state.holder!.release!)) leave(context);
};
