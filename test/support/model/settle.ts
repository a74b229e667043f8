/** The one end of a deployment and of its way back: rollout/settle.sh, writeDown.sh, prune.sh. */
import {
  containersFor,
  dial,
  makeContainer,
  othersThan,
  pinAddress,
  reached,
  releaseOf,
  removeContainer,
  sideServes,
} from "./containers.ts";
import { type Container, routeOf, type State } from "./state.ts";
import { type Context, call, fail, has, type Steps } from "./steps.ts";
import { avoided } from "./work.ts";

const sideOf = ({ holder }: State) => holder!.side;
const own = (state: State): Container[] =>
  sideServes(state, sideOf(state)) ? containersFor(state, sideOf(state)) : [];
const others = (state: State): Container[] => othersThan(state, sideOf(state));
const find = (state: State, id: string | undefined) =>
  state.containers.find((container) => container.id === Number(id));

/** `write_upstream`: with what it was, ready to be renamed back. */
function lead(context: Context): void {
  const { state } = context;
  if (!sideServes(state, sideOf(state))) return;
  const content = dial(state, sideOf(state));
  if (content === "none" || (content === "name" && !has(context, "a name counts as an address"))) return;
  if (state.kept === content && state.upstream !== content) state.kept = "none";
  state.upstream = content;
}

/** A rename needs no room on the disk, and what is so already is not written. */
const needsNoRoom = (state: State): boolean =>
  !sideServes(state, sideOf(state)) || [state.upstream, state.kept].includes(dial(state, sideOf(state)));

const failsToWrite = (context: Context): void => {
  if (has(context, "a write that fails is passed over")) return;
  if (needsNoRoom(context.state)) lead(context);
  else fail(context, 6);
};

/** Why the side does not serve: `does_not_serve`. */
function serves(context: Context): boolean {
  const { state } = context;
  if (!sideServes(state, sideOf(state))) return true;
  const containers = own(state);
  const upstream = dial(state, sideOf(state));
  if (upstream === "name" && !has(context, "a name counts as an address")) return false;
  return containers.length > 0 && containers.every(({ state: is }) => is === "running") && state.upstream === upstream;
}

function readWhatServes(context: Context): void {
  const { state } = context;
  if (has(context, "a write that fails is passed over")) return;
  const code = whatIsRead(context);
  if (code === 5) context.says.push("nothing serves");
  if (code !== 0) fail(context, code);
  else if (state.died === "since") state.died = "before";
}

/** 0: it serves; 5: nothing does; 6: it is not settled. */
function whatIsRead(context: Context): 0 | 5 | 6 {
  const { state, setting } = context;
  const { journal, holder } = state;
  if (holder!.problem || !serves(context))
    return reached(state) && !has(context, "nothing serves is said unread") ? 6 : 5;
  const wanted = holder!.side === "before" ? journal!.before.route : routeOf(setting, journal!.release);
  return state.route === wanted ? 0 : 6;
}

/** It has its restart policy: nobody began to stop it. */
const hasItsPolicy = ({ journal }: State, { id, restarts }: Container): boolean =>
  restarts || !journal!.before.restarts.includes(id);

const runsAsBefore = (context: Context, container: Container | undefined): boolean =>
  container?.state === "running" &&
  (has(context, "what runs keeps its policy") || hasItsPolicy(context.state, container));

export const SETTLE: Steps = {
  remove_temporary: {
    run: ({ state }) => {
      state.candidate = "none";
    },
  },
  see_what_runs: { fails: true },
  lead_if_it_runs: {
    run: (context) => {
      const { state } = context;
      if (!sideServes(state, sideOf(state))) return;
      if (runsAsBefore(context, own(state)[0])) lead(context);
      else state.upstream = "hold";
    },
    // Where it cannot hold, it goes on.
    or: [(context) => runsAsBefore(context, own(context.state)[0]) && failsToWrite(context)],
  },
  make_again: {
    run: (context) => {
      const { state } = context;
      if (!sideServes(state, sideOf(state)) || own(state).length > 0) return;
      call(context, "compose_up_again", "pin_again", "write_made", ")", "look_made");
    },
  },
  compose_up_again: {
    fails: true,
    run: (context) => {
      const { state } = context;
      const release = releaseOf(state, sideOf(state));
      if (!release || !state.staged.includes(release)) return fail(context, 1);
      const { id } = makeContainer(state, release, true);
      state.holder!.todo.splice(0, 2, `pin_again ${id}`, `write_made ${id}`);
    },
  },
  pin_again: {
    fails: true,
    run: (context) => {
      const container = find(context.state, context.words[0]);
      if (container) pinAddress(context.state, container, avoided(context));
    },
  },
  write_made: {
    fails: true,
    run: ({ state, words: [id] }) => {
      if (sideOf(state) === "before" && find(state, id)) state.journal!.before.containers = [Number(id)];
    },
  },
  look_made: {
    run: ({ state }) => {
      if (state.holder!.code === 0) return;
      state.holder!.problem = true;
      state.holder!.todo = state.holder!.todo.slice(state.holder!.todo.indexOf("lead") + 1);
    },
  },
  stop_other_side: {
    run: (context) => {
      const { setting, state } = context;
      if (setting.strategy === "rolling" || own(state).every(({ state: is }) => is === "running")) return;
      const running = others(state).filter(({ state: is }) => is === "running");
      call(context, ...running.map(({ id }) => `stop_container ${id}`));
    },
  },
  give_address: {
    run: (context) => {
      if (has(context, "a name counts as an address")) return;
      for (const { id, address } of own(context.state)) if (address === 0) call(context, `pin_again ${id}`);
    },
  },
  give_policy_back: {
    run: (context) => {
      const { state } = context;
      for (const container of own(state)) {
        const { id, state: is } = container;
        if (hasItsPolicy(state, container)) continue;
        if (!has(context, "what runs keeps its policy"))
          call(context, ...(is === "running" ? [`stop_container ${id}`] : []), `update_policy ${id}`);
        else if (is !== "running") call(context, `update_policy ${id}`);
      }
    },
  },
  start_again: {
    run: (context) => {
      for (const { id, state: is } of own(context.state)) if (is !== "running") call(context, `docker_start ${id}`);
    },
  },
  update_policy: {
    run: ({ state, words: [id] }) => {
      const container = find(state, id);
      if (container) container.restarts = true;
    },
    fails: true,
  },
  docker_start: {
    run: ({ state, words: [id] }) => {
      const container = find(state, id);
      if (container) container.state = "running";
      else state.holder!.problem = true;
    },
    or: [
      ({ state, words: [id] }) => {
        if (find(state, id)?.state !== "running") state.holder!.problem = true;
      },
    ],
  },
  lead: { run: lead, or: [failsToWrite] },
  read_what_serves: { run: readWhatServes, or: [(context) => fail(context, 6)] },
  remove_others: {
    run: (context) => {
      const [next] = others(context.state);
      if (!next) return;
      if (next.state === "running") call(context, `stop_container ${next.id}`);
      const at = next.state === "running" ? 1 : 0;
      context.state.holder!.todo.splice(at, 0, `remove_container ${next.id}`, "remove_others");
    },
  },
  stop_container: {
    run: (context) => call(context, `update_no ${context.words[0]}`, `docker_stop ${context.words[0]}`),
  },
  update_no: {
    fails: true,
    run: ({ state, words: [id] }) => {
      const container = find(state, id);
      if (container && state.journal!.before.restarts.includes(container.id)) container.restarts = false;
    },
  },
  docker_stop: {
    fails: true,
    run: ({ state, words: [id] }) => {
      const container = find(state, id);
      if (container?.state === "running") container.state = "exited";
    },
  },
  remove_container: {
    fails: true,
    run: ({ state, words: [id], says }) => {
      if (state.journal!.phase !== "confirmed" && state.journal!.before.containers.includes(Number(id)))
        says.push("removes what the journal needs");
      if (sideServes(state, sideOf(state)) && find(state, id)?.address === state.upstream)
        says.push("removes what users reach");
      removeContainer(state, Number(id));
    },
  },
};
