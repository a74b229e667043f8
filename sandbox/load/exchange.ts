import * as http from "node:http";
import * as https from "node:https";
import type { LoadOptions } from "./options.ts";

/** An exchange that failed; `what` is the kind of failure, `reusedAndSilent` marks an idle-close race. */
export class ExchangeError extends Error {
  readonly what: string;
  readonly reusedAndSilent: boolean;
  constructor(what: string, message: string, reusedAndSilent = false) {
    super(message);
    this.what = what;
    this.reusedAndSilent = reusedAndSilent;
  }
}

export interface Exchange {
  path: string;
  /** Without one, the exchange opens its own connection. */
  agent?: http.Agent | undefined;
  /** Milliseconds after which the exchange is abandoned. */
  timeout: number;
  method?: "GET" | "POST";
  length?: number;
  /** Called with the open request to send its body; without it the request ends at once. */
  send?: (request: http.ClientRequest) => void;
  /** Count the body instead of keeping it. */
  countOnly?: boolean;
}

export interface Answer {
  bytes: number;
  body: string;
}

/** Talks to the one target of a run: raw requests without redirects, decompression or retries. */
export class Target {
  private readonly url: URL;
  private readonly module: typeof http | typeof https;
  private readonly common: https.RequestOptions;
  private readonly options: LoadOptions;

  constructor(options: LoadOptions) {
    this.options = options;
    this.url = new URL(options.url);
    const secure = this.url.protocol === "https:";
    this.module = secure ? https : http;
    const name = this.url.hostname.replace(/^\[|\]$/g, "");
    const host = name === "localhost" ? "127.0.0.1" : name;
    this.common = { host, port: this.url.port || (secure ? 443 : 80) };
    if (secure) {
      this.common.rejectUnauthorized = !options.insecure;
      if (options.hostHeader !== "") this.common.servername = options.hostHeader.replace(/:\d+$/, "");
    }
  }

  /** An agent whose connections stay open and are reused. */
  agent(): http.Agent {
    return new this.module.Agent({ keepAlive: true, maxFreeSockets: 4, scheduling: "fifo" });
  }

  /** Resolves with a complete answer below 400; rejects with an ExchangeError otherwise. */
  exchange({ path, agent, timeout, method = "GET", length, send, countOnly }: Exchange): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers: http.OutgoingHttpHeaders = {};
      if (this.options.hostHeader !== "") headers.host = this.options.hostHeader;
      if (length !== undefined) headers["content-length"] = length;
      const request = this.module.request({ ...this.common, path, method, headers, agent: agent ?? false });
      let answered = false;
      const timer = setTimeout(() => {
        fail("timeout", `no complete answer within ${timeout} ms`);
        request.destroy();
      }, timeout);
      const fail = (what: string, message: string, silent = false): void => {
        clearTimeout(timer);
        reject(new ExchangeError(what, `${method} ${path}: ${message}`, silent));
      };
      request.on("error", (error: NodeJS.ErrnoException) => {
        const code = error.code ?? error.name;
        const closed = code === "ECONNRESET" || code === "EPIPE";
        fail(code, error.message, closed && request.reusedSocket && !answered);
      });
      request.on("response", (response) => {
        answered = true;
        let bytes = 0;
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          if (!countOnly) chunks.push(chunk);
        });
        response.on("error", (error: NodeJS.ErrnoException) =>
          fail(error.code ?? error.name, `cut off after ${bytes} bytes`),
        );
        response.on("end", () => {
          const body = chunks.length === 1 ? chunks[0]!.toString() : Buffer.concat(chunks).toString();
          const status = response.statusCode ?? 0;
          if (status >= 400) return fail(`status ${status}`, body.slice(0, 200));
          clearTimeout(timer);
          resolve({ bytes, body });
        });
      });
      if (send) send(request);
      else request.end();
    });
  }
}
