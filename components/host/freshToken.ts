/** Creates the token of a new deployment, readable in plans, ledgers and locks. */
import { randomBytes } from "node:crypto";
import { hostname, userInfo } from "node:os";

/** @example "2026-11-21T10:02:11Z anna@laptop 3f2c" */
export function freshToken(environment: NodeJS.ProcessEnv = process.env): string {
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  return `${time} ${whoAsks(environment)} ${randomBytes(2).toString("hex")}`;
}

/** @example "anna@laptop" */
export function whoAsks(environment: NodeJS.ProcessEnv = process.env): string {
  const who = environment.GITHUB_ACTOR ? `${environment.GITHUB_ACTOR}@github` : `${userInfo().username}@${hostname()}`;
  return who.replace(/[^\w@.-]/g, "");
}
