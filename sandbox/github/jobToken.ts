/** What a job's own token (`GITHUB_TOKEN`) may do. Source: docs.github.com, "Permissions required for GitHub Apps". */
import { forbidden, notFound } from "./errors.ts";
import type { JobToken } from "./runTypes.ts";
import type { Operation } from "./spec.ts";
import type { Repository } from "./types.ts";

/** The name under `permissions:` that a path belongs to. What is not here takes a permission that no job can have. */
const areas: [RegExp, string][] = [
  [/\/(secrets|variables|permissions|protection|dependabot|hooks|keys|collaborators|teams)/, "administration"],
  [/\/actions\/runs\/.*\/pending_deployments$/, "deployments"],
  [/\/(actions|environments)(\/|$)/, "actions"],
  [/\/check-(runs|suites)/, "checks"],
  [/\/deployments/, "deployments"],
  [/\/status(es)?(\/|$)/, "statuses"],
  [/\/(contents|git|branches|commits)(\/|$)/, "contents"],
  [/\/pulls/, "pull-requests"],
  [/\/(issues|labels)/, "issues"],
];

const inaccessible = "Resource not accessible by integration";

/** Refuses what the token's `permissions` do not include. A private repository other than its own does not exist for it. */
export function checkJobToken(job: JobToken, repository: Repository, operation: Operation): void {
  const reads = operation.method === "GET";
  if (repository.id !== job.repository) {
    if (repository.settings.visibility !== "public") throw notFound();
    if (!reads) throw forbidden(inaccessible);
    return;
  }
  const below = operation.path.replace("/repos/{owner}/{repo}", "");
  const area = areas.find(([expression]) => expression.test(below))?.[1] ?? "metadata";
  const has = area === "metadata" ? "read" : job.permissions[area];
  if (has === undefined || (!reads && has !== "write")) throw forbidden(inaccessible);
}
