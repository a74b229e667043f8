import * as http from "node:http";
import * as https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { Host } from "./ssh.ts";

export interface Reply {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

export interface AskOptions {
  /** Default 10. */
  timeoutSeconds?: number;
  /** Over TLS on port 443, any certificate accepted. */
  secure?: boolean;
  method?: string;
  /** Sent as JSON. */
  json?: unknown;
  /** Beside that of the domain. */
  headers?: Record<string, string>;
}

/** Asks a host's proxy for a path of a domain. Rejects when no answer comes. */
export function askHost(
  target: Pick<Host, "address">,
  domain: string,
  path = "/",
  options: AskOptions = {},
): Promise<Reply> {
  const { timeoutSeconds = 10, secure = false, method = "GET", json } = options;
  return new Promise((resolve, reject) => {
    const body = json === undefined ? "" : JSON.stringify(json);
    const ofBody =
      json === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const headers = { host: domain, ...ofBody, ...options.headers };
    const common = { host: target.address, path, method, headers, agent: false as const };
    const signal = AbortSignal.timeout(timeoutSeconds * 1000);
    const request = secure
      ? https.request({ ...common, signal, servername: domain, rejectUnauthorized: false })
      : http.request({ ...common, signal });
    request.on("error", reject);
    request.on("response", (response) => {
      response.setEncoding("utf8");
      let body = "";
      response.on("data", (text: string) => (body += text));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    request.end(body);
  });
}

/** The version that a domain answers through the proxy; `status N` when it answers without one. */
export async function served(target: Pick<Host, "address">, domain: string, options: AskOptions = {}): Promise<string> {
  const { status, body } = await askHost(target, domain, "/api/v1/version", options);
  if (status !== 200) return `status ${status}`;
  return (JSON.parse(body) as { version: string }).version;
}

/** Asks again every 200 ms until the version is served; throws with the last answer after the time limit. */
export async function untilServed(
  target: Pick<Host, "address">,
  domain: string,
  version: string,
  seconds = 60,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  let last = "nothing";
  while (performance.now() < end) {
    last = await served(target, domain, { timeoutSeconds: 5 }).catch((error: Error) => error.message);
    if (last === version) return;
    await sleep(200);
  }
  throw new Error(
    `${domain} at ${target.address}: ${version} is not served after ${seconds} s, the last answer was: ${last}`,
  );
}
