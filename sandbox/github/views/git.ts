import type { Call } from "../call.ts";
import { changes, entries, textOf } from "../git.ts";
import { findAccount } from "../state.ts";
import type { Commit, Repository } from "../types.ts";
import { simpleUser } from "./accounts.ts";
import { nodeId } from "./nodes.ts";
import { repositoryPage, repositoryUrl } from "./repositories.ts";

/** GitHub signs commits made on the web; those with their own committer are not signed. */
const verification = ({ committer }: Commit): Record<string, unknown> => ({
  verified: committer.email === "noreply@github.com",
  reason: committer.email === "noreply@github.com" ? "valid" : "unsigned",
  signature: null,
  payload: null,
  verified_at: null,
});

const parents = (call: Call, { parents: list }: Commit): Record<string, unknown>[] =>
  list.map((sha) => ({
    sha,
    url: `${repositoryUrl(call, call.repository)}/commits/${sha}`,
    html_url: `${repositoryPage(call, call.repository)}/commit/${sha}`,
  }));

/** A commit as Git has it. */
export function gitCommit(call: Call, commit: Commit): Record<string, unknown> {
  const url = repositoryUrl(call, call.repository);
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", commit.sha),
    url: `${url}/git/commits/${commit.sha}`,
    html_url: `${repositoryPage(call, call.repository)}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: parents(call, commit),
    verification: verification(commit),
  };
}

/** A commit as GitHub shows it. */
export function commitView(call: Call, commit: Commit): Record<string, unknown> {
  const { sha: _sha, node_id: _node, html_url, parents: list, ...inner } = gitCommit(call, commit);
  const user = simpleUser(call, findAccount(call.state, commit.by)!);
  const url = `${repositoryUrl(call, call.repository)}/commits/${commit.sha}`;
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", commit.sha),
    commit: { ...inner, comment_count: 0 },
    url,
    html_url,
    comments_url: `${url}/comments`,
    author: user,
    committer: user,
    parents: list,
  };
}

const lines = (text: string): string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

function statusOf(before: string | undefined, after: string | undefined): "added" | "removed" | "modified" {
  if (before === undefined) return "added";
  return after === undefined ? "removed" : "modified";
}

/** What a commit changed; whole files count, lines are not compared. */
export function filesView(call: Call, commit: Commit, base?: Commit): Record<string, unknown>[] {
  const { repository } = call;
  return changes(repository, commit, base).map(({ path, before, after }) => {
    const additions = after === undefined ? 0 : lines(textOf(repository, after)).length;
    const deletions = before === undefined ? 0 : lines(textOf(repository, before)).length;
    const encoded = path.split("/").map(encodeURIComponent).join("/");
    return {
      sha: after ?? before!,
      filename: path,
      status: statusOf(before, after),
      additions,
      deletions,
      changes: additions + deletions,
      blob_url: `${repositoryPage(call, repository)}/blob/${commit.sha}/${encoded}`,
      raw_url: `${repositoryPage(call, repository)}/raw/${commit.sha}/${encoded}`,
      contents_url: `${repositoryUrl(call, repository)}/contents/${encoded}?ref=${commit.sha}`,
    };
  });
}

export function refView(call: Call, ref: string, sha: string): Record<string, unknown> {
  const url = repositoryUrl(call, call.repository);
  return {
    ref,
    node_id: nodeId("Ref", `${call.repository.id}:${ref}`),
    url: `${url}/git/${ref}`,
    object: { sha, type: "commit", url: `${url}/git/commits/${sha}` },
  };
}

/** A file as the contents API shows it; without its content in a folder's or a commit's answer. */
export function fileView(
  call: Call,
  path: string,
  blob: string,
  ref: string,
  withContent: boolean,
): Record<string, unknown> {
  const { repository } = call;
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  const url = `${repositoryUrl(call, repository)}/contents/${encoded}?ref=${encodeURIComponent(ref)}`;
  const git = `${repositoryUrl(call, repository)}/git/blobs/${blob}`;
  const html = `${repositoryPage(call, repository)}/blob/${encodeURIComponent(ref)}/${encoded}`;
  const base64 = repository.blobs[blob]!;
  return {
    name: path.split("/").at(-1),
    path,
    sha: blob,
    size: Buffer.from(base64, "base64").length,
    url,
    html_url: html,
    git_url: git,
    download_url: `${repositoryPage(call, repository)}/raw/${encodeURIComponent(ref)}/${encoded}`,
    type: "file",
    // GitHub breaks the text after 60 characters, and ends it with a line break.
    ...(withContent ? { content: base64.replace(/.{1,60}/g, "$&\n"), encoding: "base64" } : {}),
    _links: { self: url, git, html },
  };
}

/** The entries of a folder as the contents API shows them. */
export function folderView(call: Call, commit: Commit, folder: string, ref: string): Record<string, unknown>[] {
  return entries(commit.files, folder).map(({ name, type, sha }) => {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (type === "blob") return fileView(call, path, sha, ref, false);
    const url = `${repositoryUrl(call, call.repository)}/contents/${path}?ref=${encodeURIComponent(ref)}`;
    const git = `${repositoryUrl(call, call.repository)}/git/trees/${sha}`;
    const html = `${repositoryPage(call, call.repository)}/tree/${encodeURIComponent(ref)}/${path}`;
    return {
      name,
      path,
      sha,
      size: 0,
      url,
      html_url: html,
      git_url: git,
      download_url: null,
      type: "dir",
      _links: { self: url, git, html },
    };
  });
}

export const branchNames = (repository: Repository): string[] =>
  Object.keys(repository.refs)
    .filter((ref) => ref.startsWith("refs/heads/"))
    .map((ref) => ref.slice("refs/heads/".length))
    .sort();
