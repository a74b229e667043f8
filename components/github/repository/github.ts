/** The way to GitHub: one provider for each owner, and what it is asked by name. */
import type * as sdk from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import type { GitHubSettings } from "../../settings/types.ts";
import { github } from "./sdk.ts";

export interface GitHub {
  provider: sdk.Provider;
  owner: string;
  /** As `slipway:github.baseUrl`. */
  baseUrl?: string;
  /** Without one nothing is asked: only a preview goes on so. */
  token?: pulumi.Output<string>;
}

/**
 * SLIPWAY_GITHUB=off: the program asks GitHub nothing and needs no token. For pipelines that only deploy, together with
 * `pulumi up --exclude` of what belongs to GitHub.
 */
export const gitHubIsOff = (): boolean => process.env.SLIPWAY_GITHUB === "off";

/** The token of `slipway:github`, else the one that a workflow has: GITHUB_TOKEN. */
export const tokenOf = (settings: GitHubSettings<pulumi.Output<string>>): pulumi.Output<string> | undefined =>
  gitHubIsOff()
    ? undefined
    : (settings.token ?? (process.env.GITHUB_TOKEN ? pulumi.secret(process.env.GITHUB_TOKEN) : undefined));

/** Gives the way to an owner's repositories: one provider for each, made when it is first asked for. */
export function gitHubAccess(
  settings: GitHubSettings<pulumi.Output<string>>,
  opts?: pulumi.ResourceOptions,
): (owner: string) => GitHub {
  const known = new Map<string, GitHub>();
  return (owner) => {
    const token = tokenOf(settings);
    const access = known.get(owner) ?? {
      owner,
      ...(token === undefined ? {} : { token }),
      ...(settings.baseUrl === undefined ? {} : { baseUrl: settings.baseUrl }),
      provider: new github.Provider(
        `github-${owner}`,
        {
          // With an owner the provider asks for them at once, which is refused without a token.
          ...(token === undefined ? {} : { owner, token }),
          ...(settings.baseUrl === undefined ? {} : { baseUrl: settings.baseUrl }),
          ...(settings.writeDelayMs === undefined ? {} : { writeDelayMs: settings.writeDelayMs }),
          // Providers are never excluded from an update: what the state knows of this one has to stay.
        },
        gitHubIsOff() ? { ...opts, ignoreChanges: ["baseUrl", "owner", "token", "writeDelayMs"] } : opts,
      ),
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
export async function askForNumber(
  { provider, owner }: GitHub,
  kind: Kind,
  name: string,
  place: string,
): Promise<number> {
  try {
    const found =
      kind === "user"
        ? await github.getUser({ username: name }, { provider })
        : kind === "team"
          ? await github.getTeam({ slug: name, summaryOnly: true }, { provider })
          : await github.getGithubApp({ slug: name }, { provider });
    return Number(found.id);
  } catch (error) {
    const what = { user: "user on GitHub", team: `team of ${owner}`, app: "app on GitHub" }[kind];
    throw new pulumi.RunError(
      `${place}: ${JSON.stringify(name)} was not found as a ${what}; correct the name (${(error as Error).message})`,
    );
  }
}

/** Somebody whose number GitHub wants. */
export interface Named {
  kind: Kind;
  name: string;
  /** Where the name was written. */
  place: string;
}

const asked = new Map<string, Promise<number>>();

function ask(access: GitHub, { kind, name, place }: Named): Promise<number> {
  const key = `${access.owner} ${kind} ${name}`;
  const found = asked.get(key) ?? askForNumber(access, kind, name, place);
  asked.set(key, found);
  return found;
}

/** Asks for all of them; gives what is wrong, so that it is told before anything is made. */
export async function unknownNames(access: GitHub, names: Named[]): Promise<string[]> {
  if (!access.token) return [];
  const answers = await Promise.allSettled(names.map((name) => ask(access, name)));
  return [
    ...new Set(answers.flatMap((answer) => (answer.status === "rejected" ? (answer.reason as Error).message : []))),
  ];
}

/** The same as an Output, each name asked for once; unknown without a token. */
export function numberOf(access: GitHub, kind: Kind, name: string, place: string): pulumi.Output<number> {
  return access.token
    ? pulumi.output(ask(access, { kind, name, place }))
    : pulumi.output<number>(pulumi.unknown as unknown as number);
}
