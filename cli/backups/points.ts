/** `slipway points`: the points in time to which an application's data can be restored. */
import { pointsCommand } from "../../components/protocol/commands.ts";
import { z } from "../../components/shared/zod.ts";
import type { Hosts } from "../hosts/ask.ts";
import { readHosts } from "../hosts/stack.ts";
import { atPlaces, type DataOptions, type Place } from "./place.ts";
import type { Point, PointsReport } from "./report.ts";

/** A repository may be far away. */
const ANSWER_MS = 180_000;

const optionalText = z
  .string()
  .nullish()
  .transform((value) => value || undefined);
/** As a host prints them. */
const saidSchema = z.array(
  z.object({
    name: z.string(),
    id: z.string().regex(/^[0-9a-f]{8,64}$/),
    time: z.string(),
    release: optionalText,
    version: optionalText,
    bytes: z.number().nullish(),
    suspect: z.boolean().nullish(),
  }),
);

/** @throws Error where nothing could be asked */
export async function points(application: string, options: DataOptions): Promise<PointsReport> {
  const stack = await readHosts(options.stack);
  return atPlaces(stack, [application], options, async ({ hosts, places, unread }) => {
    const asked = await Promise.all(
      places.map((place) =>
        pointsAt(hosts, place, options.name).then(
          (found) => ({ found }),
          (error: Error) => ({ host: place.host, problem: error.message }),
        ),
      ),
    );
    return {
      stack: stack.name,
      application,
      time: new Date().toISOString().replace(/\.\d+/, ""),
      points: asked.flatMap((one) => ("found" in one ? one.found : [])),
      unread: [...unread, ...asked.flatMap((one) => ("problem" in one ? [one] : []))],
    };
  });
}

/** By backup, the newest first. @throws Error with why the host does not tell them */
export async function pointsAt(hosts: Hosts, { application, host, root }: Place, name?: string): Promise<Point[]> {
  const text = await hosts.ask(host, pointsCommand(root, application, name), ANSWER_MS);
  return parsePoints(text).map((point) => ({ host, ...point }));
}

/** @throws Error where a host prints something else */
export function parsePoints(text: string): Omit<Point, "host">[] {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    // Below.
  }
  const { data } = saidSchema.safeParse(raw);
  if (data === undefined)
    throw new Error(
      `slipway points printed something that this version does not understand: ${JSON.stringify(text.slice(0, 80))}`,
    );
  return data
    .map(({ name, id, time, release, version, bytes, suspect }) => ({
      name,
      id,
      time,
      ...(release === undefined ? {} : { release }),
      ...(version === undefined ? {} : { version }),
      ...(typeof bytes === "number" ? { bytes } : {}),
      ...(suspect === true ? { suspect } : {}),
    }))
    .sort((a, b) => (a.name === b.name ? Date.parse(b.time) - Date.parse(a.time) : a.name < b.name ? -1 : 1));
}

/** Fewer digits could mean several. */
const SHORTEST = 4;

/**
 * The point that is meant: by its id, or by the beginning of it; by default the newest that is not suspect.
 * @param all of one backup, the newest first
 * @throws Error where there is none, or several begin so
 */
export function pointNamed(
  all: readonly Point[],
  named: string | undefined,
  application: string,
  backup: string,
): Point {
  if (all.length === 0)
    throw new Error(`there is no backup of ${backup} of ${application} yet; slipway backup ${application} takes one`);
  if (named === undefined || named === "latest") {
    const good = all.find(({ suspect }) => !suspect);
    if (good !== undefined) return good;
    throw new Error(
      `all ${all.length} points of ${backup} of ${application} are suspect; look at them by slipway points ${application}, and name one to restore it all the same`,
    );
  }
  const meant = all.filter(({ id }) => id.startsWith(named));
  const [only] = meant;
  if (only !== undefined && meant.length === 1 && named.length >= SHORTEST) return only;
  throw new Error(
    only === undefined
      ? `${JSON.stringify(named)} is no point of ${backup} of ${application}; slipway points ${application} tells all of them`
      : `${JSON.stringify(named)} may be one of several points; write more of it, at least ${SHORTEST} digits`,
  );
}
