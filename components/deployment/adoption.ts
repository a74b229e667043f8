/** What a plan says of a Compose project of another name whose place an application takes, or should decide about. */
import type { WantedVolume } from "../compose/volumes.ts";
import type { HostSeen } from "../protocol/inspect.ts";
import type { VersionedSettings } from "../settings/types.ts";
import { shown } from "../shared/text.ts";

export interface Adoption {
  application: string;
  host: string;
  adopt?: VersionedSettings["adopt"];
  mounts: WantedVolume[];
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

/** A project whose service of the same name has data at the same place, while the application would begin without it. */
function undecided({ application, host, mounts }: Adoption, { projects = {}, volumes }: HostSeen): string[] {
  if (volumes === undefined) return [];
  const empty = mounts.filter(({ name }) => !volumes.includes(name));
  return Object.entries(projects).flatMap(([project, { folder, containers }]) => {
    const data = containers.flatMap(({ service, volumes: all }) => all.map((volume) => ({ service, ...volume })));
    const found = empty.filter((one) =>
      data.some(({ service, target }) => service === one.service && target === one.target),
    );
    if (found.length === 0) return [];
    const keys = [...new Set(found.map(({ key }) => key))];
    return [
      `slipway:applications.${application}: the Compose project ${project}${folder && ` (${folder})`} is on ${host}, and has the data of ${listed(found.map(({ service, target }) => `${service} (${target})`))}, while ${application} would begin without it. ` +
        `Decide: adopt: { project: ${project}, volumes: [${keys.join(", ")}] } takes its place, adopt: false begins beside it without data`,
    ];
  });
}
