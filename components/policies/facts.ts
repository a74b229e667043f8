/**
 * What rules judge: plain data that the plan shows too, without secrets. A text that is known later is `LATER`; reading it
 * ends the judgement of that one thing.
 */
import type { Plain } from "../shared/records.ts";
import type { Exemptions } from "./exemptions.ts";
import type { EnvironmentReview, RepositoryReview } from "./gitHubFacts.ts";

/** As the engine writes a text that is known after an update (`unknownValue` of its SDK). */
export const LATER = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

interface Common extends Circumstances {
  /** Its name in this program. */
  name: string;
}

/** What the stack's settings say, whatever is judged. */
export interface Circumstances {
  /** Whether the environment is. */
  protected: boolean;
  /** Levels and settings of rules. @default by the rules' severity, and their defaults */
  settings?: RuleSettings;
  exemptions: Exemptions;
}

/** By the rules' ids: a level, or settings with a `level` among them. `all` is the level of the others. */
export type RuleSettings = { all?: string; rules?: Record<string, string | Record<string, unknown>> };

/** An application's release, and what is out of the ordinary about deploying it. */
export interface ApplicationFacts extends Common {
  subject: "application";
  /** As the plan shows it; absent where the release cannot be rendered. */
  review?: Plain;
  /** The images as they are written, by service: "postgres:15". */
  images: Record<string, string>;
  /** How many it runs on. */
  hosts: number;
  /** Milliseconds that a host which has switched waits for the others. */
  confirmWithin: number;
  exceptions: Exceptions;
}

/** What only happens now and then, in words; absent where it does not, or was not looked for. */
export interface Exceptions {
  /** An older version takes the place of a newer one, by host: "1.4.0 => 1.3.0". */
  downgrade?: Record<string, string>;
  /** It is taken over from another project or stack. */
  takeOver?: true;
  /** Why it may be deployed outside of its window. */
  outsideWindow?: string;
  /** Volumes that the release before mounted and this one does not, by service and path: `{ "web /data": "shop_data" }`. */
  volumesGone?: Record<string, string>;
  /** Databases of another major version on the same data, by service: "postgres:15 => postgres:16". */
  databases?: Record<string, string>;
  /** Images that the earlier environment has not confirmed, by service: "staging has not confirmed it". */
  unproven?: Record<string, string>;
  /** Images that must be signed and are not known to be, by service: "cosign ended with 1". */
  unsigned?: Record<string, string>;
}

/** Where one stands among the inputs of the application's component: a property path of the engine. */
export const exceptionPath = (exception: string): string => `policies.exceptions.${exception}`;

/** A machine. */
export interface HostFacts extends Common {
  subject: "host";
  /** Connections on which the machine's identity is not checked. */
  unchecked: { itself?: true; bastion?: true };
}

/** A repository as a whole, in the stack that owns it. */
export interface RepositoryFacts extends Common {
  subject: "repository";
  review: RepositoryReview;
}

/** A GitHub environment of this stack. Its name has the repository's before it: "shop.environments.prod". */
export interface EnvironmentFacts extends Common {
  subject: "environment";
  review: EnvironmentReview;
}

export type Facts = ApplicationFacts | HostFacts | RepositoryFacts | EnvironmentFacts;
export type Subject = Facts["subject"];
export type FactsOf<S extends Subject> = Extract<Facts, { subject: S }>;

/** One service of a release, with all that is known of the application. */
export interface ServiceFacts {
  name: string;
  /** Its part of the review. */
  shown: Plain;
  /** The image as it is written, "postgres:15"; absent where a digest is. */
  image?: string;
  application: ApplicationFacts;
}

/** What is read is known later. */
export class Later extends Error {
  constructor(path: readonly string[]) {
    super(path.join("."));
  }
}

/** What stands at a path; undefined where nothing does. @throws Later where it is known later */
export function at(value: Plain | undefined, ...path: string[]): Plain | undefined {
  let found = value;
  if (found === LATER && path.length > 0) throw new Later(path.slice(0, 1));
  for (const [index, key] of path.entries()) {
    if (!isMap(found) || !Object.hasOwn(found, key)) return undefined;
    found = found[key];
    if (found === LATER) throw new Later(path.slice(0, index + 1));
  }
  return found;
}

/** What stands at a path, as text; undefined where nothing or a map does. @throws Later */
export function textAt(value: Plain | undefined, ...path: string[]): string | undefined {
  const found = at(value, ...path);
  return found === undefined || typeof found === "object" ? undefined : String(found);
}

/** Not what another program may write for nothing. */
const isMap = (value: Plain | null | undefined): value is Record<string, Plain> =>
  typeof value === "object" && value !== null;

/** Whether a switch is on, as Compose reads it: true, or a text that says so. @throws Later */
export const isOn = (value: Plain | undefined, ...path: string[]): boolean =>
  /^(?:true|yes|y|on|1)$/i.test(textAt(value, ...path) ?? "");

/** As a review shows what is secret: nobody who reads it, and no rule, knows what it says. */
const HIDDEN = /^secret(?::[0-9a-f]{4})?$/;

export const isHidden = (text: string | undefined): boolean => text !== undefined && HIDDEN.test(text);

/** The map at a path; empty where there is none. Its values may be `LATER`. @throws Later where it is itself */
export function mapAt(value: Plain | undefined, ...path: string[]): Record<string, Plain> {
  const found = at(value, ...path);
  return isMap(found) ? found : {};
}

/** The entries of a map; those that are known come first. @throws Later at the end, where one is known later */
export function* entriesAt(value: Plain | undefined, ...path: string[]): Generator<[string, Plain]> {
  const entries = Object.entries(mapAt(value, ...path));
  yield* entries.filter(([, entry]) => entry !== LATER);
  const [later] = entries.find(([, entry]) => entry === LATER) ?? [];
  if (later !== undefined) throw new Later([...path, later]);
}

/** The words of a line, as a review shows lists and commands: one with spaces is in quotes. */
export const wordsOf = (line: string): string[] =>
  Array.from(line.matchAll(/"(?:[^"\\]|\\.)*"(?!\S)|\S+/g), ([word]) => {
    if (!/^".*"$/s.test(word)) return word;
    try {
      return String(JSON.parse(word));
    } catch {
      return word;
    }
  });

/** A list of texts, which a review shows as one line. @throws Later */
export const wordsAt = (value: Plain | undefined, ...path: string[]): string[] => wordsOf(textAt(value, ...path) ?? "");

/** A list in Compose's short and long notations, which a review shows as one line or, where one entry is a map, by names. @throws Later */
export function listAt(value: Plain | undefined, ...path: string[]): Plain[] {
  const found = at(value, ...path);
  if (!isMap(found)) return found === undefined || found === null ? [] : wordsOf(String(found));
  return Object.entries(found).map(([name, entry]) => (entry === true ? name : entry));
}
