/** What a plan says of a Compose project of another name whose place an application takes, or should decide about. */
import type { WantedVolume } from "../compose/volumes.ts";
import type { HostSeen, OtherProject } from "../protocol/inspect.ts";
import type { VersionedSettings } from "../settings/types.ts";
import { shown } from "../shared/text.ts";

export interface Adoption {
  application: string;
  host: string;
  adopt?: VersionedSettings["adopt"];
  mounts: WantedVolume[];
  /** Ports of the host that it publishes past the proxy, and names that its containers will have. */
  ports?: number[];
  names?: string[];
}

const listed = (names: string[]): string => names.join(", ") || "none";

/** @returns what ends the plan, and what it says */
export function adoption(wanted: Adoption, seen: HostSeen | undefined): { problems: string[]; note?: string } {
  if (seen === undefined || wanted.adopt === false) return { problems: [] };
  if (wanted.adopt === undefined) return { problems: undecided(wanted, seen) };
  const { application, host, adopt } = wanted;
  const at = `slipway:applications.${application}.adopt`;
  const project = seen.projects?.[adopt.project];
  const runs = seen.applications[application] !== undefined;
  const missing = adopt.volumes.filter((key) => seen.volumes && !seen.volumes.includes(`${adopt.project}_${key}`));
  const problems = missing.map(
    (key) =>
      `${at}.volumes: ${shown(key)}: ${host} has no volume ${adopt.project}_${key}; name those that the project ${adopt.project} has`,
  );
  if (project === undefined && seen.projects !== undefined && !runs)
    problems.push(
      `${at}.project: ${shown(adopt.project)} is no Compose project on ${host}; there are: ${listed(Object.keys(seen.projects))}`,
    );
  if (project === undefined || runs) return { problems };
  const names = project.containers.map(({ name }) => name);
  return {
    problems,
    note: `${application} on ${host} takes the place of the Compose project ${adopt.project}: stops ${listed(names)}; they stay on the host, and the way back starts them again`,
  };
}

/**
 * A project whose service of the same name has data at the same place, while the application would begin without it; or
 * one that has a port or a container's name that the application would take.
 */
function undecided(wanted: Adoption, { projects = {}, volumes, applications }: HostSeen): string[] {
  if (volumes === undefined) return [];
  const { application, host, mounts } = wanted;
  const empty = mounts.filter(({ name }) => !volumes.includes(name));
  return Object.entries(projects).flatMap(([project, { folder, containers }]) => {
    const data = containers.flatMap(({ service, volumes: all }) => all.map((volume) => ({ service, ...volume })));
    const found = empty.filter((one) =>
      data.some(({ service, target }) => service === one.service && target === one.target),
    );
    // One of its own name gives way by itself, and beside what runs already the host says which port is taken.
    const taken = project === application || applications[application] !== undefined ? [] : takes(wanted, containers);
    if (found.length === 0 && taken.length === 0) return [];
    const its = mounts.filter(({ key }) => volumes.includes(`${project}_${key}`));
    const keys = [...new Set((found.length > 0 ? found : its).map(({ key }) => key))];
    const has = [
      ...(found.length > 0
        ? [
            `has the data of ${listed(found.map(({ service, target }) => `${service} (${target})`))}, while ${application} would begin without it`,
          ]
        : []),
      ...(taken.length > 0 ? [`has ${taken.join(", ")}, which ${application} would take`] : []),
    ];
    const beside = [
      ...(found.length > 0 ? ["begins beside it without data"] : []),
      ...(taken.length > 0 ? [`leaves it these: give ${application} others`] : []),
    ];
    return [
      `slipway:applications.${application}: the Compose project ${project}${folder && ` (${folder})`} is on ${host}, and ${has.join(", and ")}. ` +
        `Decide: adopt: { project: ${project}${keys.length > 0 ? `, volumes: [${keys.join(", ")}]` : ""} } takes its place, adopt: false ${beside.join(", and ")}`,
    ];
  });
}

/** Ports and names of a project's containers that an application would take. */
function takes({ ports = [], names = [] }: Adoption, containers: OtherProject["containers"]): string[] {
  return containers.flatMap(({ name, ports: its = [] }) => [
    ...its.filter((port) => ports.includes(port)).map((port) => `port ${port} (${name})`),
    ...(names.includes(name) ? [`the container ${name}`] : []),
  ]);
}
