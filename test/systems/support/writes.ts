/** Writes to an application while it is deployed, each with a name of its own, and what became of them. */
import * as http from "node:http";
import type { Host } from "../../support/ssh.ts";

export interface Written {
  /** Names of those that the application acknowledged. */
  acknowledged: string[];
  /** Of all others why not. */
  failures: string[];
}

export interface Writing {
  path: string;
  /** The body of the request that stores this name. */
  body: (name: string) => string;
  headers?: Record<string, string>;
  /** Begins each name, so that two runs have none in common. */
  prefix: string;
  /** Default 100: ten a second, whether or not those before were answered. */
  everyMs?: number;
}

/** How long an answer may take: longer than any service is held. */
const PATIENCE_MS = 90_000;

export class Writes {
  private readonly pending = new Set<Promise<void>>();
  private readonly written: Written = { acknowledged: [], failures: [] };
  private readonly timer: NodeJS.Timeout;
  private count = 0;

  constructor(target: Pick<Host, "address">, domain: string, writing: Writing) {
    this.timer = setInterval(() => {
      const name = `${writing.prefix}-${(this.count += 1)}`;
      const sent = post(target, domain, name, writing).then(
        () => void this.written.acknowledged.push(name),
        (error: Error) => void this.written.failures.push(`${name}: ${error.message}`),
      );
      this.pending.add(sent);
      void sent.then(() => this.pending.delete(sent));
    }, writing.everyMs ?? 100);
  }

  /** Sends no more, and waits for the answers. */
  async stop(): Promise<Written> {
    clearInterval(this.timer);
    await Promise.all(this.pending);
    return this.written;
  }
}

/** What was acknowledged and is not there, what is there twice, and what failed; all empty where every write counts once. */
export function lostOrDoubled({ acknowledged, failures }: Written, stored: string[]) {
  const there = new Set(stored);
  return {
    lost: acknowledged.filter((name) => !there.has(name)),
    doubled: stored.filter((name, index) => stored.indexOf(name) !== index),
    failures,
  };
}

export const EVERY_WRITE_ONCE = { lost: [], doubled: [], failures: [] };

function post(target: Pick<Host, "address">, domain: string, name: string, writing: Writing): Promise<void> {
  return new Promise((resolve, reject) => {
    const body = writing.body(name);
    const request = http.request({
      host: target.address,
      path: writing.path,
      method: "POST",
      agent: false,
      timeout: PATIENCE_MS,
      headers: {
        host: domain,
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        ...writing.headers,
      },
    });
    request.on("timeout", () => request.destroy(new Error(`no answer in ${PATIENCE_MS / 1000} s`)));
    request.on("error", reject);
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode = 0 } = response;
        if (statusCode >= 200 && statusCode < 300) resolve();
        else reject(new Error(`status ${statusCode}: ${text.slice(0, 200)}`));
      });
    });
    request.end(body);
  });
}
