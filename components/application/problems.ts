/** Collects what is wrong with a declaration, so that all of it is told at once. */
import { parseDuration } from "../settings/duration.ts";
import type { Duration } from "./spec.ts";

/** Every problem of a declaration, a line each. */
export class DeclarationError extends Error {}

export class Problems {
  readonly found: string[] = [];
  readonly application: string;
  constructor(application: string) { this.application = application; }
  add(path: string, value: unknown, remedy: string): void {
    this.found.push(`apps: ${this.application}.${path}: ${JSON.stringify(value)} ${remedy}`);
  }
  time(path: string, value: Duration | undefined, fallback: number): number {
    if (value === undefined) return fallback;
    const ms = parseDuration(value);
    if (ms === undefined) this.add(path, value, 'is not a time; write "500ms", "15s" or "2m"');
    return ms ?? fallback;
  }
}
