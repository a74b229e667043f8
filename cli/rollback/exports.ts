/** Kept exports of the state. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keptExports } from "../../components/operations/state/keepExport.ts";
import { readExported } from "../../components/state/exportFile.ts";
import type { StackState } from "../../components/state/stateFile.ts";
import type { StackSettings } from "../check/stackSettings.ts";
import { askPulumi } from "../deploy/state.ts";

/** Where the program keeps them (slipway:exports.directory). */
export const exportsFolder = ({ stack, entries }: StackSettings): string => {
  const { directory = ".slipway/exports" } = JSON.parse(entries.exports ?? "{}") as { directory?: string };
  return join(directory, stack);
};

/** @throws Error if there is none */
export function newestExport(folder: string): string {
  const newest = keptExports(folder).at(-1);
  if (newest === undefined)
    throw new Error(`there is no kept export in ${folder}; name the file, like --state ../kept/prod.json`);
  return join(folder, newest);
}

/** @throws Error that says what is wrong with it; nothing is changed */
export function readExport(file: string, project: string, stack: string): StackState {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`);
  }
  return readExported(text, file, { project, stack, engine: askPulumi(["version"]).trim().replace(/^v/, "") });
}

/** Writes the state as it is beside the kept ones. @returns the file */
export function keepReplaced(text: string, folder: string): string {
  const kept = join(folder, "replaced");
  mkdirSync(kept, { recursive: true, mode: 0o700 });
  const file = join(kept, `${new Date().toISOString().replaceAll(/[-:]|\.\d+Z/g, "")}.json`);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

export const importState = (file: string, stack: string): void => {
  askPulumi(["stack", "import", "--stack", stack, "--file", file]);
};
