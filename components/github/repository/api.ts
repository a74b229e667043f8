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
      headers: { authorization: `Bearer ${api.token}`, accept: "application/vnd.github+json", "user-agent": "slipway" },
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
