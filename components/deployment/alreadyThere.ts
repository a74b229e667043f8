/** What a plan says of a Compose project that runs under an application's name and that Slipway did not make. */
import type { ApplicationPlan } from "../application/model.ts";
import type { HostSeen } from "../protocol/inspect.ts";

interface Services {
  application: string;
  /** Names of the release's own services. */
  services: string[];
  accessories: string[];
}

/** Undefined where the host runs no such project. The host does the same (rollout/begin.sh, settle.sh). */
export function alreadyThere({ application, services, accessories }: Services, seen: HostSeen): string | undefined {
  const containers = seen.projects?.[application]?.containers ?? [];
  if (containers.length === 0) return undefined;
  const named = (does: string, of: (service: string) => boolean): string[] => {
    const names = containers.filter(({ service }) => of(service)).map(({ name }) => name);
    return names.length === 0 ? [] : [`${does} ${names.join(", ")}`];
  };
  const known = [...services, ...accessories];
  const does = [
    ...named("takes over", (service) => accessories.includes(service)),
    ...named("replaces, once the new version is verified,", (service) => services.includes(service)),
    ...named("then removes", (service) => !known.includes(service)),
  ];
  return `a Compose project of this name is here already, made without Slipway: pulumi up ${does.join("; ")}. Volumes of the same name are used as they are`;
}

export const servicesOf = ({ stack: { application, services, accessories } }: ApplicationPlan): Services => ({
  application,
  accessories,
  services: services.map(({ name }) => name),
});
