/** Collects what is wrong with a declaration, so that all of it is told at once. */
import { parseDuration } from "../settings/duration.ts";
import { shown } from "../settings/names.ts";
import type { Duration } from "./spec.ts";

/** Every problem of a declaration, a line each. */
export class DeclarationError extends Error {}

/** A place may carry a name that is itself the problem. */
const plain = (path: string): string => (/^[\x20-\x7e]{1,200}$/.test(path) ? path : shown(path));

export class Problems {
  readonly found: string[] = [];
  readonly application: string;
  constructor(application: string) { this.application = application; }
  add(path: string, value: unknown, remedy: string): void {
    this.found.push(`apps: ${this.application}.${plain(path)}: ${Array.isArray(value) ? JSON.stringify(value) : shown(value)} ${remedy}`);
  }
  /** Of what the environment's settings say of the application. */
  setting(path: string, value: unknown, remedy: string): void {
    this.found.push(`slipway:applications.${this.application}.${plain(path)}: ${shown(value)} ${remedy}`);
  }
  time(path: string, value: Duration | undefined, fallback: number): number {
    if (value === undefined) return fallback;
    const ms = parseDuration(value);
    if (ms === undefined) this.add(path, value, 'is not a time; write "500ms", "15s" or "2m"');
    return ms ?? fallback;
  }
}
