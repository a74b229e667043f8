import { push } from "../actions/push.ts";
import { type Call, created, type Handlers, listed, noContent, ok } from "../call.ts";
import { conflict, notFound, unprocessable } from "../errors.ts";
import { commitOf, contains, entries, history, moveRef, ownValue } from "../git.ts";
import { type Change, madeBy, protectionViolations, rulesetViolations } from "../rules.ts";
import { commitView, filesView, gitCommit, refView } from "../views/git.ts";
import { repositoryUrl } from "../views/repositories.ts";

function notEmpty({ repository }: Call): void {
  if (Object.keys(repository.refs).length === 0) throw conflict("Git Repository is empty.");
}

/** Refuses a change to a ref that the repository's rules forbid. */
function checkRules(call: Call, change: Omit<Change, "actor" | "app">): void {
  const full = { ...change, ...madeBy(call) };
  const violations = [
    ...rulesetViolations(call.state, call.repository, full),
    ...protectionViolations(call.state, call.repository, full),
  ];
  if (violations.length > 0) throw unprocessable(`Repository rule violations found\n\n${violations.join("\n\n")}\n\n`);
}

/** The full name of the ref that the path names without `refs/`. */
function existing(call: Call): string {
  const ref = `refs/${call.params.ref}`;
  if (call.repository.refs[ref] === undefined) throw unprocessable("Reference does not exist");
  return ref;
}

export const refs: Handlers = {
  "git/get-ref": (call) => {
    notEmpty(call);
    const ref = `refs/${call.params.ref}`;
    const sha = call.repository.refs[ref];
    if (sha === undefined) throw notFound();
    return ok(refView(call, ref, sha));
  },
  "git/list-matching-refs": (call) => {
    const all = Object.entries(call.repository.refs).filter(([ref]) => ref.startsWith(`refs/${call.params.ref}`));
    return ok(all.sort().map(([ref, sha]) => refView(call, ref, sha)));
  },
  "git/create-ref": (call) => {
    notEmpty(call);
    const { repository } = call;
    const { ref, sha } = call.body as { ref: string; sha: string };
    if (!/^refs\/[^/]+\/[^\s~^:?*[\\]+$/.test(ref) || ref.includes(".."))
      throw unprocessable(`${ref} is not a valid ref name.`);
    if (!ownValue(repository.commits, sha)) throw unprocessable("Object does not exist");
    if (repository.refs[ref] !== undefined) throw unprocessable("Reference already exists");
    checkRules(call, { ref, kind: "create" });
    push(call, ref, sha);
    return created(refView(call, ref, sha));
  },
  "git/update-ref": (call) => {
    const { repository } = call;
    const ref = existing(call);
    const { sha, force = false } = call.body as { sha: string; force?: boolean };
    const target = ownValue(repository.commits, sha);
    if (!target) throw unprocessable("Object does not exist");
    const forward = contains(repository, target, repository.refs[ref]!);
    if (!forward && !force) throw unprocessable("Update is not a fast forward");
    checkRules(call, { ref, kind: forward ? "update" : "force", sha });
    push(call, ref, sha);
    return ok(refView(call, ref, sha));
  },
  "git/delete-ref": (call) => {
    const ref = existing(call);
    if (ref === `refs/heads/${call.repository.settings.default_branch}`)
      throw unprocessable("Cannot delete the default branch");
    checkRules(call, { ref, kind: "delete" });
    moveRef(call.repository, ref, undefined);
    return noContent;
  },

  "git/get-commit": (call) => {
    const commit = ownValue(call.repository.commits, call.params.commit_sha);
    if (!commit) throw notFound();
    return ok(gitCommit(call, commit));
  },
  "git/get-tree": (call) => {
    const { repository, params, query } = call;
    const commit =
      Object.values(repository.commits).find((each) => each.tree === params.tree_sha) ??
      commitOf(repository, params.tree_sha!);
    const url = `${repositoryUrl(call, repository)}/git`;
    const list = (folder: string): Record<string, unknown>[] =>
      entries(commit.files, folder).flatMap(({ name, mode, type, sha }) => {
        const path = folder === "" ? name : `${folder}/${name}`;
        const size = type === "blob" ? { size: Buffer.from(repository.blobs[sha]!, "base64").length } : {};
        return [
          { path, mode, type, sha, ...size, url: `${url}/${type}s/${sha}` },
          ...(type === "tree" && query.recursive ? list(path) : []),
        ];
      });
    return ok({ sha: commit.tree, url: `${url}/trees/${commit.tree}`, tree: list(""), truncated: false });
  },

  "repos/get-commit": (call) => {
    const commit = commitOf(call.repository, call.params.ref!);
    const files = filesView(call, commit) as { additions: number; deletions: number }[];
    const sum = (key: "additions" | "deletions"): number => files.reduce((total, file) => total + file[key], 0);
    const stats = {
      additions: sum("additions"),
      deletions: sum("deletions"),
      total: sum("additions") + sum("deletions"),
    };
    return ok({ ...commitView(call, commit), stats, files });
  },
  "repos/list-commits": (call) => {
    notEmpty(call);
    const { repository, query } = call;
    const from = commitOf(repository, query.sha || repository.settings.default_branch);
    const touched = history(repository, from).filter(
      (commit) => !query.path || filesView(call, commit).some(({ filename }) => filename === query.path),
    );
    return listed(
      call,
      touched.map((commit) => commitView(call, commit)),
    );
  },
};
