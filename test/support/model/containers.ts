/** Containers and upstreams as the scripts find them: lib/containers.sh, lib/network.sh, rollout/routes.sh. */
import type { Container, Release, Side, State, Upstream } from "./state.ts";

/** `containers_for`: those that serve on this side, by what the journal says. */
export const containersFor = ({ journal, containers }: State, side: Side): Container[] =>
  side === "before"
    ? containers.filter(({ id }) => journal!.before.containers.includes(id))
    : containers.filter(({ id }) => !journal!.present.includes(id));

/** Those of neither: `remove_others` removes them. */
export const othersThan = (state: State, side: Side): Container[] => {
  const wanted = sideServes(state, side) ? containersFor(state, side) : [];
  return state.containers.filter((container) => !wanted.includes(container));
};

export const sideServes = ({ journal }: State, side: Side): boolean => side === "after" || journal!.before.serves;

export const releaseOf = ({ journal }: State, side: Side): Release | null =>
  side === "after" ? journal!.release : journal!.before.release;

/** `compose up --no-start`: a container of the release, without an address. */
export function makeContainer(state: State, release: Release, verified: boolean): Container {
  const id = state.containers.length + 1;
  const made: Container = { id, release, address: 0, state: "created", restarts: true, verified };
  state.containers.push(made);
  return made;
}

/** `pin_address`: the one after the highest that any container has. */
export function pinAddress(state: State, container: Container, avoid: readonly Upstream[]): void {
  if (container.address !== 0) return;
  let address = Math.max(2, ...state.containers.map((other) => other.address)) + 1;
  while (avoid.includes(address)) address++;
  container.address = address;
}

/** A container is gone: nothing that names its id finds it any more. */
export function removeContainer(state: State, gone: number): void {
  const renumber = (ids: number[]): number[] => ids.filter((id) => id !== gone).map((id) => (id > gone ? id - 1 : id));
  state.containers = state.containers.filter(({ id }) => id !== gone);
  for (const container of state.containers) if (container.id > gone) container.id--;
  if (state.record) state.record.containers = renumber(state.record.containers);
  if (state.journal) {
    state.journal.present = renumber(state.journal.present);
    state.journal.before.containers = renumber(state.journal.before.containers);
    state.journal.before.restarts = renumber(state.journal.before.restarts);
  }
  if (state.holder)
    state.holder.todo = state.holder.todo.map((step) => step.replace(/ \d+$/, (id) => ` ${renumber([Number(id)])}`));
  lowerAddresses(state);
}

/** States that differ by how high the addresses have risen are the same. */
function lowerAddresses(state: State): void {
  const all = [...state.containers.map(({ address }) => address), state.upstream, state.candidate, state.kept];
  if (state.record) all.push(state.record.upstream);
  const used = [...new Set(all.filter((address) => typeof address === "number" && address > 0) as number[])].sort();
  const lower = <T extends Upstream>(address: T): T =>
    typeof address === "number" && address > 0 ? ((3 + used.indexOf(address)) as T) : address;
  for (const container of state.containers) container.address = lower(container.address);
  state.upstream = lower(state.upstream);
  state.candidate = lower(state.candidate);
  state.kept = lower(state.kept);
  if (state.record) state.record.upstream = lower(state.record.upstream);
}

/** `dial`: what the upstream file must say for requests to reach this side. */
export function dial(state: State, side: Side): Upstream {
  const [container] = containersFor(state, side);
  if (!container) return "none";
  return container.address === 0 ? "name" : container.address;
}

/** The container that users' requests reach, if it runs. */
export const reached = ({ upstream, containers }: State): Container | undefined =>
  containers.find(({ address, state }) => address === upstream && address !== 0 && state === "running");
