/** Collects what is wrong, so that all of it is reported at once. */

import { type Duration, parseDuration } from "./duration.ts";
import { type Path, place } from "./issues.ts";
import { shown } from "./text.ts";

/** Every problem of a declaration, a line each. */
export class DeclarationError extends Error {}

/** A place may carry a name that is itself the problem. */
const plainPlace = (text: string): string => (/^[\x20-\x7e]{1,200}$/.test(text) ? text : shown(text));

const placeOf = (path: string | Path): string => (typeof path === "string" ? plainPlace(path) : place(path));

/** A line for each problem: its place, the value there, what is wrong with it; the way out. */
export class Problems {
  readonly found: string[] = [];
  private readonly root: string;
  private readonly settingsRoot: string;

  private constructor(root: string, settingsRoot: string) {
    this.root = root;
    this.settingsRoot = settingsRoot;
  }

  static ofApplication(name: string): Problems {
    return new Problems(`apps: ${plainPlace(name)}.`, `slipway:applications.${plainPlace(name)}.`);
  }

  static ofRepository(name: string): Problems {
    return new Problems(`repositories: ${plainPlace(name)}.`, `slipway:repositories.${plainPlace(name)}.`);
  }

  /** Their paths begin below `slipway:`. */
  static ofSettings(): Problems {
    return new Problems("slipway:", "slipway:");
  }

  /** @param remedy what is wrong with the value; the way out */
  add(path: string | Path, value: unknown, remedy: string): void {
    this.at(path, `${Array.isArray(value) ? JSON.stringify(value) : shown(value)} ${remedy}`);
  }

  /** Without a value, or with one that the message shows itself. */
  at(path: string | Path, message: string): void {
    this.found.push(`${this.root}${placeOf(path)}: ${message}`);
  }

  /** Of what the stack's settings say of the declared thing. */
  setting(path: string | Path, value: unknown, remedy: string): void {
    this.found.push(`${this.settingsRoot}${placeOf(path)}: ${shown(value)} ${remedy}`);
  }

  time(path: string, value: Duration | undefined, fallback: number): number {
    if (value === undefined) return fallback;
    const ms = parseDuration(value);
    if (ms === undefined) this.add(path, value, 'is not a time; write "500ms", "15s" or "2m"');
    return ms ?? fallback;
  }

  /** All of them in one error. */
  error(): DeclarationError {
    return new DeclarationError(this.found.join("\n"));
  }
}
