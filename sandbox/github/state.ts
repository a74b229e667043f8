import { createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Failure } from "../run.ts";
import type { JobToken } from "./runTypes.ts";
import type { Time } from "./time.ts";
import type { Account, Repository, State, Team } from "./types.ts";

/** The current time in GitHub's form: whole seconds, UTC. */
export const now = (): Time => `${new Date().toISOString().slice(0, 19)}Z`;

export const nextId = (state: State): number => ++state.lastId;

const account = (id: number, login: string, name: string, rest: Partial<Account> = {}): Account => ({
  id,
  login,
  name,
  type: "User",
  plan: "free",
  advancedSecurity: false,
  createdAt: now(),
  ...rest,
});

/** Names in a fresh sandbox. */
export const seed = {
  organization: "harbour",
  owner: "ada",
  members: ["grace", "alan"],
  outsider: "linus",
  team: "reviewers",
};

/** The app that jobs of workflows act as, with its number on github.com. */
export const actionsApp = { id: 15368, slug: "github-actions", login: "github-actions[bot]" };

const actionsBot = (): Account => account(41898282, actionsApp.login, "GitHub Actions", { type: "Bot" });

/** Must be raised with every change to the state that the previous program would not understand. */
const version = 1;

/** A fresh GitHub: one organisation with an owner and two members, one team, one outsider. */
function freshState(): State {
  const team: Team = {
    id: 801,
    slug: seed.team,
    name: "Reviewers",
    organization: seed.organization,
    description: "Who approves deployments",
    members: [...seed.members],
    createdAt: now(),
  };
  return {
    version,
    lastId: 1000,
    accounts: [
      account(101, seed.organization, "Harbour", { type: "Organization", plan: "enterprise" }),
      account(201, seed.owner, "Ada Lovelace"),
      account(202, "grace", "Grace Hopper"),
      account(203, "alan", "Alan Turing"),
      account(204, seed.outsider, "Linus Pauling"),
      actionsBot(),
    ],
    members: [seed.owner, ...seed.members].map((login) => ({
      organization: seed.organization,
      login,
      owner: login === seed.owner,
    })),
    teams: [team],
    tokens: {},
    repositories: [],
    renamed: {},
  };
}

const digest = (token: string): string => createHash("sha256").update(token).digest("hex");

/** Scopes of a token that may do everything in the sandbox. */
export const allScopes = ["repo", "workflow", "delete_repo", "admin:org", "admin:repo_hook", "read:user"];

const newToken = (): string => `ghp_${randomBytes(27).toString("base64url").replace(/[-_]/g, "0")}`;

/** Creates a token, or registers a given one; only its hash is kept. */
export function addToken(state: State, login: string, scopes: string[], token = newToken()): string {
  state.tokens[digest(token)] = { login, scopes };
  return token;
}

/** Creates the token of a job, as GitHub gives each one (`GITHUB_TOKEN`). */
export function addJobToken(state: State, job: JobToken): string {
  const token = newToken().replace("ghp_", "ghs_");
  state.tokens[digest(token)] = { login: actionsApp.login, scopes: [], job };
  return token;
}

export const tokenOf = (state: State, token: string): State["tokens"][string] | undefined =>
  state.tokens[digest(token)];

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

export const findAccount = (state: State, login: string): Account | undefined =>
  state.accounts.find((each) => sameName(each.login, login));

export const findRepository = (state: State, owner: string, name: string): Repository | undefined =>
  state.repositories.find((each) => sameName(each.owner, owner) && sameName(each.name, name));

export const findTeam = (state: State, organization: string, slug: string): Team | undefined =>
  state.teams.find((each) => sameName(each.organization, organization) && sameName(each.slug, slug));

function read(path: string): State {
  let state: State;
  try {
    state = JSON.parse(readFileSync(path, "utf8")) as State;
  } catch (error) {
    throw new Failure(`${path}: cannot be read (${(error as Error).message}); remove it to start afresh`);
  }
  if (state?.version !== version) throw new Failure(`${path}: has a different version; remove it to start afresh`);
  return completed(state);
}

/** Adds what states had not before there were runs of workflows. */
function completed(state: State): State {
  if (!findAccount(state, actionsApp.login)) state.accounts.push(actionsBot());
  for (const repository of state.repositories)
    for (const name of ["checkRuns", "runs", "deployments"] as const) (repository[name] as unknown[]) ??= [];
  return state;
}

/** State in memory, and the file that follows it. */
export class Store {
  state: State;
  readonly #path: string | undefined;

  /** `path`: the file to read and keep; without one the state is only in memory. */
  constructor(path?: string) {
    this.#path = path;
    this.state = path !== undefined && existsSync(path) ? read(path) : freshState();
    if (path !== undefined) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.save();
  }

  /** Writes the file with a rename: a reader finds the old or the new state, never a part. */
  save(): void {
    if (this.#path === undefined) return;
    const draft = `${this.#path}.${process.pid}.new`;
    writeFileSync(draft, JSON.stringify(this.state), { mode: 0o600 });
    chmodSync(draft, 0o600);
    renameSync(draft, this.#path);
  }

  /** Forgets everything except the tokens. */
  reset(): void {
    this.state = { ...freshState(), tokens: this.state.tokens };
    this.save();
  }
}
