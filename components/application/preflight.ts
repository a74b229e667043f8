/** What is checked on a host before anything is touched there. */
import { isOneOf, portsOf, publishedPort } from "../compose/ports.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import type { Port } from "../compose/serviceSchema.ts";
import { parseDuration } from "../shared/duration.ts";
import type { Problems } from "../shared/problems.ts";
import { type DeploymentWindow, deploymentWindowProblems } from "../shared/window.ts";
import type { ApplicationSpec } from "./declaration.ts";
import type { Service } from "./model.ts";

/** When deployments are allowed. */
export function window(problems: Problems, spec: ApplicationSpec): DeploymentWindow | undefined {
  const given = spec.preflight?.window;
  if (given === undefined) return undefined;
  for (const { key, value, remedy } of deploymentWindowProblems(given))
    problems.add(`preflight.window.${key}`, value, remedy);
  return given;
}

const DAY = 86_400_000;
/** What a host takes at most. */
const MOST = 366 * DAY;

/**
 * How old the proof may be that an application's data can be restored, in milliseconds; undefined where none is asked for.
 * @param isProtected whether the environment is
 */
export function proof(
  problems: Problems,
  { preflight, backups }: ApplicationSpec,
  isProtected: boolean,
): number | undefined {
  const given = preflight?.proof;
  if (given === undefined) return isProtected && backups !== undefined ? 7 * DAY : undefined;
  if (given === false) return undefined;
  const [, days] = /^(\d{1,3})d$/.exec(given) ?? [];
  const age = days === undefined ? parseDuration(given) : Number(days) * DAY;
  if (age === undefined || age < 1000 || age > MOST)
    problems.add("preflight.proof", given, 'is no age of a proof; write one like "7d" or "36h", or false');
  if (backups === undefined)
    problems.add(
      "preflight.proof",
      given,
      "asks for a proof that nobody can give, as no backups are declared; declare them, or take it out",
    );
  return age;
}

/** Ports of the host that the document publishes, past the proxy. */
export function publishedPorts(
  { services }: ComposeDocument,
  own: Pick<Service, "name" | "ports">[],
  variables: Record<string, string>,
): number[] {
  const throughProxy = (name: string, port: Port): boolean =>
    own.some((service) => service.name === name && isOneOf(port, service.ports, variables));
  return Object.entries(services).flatMap(([name, service]) =>
    portsOf(service)
      .filter((port) => !throughProxy(name, port))
      .map((port) => publishedPort(port, variables))
      .filter((port) => port !== undefined),
  );
}
