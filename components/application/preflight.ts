/** What is checked on a host before anything is touched there. */
import { isOneOf, portsOf, publishedPort } from "../compose/ports.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import type { Port } from "../compose/serviceSchema.ts";
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
