/** The way to GitHub: one provider for each owner, and what it is asked by name. */
import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import type { GitHubSettings } from "../settings/types.ts";

export interface GitHub {
  provider: github.Provider;
  owner: string;
  /** Without a token nothing is asked: only a preview goes on so. */
  hasToken: boolean;
}

/** The token of `slipway:github`, else the one that a workflow has: GITHUB_TOKEN. */
export const tokenOf = (settings: GitHubSettings<pulumi.Output<string>>): pulumi.Output<string> | undefined =>
  settings.token ?? (process.env["GITHUB_TOKEN"] ? pulumi.secret(process.env["GITHUB_TOKEN"]) : undefined);

/** Gives the way to an owner's repositories: one provider for each, made when it is first asked for. */
export function gitHubAccess(settings: GitHubSettings<pulumi.Output<string>>, opts?: pulumi.ResourceOptions): (owner: string) => GitHub {
  const known = new Map<string, GitHub>();
  return (owner) => {
    const token = tokenOf(settings);
    const access = known.get(owner) ?? {
      owner, hasToken: token !== undefined,
      provider: new github.Provider(`github-${owner}`, {
        owner,
        ...(token === undefined ? {} : { token }),
        ...(settings.baseUrl === undefined ? {} : { baseUrl: settings.baseUrl }),
        ...(settings.writeDelayMs === undefined ? {} : { writeDelayMs: settings.writeDelayMs }),
      }, opts),
    };
    known.set(owner, access);
    return access;
  };
}

const asked = new Map<string, pulumi.Output<number>>();

/**
 * GitHub's number of a user, a team (by slug) or an app (by slug); unknown in a preview without a token.
 * @param place where the name was written, for the error
 */
export function numberOf({ provider, owner, hasToken }: GitHub, kind: "user" | "team" | "app", name: string, place: string): pulumi.Output<number> {
  if (!hasToken) return pulumi.output<number>(pulumi.unknown as unknown as number);
  const key = `${owner} ${kind} ${name}`;
  const opts = { provider };
  const found = asked.get(key) ?? pulumi.output((async () => {
    try {
      const id = kind === "user" ? (await github.getUser({ username: name }, opts)).id
        : kind === "team" ? (await github.getTeam({ slug: name, summaryOnly: true }, opts)).id
        : (await github.getGithubApp({ slug: name }, opts)).id;
      return Number(id);
    } catch (error) {
      const what = kind === "team" ? `team of ${owner}` : kind === "app" ? "app on GitHub" : "user on GitHub";
      throw new pulumi.RunError(`${place}: ${JSON.stringify(name)} was not found as a ${what}; correct the name (${(error as Error).message})`);
    }
  })());
  asked.set(key, found);
  return found;
}
