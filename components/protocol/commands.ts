/** The commands that deploy a release, as strings; nothing here runs them. They carry no secret. */

import { quote } from "../shared/shell.ts";
import type { ReleaseInput } from "./input.ts";

export interface Target {
  application: string;
  /** Folder of applications on the host. */
  root: string;
  /** Who owns the application there: a newer owner's work is not removed. */
  owner: string;
}

/** A release, as commands name it. */
export interface ReleaseName {
  /** 12 hexadecimal digits. */
  id: string;
  version: string;
}

export interface DeployOptions {
  /** Says which deployment this is; the host remembers it. */
  token: string;
  /** Milliseconds to wait for somebody else's lock. */
  lockWait: number;
  /** Milliseconds in which the other hosts must follow; 0 confirms at once. */
  confirmWithin: number;
  keepReleases: number;
}

const program = (target: Target): string => quote(`${target.root}/slipway/bin/slipway`);
const seconds = (ms: number): string => String(Math.ceil(ms / 1000));

export function stageCommand(target: Target, release: ReleaseName): string {
  return `${program(target)} stage ${target.application} --release ${release.id} --version ${quote(release.version)}`;
}

export function deployCommand(target: Target, release: ReleaseName, options: DeployOptions): string {
  return [
    `${program(target)} deploy ${target.application}`,
    `--release ${release.id} --version ${quote(release.version)}`,
    `--token ${quote(options.token)}`,
    `--owner ${quote(target.owner)}`,
    `--lock-wait ${seconds(options.lockWait)}`,
    ...(options.confirmWithin > 0 ? [`--confirm-within ${seconds(options.confirmWithin)}`] : []),
    `--keep ${options.keepReleases}`,
  ].join(" ");
}

export function confirmCommand(target: Target, release: ReleaseName, token: string): string {
  return `${program(target)} confirm ${target.application} --release ${release.id} --version ${quote(release.version)} --token ${quote(token)}`;
}

export function destroyCommand(target: Target, removeData: boolean): string {
  return `${program(target)} destroy ${target.application} --owner ${quote(target.owner)}${removeData ? " --data" : ""}`;
}

/** What a deployment gets on stdin: the release and the logins, the only way a secret takes to a host. */
export function deployInput(
  release: Pick<ReleaseInput, "files" | "secretFiles">,
  registries: ReleaseInput["registries"],
): string {
  return JSON.stringify({ files: release.files, secretFiles: release.secretFiles, registries } satisfies ReleaseInput);
}
