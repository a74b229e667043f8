import { LATER } from "../policies/facts.ts";
import { VARIABLE } from "../shared/names.ts";
import { z } from "../shared/zod.ts";
import { checked, filled, named, secret, text } from "./connectionSchema.ts";

const EXAMPLES = '"/srv/backups", "sftp:backup@nas:/backups", "s3:https://s3.example.com/backups" or "rest:https://…"';
const PATH = /^(?:\/[A-Za-z0-9._-]+)+$/;
const SFTP = /^sftp:[A-Za-z0-9_][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9.-]*:\/?[A-Za-z0-9._/-]+$/;
const HTTP = /^(?:s3|rest):https?:\/\/[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?(?:\/[A-Za-z0-9._/-]*)?$/;

/** What is wrong with a repository of restic, never with a word of it where it carries a password. */
export function repositoryProblem(repository: string): string | undefined {
  if (repository === LATER) return undefined;
  if (hasLogin(repository))
    return "carries a login; leave it out of the address and give it in environment, like RESTIC_REST_USERNAME and RESTIC_REST_PASSWORD";
  if (repository.split("/").some((part) => part === "." || part === ".."))
    return "has . or .. in its path; write where it lies itself";
  if ([PATH, SFTP, HTTP].some((pattern) => pattern.test(repository))) return undefined;
  return `is no place for backups; write one like ${EXAMPLES}`;
}

/** `rest:https://anna:password@…` */
export const hasLogin = (repository: string): boolean => /:\/\/[^/]*@/.test(repository);

const RATE = "is no rate; write a whole number of KiB per second, like 2048";
const rate = z.int(RATE).min(1, RATE).max(100_000_000, RATE).optional();
const HOLDS_NUL = "holds a NUL character, which no environment variable can carry; remove it";
const variable = secret(text("").refine((value) => !value.includes("\0"), HOLDS_NUL));

/** A place to which backups go, by restic. */
export const backupSchema = z.strictObject({
  repository: checked(`write where they go, like ${EXAMPLES}`, repositoryProblem).describe(
    "Where restic keeps them: a folder on the host itself, sftp:, s3: or rest:; each application has its own below it",
  ),
  password: secret(
    filled("choose one, and keep it somewhere else as well: without it no backup can be read").refine(
      (value) => !/[\n\0]/.test(value),
      "is more than a line; write it without line breaks",
    ),
  ).describe("Encrypts what is there (secret). Whoever loses it loses the backups"),
  environment: named(VARIABLE, variable)
    .default({})
    .describe("Variables of the storage, like AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (secret)"),
  limitUpload: rate.describe("At most so many KiB per second to the storage"),
  limitDownload: rate.describe("At most so many KiB per second from it"),
});
