import { push } from "../actions/push.ts";
import { type Call, created, type Handlers, listed, ok } from "../call.ts";
import { ApiError, conflict, notFound, notHandled, validationFailed } from "../errors.ts";
import { addCommit, authorOf, changes, contains, moveRef, webFlow } from "../git.ts";
import { allows, type MergeMethod, madeBy, protectionViolations, rulesetViolations } from "../rules.ts";
import { nextId, now } from "../state.ts";
import type { Comment, Pull } from "../types.ts";
import { userNamed } from "../views/accounts.ts";
import { filesView } from "../views/git.ts";
import { nodeId } from "../views/nodes.ts";
import { association, pullView } from "../views/pulls.ts";
import { repositoryPage, repositoryUrl } from "../views/repositories.ts";

function find(call: Call): Pull {
  const found = call.repository.pulls.find(({ number }) => number === Number(call.params.pull_number));
  if (!found) throw notFound();
  return found;
}

const shaOf = (call: Call, branch: string): string | undefined => call.repository.refs[`refs/heads/${branch}`];
const branchOf = (head: string): string => head.slice(head.indexOf(":") + 1);

function create(call: Call): ReturnType<typeof created> {
  const { body, repository, state } = call;
  if (body.title === undefined)
    throw validationFailed({ resource: "PullRequest", code: "missing_field", field: "title" });
  const head = branchOf(body.head);
  const [headSha, baseSha] = [shaOf(call, head), shaOf(call, body.base)];
  if (headSha === undefined) throw validationFailed({ resource: "PullRequest", code: "invalid", field: "head" });
  if (baseSha === undefined) throw validationFailed({ resource: "PullRequest", code: "invalid", field: "base" });
  const custom = (message: string): ApiError => validationFailed({ resource: "PullRequest", code: "custom", message });
  if (repository.pulls.some((each) => each.state === "open" && each.head === head && each.base === body.base)) {
    throw custom(`A pull request already exists for ${repository.owner}:${head}.`);
  }
  if (contains(repository, repository.commits[baseSha]!, headSha))
    throw custom(`No commits between ${body.base} and ${head}`);
  const pull: Pull = {
    id: nextId(state),
    number: ++repository.lastNumber,
    title: body.title,
    body: body.body ?? null,
    head,
    base: body.base,
    state: "open",
    draft: body.draft ?? false,
    maintainerCanModify: false,
    mergedAt: null,
    mergedBy: null,
    mergeSha: null,
    headSha,
    baseSha,
    user: call.actor.login,
    createdAt: now(),
    updatedAt: now(),
    closedAt: null,
    approvals: [],
  };
  repository.pulls.push(pull);
  return created(pullView(call, pull, true));
}

function update(call: Call): ReturnType<typeof ok> {
  const pull = find(call);
  const { body } = call;
  const base = body.base ?? pull.base;
  const [headSha, baseSha] = [shaOf(call, pull.head), shaOf(call, base)];
  if (body.base !== undefined && baseSha === undefined)
    throw validationFailed({ resource: "PullRequest", code: "invalid", field: "base" });
  const opens = body.state === "open" && pull.state === "closed";
  if (opens && (pull.mergedAt !== null || headSha === undefined || baseSha === undefined)) {
    throw validationFailed({
      resource: "PullRequest",
      code: "invalid",
      field: "state",
      message: "state cannot be changed.",
    });
  }
  const state = body.state ?? pull.state;
  Object.assign(pull, {
    title: body.title ?? pull.title,
    body: "body" in body ? body.body : pull.body,
    base,
    state,
    ...(opens ? { headSha } : {}),
    closedAt: state === "closed" ? (pull.closedAt ?? now()) : null,
    updatedAt: now(),
  });
  return ok(pullView(call, pull, true));
}

const methodNames: Record<MergeMethod, string> = {
  merge: "Merge commits",
  squash: "Squash merges",
  rebase: "Rebase merges",
};

/** One commit on the base, whatever the method: the sandbox does not distinguish further. */
function merge(call: Call): ReturnType<typeof ok> {
  const { repository, state, actor, body } = call;
  const pull = find(call);
  if (pull.state !== "open" || pull.draft) throw new ApiError(405, "Pull Request is not mergeable");
  if (body?.sha !== undefined && body.sha !== pull.headSha)
    throw conflict("Head branch was modified. Review and try the merge again.");
  const ref = `refs/heads/${pull.base}`;
  const method: MergeMethod = body?.merge_method ?? "merge";
  const change = { ref, kind: "update" as const, ...madeBy(call), pull, sha: pull.headSha, method };
  if (!allows(state, repository, change))
    throw new ApiError(405, `${methodNames[method]} are not allowed on this repository.`);
  const violations = rulesetViolations(state, repository, change);
  if (violations.length > 0)
    throw new ApiError(405, `Repository rule violations found\n\n${violations.join("\n\n")}\n\n`);
  const classic = protectionViolations(state, repository, change);
  if (classic.length > 0) throw new ApiError(405, classic.join(" "));

  const [base, head] = [repository.commits[repository.refs[ref]!]!, repository.commits[pull.headSha]!];
  const changed = new Map(
    changes(repository, head, repository.commits[pull.baseSha]).map(({ path, after }) => [path, after]),
  );
  const kept = Object.entries(base.files).filter(([path]) => !changed.has(path));
  const files = Object.fromEntries([
    ...kept,
    ...[...changed].flatMap(([path, after]) => (after === undefined ? [] : [[path, after] as const])),
  ]);
  const straight = method !== "merge";
  const message = straight
    ? `${body?.commit_title ?? pull.title} (#${pull.number})`
    : `Merge pull request #${pull.number} from ${repository.owner}/${pull.head}`;
  const parents = straight ? [base.sha] : [base.sha, head.sha];
  const commit = addCommit(repository, {
    files,
    parents,
    author: authorOf(actor),
    committer: webFlow(),
    message,
    by: actor.login,
  });
  push(call, ref, commit.sha);
  Object.assign(pull, {
    state: "closed",
    mergedAt: now(),
    closedAt: now(),
    mergedBy: actor.login,
    mergeSha: commit.sha,
    updatedAt: now(),
  });
  if (repository.settings.delete_branch_on_merge) moveRef(repository, `refs/heads/${pull.head}`, undefined);
  return ok({ sha: commit.sha, merged: true, message: "Pull Request successfully merged" });
}

function review(call: Call): ReturnType<typeof ok> {
  const { event, body } = call.body;
  if (event !== "APPROVE")
    throw notHandled(event === undefined ? "reviews that are not submitted" : `reviews of the event ${event}`);
  const pull = find(call);
  if (pull.user === call.actor.login) throw validationFailed("Can not approve your own pull request");
  pull.approvals = [...new Set([...pull.approvals, call.actor.login])];
  const url = `${repositoryUrl(call, call.repository)}/pulls/${pull.number}`;
  const html = `${repositoryPage(call, call.repository)}/pull/${pull.number}`;
  const id = nextId(call.state);
  return ok({
    id,
    node_id: nodeId("PullRequestReview", id),
    user: userNamed(call, call.actor.login),
    body: body ?? "",
    state: "APPROVED",
    html_url: html,
    pull_request_url: url,
    author_association: association(call, call.actor.login),
    _links: { html: { href: html }, pull_request: { href: url } },
    submitted_at: now(),
    commit_id: pull.headSha,
  });
}

function commentView(call: Call, comment: Comment): Record<string, unknown> {
  const url = `${repositoryUrl(call, call.repository)}/issues`;
  return {
    id: comment.id,
    node_id: nodeId("IssueComment", comment.id),
    url: `${url}/comments/${comment.id}`,
    html_url: `${repositoryPage(call, call.repository)}/pull/${comment.number}#issuecomment-${comment.id}`,
    issue_url: `${url}/${comment.number}`,
    body: comment.body,
    user: userNamed(call, comment.user),
    created_at: comment.createdAt,
    updated_at: comment.createdAt,
    author_association: association(call, comment.user),
  };
}

export const pulls: Handlers = {
  "pulls/list": (call) => {
    const { state = "open", head, base } = call.query;
    const chosen = call.repository.pulls.filter(
      (each) =>
        (state === "all" || each.state === state) &&
        (!base || each.base === base) &&
        (!head || `${call.repository.owner}:${each.head}` === head),
    );
    return listed(
      call,
      chosen.toReversed().map((each) => pullView(call, each, false)),
    );
  },
  "pulls/create": create,
  "pulls/get": (call) => ok(pullView(call, find(call), true)),
  "pulls/update": update,
  "pulls/merge": merge,
  "pulls/create-review": review,
  "pulls/list-files": (call) => {
    const pull = find(call);
    return listed(call, filesView(call, call.repository.commits[pull.headSha]!, call.repository.commits[pull.baseSha]));
  },

  "issues/list-comments": (call) => {
    const number = Number(call.params.issue_number);
    return listed(
      call,
      call.repository.comments.filter((each) => each.number === number).map((each) => commentView(call, each)),
    );
  },
  "issues/create-comment": (call) => {
    const number = Number(call.params.issue_number);
    if (!call.repository.pulls.some((each) => each.number === number)) throw notFound();
    const made: Comment = {
      id: nextId(call.state),
      number,
      body: call.body.body,
      user: call.actor.login,
      createdAt: now(),
    };
    call.repository.comments.push(made);
    return created(commentView(call, made));
  },
};
