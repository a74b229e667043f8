import { push } from "../actions/push.ts";
import { type Answer, type Call, created, type Handlers, ok } from "../call.ts";
import { ApiError, conflict, invalidRequest, notFound } from "../errors.ts";
import { addBlob, addCommit, authorOf, findCommit, ownValue, webFlow } from "../git.ts";
import { madeBy, protectionViolations, rulesetViolations } from "../rules.ts";
import { now } from "../state.ts";
import type { Commit, Person } from "../types.ts";
import { fileView, folderView, gitCommit } from "../views/git.ts";

/** Contents are read and written by path; a leading or trailing slash is ignored. */
const pathOf = (call: Call): string => call.params.path!.replace(/^\/+|\/+$/g, "").replace(/^\.$/, "");

function commitAsked(call: Call): { commit: Commit; ref: string } {
  const { repository } = call;
  if (Object.keys(repository.refs).length === 0) throw notFound("This repository is empty.");
  const ref = call.query.ref || repository.settings.default_branch;
  const commit = findCommit(repository, ref);
  if (!commit) throw notFound(`No commit found for the ref ${ref}`);
  return { commit, ref };
}

function get(call: Call): Answer {
  const { commit, ref } = commitAsked(call);
  const path = pathOf(call);
  const blob = ownValue(commit.files, path);
  if (blob !== undefined) return ok(fileView(call, path, blob, ref, true));
  const entries = folderView(call, commit, path, ref);
  if (entries.length === 0) throw notFound();
  return ok(entries);
}

const person = (given: { name: string; email: string; date?: string } | undefined): Person | undefined =>
  given && {
    name: given.name,
    email: given.email,
    date: given.date ? `${new Date(given.date).toISOString().slice(0, 19)}Z` : now(),
  };

/** Why a commit directly on a branch is refused. */
function checkRules(call: Call, ref: string, verb: string): void {
  const { repository, state } = call;
  const change = { ref, kind: "update" as const, ...madeBy(call) };
  const violations = rulesetViolations(state, repository, change);
  if (violations.length > 0) throw conflict(`Repository rule violations found\n\n${violations.join("\n\n")}\n\n`);
  const classic = protectionViolations(state, repository, change);
  if (classic.length > 0) throw conflict(`Could not ${verb} file: ${classic.join(" ")}`);
}

/** Commits a change of one file to a branch. Checks the branch, then the content, then the rules: the order of GitHub's answers. */
function write(call: Call, remove: boolean): Answer {
  const { repository, actor } = call;
  const body = { ...call.query, ...call.body };
  const path = pathOf(call);
  const branch = (body.branch as string | undefined) ?? repository.settings.default_branch;
  const ref = `refs/heads/${branch}`;
  const empty = Object.keys(repository.refs).length === 0;
  const head = ownValue(repository.refs, ref);
  if (head === undefined && !empty) throw notFound(`Branch ${branch} not found`);
  const tip = head === undefined ? undefined : repository.commits[head]!;
  const before = tip && ownValue(tip.files, path);
  if (path.startsWith(".github/workflows/") && !call.scopes.includes("workflow")) {
    throw new ApiError(404, "Not Found", undefined, { "x-accepted-oauth-scopes": "workflow" });
  }
  if (before === undefined && remove) throw notFound();
  if (before !== undefined && body.sha === undefined) throw invalidRequest('"sha" wasn\'t supplied.');
  if (before !== undefined && body.sha !== before) throw conflict(`${path} does not match ${body.sha}`);
  if (path.split("/").some((part) => ["", ".", "..", ".git"].includes(part)))
    throw new ApiError(422, "path contains a malformed path component");
  const writeVerb = before === undefined ? "create" : "update";
  const verb = remove ? "delete" : writeVerb;
  if (!empty) checkRules(call, ref, verb);

  const rest = Object.entries(tip?.files ?? {}).filter(([name]) => name !== path);
  const blob = remove ? undefined : addBlob(repository, Buffer.from(body.content, "base64"));
  const files = Object.fromEntries(blob === undefined ? rest : [...rest, [path, blob]]);
  const committer = person(body.committer);
  const commit = addCommit(repository, {
    files,
    parents: tip ? [tip.sha] : [],
    author: person(body.author) ?? committer ?? authorOf(actor),
    committer: committer ?? webFlow(),
    message: body.message,
    by: actor.login,
  });
  push(call, ref, commit.sha);
  const content = blob === undefined ? null : fileView(call, path, blob, branch, false);
  return (before === undefined ? created : ok)({ content, commit: gitCommit(call, commit) });
}

export const contents: Handlers = {
  "repos/get-content": get,
  "repos/create-or-update-file-contents": (call) => {
    if (
      Buffer.from(call.body.content, "base64").toString("base64").replace(/=+$/, "") !==
      String(call.body.content).replace(/\s|=+$/g, "")
    ) {
      throw new ApiError(422, "content is not valid Base64");
    }
    return write(call, false);
  },
  "repos/delete-file": (call) => write(call, true),
};
