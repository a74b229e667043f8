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
        // With an owner the provider asks GitHub who that is, which not every server tells a stranger.
        ...(token === undefined ? {} : { owner, token }),
        ...(settings.baseUrl === undefined ? {} : { baseUrl: settings.baseUrl }),
        ...(settings.writeDelayMs === undefined ? {} : { writeDelayMs: settings.writeDelayMs }),
      }, opts),
    };
    known.set(owner, access);
    return access;
  };
}

export type Kind = "user" | "team" | "app";

/**
 * Asks GitHub for the number of a user, a team (by slug) or an app (by slug).
 * @param place where the name was written, for the error
 * @throws RunError when there is none of that name, or GitHub does not answer
 */
export async function askForNumber({ provider, owner }: GitHub, kind: Kind, name: string, place: string): Promise<number> {
  try {
    const found = kind === "user" ? await github.getUser({ username: name }, { provider })
      : kind === "team" ? await github.getTeam({ slug: name, summaryOnly: true }, { provider })
      : await github.getGithubApp({ slug: name }, { provider });
    return Number(found.id);
  } catch (error) {
    const what = { user: "user on GitHub", team: `team of ${owner}`, app: "app on GitHub" }[kind];
    throw new pulumi.RunError(`${place}: ${JSON.stringify(name)} was not found as a ${what}; correct the name (${(error as Error).message})`);
  }
}

const asked = new Map<string, Promise<number>>();

function ask(access: GitHub, { kind, name, place }: Named): Promise<number> {
  const key = `${access.owner} ${kind} ${name}`;
  const found = asked.get(key) ?? askForNumber(access, kind, name, place);
  asked.set(key, found);
  return found;
}

/** Somebody whose number GitHub wants; `place` is where the name was written. */
export interface Named {
  kind: Kind;
  name: string;
  place: string;
}

/** Asks for all of them; gives what is wrong, so that it is told before anything is made. */
export async function unknownNames(access: GitHub, names: Named[]): Promise<string[]> {
  if (!access.hasToken) return [];
  const answers = await Promise.allSettled(names.map((name) => ask(access, name)));
  return [...new Set(answers.flatMap((answer) => (answer.status === "rejected" ? (answer.reason as Error).message : [])))];
}

/** The same as an Output, each name asked for once; unknown in a preview without a token. */
export function numberOf(access: GitHub, kind: Kind, name: string, place: string): pulumi.Output<number> {
  return access.hasToken ? pulumi.output(ask(access, { kind, name, place })) : pulumi.output<number>(pulumi.unknown as unknown as number);
}
