import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { getCACertificates } from "node:tls";
import compare from "semver/functions/compare.js";
import parse from "semver/functions/parse.js";
import { defined } from "../shared/records.ts";
import type { Reference } from "./reference.ts";

/**
 * Asks a registry what it has, by the OCI distribution specification
 * (https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#content-discovery) and Docker's token
 * authentication (https://distribution.github.io/distribution/spec/auth/token/).
 */
export interface RegistryLogin {
  username?: string;
  password?: string;
  /** Accept any certificate, and plain HTTP where there is no TLS, as Docker does for insecure registries. */
  insecureSkipVerify?: boolean;
  /** Milliseconds per request; default 5000. */
  timeout?: number;
}

/** What kept a registry from answering; `kind` says who can mend it. */
export class RegistryError extends Error {
  readonly kind: "unreachable" | "untrusted" | "unauthorized" | "missing" | "unexpected";

  constructor(kind: RegistryError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

const PAGES = 50;
const BODY_LIMIT = 8 * 1024 * 1024;
const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** All tags of a repository. @throws RegistryError */
export async function listTags(reference: Reference, login: RegistryLogin = {}): Promise<string[]> {
  const session = new Session(reference, login);
  const tags: string[] = [];
  let path: string | undefined = `/v2/${reference.repository}/tags/list?n=100`;
  for (let page = 0; path !== undefined && page < PAGES; page++) {
    const answer: Answer = await session.request("GET", path, "application/json");
    const listed = (parseJson(answer.body) as { tags?: unknown }).tags;
    if (Array.isArray(listed)) tags.push(...listed.filter((tag) => typeof tag === "string"));
    path = nextPage(answer.headers.link, path);
  }
  return tags;
}

/** The digest a tag stands for, as the registry says it. @throws RegistryError */
export async function findDigest(reference: Reference, login: RegistryLogin = {}): Promise<string | undefined> {
  const { headers } = await new Session(reference, login).request(
    "HEAD",
    `/v2/${reference.repository}/manifests/${reference.digest ?? reference.tag ?? "latest"}`,
    MANIFESTS,
  );
  return headers["docker-content-digest"]?.toString();
}

/** The newest tags first: semantic versions from high to low, then the others, the lexically last first. */
export function newestTags(tags: readonly string[], count: number): string[] {
  const semantic = tags.filter((tag) => parse(tag)).sort((a, b) => compare(b, a) || (a < b ? -1 : 1));
  const others = tags
    .filter((tag) => !parse(tag))
    .sort()
    .reverse();
  return [...semantic, ...others].slice(0, count);
}

/** The `Link: <…>; rel="next"` of a page, if it stays on this registry. */
function nextPage(link: string | string[] | undefined, current: string): string | undefined {
  const target = /<([^>]+)>\s*;\s*rel="?next"?/i.exec([link].flat().join(","))?.[1];
  if (target === undefined) return undefined;
  const [base, next] = [
    new URL(current, "https://registry.invalid"),
    new URL(target, new URL(current, "https://registry.invalid")),
  ];
  return (/^https?:/i.test(target) || next.host === base.host) && next.pathname.startsWith("/v2/")
    ? next.pathname + next.search
    : undefined;
}

/** Requests to one repository, with the authorisation the registry asked for. */
class Session {
  private readonly login: RegistryLogin;
  private readonly repository: string;
  private readonly host: string;
  private scheme: "https" | "http" = "https";
  private authorization: string | undefined;

  constructor({ registry, repository }: Reference, login: RegistryLogin) {
    this.login = login;
    this.repository = repository;
    this.host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  }

  async request(method: "GET" | "HEAD", path: string, accept: string): Promise<Answer> {
    let answer = await this.send(method, path, accept);
    if (answer.status === 401 && this.authorization === undefined) {
      this.authorization = await this.authorize([answer.headers["www-authenticate"]].flat().join(", "));
      if (this.authorization !== undefined) answer = await this.send(method, path, accept);
    }
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw failure(answer.status);
  }

  private async send(method: "GET" | "HEAD", path: string, accept: string): Promise<Answer> {
    const headers = { accept, ...defined({ authorization: this.authorization }) };
    try {
      return await exchange(method, `${this.scheme}://${this.host}${path}`, headers, this.login);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (
        this.scheme === "https" &&
        this.login.insecureSkipVerify &&
        (code === "EPROTO" || code === "ECONNRESET" || code?.startsWith("ERR_SSL"))
      ) {
        this.scheme = "http";
        return this.send(method, path, accept);
      }
      throw connectionFailure(error);
    }
  }

  private async authorize(challenge: string): Promise<string | undefined> {
    const { username, password } = this.login;
    const basic =
      username === undefined ? undefined : `Basic ${Buffer.from(`${username}:${password ?? ""}`).toString("base64")}`;
    if (!/bearer\s/i.test(challenge)) return basic;
    const part = (name: string) => new RegExp(`${name}="([^"]*)"`, "i").exec(challenge)?.[1];
    const realm = part("realm");
    if (
      realm === undefined ||
      !(realm.startsWith("https://") || (this.scheme === "http" && realm.startsWith("http://")))
    ) {
      throw new RegistryError("unexpected", "it names no place to get a token from");
    }
    const url = new URL(realm);
    const service = part("service");
    if (service !== undefined) url.searchParams.set("service", service);
    url.searchParams.set("scope", part("scope") ?? `repository:${this.repository}:pull`);
    const answer = await exchange("GET", url.href, basic ? { authorization: basic } : {}, this.login).catch(
      (error: unknown) => {
        throw connectionFailure(error);
      },
    );
    if (answer.status !== 200) throw failure(answer.status);
    const { token, access_token } = parseJson(answer.body) as { token?: string; access_token?: string };
    return `Bearer ${token ?? access_token ?? ""}`;
  }
}

function failure(status: number): RegistryError {
  if (status === 401 || status === 403) return new RegistryError("unauthorized", String(status));
  if (status === 404) return new RegistryError("missing", "404");
  return new RegistryError("unexpected", `it answers ${status}`);
}

function connectionFailure(error: unknown): RegistryError {
  if (error instanceof RegistryError) return error;
  const { code = "no answer", message } = error as NodeJS.ErrnoException;
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code)) return new RegistryError("untrusted", code);
  return new RegistryError(
    "unreachable",
    code === "EPROTO" ? "it does not speak TLS" : code === "no answer" ? message : code,
  );
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) ?? {};
  } catch {
    throw new RegistryError("unexpected", "its answer is not JSON");
  }
}

function exchange(
  method: string,
  url: string,
  headers: Record<string, string>,
  { insecureSkipVerify, timeout = 5000 }: RegistryLogin,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { get, options } = url.startsWith("https:")
      ? {
          get: https.request,
          options: insecureSkipVerify ? { rejectUnauthorized: false } : { ca: trustedAuthorities() },
        }
      : { get: http.request, options: {} };
    const request = get(
      url,
      { method, headers, agent: false, signal: AbortSignal.timeout(timeout), ...options },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          body += chunk;
          if (body.length > BODY_LIMIT) request.destroy(new RegistryError("unexpected", "its answer is too long"));
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
        response.on("error", reject);
      },
    );
    request.on("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.name === "AbortError" || error.name === "TimeoutError"
          ? new RegistryError("unreachable", `no answer in ${timeout / 1000} s`)
          : error,
      ),
    );
    request.end();
  });
}

/** What the plugin trusts too, being Go: the system's certificate authorities and SSL_CERT_FILE. */
function trustedAuthorities(): string[] {
  const file = process.env.SSL_CERT_FILE;
  const extra = file ? [readFileSync(file, "utf8")] : [];
  return [...new Set([...getCACertificates("default"), ...getCACertificates("system"), ...extra])];
}
