/** Checks of what an application needs from outside its declaration: variables, and files that are not sent along. */
import type { Context } from "./normalise.ts";
import type { Problems } from "./problems.ts";
import type { ApplicationSpec, ComposeDocument } from "./spec.ts";

export function checkVariables(problems: Problems, spec: ApplicationSpec, needed: string[], known: string[]): void {
  for (const name of needed.filter((candidate) => !known.includes(candidate))) {
    problems.add(spec.compose ? "compose" : "services", `\${${name}}`,
      `has no value; set slipway:secrets.${spec.name}.${name} (pulumi config set --secret --path 'slipway:secrets.${spec.name}.${name}'), or slipway:applications.${spec.name}.environment.${name}`);
  }
}

/** Files of the project are not sent to a host, and Docker would silently make an empty folder of a missing one. */
export function checkMountedFiles(problems: Problems, spec: ApplicationSpec, context: Context, parsed: ComposeDocument): void {
  const folder = (spec.compose ?? "").replace(/[^/]*$/, "");
  for (const [name, service] of Object.entries(parsed.services)) {
    for (const volume of (service["volumes"] as (string | { source?: string })[] | undefined) ?? []) {
      const source = typeof volume === "string" ? volume.split(":")[0]! : volume.source ?? "";
      if (!/^\.\.?\//.test(source) || !isFile(context, `${folder}${source}`)) continue;
      problems.add(`services.${name}.volumes`, source, "is a file beside the Compose file, which is not sent to the host; put it into the image, make it a secret (services.<name>.secretFiles), or put it on the host and name it by its full path");
    }
  }
}

function isFile(context: Context, path: string): boolean {
  try {
    context.readFile(path);
    return true;
  } catch {
    return false;
  }
}
