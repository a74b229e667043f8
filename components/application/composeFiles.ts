/** The Compose files of an application that brings its own. */
import { posix } from "node:path";
import { readDotenv } from "../compose/dotenv.ts";
import { loadCompose } from "../compose/load.ts";
import { FileError } from "../compose/reading.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import { place } from "../shared/issues.ts";
import type { Problems } from "../shared/problems.ts";
import type { ApplicationSpec } from "./declaration.ts";
import type { PlanContext } from "./model.ts";

/** The first one first: its folder is the project's. */
export const composeFiles = ({ compose }: ApplicationSpec): string[] => [compose ?? []].flat();

/** All of them, as an error names them. */
export const composeName = (spec: ApplicationSpec): string => composeFiles(spec).join(", ");

/** Undefined where they cannot be read: what would follow from them is not known. */
export function readCompose(
  problems: Problems,
  files: string[],
  { readFile }: PlanContext,
  variables: Record<string, string>,
): ComposeDocument | undefined {
  try {
    return loadCompose(files, { readFile, variables });
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    for (const { file, path, message } of error.problems) {
      if (path.length === 0) problems.add("compose", file, message);
      else problems.at(`compose: ${file}: ${place(path)}`, message);
    }
    return undefined;
  }
}

/** Profiles that are active: the declaration's, else those of COMPOSE_PROFILES in its variables or in a `.env` beside the file. */
export function activeProfiles(
  spec: ApplicationSpec,
  { readFile }: PlanContext,
  variables: Record<string, string>,
): string[] {
  if (spec.profiles !== undefined) return spec.profiles;
  const beside = posix.join(posix.dirname(composeFiles(spec)[0] ?? ""), ".env");
  let told = variables.COMPOSE_PROFILES;
  try {
    told ??= readDotenv(readFile(beside), variables).COMPOSE_PROFILES;
  } catch {
    // There is none.
  }
  return (told ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
