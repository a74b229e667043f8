/** Access to GitHub: one provider per owner, and the numbers that GitHub gives people, teams and apps. */

import type * as sdk from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import type { GitHubSettings } from "../../settings/types.ts";
import { defined } from "../../shared/records.ts";
import { github } from "./sdk.ts";

export interface GitHub {
  provider: sdk.Provider;
  owner: string;
  /** `slipway:github.baseUrl`. */
  baseUrl?: string;
  /** Without one GitHub is not queried; only a preview works that way. */
  token?: pulumi.Output<string>;
}

/**
 * SLIPWAY_GITHUB=off: the program does not query GitHub and needs no token. For pipelines that only deploy, together
 * with `pulumi up --exclude` for the GitHub resources.
 */
export const gitHubIsOff = (): boolean => process.env.SLIPWAY_GITHUB === "off";

/** The token in `slipway:github`, else a workflow's own: GITHUB_TOKEN. */
export function tokenOf(settings: GitHubSettings<pulumi.Output<string>>): pulumi.Output<string> | undefined {
  if (gitHubIsOff()) return undefined;
  if (settings.token) return settings.token;
  return process.env.GITHUB_TOKEN ? pulumi.secret(process.env.GITHUB_TOKEN) : undefined;
}

/** Returns the access to an owner's repositories: one provider per owner, created on first use. */
export function gitHubAccess(
  settings: GitHubSettings<pulumi.Output<string>>,
  opts?: pulumi.ResourceOptions,
): (owner: string) => GitHub {
  const known = new Map<string, GitHub>();
  return (owner) => {
    const token = tokenOf(settings);
    const access = known.get(owner) ?? {
      owner,
      ...defined({ token, baseUrl: settings.baseUrl }),
      provider: new github.Provider(
        `github-${owner}`,
        {
          // Given an owner, the provider queries it at once, which GitHub refuses without a token.
          ...(token === undefined ? {} : { owner, token }),
          ...defined({ baseUrl: settings.baseUrl, writeDelayMs: settings.writeDelayMs }),
          // Providers are never excluded from an update, so this one has to stay as the state has it.
        },
        gitHubIsOff() ? { ...opts, ignoreChanges: ["baseUrl", "owner", "token", "writeDelayMs"] } : opts,
      ),
    };
    known.set(owner, access);
    return access;
  };
}

export type PersonKind = "user" | "team" | "app";

/**
 * Queries GitHub for the number of a user, a team (by slug) or an app (by slug).
 * @param place where the name was written, for the error
 * @throws RunError when the name does not exist, or GitHub does not answer
 */
export async function fetchNumber(
  { provider, owner }: GitHub,
  kind: PersonKind,
  name: string,
  place: string,
): Promise<number> {
  try {
    if (kind === "user") return Number((await github.getUser({ username: name }, { provider })).id);
    if (kind === "team") return Number((await github.getTeam({ slug: name, summaryOnly: true }, { provider })).id);
    return Number((await github.getGithubApp({ slug: name }, { provider })).id);
  } catch (error) {
    const description = { user: "user on GitHub", team: `team of ${owner}`, app: "app on GitHub" }[kind];
    throw new pulumi.RunError(
      `${place}: ${JSON.stringify(name)} was not found as a ${description}; correct the name (${(error as Error).message})`,
    );
  }
}

/** A user, a team or an app whose number GitHub requires. */
export interface Person {
  kind: PersonKind;
  name: string;
  /** Where the name was written. */
  place: string;
}

const numbers = new Map<string, Promise<number>>();

function cachedNumber(access: GitHub, { kind, name, place }: Person): Promise<number> {
  const key = `${access.owner} ${kind} ${name}`;
  const number = numbers.get(key) ?? fetchNumber(access, kind, name, place);
  numbers.set(key, number);
  return number;
}

/** The number of someone whom `nameProblems` found. */
export const knownNumber = (access: GitHub, kind: PersonKind, name: string): Promise<number> =>
  cachedNumber(access, { kind, name, place: name });

/** Queries all of them and returns the problems, so that they are reported before anything is created. */
export async function nameProblems(access: GitHub, people: Person[]): Promise<string[]> {
  if (!access.token) return [];
  const answers = await Promise.allSettled(people.map((person) => cachedNumber(access, person)));
  return [
    ...new Set(answers.flatMap((answer) => (answer.status === "rejected" ? (answer.reason as Error).message : []))),
  ];
}

/** The number as an Output, each name queried once; unknown without a token. */
export function numberOf(access: GitHub, kind: PersonKind, name: string, place: string): pulumi.Output<number> {
  return access.token
    ? pulumi.output(cachedNumber(access, { kind, name, place }))
    : pulumi.output<number>(pulumi.unknown as unknown as number);
}
