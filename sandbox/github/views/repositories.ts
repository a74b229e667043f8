import { atLeast, ownerOf, permissionOf } from "../access.ts";
import type { Call } from "../call.ts";
import { findAccount } from "../state.ts";
import type { Permission, Repository } from "../types.ts";
import { simpleUser } from "./accounts.ts";
import { nodeId } from "./nodes.ts";

type Context = Pick<Call, "state" | "urls" | "actor">;

/** What follows a repository's URL in the URLs of its parts. */
const parts: Record<string, string> = {
  archive: "{archive_format}{/ref}",
  assignees: "assignees{/user}",
  blobs: "git/blobs{/sha}",
  branches: "branches{/branch}",
  collaborators: "collaborators{/collaborator}",
  comments: "comments{/number}",
  commits: "commits{/sha}",
  compare: "compare/{base}...{head}",
  contents: "contents/{+path}",
  contributors: "contributors",
  deployments: "deployments",
  downloads: "downloads",
  events: "events",
  forks: "forks",
  git_commits: "git/commits{/sha}",
  git_refs: "git/refs{/sha}",
  git_tags: "git/tags{/sha}",
  hooks: "hooks",
  issue_comment: "issues/comments{/number}",
  issue_events: "issues/events{/number}",
  issues: "issues{/number}",
  keys: "keys{/key_id}",
  labels: "labels{/name}",
  languages: "languages",
  merges: "merges",
  milestones: "milestones{/number}",
  notifications: "notifications{?since,all,participating}",
  pulls: "pulls{/number}",
  releases: "releases{/id}",
  stargazers: "stargazers",
  statuses: "statuses/{sha}",
  subscribers: "subscribers",
  subscription: "subscription",
  tags: "tags",
  teams: "teams",
  trees: "git/trees{/sha}",
};

export const fullName = (repository: Repository): string => `${repository.owner}/${repository.name}`;
export const repositoryUrl = ({ urls }: Pick<Call, "urls">, repository: Repository): string =>
  `${urls.api}/repos/${fullName(repository)}`;
export const repositoryPage = ({ urls }: Pick<Call, "urls">, repository: Repository): string =>
  `${urls.web}/${fullName(repository)}`;

export const permissionMap = (permission: Permission | undefined): Record<Permission, boolean> => ({
  admin: atLeast(permission, "admin"),
  maintain: atLeast(permission, "maintain"),
  push: atLeast(permission, "push"),
  triage: atLeast(permission, "triage"),
  pull: atLeast(permission, "pull"),
});

/** Names of roles that differ from the permission's name. */
export const roleName = (permission: Permission): string =>
  (({ pull: "read", push: "write" }) as Record<string, string>)[permission] ?? permission;

/** A repository in a list, or within another answer. */
export function minimalRepository(context: Context, repository: Repository): Record<string, unknown> {
  const url = repositoryUrl(context, repository);
  return {
    id: repository.id,
    node_id: nodeId("Repository", repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.settings.visibility !== "public",
    owner: simpleUser(context, findAccount(context.state, repository.owner)!),
    html_url: repositoryPage(context, repository),
    description: repository.settings.description,
    fork: false,
    url,
    ...Object.fromEntries(Object.entries(parts).map(([name, rest]) => [`${name}_url`, `${url}/${rest}`])),
  };
}

/** Whether secret scanning is available at all: in public repositories, or if paid for. */
export const canScan = (context: Pick<Call, "state">, repository: Repository): boolean =>
  repository.settings.visibility === "public" || ownerOf(context.state, repository).advancedSecurity;

function security(context: Context, repository: Repository): Record<string, unknown> | null {
  const status = (on: boolean): { status: string } => ({ status: on ? "enabled" : "disabled" });
  const owner = ownerOf(context.state, repository);
  if (!canScan(context, repository) && owner.type === "User") return null;
  return {
    ...(repository.settings.visibility !== "public" && owner.advancedSecurity
      ? { advanced_security: status(repository.security.advanced_security) }
      : {}),
    dependabot_security_updates: status(repository.automatedSecurityFixes),
    secret_scanning: status(repository.security.secret_scanning),
    secret_scanning_push_protection: status(repository.security.secret_scanning_push_protection),
    secret_scanning_non_provider_patterns: status(false),
  };
}

/** A repository with everything except what only its own URL shows. */
export function repositoryView(context: Context, repository: Repository): Record<string, unknown> {
  const { host } = new URL(context.urls.web);
  const name = fullName(repository);
  const page = repositoryPage(context, repository);
  return {
    ...minimalRepository(context, repository),
    ...repository.settings,
    topics: repository.topics,
    clone_url: `${page}.git`,
    svn_url: page,
    git_url: `git://${host}/${name}.git`,
    ssh_url: `git@${host}:${name}.git`,
    mirror_url: null,
    language: null,
    license: null,
    has_pages: false,
    disabled: false,
    size: Object.keys(repository.blobs).length,
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    open_issues: 0,
    open_issues_count: repository.pulls.filter(({ state }) => state === "open").length,
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    pushed_at: repository.pushedAt,
    permissions: permissionMap(permissionOf(context.state, repository, context.actor.login)),
  };
}

/** A repository as its own URL shows it. */
export function fullRepository(context: Context, repository: Repository): Record<string, unknown> {
  const owner = ownerOf(context.state, repository);
  const admin = permissionOf(context.state, repository, context.actor.login) === "admin";
  return {
    ...repositoryView(context, repository),
    ...(owner.type === "Organization" ? { organization: simpleUser(context, owner) } : {}),
    ...(admin ? { security_and_analysis: security(context, repository) } : {}),
    network_count: 0,
    subscribers_count: 0,
  };
}
