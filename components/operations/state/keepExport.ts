/**
 * Keeps exports of the state, for a rollback by `pulumi stack import`. Before an update changes anything, it writes the
 * state that the previous update left to a file; the file backend itself cannot return to an older state.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashOf } from "../../shared/hash.ts";
import { stackExport } from "../../state/stackExport.ts";
import type { StackState } from "../../state/stateFile.ts";

export interface KeepOptions {
  /** How many to keep; 0 keeps none. */
  keep: number;
  folder: string;
}

/** File name: the state's own time, then a hash of what was deployed (encrypted values differ each time they are written). */
function fileName(state: StackState): string {
  const time = (state.deployment?.manifest?.time ?? "").slice(0, 19).replaceAll(/[^0-9T]/g, "");
  return `${time}-${hashOf(state.deployment?.resources?.map(({ urn, inputs }) => [urn, inputs?.create]))}.json`;
}

export function keptExports(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .sort();
  } catch {
    return [];
  }
}

/** Whether a state is worth rolling back to: no operation was interrupted, and every Compose stack is as its hosts confirmed it. */
export function isWorthKeeping(state: StackState | undefined): state is StackState {
  const resources = state?.deployment?.resources ?? [];
  if (resources.length <= 1 || (state?.deployment?.pending_operations?.length ?? 0) > 0) return false;
  return resources
    .filter(({ type }) => type === "slipway:stack:ComposeStack")
    .every((stack) => {
      const commands = resources
        .filter(({ parent }) => parent === stack.urn)
        .map(({ inputs }) => String(inputs?.create));
      return (
        commands.length > 0 &&
        commands.every((command) => command.includes(`--release ${String(stack.outputs?.release)} `))
      );
    });
}

/** @returns the file's path; undefined if there was nothing new to keep */
export async function keepExport(options: KeepOptions): Promise<string | undefined> {
  if (options.keep === 0) return undefined;
  const state = await stackExport();
  if (!isWorthKeeping(state)) return undefined;
  const name = fileName(state);
  const kept = keptExports(options.folder);
  if (kept.at(-1)?.endsWith(name.slice(-17))) return undefined;
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const path = join(options.folder, name);
  writeFileSync(path, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  // This file replaces an older one with the same state.
  const others = kept.filter((file) => file !== name);
  const duplicates = others.filter((file) => file.endsWith(name.slice(-17)));
  const rest = others.filter((file) => !duplicates.includes(file));
  for (const file of [...duplicates, ...rest.slice(0, Math.max(0, rest.length + 1 - options.keep))])
    rmSync(join(options.folder, file));
  return path;
}

export const readExport = (path: string): StackState => JSON.parse(readFileSync(path, "utf8")) as StackState;
