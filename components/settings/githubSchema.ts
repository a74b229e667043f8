import { GITHUB_VARIABLE } from "../shared/names.ts";
import { z } from "../shared/zod.ts";
import { checked, filled, named, secret, text } from "./connectionSchema.ts";

const OWNER = 'write a user or organisation, like "anna"';
const ownerProblem = (owner: string) =>
  /^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/.test(owner) ? undefined : `is not a user or organisation on GitHub; ${OWNER}`;

const urlProblem = (url: string) => {
  if (/^https?:\/\/[^/@]*@/.test(url)) return "carries a login; give the token separately: slipway:github.token";
  return /^https?:\/\/[^\s/]+(\/\S*)?$/.test(url)
    ? undefined
    : 'is not an address; write one like "https://github.example.org/"';
};

const DELAY = "is not a delay; write milliseconds, 0 to 60000";
const WAIT = "is not a waiting time; write minutes, 0 to 43200 (30 days)";
/** As strong as an ed25519 key, and longer than a word that somebody would think of. */
const SEED = "is too short to be hard to guess; make one of 64 characters by `openssl rand -hex 32`";

export const githubSchema = z.strictObject({
  owner: checked(OWNER, ownerProblem)
    .optional()
    .describe("User or organisation of repositories that are declared without one"),
  token: secret(filled("give the token"))
    .optional()
    .describe("Token (secret); without one, and without tokenFile, the variable GITHUB_TOKEN is used"),
  tokenFile: filled("give the path")
    .optional()
    .describe("Path of a file that holds the token, relative to the project; ~ is the home folder"),
  baseUrl: checked("", urlProblem).optional().describe("Address of your own GitHub server; the default is github.com"),
  writeDelayMs: z
    .int(DELAY)
    .min(0, DELAY)
    .max(60_000, DELAY)
    .optional()
    .describe("Milliseconds between writes; the default is 1000, as github.com asks for"),
  keySeed: secret(checked("", (seed) => (seed.length < 32 ? SEED : undefined)))
    .optional()
    .describe("Seed of the deploy keys that pipelines get (secret): `openssl rand -hex 32`"),
});

const reviewers = z.strictObject({
  users: z.array(text("")).default([]).describe("Logins"),
  teams: z.array(text("")).default([]).describe("Slugs of teams"),
});

const value = text("").refine((v) => v.length <= 48 * 1024, "is too long; GitHub takes 48 KiB");

export const repositorySchema = z.strictObject({
  secrets: named(GITHUB_VARIABLE, secret(value.refine((v) => v !== "", "is empty; give its value, or remove it")))
    .default({})
    .describe("Secrets of the GitHub environment, by name"),
  variables: named(GITHUB_VARIABLE, value)
    .default({})
    .describe("Variables of the GitHub environment, by name; no secrets"),
  reviewers: reviewers.optional().describe("Who must approve a deployment, instead of the declared ones"),
  waitTimer: z.int(WAIT).min(0, WAIT).max(43_200, WAIT).optional().describe("Minutes that a deployment waits"),
  host: text("")
    .optional()
    .describe("A name of slipway:hosts: its address becomes SSH_HOST, SSH_PORT, SSH_USER and SSH_KNOWN_HOSTS"),
});
