import { appendFileSync, chmodSync, existsSync } from "node:fs";

/** One line of the request log. It contains no body, no header and no token. */
interface LoggedCall {
  time: string;
  method: string;
  path: string;
  status: number;
  /** Login of the caller; "-" without one. */
  who: string;
  milliseconds: number;
  /** What was injected, or why the server's own answer was refused. */
  note?: string;
}

const kept = 5000;

/** Counts every call since the last reset; keeps the newest in memory and all of them in a file of JSON lines. */
export class Calls {
  count = 0;
  recent: LoggedCall[] = [];
  readonly #path: string | undefined;

  constructor(path?: string) {
    this.#path = path;
    if (path !== undefined && existsSync(path)) chmodSync(path, 0o600);
  }

  add(call: LoggedCall): void {
    this.count += 1;
    this.recent.push(call);
    if (this.recent.length > kept) this.recent.shift();
    if (this.#path !== undefined) appendFileSync(this.#path, `${JSON.stringify(call)}\n`, { mode: 0o600 });
  }

  reset(): void {
    this.count = 0;
    this.recent = [];
  }
}
