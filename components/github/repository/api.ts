/** Reads from GitHub what the provider cannot read, or reads only in part. */

export interface Api {
  /** `slipway:github.baseUrl`; absent: github.com. */
  baseUrl?: string;
  token: string;
}

/** URL of a server's REST API: github.com and ghe.com have a separate host for it, other servers a path. */
export function restAddress(baseUrl = "https://api.github.com/"): string {
  const url = new URL(baseUrl);
  if (url.hostname === "github.com" || url.hostname === "api.github.com") return "https://api.github.com/";
  if (url.hostname.endsWith(".ghe.com")) return `https://api.${url.hostname.replace(/^api\./, "")}/`;
  return new URL(`${url.pathname.replace(/\/(api\/v3\/?)?$/, "")}/api/v3/`, url).href;
}

const TIMEOUT = 30_000;
const NEXT = /<([^>]+)>;\s*rel="next"/;

const headersOf = ({ token }: Api): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  accept: "application/vnd.github+json",
  "user-agent": "slipway",
});

/**
 * What a repository is called now that was renamed on GitHub, which leads on from the old name.
 * @param name with its owner, like "anna/shop"
 * @returns undefined where it is called so, or GitHub does not say
 */
export async function renamedTo(api: Api, name: string): Promise<string | undefined> {
  const first = restAddress(api.baseUrl);
  const ask = (url: string): Promise<Response> =>
    fetch(url, { headers: headersOf(api), redirect: "manual", signal: AbortSignal.timeout(TIMEOUT) });
  try {
    const location = (await ask(`${first}repos/${name}`)).headers.get("location");
    if (!location?.startsWith(first)) return undefined;
    const { full_name } = (await (await ask(location)).json()) as { full_name?: unknown };
    return typeof full_name === "string" && full_name.toLowerCase() !== name.toLowerCase() ? full_name : undefined;
  } catch {
    return undefined;
  }
}

/**
 * All pages of a list, or a single object as a list of one.
 * @param path relative to the API's URL, like "repos/anna/shop/rulesets"
 * @returns undefined when GitHub has nothing there (404)
 * @throws Error that names the path and GitHub's answer, never the token
 */
export async function read(api: Api, path: string): Promise<unknown[] | undefined> {
  const found: unknown[] = [];
  const first = restAddress(api.baseUrl);
  for (let url: string | undefined = `${first}${path}`; url !== undefined; ) {
    // The next page's URL comes from the answer; the token is sent only to the same server.
    if (!url.startsWith(first)) throw new Error(`GitHub's answer to ${path} points to a different server`);
    const answer: Response = await fetch(url, {
      headers: headersOf(api),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT),
    }).catch((error: Error) => {
      throw new Error(`GitHub does not answer to ${path}: ${((error.cause as Error | undefined) ?? error).message}`);
    });
    if (answer.status === 404) return undefined;
    if (!answer.ok)
      throw new Error(`GitHub answers ${answer.status} to ${path}: ${(await answer.text()).slice(0, 200)}`);
    found.push(...[await answer.json()].flat());
    url = NEXT.exec(answer.headers.get("link") ?? "")?.[1];
  }
  return found;
}

/**
 * Sends a body, or asks for an object where there is none.
 * @returns the answer; undefined where GitHub has nothing there (404), or nothing of that name (422)
 * @throws Error that names the path and GitHub's answer, never the token
 */
export async function send(api: Api, path: string, body: object | undefined, signal: AbortSignal): Promise<unknown> {
  const answer = await fetch(`${restAddress(api.baseUrl)}${path}`, {
    headers: headersOf(api),
    redirect: "error",
    signal,
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
  }).catch((error: Error) => {
    throw new Error(`GitHub does not answer to ${path}: ${((error.cause as Error | undefined) ?? error).message}`);
  });
  if (answer.status === 404 || (answer.status === 422 && body === undefined)) return undefined;
  if (!answer.ok) throw new Error(`GitHub answers ${answer.status} to ${path}: ${(await answer.text()).slice(0, 200)}`);
  return answer.json();
}

/** A page of a list that GitHub tells as an object. */
export type Page<T = { name: string }> = Record<string, T[] | undefined>;

export const inPages = <T>(pages: Page<T>[] | undefined, field: string): T[] | undefined =>
  pages?.flatMap((page) => page[field] ?? []);

/** Where an environment is, below its repository. */
export const environmentPath = (name: string): string => `/environments/${encodeURIComponent(name)}`;
