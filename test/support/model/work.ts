/** The rollout, step by step: rollout/begin.sh, work.sh, strategies/, routes.sh. */
import { containersFor, dial, makeContainer, pinAddress } from "./containers.ts";
import { routeOf, type State, type Upstream } from "./state.ts";
import { type Context, call, fail, has, type Steps } from "./steps.ts";

function beginRollout(context: Context): void {
  const { state } = context;
  const { record, containers, staged } = state;
  const release = state.holder!.release!;
  state.holder!.release = null;
  state.ledger = "";
  const present = containers.map(({ id }) => id);
  const known = present.filter((id) => record?.containers.includes(id));
  const left = state.journal?.before;
  state.journal = {
    release,
    phase: "begun",
    present,
    marked: state.confirmed.includes(release),
    before: left ?? {
      recorded: record?.release ?? null,
      release: record && staged.includes(record.release) ? record.release : null,
      serves: record !== null || present.length > 0,
      containers: known.length > 0 ? known : present,
      restarts: containers.flatMap(({ id, restarts }) => (restarts ? [id] : [])),
      route: state.route,
    },
  };
  if (left && has(context, "no backup means no route")) state.journal.before.route = "";
}

/** Addresses that a new container does not get. */
export const avoided = (context: Context): Upstream[] =>
  has(context, "an upstream leads to a free address") ? [] : [context.state.upstream, context.state.candidate];

const newest = (state: State) => containersFor(state, "after")[0];

/** Whatever runs under `present` stops; the old container of `recreate`. */
const oldThatRuns = (state: State): number[] =>
  state.containers.flatMap(({ id, state: is }) =>
    state.journal!.present.includes(id) && is === "running" ? [id] : [],
  );

export const WORK: Steps = {
  begin_rollout: { fails: true, run: beginRollout },
  make_missing: { run: (context) => newest(context.state) ?? call(context, "compose_up", "pin_new") },
  compose_up: {
    fails: true,
    run: (context) => void makeContainer(context.state, context.state.journal!.release, false),
  },
  pin_new: { fails: true, run: (context) => pinAddress(context.state, newest(context.state)!, avoided(context)) },
  start_new: {
    fails: true,
    run: ({ state }) => {
      if (newest(state)) newest(state)!.state = "running";
    },
  },
  await_new: { fails: true, run: (context) => newest(context.state)?.state === "running" || fail(context, 1) },
  hold_service: {
    fails: true,
    run: ({ state }) => {
      state.upstream = "hold";
    },
  },
  stop_old: { run: (context) => call(context, ...oldThatRuns(context.state).map((id) => `stop_container ${id}`)) },
  offer_candidates: {
    fails: true,
    run: ({ state }) => {
      state.candidate = dial(state, "after");
    },
  },
  verify_candidate: {
    fails: true,
    run: (context) => {
      const made = newest(context.state);
      if (made?.state !== "running" || context.state.candidate !== made.address) fail(context, 1);
      else made.verified = true;
    },
  },
  keep_upstreams: {
    fails: true,
    run: ({ state }) => {
      state.kept = state.upstream;
    },
  },
  switch_by_renaming: {
    fails: true,
    run: (context) => {
      if (context.state.candidate === "none") return fail(context, 1);
      context.state.upstream = context.state.candidate;
      context.state.candidate = "none";
    },
  },
  "phase confirmed": {
    fails: true,
    run: ({ state }) => {
      state.journal!.phase = "confirmed";
    },
  },
};

const word = (words: readonly string[]): string => words[0] ?? "";

/** The route's file and the proxy that reads it: `replace_route`. */
export const ROUTE: Steps = {
  replace: {
    fails: true,
    run: ({ state, words }) => {
      if (word(words) !== "") state.route = word(words);
    },
  },
  remove_route_file: {
    run: ({ state, words }) => {
      if (word(words) === "") state.route = "";
    },
  },
  reload_proxy: {
    run: ({ state }) => {
      state.loaded = state.route;
    },
    or: [
      (context) => {
        context.state.route = word(context.words);
        const settling = context.state.holder!.todo.includes("outcome");
        fail(context, settling ? 6 : 1);
      },
    ],
  },
};

/** The route that a call of `install_route` is for. */
export function wantedRoute({ setting, state }: Context): string {
  const { journal, holder } = state;
  const after = routeOf(setting, journal!.release);
  const before = journal!.before.route;
  if (holder!.todo[0] === "verify_candidate") return after === state.route ? after : `${before}+${after}`;
  return holder!.todo.includes("outcome") && holder!.side === "before" ? before : after;
}
