/**
 * A model of one application with one service on one host: what is on its disk, what Docker runs, and who is at work.
 * Everything is plain data, so that every state that can be reached can be told apart and searched (search.ts).
 */
import type { Fault } from "./faults.ts";

export type Release = "a" | "b" | "c";
export type Side = "before" | "after";

/** What a scenario holds fast. */
export interface Setting {
  readonly strategy: "rolling" | "recreate";
  /** The release that runs in the beginning, or none. */
  readonly first: Release | null;
  /** What may be deployed. */
  readonly releases: readonly Release[];
  /** Whether each release has a route of its own; else none reloads the proxy. */
  readonly routesDiffer: boolean;
  /** What happens to containers: nothing, they end by themselves, or somebody removes them. */
  readonly deaths: "none" | "end" | "go";
  readonly keep: number;
  /** Faults that are put in (faults.ts). */
  readonly faults: readonly Fault[];
}

export interface Container {
  id: number;
  release: Release;
  /** In the network slipway-APP; 0: none was given yet. */
  address: number;
  state: "created" | "running" | "exited";
  /** Docker starts it again, also after the machine was started. */
  restarts: boolean;
  /** Not on the host: it, or what it was made again for, passed verification. */
  verified: boolean;
}

/** rollout.json. Ids of containers that are gone are taken out: Docker gives none twice. */
export interface Journal {
  release: Release;
  phase: "begun" | "confirmed" | "back";
  present: number[];
  /** The release was a rollback point before. */
  marked: boolean;
  before: {
    recorded: Release | null;
    release: Release | null;
    serves: boolean;
    containers: number[];
    restarts: number[];
    route: string;
  };
}

/** An upstream file: an address, "hold", a container's name without an address ("name"), or no file. */
export type Upstream = number | "hold" | "name" | "none";

/** Who holds the lock, and what it has still to do. A `)` in `todo` is the end of a process that another waits for. */
export interface Holder {
  /** What a deployer wants; null once its rollout has its journal, and for the recovery. */
  release: Release | null;
  side: Side;
  code: number;
  problem: boolean;
  todo: string[];
}

export interface State {
  journal: Journal | null;
  /** deployment.json. */
  record: { release: Release; containers: number[]; upstream: Upstream } | null;
  /** The last line that the ledger has of the journal's run. */
  ledger: "" | "confirmed" | "reverted";
  /** Folders below releases/, and those of them that are rollback points, the newest first. */
  staged: Release[];
  confirmed: Release[];
  containers: Container[];
  upstream: Upstream;
  /** APP.SERVICE.next. */
  candidate: Upstream;
  /** before/APP.SERVICE. */
  kept: Upstream;
  /** The route's file, and what the proxy has loaded. */
  route: string;
  loaded: string;
  holder: Holder | null;
  /** Not on the host: a container ended or went by itself, once: not yet, since it was last read what serves, or before. */
  died: "not" | "since" | "before";
}

export const routeOf = (setting: Setting, release: Release | null): string =>
  release === null ? "" : setting.routesDiffer ? release : "r";

/** Settled on `setting.first`. */
export function beginning(setting: Setting): State {
  const release = setting.first;
  const route = routeOf(setting, release);
  return {
    journal: null,
    record: release && { release, containers: [1], upstream: 3 },
    ledger: "",
    staged: release ? [release] : [],
    confirmed: release ? [release] : [],
    containers: release ? [{ id: 1, release, address: 3, state: "running", restarts: true, verified: true }] : [],
    upstream: release ? 3 : "none",
    candidate: "none",
    kept: "none",
    route,
    loaded: route,
    holder: null,
    died: "not",
  };
}

export const keyOf = (state: State): string => JSON.stringify(state);

export const copyOf = (state: State): State => ({
  ...state,
  journal: state.journal && {
    ...state.journal,
    present: [...state.journal.present],
    before: {
      ...state.journal.before,
      containers: [...state.journal.before.containers],
      restarts: [...state.journal.before.restarts],
    },
  },
  record: state.record && { ...state.record, containers: [...state.record.containers] },
  staged: [...state.staged],
  confirmed: [...state.confirmed],
  containers: state.containers.map((container) => ({ ...container })),
  holder: state.holder && { ...state.holder, todo: [...state.holder.todo] },
});
