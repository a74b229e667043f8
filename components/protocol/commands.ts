/** The commands that a program sends to a host, as strings; nothing here runs them. */

import { escapedReason } from "../shared/reason.ts";
import { defined } from "../shared/records.ts";
import { quote } from "../shared/shell.ts";
import { commandLine } from "./arguments.ts";
import type { ReleaseInput } from "./input.ts";

/** An application on a host. */
export interface Target {
  application: string;
  /** The folder for applications on the host. */
  root: string;
  /** Owner of the application on the host: another's work is neither replaced nor removed. */
  owner: string;
  /** Whether it is deployed although somebody else owns it. */
  takeOver?: boolean;
  /** Why it is deployed although its window is closed. @default it is not */
  outsideWindow?: string | undefined;
}

/** A release as commands identify it. */
export interface ReleaseName {
  /** 12 hexadecimal digits. */
  id: string;
  version: string;
}

export interface DeployOptions {
  /** Identifies the deployment; the host remembers it. */
  token: string;
  /** Milliseconds to wait for another deployment's lock. */
  lockWait: number;
  /** Milliseconds within which the other hosts must follow; 0 confirms at once. */
  confirmWithin: number;
  keepReleases: number;
  /** Whether this host runs the migration. @default true */
  migrates?: boolean;
}

const seconds = (milliseconds: number): number => Math.ceil(milliseconds / 1000);

export const inspectCommand = (root: string): string => commandLine(root, "inspect", undefined, {});

/** With what `slipway status` shows besides; an older host tells what it can. */
export const detailsCommand = (root: string): string => commandLine(root, "inspect", undefined, { details: true });

export interface LogsOptions {
  /** Default: all. */
  services?: readonly string[];
  /** Milliseconds back from now. Default: from the beginning. */
  since?: number;
  /** The last lines of each container, this many. Default: all. */
  tail?: number;
  /** Goes on until standard input ends. */
  follow?: boolean;
}

/** What an application's containers printed, a line each: container, |, time, text. */
export const logsCommand = (
  root: string,
  application: string,
  { services = [], since, tail, follow = false }: LogsOptions,
): string =>
  commandLine(root, "logs", application, {
    ...(services.length === 0 ? {} : { services: services.join(" ") }),
    ...defined({
      since: since === undefined ? undefined : `${seconds(since)}s`,
      tail: tail === undefined ? undefined : String(tail),
    }),
    ...(follow ? { follow: true as const } : {}),
  });

/** Runs a job now, and shows what it prints. @param token who asks for it */
export const jobCommand = (root: string, application: string, job: string, token: string): string =>
  commandLine(root, "job", application, { token, job });

/** What a run of a job printed. @param run default: the last that printed anything */
export const outputCommand = (root: string, application: string, job: string, run?: string): string =>
  commandLine(root, "output", application, { job, ...defined({ run }) });

/** Takes the backups of an application now, or restores the newest of each aside and checks it. @param name default: all, one after another */
export const backupCommand = (
  root: string,
  act: "backup" | "drill",
  application: string,
  token: string,
  name?: string,
): string => commandLine(root, act, application, { token, ...defined({ name }) });

/** The points in time to which an application's data can be restored, as JSON. */
export const pointsCommand = (root: string, application: string, name?: string): string =>
  commandLine(root, "points", application, defined({ name }));

/** What a restore does: it puts a point in the place of what is there, or ends what the last one has kept aside. */
export type Restoring = { point: string } | { act: "back" | "drop" };

export const restoreCommand = (
  root: string,
  application: string,
  { token, name, ...what }: { token: string; name: string } & Restoring,
): string =>
  commandLine(root, "restore", application, {
    token,
    name,
    ...("point" in what ? { point: what.point } : what.act === "back" ? { back: true } : { drop: true }),
  });

/** What an application's ledger holds, a line of JSON each. */
export const historyCommand = (root: string, application: string): string =>
  commandLine(root, "history", application, {});

/** What a host says of itself, for `slipway doctor`. */
export const doctorCommand = (root: string): string => commandLine(root, "doctor", undefined, {});

/** What pruning removes and keeps, as JSON; with `plan` nothing is removed. */
export const pruneCommand = (root: string, application: string, plan: boolean): string =>
  commandLine(root, "prune", application, plan ? { plan: true } : {});

/** Users get a page in place of an application (its input is a `Maintenance` as JSON), or the application again. */
export const maintenanceCommand = (root: string, application: string, isOn: boolean): string =>
  commandLine(root, "maintenance", application, isOn ? { on: true } : { off: true });

/** Holds a session, in the container that serves or in a fresh one of its release, until standard input ends. */
export const sessionCommand = (root: string, kind: "exec" | "run", application: string, service?: string): string =>
  commandLine(root, kind, application, defined({ service }));

/** The command of a session that is held, with the streams or the terminal of the channel that it is sent by. */
export const attachCommand = (root: string, application: string, session: string, words: readonly string[]): string =>
  [commandLine(root, "attach", application, { session }), "--", ...words.map(quote)].join(" ");

const ownership = ({ owner, takeOver = false }: Target) => ({
  owner,
  ...(takeOver ? { "take-over": true as const } : {}),
});

/** Puts a release on one of several hosts, and reserves the application there for the deployment that follows. */
export const stageCommand = (
  target: Target,
  { id, version }: ReleaseName,
  { token, lockWait }: Pick<DeployOptions, "token" | "lockWait">,
): string =>
  commandLine(target.root, "stage", target.application, {
    release: id,
    version,
    token,
    ...ownership(target),
    "lock-wait": seconds(lockWait),
  });

export const deployCommand = (target: Target, { id, version }: ReleaseName, options: DeployOptions): string =>
  commandLine(target.root, "deploy", target.application, {
    release: id,
    version,
    token: options.token,
    ...ownership(target),
    "lock-wait": seconds(options.lockWait),
    ...(options.confirmWithin > 0 ? { "confirm-within": seconds(options.confirmWithin) } : {}),
    keep: options.keepReleases,
    ...(options.migrates === false ? { "no-migration": true as const } : {}),
    ...(target.outsideWindow === undefined ? {} : { "outside-window": escapedReason(target.outsideWindow) }),
  });

/** Has no deployment of the application begin until it is unlocked. @param by like "anna@laptop" */
export const lockCommand = ({ root, application, owner }: Target, by: string, reason: string): string =>
  commandLine(root, "lock", application, { owner, by, reason: escapedReason(reason) });

export const unlockCommand = ({ root, application, owner }: Target, by: string): string =>
  commandLine(root, "unlock", application, { owner, by });

/** Asks a host that waits for its confirmation whether it can confirm. */
export const readyCommand = ({ root, application }: Target, { id, version }: ReleaseName, token: string): string =>
  commandLine(root, "prepare", application, { release: id, version, token });

export const confirmCommand = ({ root, application }: Target, { id, version }: ReleaseName, token: string): string =>
  commandLine(root, "confirm", application, { release: id, version, token });

export const destroyCommand = ({ root, application, owner }: Target, removeData: boolean): string =>
  commandLine(root, "destroy", application, { owner, ...(removeData ? { data: true } : {}) });

/**
 * Removes the stack's deploy keys, and the proxy if no application is left; keeps folders and Docker.
 * @param stack "<project>/<stack>"
 */
export const retireCommand = (root: string, stack: string): string => commandLine(root, "retire", undefined, { stack });

/**
 * Sends each of the stack's targets a test message from the host, which prints a line of JSON for each.
 * @param stack "<project>/<stack>"
 */
export const notifyTestCommand = (root: string, stack: string): string =>
  commandLine(root, "notify", undefined, { test: true, stack });

/** Asks a machine that is no host yet what it has and lacks; the script that asks comes through stdin. */
export const surveyCommand = (root: string, ports: readonly number[]): string =>
  ["sh -s --", quote(root), ...ports].join(" ");

/** Prepares a host; the script that does it comes through stdin. */
export const prepareCommand = (token: string): string => `bash -s -- --token ${quote(token)}`;

/** A deployment's stdin: the release and the logins. Secrets reach a host in no other way. */
export function deployInput(
  release: Pick<ReleaseInput, "files" | "secretFiles" | "releaseFiles">,
  registries: ReleaseInput["registries"],
): string {
  const { files, secretFiles, releaseFiles } = release;
  return JSON.stringify({ files, secretFiles, registries, ...defined({ releaseFiles }) } satisfies ReleaseInput);
}
