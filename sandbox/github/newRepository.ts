import { newVault } from "./boxes.ts";
import { addBlob, addCommit, authorOf, webFlow } from "./git.ts";
import { nextId, now } from "./state.ts";
import type { Account, Label, Repository, Settings, State } from "./types.ts";

/** Labels that GitHub gives to every new repository. */
const labels: [string, string, string][] = [
  ["bug", "d73a4a", "Something isn't working"],
  ["documentation", "0075ca", "Improvements or additions to documentation"],
  ["duplicate", "cfd3d7", "This issue or pull request already exists"],
  ["enhancement", "a2eeef", "New feature or request"],
  ["good first issue", "7057ff", "Good for newcomers"],
  ["help wanted", "008672", "Extra attention is needed"],
  ["invalid", "e4e669", "This doesn't seem right"],
  ["question", "d876e3", "Further information is requested"],
  ["wontfix", "ffffff", "This will not be worked on"],
];

const defaults: Settings = {
  description: null,
  homepage: null,
  visibility: "public",
  default_branch: "main",
  archived: false,
  is_template: false,
  has_issues: true,
  has_projects: true,
  has_wiki: true,
  has_downloads: true,
  has_discussions: false,
  allow_squash_merge: true,
  allow_merge_commit: true,
  allow_rebase_merge: true,
  allow_auto_merge: false,
  allow_update_branch: false,
  allow_forking: true,
  delete_branch_on_merge: false,
  web_commit_signoff_required: false,
  squash_merge_commit_title: "COMMIT_OR_PR_TITLE",
  squash_merge_commit_message: "COMMIT_MESSAGES",
  merge_commit_title: "MERGE_MESSAGE",
  merge_commit_message: "PR_TITLE",
};

interface NewRepository {
  name: string;
  settings: Partial<Settings>;
  /** Whether it starts with a commit that contains a README. */
  autoInit: boolean;
}

/** Adds a repository with GitHub's defaults for a new one. */
export function addRepository(
  state: State,
  owner: Account,
  actor: Account,
  { name, settings, autoInit }: NewRepository,
): Repository {
  const time = now();
  const repository: Repository = {
    ...newVault(),
    id: nextId(state),
    owner: owner.login,
    name,
    createdAt: time,
    updatedAt: time,
    pushedAt: time,
    settings: { ...defaults, ...settings },
    topics: [],
    security: { advanced_security: false, secret_scanning: false, secret_scanning_push_protection: false },
    vulnerabilityAlerts: false,
    automatedSecurityFixes: false,
    privateVulnerabilityReporting: false,
    actions: {
      enabled: true,
      allowed_actions: "all",
      sha_pinning_required: false,
      selected: { github_owned_allowed: true, verified_allowed: true, patterns_allowed: [] },
      workflow: { default_workflow_permissions: "read", can_approve_pull_request_reviews: false },
      access_level: "none",
    },
    dependabot: newVault(),
    environments: [],
    labels: labels.map(
      ([label, color, description]): Label => ({ id: nextId(state), name: label, color, description, default: true }),
    ),
    hooks: [],
    keys: [],
    collaborators: [],
    invitations: [],
    teams: [],
    rulesets: [],
    protections: [],
    blobs: {},
    commits: {},
    refs: {},
    pulls: [],
    comments: [],
    statuses: [],
    checkRuns: [],
    runs: [],
    deployments: [],
    lastNumber: 0,
  };
  if (autoInit) {
    const text = `# ${name}\n${repository.settings.description ?? ""}`;
    const files = { "README.md": addBlob(repository, Buffer.from(text)) };
    const commit = addCommit(repository, {
      files,
      parents: [],
      author: authorOf(actor),
      committer: webFlow(),
      message: "Initial commit",
      by: actor.login,
    });
    repository.refs[`refs/heads/${repository.settings.default_branch}`] = commit.sha;
  }
  state.repositories.push(repository);
  return repository;
}
