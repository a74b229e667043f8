/** What a state says that hosts confirmed: read from its resources alone. */
import { defined } from "../shared/records.ts";
import type { StackState } from "./stateFile.ts";

export const STACK = "slipway:stack:ComposeStack";
const IMAGE = "slipway:image:ContainerImage";

export type Resource = NonNullable<NonNullable<StackState["deployment"]>["resources"]>[number];

export const nameOf = ({ urn }: Resource): string => urn.split("::").at(-1)!;

const stackNamed = (resources: Resource[], name: string): Resource | undefined =>
  resources.find((one) => one.type === STACK && nameOf(one) === name);

/** The value of an option in a command as it succeeded last: a failed update leaves the one before. */
export function option(
  { inputs }: Resource,
  name: "token" | "version" | "release" | "outside-window",
): string | undefined {
  const command = inputs?.create;
  if (typeof command !== "string") return undefined;
  const match = new RegExp(` --${name} (?:'((?:[^']|'\\\\'')*)'|(\\S+))`).exec(command);
  return match ? (match[1] ?? match[2]!).replaceAll("'\\''", "'") : undefined;
}

export interface KeptStack {
  /** What its hosts confirmed last. */
  version?: string;
  release?: string;
  /** Digests of its accessories, by reference with tag. */
  pins?: Record<string, string>;
  /** Names of what was out of the ordinary when it was last deployed. */
  exceptions?: string[];
}

const isOf = ({ inputs }: Resource, command: string): boolean =>
  String(inputs?.create).includes(`/slipway ${command} `);

/** A Compose stack as its hosts confirmed it last, by the component's name. */
export function keptIn(resources: Resource[], name: string): KeptStack {
  const stack = stackNamed(resources, name);
  if (stack === undefined) return {};
  const commands = resources.filter(({ parent }) => parent === stack.urn);
  // With several hosts a deployment that nobody confirmed goes back by itself.
  const confirming = commands.filter((one) => isOf(one, "confirm"));
  const [last] = confirming.length > 0 ? confirming : commands.filter((one) => isOf(one, "deploy"));
  const { version, release, pins } = (stack.outputs ?? {}) as KeptStack;
  const told = last && { version: option(last, "version"), release: option(last, "release") };
  const { exceptions } = (stack.inputs?.policies ?? {}) as { exceptions?: object };
  return defined({
    version: told?.version ?? version,
    release: told?.release ?? release,
    pins,
    exceptions: exceptions && Object.keys(exceptions),
  });
}

export interface Confirmed {
  version: string;
  /** Of all its services' images, with their digests. */
  images: string[];
  /** Digests of images that have this version, those of its services: one where it can be told which is its own. */
  digests: string[];
}

/** What hosts confirmed of an application; undefined where that is not known: there is none, or the last deployment failed. */
export function confirmedIn(resources: Resource[], application: string): Confirmed | undefined {
  const component = stackNamed(resources, application);
  const tried = (component?.outputs as KeptStack | undefined)?.release;
  const { version, release } = keptIn(resources, application);
  if (tried === undefined || version === undefined || release !== tried) return undefined;
  const { services = {} } = (component!.inputs?.review ?? {}) as { services?: Record<string, { image?: string }> };
  const images = Object.values(services).flatMap(({ image }) => (typeof image === "string" ? [image] : []));
  const digests = resources
    .filter(({ type, parent }) => type === IMAGE && parent === component!.parent)
    .flatMap(({ outputs }) => (outputs?.version === version ? [String(outputs.digest)] : []))
    .filter((digest) => images.some((image) => image.endsWith(`@${digest}`)));
  return { version, images, digests: [...new Set(digests)] };
}

/** Names of an application's own images, without tag: those that have its version; empty where the state does not tell. */
export function repositoriesIn(resources: Resource[], application: string): string[] {
  const component = stackNamed(resources, application);
  const { version } = (component?.outputs ?? {}) as KeptStack;
  return resources
    .filter(({ type, parent }) => type === IMAGE && component !== undefined && parent === component.parent)
    .flatMap(({ outputs }) =>
      version !== undefined && outputs?.version === version && typeof outputs.reference === "string"
        ? [outputs.reference.split("@", 1)[0]!]
        : [],
    );
}
