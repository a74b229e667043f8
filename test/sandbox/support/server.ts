import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sodium from "libsodium-wrappers";

const program = join(import.meta.dirname, "../../../sandbox/github/main.ts");

export interface Answer {
  status: number;
  headers: Headers;
  body: any;
}

export interface Ask {
  token?: string | null;
  headers?: Record<string, string>;
}

/** A sealed box as the provider makes it. */
export const sealed = (key: string, text: string): string =>
  sodium.to_base64(
    sodium.crypto_box_seal(text, sodium.from_base64(key, sodium.base64_variants.ORIGINAL)),
    sodium.base64_variants.ORIGINAL,
  );

/** A GitHub of its own on a free port, with its files in a folder of its own. */
export class TestGithub {
  readonly folder = mkdtempSync(join(tmpdir(), "slipway-github-"));
  url = "";
  output = "";
  #child: ChildProcess | undefined;

  async start(): Promise<void> {
    await sodium.ready;
    const child = spawn(process.execPath, [program, "--port", "0", "--state", this.file("state.json")]);
    this.#child = child;
    this.url = await new Promise((resolve, reject) => {
      let said = "";
      child.stdout.on("data", (text: Buffer) => {
        said += text.toString();
        const [, url] = /runs at (\S+)/.exec(said) ?? [];
        if (url) resolve(url);
      });
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (text: Buffer) => (this.output += text.toString()));
      child.on("close", (code) => reject(new Error(`ended with ${code}: ${this.output}`)));
    });
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.#child!;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }

  file = (name: string): string => join(this.folder, name);
  read = (name: string): string => readFileSync(this.file(name), "utf8");
  get token(): string {
    return this.read("token");
  }

  async ask(
    method: string,
    path: string,
    body?: unknown,
    { token = this.token, headers = {} }: Ask = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.url}${path.replace(/^\//, "")}`, {
      method,
      redirect: "manual",
      headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get("content-type")?.includes("json") && text !== "";
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
  }

  /** One call of the REST API. */
  rest = (method: string, path: string, body?: unknown, options?: Ask): Promise<Answer> =>
    this.ask(method, `api/v3${path}`, body, options);

  async graphql(query: string, variables: Record<string, unknown> = {}): Promise<any> {
    return (await this.ask("POST", "api/graphql", { query, variables })).body;
  }

  /** One call of the sandbox's own endpoints. */
  control = (method: string, path: string, body?: unknown, options?: Ask): Promise<Answer> =>
    this.ask(method, `_sandbox${path}`, body, options);

  /** Adds harbour/shop: private, with a first commit. */
  async addShop(): Promise<void> {
    const { status, body } = await this.rest("POST", "/orgs/harbour/repos", {
      name: "shop",
      description: "Sells things",
      visibility: "private",
      auto_init: true,
      has_wiki: false,
    });
    if (status !== 201) throw new Error(JSON.stringify(body));
  }

  /** Stores a secret below `base` as the provider does: public key, then sealed box. */
  putSecret = async (base: string, name: string, text: string): Promise<number> => {
    const { body } = await this.rest("GET", `${base}/secrets/public-key`);
    return (
      await this.rest("PUT", `${base}/secrets/${name}`, {
        key_id: body.key_id,
        encrypted_value: sealed(body.key, text),
      })
    ).status;
  };

  async tokenFor(login: string, scopes: string[]): Promise<string> {
    return (await this.control("POST", "/tokens", { login, scopes })).body.token;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
