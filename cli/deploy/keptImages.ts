/** Which image a release has that hosts have confirmed, as they keep it: by its digest, whatever its tag is now. */
import { detailsCommand } from "../../components/protocol/commands.ts";
import { type InspectedApplication, parseInspect } from "../../components/protocol/inspect.ts";
import { Hosts, type Told } from "../hosts/ask.ts";
import type { Stack } from "../hosts/stack.ts";

/** What a host says of an application; undefined where it has none. */
export type Keeps = Pick<InspectedApplication, "release" | "version" | "underway" | "kept"> | undefined;

/** Asks all hosts of an application; of those that are not to be looked at it says so. */
export async function keptOn({ hosts, applications }: Stack, application: string): Promise<Told<Keeps>[]> {
  const names = applications[application]?.hosts ?? [];
  const isLooked = (name: string): boolean => hosts[name]?.look === true && process.env.SLIPWAY_LOOK !== "off";
  const asked = new Hosts(Object.fromEntries(names.filter(isLooked).map((name) => [name, hosts[name]!])));
  try {
    const told = await asked.all(
      async (ask, _, { root }): Promise<Keeps> =>
        parseInspect(await ask(detailsCommand(root))).applications[application],
    );
    const others = names.filter((name) => !isLooked(name));
    return [
      ...told,
      ...others.map((host) => ({ host, problem: "it is not looked at (look: false, or SLIPWAY_LOOK=off)" })),
    ];
  } finally {
    asked.close();
  }
}

/**
 * Digests of a release's own images, as those who keep it say.
 * @param repositories of the application's own images, where they are known
 */
export function digestsOf(told: Told<Keeps>[], release: string, repositories: string[]): string[] {
  const images = told.flatMap((one) =>
    "value" in one ? (one.value?.kept ?? []).flatMap((kept) => (kept.release === release ? kept.images : [])) : [],
  );
  const parts = images.map((image) => image.split("@"));
  const own = repositories.length === 0 ? parts : parts.filter(([name]) => repositories.includes(name!));
  return [...new Set(own.flatMap(([, digest]) => digest ?? []))];
}

export interface Confirmed {
  version: string;
  release: string;
  /** Who said it. */
  hosts: string[];
}

/** The release that all hosts have confirmed last. @throws Error where one does not say, deploys, or has another */
export function confirmedOn(told: Told<Keeps>[]): Confirmed {
  const releases = new Map<string, Confirmed>();
  for (const one of told) {
    if ("problem" in one) throw new Error(`${one.host} does not say it: ${one.problem}`);
    const { host, value } = one;
    if (!value?.release) throw new Error(`${host} has none`);
    if (value.underway) throw new Error(`${host} is deploying now`);
    const { release, version } = value;
    const known = releases.get(release);
    releases.set(release, { release, version, hosts: [...(known?.hosts ?? []), host] });
  }
  const [all, other] = releases.values();
  if (all === undefined) throw new Error("no host is asked for it");
  if (other !== undefined)
    throw new Error(
      `${all.hosts.join(", ")} has ${all.version}, and ${other.hosts.join(", ")} ${other.version}, of different releases`,
    );
  return all;
}
