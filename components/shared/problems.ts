/** Collects what is wrong with a declaration, so that all of it is reported at once. */

import { type Duration, parseDuration } from "./duration.ts";
import { shown } from "./text.ts";

/** Every problem of a declaration, a line each. */
export class DeclarationError extends Error {}

/** A place may carry a name that is itself the problem. */
const plain = (path: string): string => (/^[\x20-\x7e]{1,200}$/.test(path) ? path : shown(path));

/** Where a thing is declared, and where an environment's settings speak of it. */
const PLACES = {
  application: { declared: "apps: ", settings: "slipway:applications." },
  repository: { declared: "repositories: ", settings: "slipway:repositories." },
};

export class Problems {
  readonly found: string[] = [];
  private readonly name: string;
  private readonly places: (typeof PLACES)["application"];
  constructor(name: string, kind: keyof typeof PLACES = "application") {
    this.name = name;
    this.places = PLACES[kind];
  }
  add(path: string, value: unknown, remedy: string): void {
    this.at(path, `${Array.isArray(value) ? JSON.stringify(value) : shown(value)} ${remedy}`);
  }
  /** Of a value that the message speaks of itself. */
  at(path: string, message: string): void {
    this.found.push(`${this.places.declared}${plain(this.name)}.${plain(path)}: ${message}`);
  }
  /** Of what the environment's settings say of it. */
  setting(path: string, value: unknown, remedy: string): void {
    this.found.push(`${this.places.settings}${plain(this.name)}.${plain(path)}: ${shown(value)} ${remedy}`);
  }
  time(path: string, value: Duration | undefined, fallback: number): number {
    if (value === undefined) return fallback;
    const ms = parseDuration(value);
    if (ms === undefined) this.add(path, value, 'is not a time; write "500ms", "15s" or "2m"');
    return ms ?? fallback;
  }
}
