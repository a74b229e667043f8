/** Calls of GitHub's API by its own command line, `gh api`. The token is in its environment alone. */
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../support/run.ts";
import type { Recorder } from "./record.ts";

export interface Answer {
  status: number;
  body: any;
  /** Status and GitHub's own words, for a row. */
  said: string;
}

export interface GhOptions {
  token: string;
  /** Of the API, without a trailing slash: `https://api.github.com`. */
  api: string;
  /** A folder without settings of a person's own. */
  config: string;
  /** Between calls that change something: github.com asks for a second. */
  pauseMs: number;
  recorder?: Recorder | undefined;
  /** Ends what the check does, as Ctrl-C asks. */
  signal?: AbortSignal;
}

export class Gh {
  readonly #options: GhOptions;

  constructor(options: GhOptions) {
    this.#options = options;
  }

  /** One call, whatever its answer. @throws Error when GitHub gives none */
  async ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const { token, api, config, pauseMs, recorder, signal } = this.#options;
    signal?.throwIfAborted();
    if (method !== "GET") await sleep(pauseMs);
    const input = body === undefined ? [] : ["--input", "-"];
    const { stdout, stderr } = await run("gh", ["api", "--include", "--method", method, `${api}${path}`, ...input], {
      input: body === undefined ? "" : JSON.stringify(body),
      env: {
        GH_TOKEN: token,
        // What is not github.com takes the token of this name.
        GH_ENTERPRISE_TOKEN: token,
        GITHUB_TOKEN: undefined,
        GITHUB_WRITER_TOKEN: undefined,
        GH_CONFIG_DIR: config,
        GH_PROMPT_DISABLED: "1",
        GH_NO_UPDATE_NOTIFIER: "1",
        NO_COLOR: "1",
      },
      timeoutSeconds: 60,
    }).catch((error: NodeJS.ErrnoException) => {
      throw error.code === "ENOENT" ? new Error("gh is missing; install it, or run script/bootstrap --tests") : error;
    });
    const [, code] = /^HTTP\/\S+ (\d{3})/.exec(stdout) ?? [];
    if (code === undefined) throw new Error(`gh api ${method} ${path}: ${stderr.trim() || "no answer"}`);
    const text = stdout.slice(/\r?\n\r?\n|$/.exec(stdout)!.index).trim();
    const answer = { status: Number(code), body: text === "" ? null : JSON.parse(text) };
    recorder?.add({ method, path, ...answer });
    const message = String(answer.body?.message ?? "")
      .split(/\s*\n\s*/)
      .join(" ")
      .trim();
    return { ...answer, said: message === "" ? code : `${code} ${message}` };
  }

  /** A call that must be obeyed. @returns its body */
  async must(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await this.ask(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} answers ${answer.said}`);
    return answer.body;
  }

  read = (path: string): Promise<any> => this.must("GET", path);
}

/** Asks again until there is an answer, at most so long. */
export async function until<T>(seconds: number, ask: () => Promise<T | undefined>): Promise<T | undefined> {
  const end = Date.now() + seconds * 1000;
  for (let pause = 500; ; pause = Math.min(pause * 2, 10_000)) {
    const found = await ask();
    if (found !== undefined || Date.now() + pause > end) return found;
    await sleep(pause);
  }
}
