/** What is written down when it is settled, and the end: rollout/writeDown.sh, prune.sh. */
import { sideServes } from "./containers.ts";
import type { State } from "./state.ts";
import { type Context, has, type Steps } from "./steps.ts";

const sideOf = ({ holder }: State) => holder!.side;

/** `record`: what runs now is what was confirmed. */
const recordOf = (state: State, release: NonNullable<State["record"]>["release"]): State["record"] => ({
  release,
  containers: state.containers.map(({ id }) => id),
  upstream: state.upstream,
});

function prune(context: Context): void {
  const { state, setting } = context;
  const { release, before } = state.journal!;
  const needed = has(context, "prune asks no journal") ? [release] : [release, before.release];
  const others = state.confirmed.filter((other) => !needed.includes(other));
  const gone = others.slice(Math.max(0, setting.keep - needed.filter(Boolean).length));
  state.staged = state.staged.filter((other) => !gone.includes(other));
  state.confirmed = state.confirmed.filter((other) => !gone.includes(other));
}

export function forgetRelease(state: State, release: string): void {
  if (state.confirmed.includes(release as never) || release === state.journal?.before.release) return;
  state.staged = state.staged.filter((other) => other !== release);
}

export const WRITE_DOWN: Steps = {
  forget_upstreams: {
    run: ({ state }) => {
      state.kept = "none";
      if (!sideServes(state, sideOf(state))) state.upstream = "none";
    },
  },
  confirm_release: {
    fails: true,
    run: ({ state }) => {
      const { release } = state.journal!;
      state.confirmed = [release, ...state.confirmed.filter((other) => other !== release)];
    },
  },
  record: {
    fails: true,
    run: ({ state }) => {
      state.record = recordOf(state, state.journal!.release);
    },
  },
  prune: { fails: true, run: prune },
  "append_to_ledger confirmed": {
    fails: true,
    run: ({ state }) => {
      state.ledger = "confirmed";
    },
  },
  record_again: {
    fails: true,
    run: (context) => {
      const { state } = context;
      const { recorded } = state.journal!.before;
      const release = has(context, "the record keeps the release") ? state.record?.release : recorded;
      if (recorded && release) state.record = recordOf(state, release);
    },
  },
  remove_record: {
    run: ({ state }) => {
      if (!state.journal!.before.recorded) state.record = null;
    },
  },
  remove_mark: {
    run: (context) => {
      const { state } = context;
      const { release, marked } = state.journal!;
      if (marked || has(context, "the record keeps the release")) return;
      state.confirmed = state.confirmed.filter((other) => other !== release);
    },
  },
  forget_release: {
    fails: true,
    run: (context) => {
      const { state } = context;
      forgetRelease(state, state.journal!.release);
    },
  },
  "ledger deploy reverted": {
    fails: true,
    run: ({ state }) => {
      state.ledger = "reverted";
    },
  },
  remove_journal: {
    run: ({ state, says }) => {
      if (state.ledger !== (sideOf(state) === "after" ? "confirmed" : "reverted"))
        says.push("the ledger says otherwise");
      state.journal = null;
      state.ledger = "";
    },
  },
  outcome: {
    run: ({ state, says }) => {
      if (sideOf(state) === "after") says.push("confirmed");
      else says.push(state.record ? "serves as before" : "does not run");
    },
  },
};
