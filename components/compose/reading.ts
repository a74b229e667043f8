/** Files of the project that make up a Compose document, and what is wrong with them. */
import { posix } from "node:path";
import { isMap, type Path, type Problem } from "../shared/issues.ts";
import { shown } from "../shared/text.ts";
import { isUnknown } from "./interpolate.ts";
import { MergeProblem } from "./places.ts";
import { type Layer, readYaml } from "./yaml.ts";

/** What reading needs from outside. */
export interface Reading {
  /** Reads a file of the project. */
  readFile: (path: string) => string;
  /** Variables that are known, and those that are not (`withUnknown`). */
  variables: Record<string, string>;
}

/** A problem with the file that it is in; without a place it is one of the whole file. */
export interface FileProblem extends Problem {
  file: string;
}

/** All that is wrong with a file. */
export class FileError extends Error {
  readonly problems: FileProblem[];
  constructor(problems: FileProblem[]) {
    super(problems.map(({ message }) => message).join("\n"));
    this.problems = problems;
  }
}

export const fileError = (file: string, path: Path, message: string): FileError =>
  new FileError([{ file, path: [...path], message }]);

export const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** @throws FileError in place of a MergeProblem */
export function ofFile<T>(file: string, put: () => T): T {
  try {
    return put();
  } catch (error) {
    throw error instanceof MergeProblem ? fileError(file, error.path, error.message) : error;
  }
}

/** @throws FileError */
export function layersOf(file: string, { readFile }: Reading): Layer[] {
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    throw fileError(file, [], reason(error));
  }
  let layers: Layer[];
  try {
    layers = readYaml(text);
  } catch (error) {
    throw fileError(file, [], `is not valid YAML: ${reason(error)}`);
  }
  if (!layers.every(({ value }) => isMap(value))) throw fileError(file, [], NO_SERVICES);
  return layers;
}

export const NO_SERVICES = 'declares no services; a Compose file needs a "services:" with at least one entry';

/**
 * Where a file that another one names is, as the program reads it.
 * @param home folder that its path is relative to
 * @throws FileError for one that is not in this project
 */
export function localPath(from: string, place: string[], home: string, path: string): string {
  if (isUnknown(path))
    throw fileError(from, place, "is a file that only a secret names; write its path, or make that variable a setting");
  if (/^[a-z][a-z0-9+.-]+:|^git@|^github\.com\//i.test(path))
    throw fileError(from, place, `${shown(path)} is not a file of this project; get it, and name it by its path`);
  if (posix.isAbsolute(path) || path.startsWith("~"))
    throw fileError(
      from,
      place,
      `${shown(path)} is a file of this machine alone; write a path relative to the project's folder`,
    );
  return posix.join(home, path);
}
