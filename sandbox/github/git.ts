import { createHash } from "node:crypto";
import { notFound } from "./errors.ts";
import { now } from "./state.ts";
import type { Account, Commit, Person, Repository } from "./types.ts";

const sha1 = (kind: string, content: Buffer): string =>
  createHash("sha1").update(`${kind} ${content.length}\0`).update(content).digest("hex");

/** The value under a key that a request names; a key like "constructor" finds nothing by accident. */
export const ownValue = <T>(map: Record<string, T>, key: string | undefined): T | undefined =>
  key !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;

/** A folder of a tree: its own entries, folders with their trees. */
interface Entry {
  name: string;
  mode: string;
  type: "blob" | "tree";
  sha: string;
}

/** The entries of one folder (`""` is the root), with Git's object ids for its folders. */
export function entries(files: Record<string, string>, folder = ""): Entry[] {
  const prefix = folder === "" ? "" : `${folder}/`;
  const names = new Map<string, Entry>();
  for (const path of Object.keys(files)) {
    if (!path.startsWith(prefix)) continue;
    const [name, ...rest] = path.slice(prefix.length).split("/") as [string, ...string[]];
    if (rest.length === 0) names.set(name, { name, mode: "100644", type: "blob", sha: files[path]! });
    else if (!names.has(name))
      names.set(name, { name, mode: "040000", type: "tree", sha: treeSha(files, prefix + name) });
  }
  const key = (entry: Entry): string => (entry.type === "tree" ? `${entry.name}/` : entry.name);
  return [...names.values()].sort((a, b) => Buffer.compare(Buffer.from(key(a)), Buffer.from(key(b))));
}

/** Git's object id of a folder. */
function treeSha(files: Record<string, string>, folder = ""): string {
  const parts = entries(files, folder).flatMap(({ name, mode, sha }) => [
    Buffer.from(`${mode.replace(/^0/, "")} ${name}\0`),
    Buffer.from(sha, "hex"),
  ]);
  return sha1("tree", Buffer.concat(parts));
}

const line = (person: Person): string =>
  `${person.name} <${person.email}> ${Math.floor(Date.parse(person.date) / 1000)} +0000`;

/** The person that GitHub commits as when someone uses its pages or its API. */
export const webFlow = (): Person => ({ name: "GitHub", email: "noreply@github.com", date: now() });

export const authorOf = (account: Account): Person => ({
  name: account.name,
  email: `${account.id}+${account.login}@users.noreply.github.com`,
  date: now(),
});

/** Adds a commit with these files, or returns an identical existing one. */
export function addCommit(repository: Repository, commit: Omit<Commit, "sha" | "tree">): Commit {
  const tree = treeSha(commit.files);
  const text = [
    `tree ${tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${line(commit.author)}`,
    `committer ${line(commit.committer)}`,
    "",
    commit.message,
  ].join("\n");
  const sha = sha1("commit", Buffer.from(text));
  return (repository.commits[sha] = { ...commit, sha, tree });
}

export function addBlob(repository: Repository, content: Buffer): string {
  const sha = sha1("blob", content);
  repository.blobs[sha] = content.toString("base64");
  return sha;
}

/** The commit that a branch, tag or (shortened) commit name stands for; undefined when there is none. */
export function findCommit(repository: Repository, ref: string): Commit | undefined {
  const name = ref.replace(/^refs\//, "");
  const sha =
    ownValue(repository.refs, `refs/heads/${name}`) ??
    ownValue(repository.refs, `refs/tags/${name}`) ??
    ownValue(repository.refs, `refs/${name}`);
  if (sha !== undefined) return repository.commits[sha];
  return /^[0-9a-f]{7,40}$/.test(ref)
    ? Object.values(repository.commits).find((commit) => commit.sha.startsWith(ref))
    : undefined;
}

export function commitOf(repository: Repository, ref: string): Commit {
  const found = findCommit(repository, ref);
  if (!found) throw notFound(`No commit found for the ref ${ref}`);
  return found;
}

/** A commit and those before it, newest first, along the first parents. */
export function history(repository: Repository, from: Commit): Commit[] {
  const found: Commit[] = [];
  for (let commit: Commit | undefined = from; commit; commit = repository.commits[commit.parents[0] ?? ""])
    found.push(commit);
  return found;
}

/** Whether a commit is another or comes before it. */
export function contains(repository: Repository, descendant: Commit, ancestor: string): boolean {
  const found = new Set([descendant.sha]);
  // Iterating over a set includes what is added meanwhile.
  for (const sha of found) for (const parent of repository.commits[sha]!.parents) found.add(parent);
  return found.has(ancestor);
}

/** Sets a ref, or removes it, with the open pull requests that go from or to it. */
export function moveRef(repository: Repository, ref: string, sha: string | undefined): void {
  if (sha === undefined) delete repository.refs[ref];
  else repository.refs[ref] = sha;
  const time = now();
  repository.pushedAt = time;
  for (const pull of repository.pulls.filter(({ state }) => state === "open")) {
    const [head, base] = [pull.head, pull.base].map((branch) => `refs/heads/${branch}` === ref);
    if (sha === undefined && (head || base)) Object.assign(pull, { state: "closed", closedAt: time, updatedAt: time });
    else if (head) Object.assign(pull, { headSha: sha, updatedAt: time });
  }
}

/** What a commit changed: path, and blob before and after. */
export function changes(
  repository: Repository,
  commit: Commit,
  base?: Commit,
): { path: string; before?: string; after?: string }[] {
  const earlier = (base ?? repository.commits[commit.parents[0] ?? ""])?.files ?? {};
  const paths = [...new Set([...Object.keys(earlier), ...Object.keys(commit.files)])].sort();
  return paths.flatMap((path) => {
    const [before, after] = [ownValue(earlier, path), ownValue(commit.files, path)];
    return before === after
      ? []
      : [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
  });
}

export const textOf = (repository: Repository, blob: string | undefined): string =>
  Buffer.from(repository.blobs[blob ?? ""] ?? "", "base64").toString("utf8");
