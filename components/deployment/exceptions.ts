/** What is out of the ordinary about a deployment, as the hosts and the earlier environment show it. */
import lt from "semver/functions/lt.js";
import parse from "semver/functions/parse.js";
import type { ApplicationPlan } from "../application/model.ts";
import { interpolate } from "../compose/interpolate.ts";
import { mountedVolumes, type WantedVolume } from "../compose/volumes.ts";
import { parseReference, referenceProblem } from "../image/reference.ts";
import { isDatabase } from "../policies/databases.ts";
import { type Exceptions, LATER } from "../policies/facts.ts";
import type { InspectedApplication } from "../protocol/inspect.ts";
import { defined, mapValues } from "../shared/records.ts";

/** What each host runs of the application; undefined where it runs nothing, or was not looked at. */
export type Running = Record<string, InspectedApplication | undefined>;

type Entries = [string, string][];

const filled = (entries: Entries): Record<string, string> | undefined =>
  entries.length > 0 ? Object.fromEntries(entries) : undefined;

/** Words by service, of what was asked elsewhere. */
type Asked = Required<Pick<Exceptions, "unproven" | "unsigned">>;

export function exceptionsOf(plan: ApplicationPlan, running: Running, { unproven, unsigned }: Asked): Exceptions {
  const { application, document, preflight, settings, variables, version } = plan.stack;
  const wanted = mountedVolumes(document, application, variables);
  const found = Object.entries(running).flatMap(([host, one]) => (one ? [{ host, ...one }] : []));
  return defined({
    downgrade: filled(found.flatMap((one) => downgrade(one.host, one.version, version))),
    takeOver: settings.takeOver ? (true as const) : undefined,
    outsideWindow: preflight.window === undefined ? undefined : settings.outsideWindow,
    volumesGone: filled(found.flatMap((one) => gone(one, wanted))),
    databases: filled(found.flatMap((one) => otherMajors(plan, one, wanted))),
    unproven: filled(Object.entries(unproven)),
    unsigned: filled(Object.entries(unsigned)),
  });
}

function downgrade(host: string, before: string, after: string): Entries {
  const [from, to] = [parse(before), parse(after)];
  return from && to && lt(to, from) ? [[host, `${before} => ${after}`]] : [];
}

/** Volumes that the running release writes to, and the next one has nowhere. */
const gone = ({ data = [] }: InspectedApplication, wanted: WantedVolume[]): Entries =>
  data
    .filter(({ name }) => !wanted.some((volume) => volume.name === name))
    .map(({ service, target, name }) => [`${service} ${target}`, name]);

/** Of a Postgres with an extension, whose tag names both versions: "0.8.0-pg16", "pg14-v0.2.0". */
const POSTGRES = /(?:^|-)pg(\d{1,2})(?!\d)/;
/** The first number of a tag: "15" of "15.4-alpine". */
const majorOf = (tag = ""): string | undefined => (POSTGRES.exec(tag) ?? /^v?(\d{1,3})(?!\w)/.exec(tag))?.[1];

/** The image of each service. @param images digest-pinned references, by reference with tag */
export const imagesOf = ({ stack, imageOf }: ApplicationPlan, images: Record<string, string>): Record<string, string> =>
  mapValues(
    stack.document.services,
    ({ image = "" }, name) => images[imageOf[name] ?? ""] ?? interpolate(image, stack.variables),
  );

/** Images of the application's own that the earlier environment has not confirmed. @param images by service */
export function unprovenIn(
  { stack, images: requests, imageOf }: ApplicationPlan,
  images: Record<string, string>,
  earlier: { name: string; confirmed: string[] | undefined },
): Record<string, string> {
  const said = (image: string): string | undefined => {
    if (earlier.confirmed === undefined) return `what ${earlier.name} has confirmed is not known`;
    if (image === LATER) return LATER;
    return earlier.confirmed.includes(image) ? undefined : `${earlier.name} has not confirmed this image`;
  };
  const own = stack.services.filter(({ name }) => requests[imageOf[name] ?? ""]?.own);
  return Object.fromEntries(
    own.flatMap(({ name }): Entries => {
      const text = said(images[name]!);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}

/** Databases of which another major version gets the data of the one that runs. */
function otherMajors(
  plan: ApplicationPlan,
  { pins = {}, data = [] }: InspectedApplication,
  wanted: WantedVolume[],
): Entries {
  const now = Object.values(plan.imageOf);
  const before = Object.keys(pins)
    .filter((reference) => !now.includes(reference) && referenceProblem(reference) === undefined)
    .map((reference) => ({ reference, ...parseReference(reference) }));
  // Where two of the same kind run, the one that keeps its image is not the one that gets another.
  const isNew = (image: string): boolean => !Object.hasOwn(pins, image);
  const repositoryOf = (image: string): string => parseReference(image).repository;
  return plan.stack.accessories.flatMap((service): Entries => {
    const image = plan.imageOf[service];
    if (image === undefined || !isDatabase(image)) return [];
    const { repository, tag } = parseReference(image);
    if (!isNew(image) && now.some((other) => isNew(other) && repositoryOf(other) === repository)) return [];
    const old = before.find((one) => one.repository === repository && majorOf(one.tag) !== majorOf(tag));
    const keeps = wanted.some((volume) => volume.service === service && data.some(({ name }) => name === volume.name));
    return old && keeps ? [[service, `${old.reference} => ${image}`]] : [];
  });
}
