/** Creates the token of a new deployment, readable in plans, ledgers and locks. */
import { randomBytes } from "node:crypto";
import { hostname, userInfo } from "node:os";

/** @example "2026-11-21T10:02:11Z anna@laptop 3f2c", in a pipeline with the addresses of its log and commit behind it */
export function freshToken(environment: NodeJS.ProcessEnv = process.env): string {
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  return [time, whoAsks(environment), randomBytes(2).toString("hex"), ...linksOf(environment)].join(" ");
}

/** Only https, of characters that mean nothing to a shell, and short: it stands in plans, ledgers and messages. */
const LINK = /^https:\/\/[\w.~:/?@%+=,-]{1,200}$/;

/**
 * Where people read of it: the run's log, and the commit. GitHub's and GitLab's pipelines say it themselves; another says it by
 * SLIPWAY_LOG_URL and SLIPWAY_COMMIT_URL. There is no commit without a log.
 */
export function linksOf(variables: NodeJS.ProcessEnv): string[] {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_SHA, CI_PROJECT_URL, CI_COMMIT_SHA } = variables;
  const gitHub = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`;
  const log =
    variables.SLIPWAY_LOG_URL ?? (GITHUB_RUN_ID ? `${gitHub}/actions/runs/${GITHUB_RUN_ID}` : variables.CI_JOB_URL);
  const commit =
    variables.SLIPWAY_COMMIT_URL ??
    (GITHUB_RUN_ID && GITHUB_SHA ? `${gitHub}/commit/${GITHUB_SHA}` : `${CI_PROJECT_URL}/-/commit/${CI_COMMIT_SHA}`);
  if (!LINK.test(log ?? "")) return [];
  return [log!, commit].filter((link) => LINK.test(link) && !/\bundefined\b/.test(link));
}

/** @example "anna@laptop" */
export function whoAsks(environment: NodeJS.ProcessEnv = process.env): string {
  const who = environment.GITHUB_ACTOR ? `${environment.GITHUB_ACTOR}@github` : `${userInfo().username}@${hostname()}`;
  return who.replace(/[^\w@.-]/g, "");
}
