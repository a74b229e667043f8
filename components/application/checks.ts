/** Checks of what an application needs from outside its declaration: variables, and files that are not sent along. */

import { hostPath } from "../compose/hostPath.ts";
import { mentionedVariables } from "../compose/interpolate.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import { sourceOf, volumesOf } from "../compose/volumes.ts";
import { repositoryProblem } from "../image/reference.ts";
import { VARIABLE } from "../shared/names.ts";
import type { Problems } from "../shared/problems.ts";
import { composeFiles } from "./composeFiles.ts";
import type { ApplicationSpec } from "./declaration.ts";
import type { PlanContext } from "./model.ts";
import { secretsOf } from "./variables.ts";

/** The image's repository, and environment variables by name: what settings are checked for, a declaration is too. */
export function checkNames(problems: Problems, spec: ApplicationSpec): void {
  const wrong = spec.image === undefined ? undefined : repositoryProblem(spec.image);
  if (wrong !== undefined) problems.add("image", spec.image, wrong);
  const places = {
    environment: spec.environment,
    ...Object.fromEntries(
      Object.entries(spec.services ?? {}).map(([name, service]) => [
        `services.${name}.environment`,
        service.environment,
      ]),
    ),
  };
  for (const [place, variables] of Object.entries(places)) {
    for (const [name, value] of Object.entries(variables ?? {})) {
      if (!VARIABLE.test(name))
        problems.add(
          place,
          name,
          "is not a valid name for an environment variable; use letters, digits and '_', like \"LOG_LEVEL\"",
        );
      else if (String(value).includes("\0"))
        problems.add(
          `${place}.${name}`,
          value,
          "holds a NUL character, which no environment variable can carry; remove it",
        );
    }
  }
}

export function checkVariables(problems: Problems, spec: ApplicationSpec, needed: string[], known: string[]): void {
  for (const name of needed.filter((candidate) => !known.includes(candidate))) {
    problems.add(
      spec.compose ? "compose" : "services",
      `\${${name}}`,
      `has no value; set slipway:secrets.${spec.name}.${name} (pulumi config set --secret --path 'slipway:secrets.${spec.name}.${name}'), or slipway:applications.${spec.name}.environment.${name}`,
    );
  }
}

/** A secret and a variable of one name: which of them a container gets would be a guess. */
export function checkSecrets(problems: Problems, spec: ApplicationSpec, secrets: string[]): void {
  const clash = (place: string, variables: Record<string, string> | undefined, given: string[]): void => {
    for (const name of Object.keys(variables ?? {}).filter((candidate) => given.includes(candidate))) {
      problems.add(place, name, `is also slipway:secrets.${spec.name}.${name}; keep one of them`);
    }
  };
  clash("environment", spec.environment, secrets);
  if (spec.compose !== undefined) return;
  for (const [name, service] of Object.entries(spec.services ?? {}))
    clash(`services.${name}.environment`, service.environment, secretsOf(spec, service, secrets));
}

/** What a checkout has here is a developer's own; the host's is another. */
const HOSTS_OWN = /^\.\/(data|backups|logs)(\/|$)/;

/** Files of the project are not sent to a host, and Docker would silently make an empty folder of a missing one. */
export function checkMounts(
  problems: Problems,
  spec: ApplicationSpec,
  context: PlanContext,
  parsed: ComposeDocument,
  variables: Record<string, string>,
): void {
  for (const [name, service] of Object.entries(parsed.services)) {
    for (const volume of volumesOf(service)) {
      // What only a secret names is known to the host alone.
      const written = typeof volume === "string" ? volume : volume.source;
      if (mentionedVariables(written ?? "").some((variable) => context.secretNames.includes(variable))) continue;
      const source = sourceOf(volume, variables);
      if (!/^\.\.?(\/|$)/.test(source)) continue;
      const path = beside(composeFiles(spec)[0] ?? "", source);
      if (isFile(context, path)) {
        problems.add(
          `services.${name}.volumes`,
          source,
          "is a file beside the Compose file, which is not sent to the host; put it into the image, make it a secret (services.<name>.secretFiles), or put it on the host and name it by its full path",
        );
      }
      // In a declaration such a folder is the host's own, and these are so by their names.
      if (HOSTS_OWN.test(source)) continue;
      if (spec.compose !== undefined && isFilledFolder(context, path)) {
        problems.add(
          `services.${name}.volumes`,
          source,
          "is a folder with files beside the Compose file, which are not sent to the host: it would begin empty there; " +
            `put them into the image, or name the folder by its full path on the host, like "${hostPath(`${context.root}/${spec.name}`, source)}"`,
        );
      }
    }
  }
}

/** A path in a Compose file, as a path of the project. */
export const beside = (compose: string, path: string): string => `${compose.replace(/[^/]*$/, "")}${path}`;

export function isFile(context: PlanContext, path: string): boolean {
  try {
    context.readFile(path);
    return true;
  } catch {
    return false;
  }
}

function isFilledFolder(context: PlanContext, path: string): boolean {
  try {
    return context.listFolder(path).length > 0;
  } catch {
    return false;
  }
}
