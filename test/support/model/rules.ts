/** What holds in every state, and what may be said in which. */
import { reached } from "./containers.ts";
import type { Move } from "./machine.ts";
import { routeOf, type Setting, type State } from "./state.ts";

/** The rule that the state breaks, or nothing. */
export function broken(setting: Setting, state: State): string | undefined {
  const { journal, staged, containers } = state;
  const running = containers.filter(({ state: is }) => is === "running");
  if (running.some(({ address, verified }) => address === state.upstream && !verified))
    return "users reach a container that was not verified";
  if (setting.strategy === "recreate" && running.length > 1) return "two containers of recreate run at the same time";
  if (journal) {
    if (journal.before.release && !staged.includes(journal.before.release))
      return "the release that the journal goes back to is gone";
    if (journal.phase === "confirmed" && !staged.includes(journal.release))
      return "the release that the journal goes forward to is gone";
    return;
  }
  const trouble = unsettled(setting, state);
  if (trouble) return `no journal, but ${trouble}`;
  return;
}

/** Why the host is not settled as its record says. A container that went meanwhile is drift, which `inspect` tells. */
export function unsettled(setting: Setting, state: State, strictly = false): string | undefined {
  const { record, containers, staged, confirmed, route, loaded } = state;
  const wanted = routeOf(setting, record?.release ?? null);
  if (route !== wanted) return "the route is another";
  if (loaded !== wanted) return "the proxy has another route loaded";
  if (!record) return containers.length > 0 || state.upstream !== "none" ? "what is not recorded runs" : undefined;
  if (!staged.includes(record.release)) return "the release that is recorded is gone";
  if (!confirmed.includes(record.release)) return "the release that is recorded is no rollback point";
  if (containers.some(({ release }) => release !== record.release)) return "a container of another release is there";
  if (containers.length > 1) return "two containers are there";
  if (containers.some(({ restarts }) => !restarts)) return "Docker would not start its container again";
  if (state.died === "since" && !strictly) return;
  if (containers.length === 0) return "the container that is recorded is gone";
  if (!record.containers.includes(containers[0]!.id)) return "the container that runs is not recorded";
  if (!reached(state)) return "users do not reach the container that is recorded";
  return;
}

/** What a move says that is not so. */
export function untrue(setting: Setting, { says, state }: Move): string | undefined {
  for (const said of says) {
    if (said === "nothing serves" && reached(state)) return "NOTHING SERVES was said while users are served";
    if (said === "the ledger says otherwise") return "the journal went before the ledger told its end";
    if (said === "removes what the journal needs") return "a container that the journal goes back to was removed";
    if (said === "removes what users reach") return "a container was removed to which users' requests lead";
    if (said === "begins over a journal") return "a deployment begins over a journal that nobody has settled";
    if (said === "does not run" && state.containers.length > 0) return "what runs was said not to run";
    if (["confirmed", "serves as before", "already runs"].includes(said)) {
      const trouble = unsettled(setting, state);
      if (trouble) return `"${said}" was said, but ${trouble}`;
    }
  }
  return;
}
