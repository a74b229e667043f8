import { execFileSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

const manifestType = "application/vnd.docker.distribution.manifest.v2+json";

export interface Kind {
  tls?: boolean;
  /** Logins are exchanged for tokens, as GHCR and Docker Hub want it; without one there is a token for what is public. */
  tokens?: boolean;
}

/** A registry of this test's own: as much of the distribution API as a push, a pull of manifests and a login need. */
export class TestRegistry {
  readonly username = "tester";
  readonly password = `pass-${randomUUID()}`;
  readonly manifests = new Map<string, { body: Buffer; type: string }>();
  readonly requests: string[] = [];
  /** Repositories that need no login. */
  readonly open = new Set<string>();
  /** How many requests for manifests will be answered by 503. */
  failing = 0;
  /** Manifests are answered without their digest. */
  withoutDigest = false;
  #tokens = false;
  #blobs = new Map<string, Buffer>();
  #uploads = new Map<string, Buffer[]>();
  #server: Server | undefined;
  address = "";

  async start({ tls = false, tokens = false }: Kind = {}): Promise<this> {
    this.#tokens = tokens;
    const handler = (request: IncomingMessage, response: ServerResponse) => void this.#serve(request, response);
    this.#server = tls ? createHttps(selfSigned(), handler) : createHttp(handler);
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.address = `127.0.0.1:${(this.#server.address() as { port: number }).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  /** Puts a manifest under a tag and answers its digest. */
  put(repository: string, tag: string, text = `{"schemaVersion":2,"tag":"${tag}"}`): string {
    const body = Buffer.from(text);
    const digest = sha256(body);
    for (const reference of [tag, digest])
      this.manifests.set(`${repository}:${reference}`, { body, type: manifestType });
    return digest;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://registry");
    const body = await collect(request);
    this.requests.push(`${request.method} ${pathname}`);
    const answer = (status: number, headers: Record<string, string> = {}, content?: Buffer) =>
      response
        .writeHead(status, { "Docker-Distribution-Api-Version": "registry/2.0", ...headers })
        .end(request.method === "HEAD" ? undefined : content);
    if (this.#tokens && pathname === "/token") return void this.#token(request, answer);
    const [, repository = "", kind, rest = ""] = /^\/v2\/(.+?)\/(manifests|blobs)\/(.*)$/.exec(pathname) ?? [];
    if (!this.#admits(request.headers.authorization, repository)) {
      const challenge = this.#tokens
        ? `Bearer realm="http://${this.address}/token",service="test",scope="repository:${repository}:pull"`
        : 'Basic realm="test registry"';
      return void answer(401, { "WWW-Authenticate": challenge }, failure("UNAUTHORIZED"));
    }
    if (kind === "manifests" && this.failing > 0) {
      this.failing -= 1;
      return void answer(503, {}, failure("UNAVAILABLE"));
    }
    if (kind === undefined) return void answer(pathname === "/v2/" ? 200 : 404);
    if (kind === "manifests") return void this.#manifest(request, answer, repository, rest, body);
    this.#blob(request, answer, repository, rest, body, searchParams.get("digest"));
  }

  get #login(): string {
    return `Basic ${Buffer.from(`${this.username}:${this.password}`).toString("base64")}`;
  }

  #admits(authorization: string | undefined, repository: string): boolean {
    if (!this.#tokens) return authorization === this.#login;
    return authorization === "Bearer all" || (authorization === "Bearer public" && this.open.has(repository));
  }

  #token(request: IncomingMessage, answer: Answer): void {
    const { authorization } = request.headers;
    if (authorization !== undefined && authorization !== this.#login) return void answer(401);
    const token = authorization === undefined ? "public" : "all";
    answer(200, { "Content-Type": "application/json" }, Buffer.from(JSON.stringify({ token })));
  }

  #manifest(request: IncomingMessage, answer: Answer, repository: string, reference: string, body: Buffer): void {
    const digestOf = (content: Buffer) => ({ "Docker-Content-Digest": sha256(content) });
    if (request.method === "PUT") {
      const type = request.headers["content-type"] ?? manifestType;
      for (const name of [reference, sha256(body)]) this.manifests.set(`${repository}:${name}`, { body, type });
      return void answer(201, { ...digestOf(body), Location: `/v2/${repository}/manifests/${sha256(body)}` });
    }
    const found = this.manifests.get(`${repository}:${reference}`);
    if (found === undefined) return void answer(404, {}, failure("MANIFEST_UNKNOWN"));
    answer(
      200,
      {
        ...(this.withoutDigest ? {} : digestOf(found.body)),
        "Content-Type": found.type,
        "Content-Length": String(found.body.length),
      },
      found.body,
    );
  }

  #blob(
    request: IncomingMessage,
    answer: Answer,
    repository: string,
    rest: string,
    body: Buffer,
    digest: string | null,
  ): void {
    const [area, id = ""] = rest.split("/");
    if (area !== "uploads") {
      const blob = this.#blobs.get(rest);
      return void (blob
        ? answer(200, { "Content-Length": String(blob.length), "Docker-Content-Digest": rest }, blob)
        : answer(404));
    }
    const upload = request.method === "POST" ? randomUUID() : id;
    const parts = [...(this.#uploads.get(upload) ?? []), body];
    this.#uploads.set(upload, parts);
    const received = Buffer.concat(parts);
    const place = { Location: `/v2/${repository}/blobs/uploads/${upload}`, "Docker-Upload-UUID": upload };
    if (request.method !== "PUT") return void answer(202, { ...place, Range: `0-${Math.max(received.length - 1, 0)}` });
    if (digest !== sha256(received)) return void answer(400, {}, failure("DIGEST_INVALID"));
    this.#blobs.set(digest, received);
    answer(201, { Location: `/v2/${repository}/blobs/${digest}`, "Docker-Content-Digest": digest });
  }
}

type Answer = (status: number, headers?: Record<string, string>, content?: Buffer) => void;

export const sha256 = (content: Buffer): string => `sha256:${createHash("sha256").update(content).digest("hex")}`;

const failure = (code: string): Buffer =>
  Buffer.from(JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }));

async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function selfSigned(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), "slipway-tls-"));
  try {
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=127.0.0.1",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        join(folder, "key"),
        "-out",
        join(folder, "cert"),
      ],
      { stdio: "pipe" },
    );
    return { key: readFileSync(join(folder, "key"), "utf8"), cert: readFileSync(join(folder, "cert"), "utf8") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
