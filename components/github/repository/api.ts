/** Reads from GitHub what the provider has no function for, or only half of it. */

export interface Api {
  /** As `slipway:github.baseUrl`; absent: github.com. */
  baseUrl?: string;
  token: string;
}

/** Where the REST API of a server is: github.com and ghe.com have a host for it, others a path. */
export function restAddress(baseUrl = "https://api.github.com/"): string {
  const url = new URL(baseUrl);
  if (url.hostname === "github.com" || url.hostname === "api.github.com") return "https://api.github.com/";
  if (url.hostname.endsWith(".ghe.com")) return `https://api.${url.hostname.replace(/^api\./, "")}/`;
  return new URL(`${url.pathname.replace(/\/(api\/v3\/?)?$/, "")}/api/v3/`, url).href;
}

const TIMEOUT = 30_000;
const NEXT = /<([^>]+)>;\s*rel="next"/;

/**
 * All pages of a list, or the one object that there is.
 * @param path below the API's address, like "repos/anna/shop/rulesets"
 * @returns undefined where GitHub has nothing there (404)
 * @throws Error that names the path and GitHub's answer, never the token
 */
export async function read(api: Api, path: string): Promise<unknown[] | undefined> {
  const found: unknown[] = [];
  const first = restAddress(api.baseUrl);
  for (let url: string | undefined = `${first}${path}`; url !== undefined; ) {
    // A list's next page is taken from the answer: the token goes to the same server only.
    if (!url.startsWith(first)) throw new Error(`GitHub's answer to ${path} leads elsewhere`);
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
