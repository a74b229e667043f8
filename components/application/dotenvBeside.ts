/** A `.env` beside the Compose file: the settings stand in its place, so what only it has a value for is told. */
import { posix } from "node:path";
import { parseDotenv } from "../compose/dotenv.ts";
import { readsAllVariables } from "../compose/files.ts";
import { mentionedVariables } from "../compose/interpolate.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import type { Problems } from "../shared/problems.ts";
import { composeFiles, composeName } from "./composeFiles.ts";
import type { ApplicationSpec } from "./declaration.ts";
import type { PlanContext } from "./model.ts";
import { IGNORE_FILE, Project } from "./project.ts";

/** Names that the settings lack; none where there is no such file, or it is excluded. */
export interface DotenvBeside {
  /** As a person names it in the program's folder. */
  path: string;
  names: string[];
}

/** @param valued names that have a value without it */
export function dotenvBeside(spec: ApplicationSpec, context: PlanContext, valued: string[]): DotenvBeside {
  const folder = posix.dirname(composeFiles(spec)[0] ?? "program");
  const path = posix.join(folder, ".env");
  const found = spec.compose === undefined ? undefined : new Project(context, folder).mounted(".env", false);
  if (found?.kind !== "file") return { path, names: [] };
  const { entries } = parseDotenv(Buffer.from(found.files[0]!.content()).toString("utf8"));
  // Those of Compose itself are decided by Slipway.
  const names = entries.map(({ name }) => name).filter((name) => !valued.includes(name) && !/^COMPOSE_/.test(name));
  return { path, names: [...new Set(names)] };
}

const wayIn = (spec: ApplicationSpec, path: string): string =>
  `npm exec --no -- slipway import ${path} --application ${spec.name}`;

/**
 * Names without which the document cannot be deployed, that the file has.
 * @returns the others
 */
export function checkLacking(
  problems: Problems,
  spec: ApplicationSpec,
  needed: string[],
  { path, names }: DotenvBeside,
): string[] {
  const lacking = needed.filter((name) => names.includes(name));
  if (lacking.length > 0)
    problems.add(
      "compose",
      path,
      `has what ${composeName(spec)} needs and the settings lack: ${lacking.join(", ")}; a release's variables come from the settings: ${wayIn(spec, path)}`,
    );
  return needed.filter((name) => !lacking.includes(name));
}

/** A line for those that are used and may be missing: another value stands there then, or none. */
export function unusedValues(
  spec: ApplicationSpec,
  { services, ...rest }: ComposeDocument,
  needed: string[],
  { path, names }: DotenvBeside,
): string[] {
  const active = Object.values(services).map(({ build: _, ...service }) => service);
  const all = active.some(readsAllVariables);
  const used = new Set([...mentionedVariables({ active, ...rest }), ...active.flatMap(passedOn)]);
  const unused = names.filter((name) => !needed.includes(name) && (all || used.has(name)));
  if (unused.length === 0) return [];
  return [
    `apps: ${spec.name}.compose: ${JSON.stringify(path)} has values that ${composeName(spec)} uses and the settings lack, so they do not count: ${unused.join(", ")}; ` +
      `${wayIn(spec, path)} brings them into the settings; name .env in ${IGNORE_FILE} if it is a developer's own`,
  ];
}

/** `environment: [NAME]` has the value that Compose knows. */
const passedOn = ({ environment = [] }: ComposeDocument["services"][string]): string[] =>
  Array.isArray(environment)
    ? environment.filter((entry) => !entry.includes("="))
    : Object.entries(environment).flatMap(([name, value]) => (value === null ? [name] : []));
