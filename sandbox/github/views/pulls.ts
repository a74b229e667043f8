import { permissionOf } from "../access.ts";
import type { Call } from "../call.ts";
import { changes } from "../git.ts";
import type { Pull } from "../types.ts";
import { userNamed } from "./accounts.ts";
import { nodeId } from "./nodes.ts";
import { repositoryPage, repositoryUrl, repositoryView } from "./repositories.ts";

/** The author's association with the repository. */
export function association(call: Call, login: string): string {
  if (call.repository.owner === login) return "OWNER";
  if (call.state.members.some((each) => each.organization === call.repository.owner && each.login === login))
    return "MEMBER";
  return permissionOf(call.state, call.repository, login) === undefined ? "NONE" : "COLLABORATOR";
}

/** A pull request; `full` adds what only its own URL shows. */
export function pullView(call: Call, pull: Pull, full: boolean): Record<string, unknown> {
  const { repository } = call;
  const api = repositoryUrl(call, repository);
  const url = `${api}/pulls/${pull.number}`;
  const issue = `${api}/issues/${pull.number}`;
  const html = `${repositoryPage(call, repository)}/pull/${pull.number}`;
  const side = (ref: string, sha: string): Record<string, unknown> => ({
    label: `${repository.owner}:${ref}`,
    ref,
    sha,
    user: userNamed(call, repository.owner),
    repo: repositoryView(call, repository),
  });
  const comments = repository.comments.filter(({ number }) => number === pull.number).length;
  const changed = full
    ? changes(repository, repository.commits[pull.headSha]!, repository.commits[pull.baseSha]).length
    : 0;
  return {
    url,
    id: pull.id,
    node_id: nodeId("PullRequest", pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: userNamed(call, pull.user),
    body: pull.body,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeSha,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    labels: [],
    milestone: null,
    draft: pull.draft,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: `${api}/statuses/${pull.headSha}`,
    head: side(pull.head, pull.headSha),
    base: side(pull.base, pull.baseSha),
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: issue },
      comments: { href: `${issue}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${api}/pulls/comments{/number}` },
      commits: { href: `${url}/commits` },
      statuses: { href: `${api}/statuses/${pull.headSha}` },
    },
    author_association: association(call, pull.user),
    auto_merge: null,
    active_lock_reason: null,
    ...(full
      ? {
          merged: pull.mergedAt !== null,
          mergeable: pull.state === "open" ? true : null,
          mergeable_state: "clean",
          merged_by: pull.mergedBy === null ? null : userNamed(call, pull.mergedBy),
          comments,
          review_comments: 0,
          commits: 1,
          maintainer_can_modify: pull.maintainerCanModify,
          additions: changed,
          deletions: 0,
          changed_files: changed,
        }
      : {}),
  };
}
