/**
 * Keeps the way back. Before an update changes anything, the state that the last one left is written to a file that
 * `pulumi stack import` takes; the file backend itself cannot give an older state back.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashOf } from "../../shared/hash.ts";
import { type StackState, stackExport } from "../../state/stackExport.ts";

export interface KeepOptions {
  /** How many to keep; 0 keeps none. */
  keep: number;
  folder: string;
}

/** File name: the state's own time, then a hash of what was deployed (encrypted values differ at every writing). */
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

/** A state to go back to: nothing was cut off, and what every stack declares is what its hosts confirmed. */
export function worthKeeping(state: StackState | undefined): state is StackState {
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

/** @returns the file's path; undefined when there was nothing new to keep */
export async function keepExport(options: KeepOptions): Promise<string | undefined> {
  if (options.keep === 0) return undefined;
  const state = await stackExport();
  if (!worthKeeping(state)) return undefined;
  const name = fileName(state);
  const kept = keptExports(options.folder);
  if (kept.at(-1)?.endsWith(name.slice(-17))) return undefined;
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const path = join(options.folder, name);
  writeFileSync(path, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  // The same state, kept under an older time, is this one now.
  const others = kept.filter((known) => known !== name);
  const same = others.filter((known) => known.endsWith(name.slice(-17)));
  const rest = others.filter((known) => !same.includes(known));
  for (const old of [...same, ...rest.slice(0, Math.max(0, rest.length + 1 - options.keep))])
    rmSync(join(options.folder, old));
  return path;
}

export const readExport = (path: string): StackState => JSON.parse(readFileSync(path, "utf8")) as StackState;
