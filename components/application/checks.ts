/** Checks of what an application needs from outside its declaration: the image, and variables. */
import { repositoryProblem } from "../image/reference.ts";
import { VARIABLE } from "../shared/names.ts";
import type { Problems } from "../shared/problems.ts";
import type { ApplicationSpec } from "./declaration.ts";
import { PASSWORD, secretsOf } from "./variables.ts";

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

export function checkDatabaseUrl(problems: Problems, { database, databaseUrl }: ApplicationSpec): void {
  if (databaseUrl === undefined) return;
  if (database === undefined)
    problems.add(
      "databaseUrl",
      databaseUrl,
      "is of a database that is not declared; declare `database`, or a variable",
    );
  // A password in plain text is not repeated.
  if (!databaseUrl.includes(PASSWORD))
    problems.at(
      "databaseUrl",
      `has no ${PASSWORD}, which stands for DATABASE_PASSWORD; write it where the password goes`,
    );
}

/** @param lacking names that have no value */
export function checkVariables(problems: Problems, spec: ApplicationSpec, lacking: string[]): void {
  for (const name of lacking) {
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
