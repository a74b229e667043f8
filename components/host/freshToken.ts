/** Creates the token of a new deployment, readable in plans, ledgers and locks. */
import { randomBytes } from "node:crypto";
import { hostname, userInfo } from "node:os";

/** @example "2026-11-21T10:02:11Z anna@laptop 3f2c" */
export function freshToken(environment: NodeJS.ProcessEnv = process.env): string {
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  const who = environment.GITHUB_ACTOR ? `${environment.GITHUB_ACTOR}@github` : `${userInfo().username}@${hostname()}`;
  return `${time} ${who.replace(/[^\w@.-]/g, "")} ${randomBytes(2).toString("hex")}`;
}
