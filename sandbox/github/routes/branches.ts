import { paid } from "../access.ts";
import { type Call, created, type Handlers, listed, noContent, ok } from "../call.ts";
import { notFound, unprocessable } from "../errors.ts";
import { moveRef } from "../git.ts";
import { protectionOf, rulesetsOf } from "../rules.ts";
import { nextId } from "../state.ts";
import type { Protection } from "../types.ts";
import { simpleUser, teamView } from "../views/accounts.ts";
import { branchNames, commitView } from "../views/git.ts";
import { nodeId, parseNodeId } from "../views/nodes.ts";
import { repositoryPage, repositoryUrl } from "../views/repositories.ts";

const isProtected = (call: Call, name: string): boolean =>
  protectionOf(call.repository, name) !== undefined || rulesetsOf(call.repository, `refs/heads/${name}`).length > 0;

function shaOf(call: Call): string {
  const sha = call.repository.refs[`refs/heads/${call.params.branch}`];
  if (sha === undefined) throw notFound("Branch not found");
  return sha;
}

/** The classic rule of the branch that the path names. */
function rule(call: Call): Protection {
  shaOf(call);
  const found = protectionOf(call.repository, call.params.branch!);
  if (!found) throw notFound("Branch not protected");
  return found;
}

const urlOf = (call: Call): string =>
  `${repositoryUrl(call, call.repository)}/branches/${call.params.branch}/protection`;

/** Users and teams behind node ids. */
function actors(call: Call, ids: string[]): { users: unknown[]; teams: unknown[]; apps: unknown[] } {
  const parsed = ids.map(parseNodeId);
  const of = (kind: string): number[] => parsed.flatMap((each) => (each?.kind === kind ? [Number(each.id)] : []));
  return {
    users: call.state.accounts.filter(({ id }) => of("User").includes(id)).map((each) => simpleUser(call, each)),
    teams: call.state.teams.filter(({ id }) => of("Team").includes(id)).map((each) => teamView(call, each)),
    apps: [],
  };
}

function view(call: Call, { flags, ...rest }: Protection): Record<string, unknown> {
  const url = urlOf(call);
  const on = (flag: string): { enabled: boolean } => ({ enabled: flags[flag] ?? false });
  const restriction = (name: string, ids: string[]): Record<string, unknown> => ({
    url: `${url}/${name}`,
    users_url: `${url}/${name}/users`,
    teams_url: `${url}/${name}/teams`,
    apps_url: `${url}/${name}/apps`,
    ...actors(call, ids),
  });
  const checks = `${url}/required_status_checks`;
  return {
    url,
    ...(flags.requiresStatusChecks
      ? {
          required_status_checks: {
            url: checks,
            strict: flags.requiresStrictStatusChecks ?? false,
            contexts_url: `${checks}/contexts`,
            contexts: rest.requiredStatusCheckContexts,
            checks: rest.requiredStatusCheckContexts.map((context) => ({ context, app_id: null })),
          },
        }
      : {}),
    ...(flags.requiresApprovingReviews
      ? {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            dismiss_stale_reviews: flags.dismissesStaleReviews ?? false,
            require_code_owner_reviews: flags.requiresCodeOwnerReviews ?? false,
            require_last_push_approval: flags.requireLastPushApproval ?? false,
            required_approving_review_count: rest.requiredApprovingReviewCount,
            ...(flags.restrictsReviewDismissals
              ? { dismissal_restrictions: restriction("dismissal_restrictions", rest.reviewDismissalActorIds) }
              : {}),
            ...(rest.bypassPullRequestActorIds.length > 0
              ? { bypass_pull_request_allowances: actors(call, rest.bypassPullRequestActorIds) }
              : {}),
          },
        }
      : {}),
    ...(flags.restrictsPushes ? { restrictions: restriction("restrictions", rest.pushActorIds) } : {}),
    required_signatures: { url: `${url}/required_signatures`, ...on("requiresCommitSignatures") },
    enforce_admins: { url: `${url}/enforce_admins`, ...on("isAdminEnforced") },
    required_linear_history: on("requiresLinearHistory"),
    allow_force_pushes: on("allowsForcePushes"),
    allow_deletions: on("allowsDeletions"),
    block_creations: on("blocksCreations"),
    required_conversation_resolution: on("requiresConversationResolution"),
    lock_branch: on("lockBranch"),
    allow_fork_syncing: { enabled: false },
  };
}

function put(call: Call): ReturnType<typeof ok> {
  const { body, repository, state } = call;
  shaOf(call);
  const { required_status_checks: checks, required_pull_request_reviews: reviews, restrictions } = body;
  const ids = (given: { users?: string[]; teams?: string[] } | null | undefined): string[] => [
    ...(given?.users ?? []).flatMap((login) =>
      state.accounts.filter((each) => each.login === login).map(({ id }) => nodeId("User", id)),
    ),
    ...(given?.teams ?? []).flatMap((slug) =>
      state.teams.filter((each) => each.slug === slug).map(({ id }) => nodeId("Team", id)),
    ),
  ];
  const contexts = [
    ...(checks?.contexts ?? []),
    ...(checks?.checks ?? []).map(({ context }: { context: string }) => context),
  ];
  const before = repository.protections.find(({ pattern }) => pattern === call.params.branch);
  const made: Protection = {
    id: before?.id ?? nextId(state),
    pattern: call.params.branch!,
    flags: {
      requiresStatusChecks: Boolean(checks),
      requiresStrictStatusChecks: checks?.strict ?? false,
      isAdminEnforced: body.enforce_admins ?? false,
      requiresApprovingReviews: Boolean(reviews),
      dismissesStaleReviews: reviews?.dismiss_stale_reviews ?? false,
      requiresCodeOwnerReviews: reviews?.require_code_owner_reviews ?? false,
      requireLastPushApproval: reviews?.require_last_push_approval ?? false,
      restrictsReviewDismissals: ids(reviews?.dismissal_restrictions).length > 0,
      restrictsPushes: Boolean(restrictions),
      requiresLinearHistory: body.required_linear_history ?? false,
      allowsForcePushes: body.allow_force_pushes ?? false,
      allowsDeletions: body.allow_deletions ?? false,
      blocksCreations: body.block_creations ?? false,
      requiresConversationResolution: body.required_conversation_resolution ?? false,
      lockBranch: body.lock_branch ?? false,
      requiresCommitSignatures: before?.flags.requiresCommitSignatures ?? false,
    },
    requiredApprovingReviewCount: reviews?.required_approving_review_count ?? (reviews ? 1 : 0),
    requiredStatusCheckContexts: [...new Set(contexts)],
    pushActorIds: ids(restrictions),
    reviewDismissalActorIds: ids(reviews?.dismissal_restrictions),
    bypassForcePushActorIds: [],
    bypassPullRequestActorIds: ids(reviews?.bypass_pull_request_allowances),
  };
  repository.protections = [...repository.protections.filter((each) => each !== before), made];
  return ok(view(call, made));
}

const signatures = (call: Call, enabled: boolean): Record<string, unknown> => ({
  url: `${urlOf(call)}/required_signatures`,
  enabled,
});

const names: Handlers = {
  "repos/list-branches": (call) =>
    listed(
      call,
      branchNames(call.repository)
        .map((name) => {
          const sha = call.repository.refs[`refs/heads/${name}`]!;
          return {
            name,
            commit: { sha, url: `${repositoryUrl(call, call.repository)}/commits/${sha}` },
            protected: isProtected(call, name),
          };
        })
        .filter((each) => call.query.protected === undefined || String(each.protected) === call.query.protected),
    ),
  "repos/get-branch": (call) => {
    const name = call.params.branch!;
    const commit = call.repository.commits[shaOf(call)]!;
    const self = `${repositoryUrl(call, call.repository)}/branches/${name}`;
    const checks = { enforcement_level: "off", contexts: [], checks: [] };
    return ok({
      name,
      commit: commitView(call, commit),
      _links: { self, html: `${repositoryPage(call, call.repository)}/tree/${name}` },
      protected: isProtected(call, name),
      protection: { enabled: protectionOf(call.repository, name) !== undefined, required_status_checks: checks },
      protection_url: `${self}/protection`,
    });
  },
  /** Rules with exactly that name and pull requests to the branch follow the rename; pull requests from it are closed. */
  "repos/rename-branch": (call) => {
    const {
      repository,
      params: { branch: from },
      body: { new_name: to },
    } = call;
    const sha = shaOf(call);
    if (repository.refs[`refs/heads/${to}`] !== undefined) throw unprocessable("Validation Failed");
    for (const pull of repository.pulls.filter(({ state, base }) => state === "open" && base === from)) pull.base = to;
    for (const rule of repository.protections.filter(({ pattern }) => pattern === from)) rule.pattern = to;
    moveRef(repository, `refs/heads/${to}`, sha);
    moveRef(repository, `refs/heads/${from}`, undefined);
    if (repository.settings.default_branch === from) repository.settings.default_branch = to;
    return created(names["repos/get-branch"]!({ ...call, params: { ...call.params, branch: to } }).body);
  },
};

/** Classic protection. */
const protection: Handlers = paid({
  "repos/get-branch-protection": (call) => ok(view(call, rule(call))),
  "repos/update-branch-protection": put,
  "repos/delete-branch-protection": (call) => {
    const { id } = rule(call);
    call.repository.protections = call.repository.protections.filter((each) => each.id !== id);
    return noContent;
  },
  "repos/get-commit-signature-protection": (call) =>
    ok(signatures(call, rule(call).flags.requiresCommitSignatures ?? false)),
  "repos/create-commit-signature-protection": (call) => (
    (rule(call).flags.requiresCommitSignatures = true), ok(signatures(call, true))
  ),
  "repos/delete-commit-signature-protection": (call) => (
    (rule(call).flags.requiresCommitSignatures = false), noContent
  ),
  "repos/delete-pull-request-review-protection": (call) => (
    (rule(call).flags.requiresApprovingReviews = false), noContent
  ),
});

export const branches: Handlers = { ...names, ...protection };
