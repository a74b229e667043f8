/** Writes, commits, tags and pushes versions. What fails half-way is taken back. */
import { fits } from "../../components/versions/next.ts";
import { written } from "../../components/versions/places.ts";
import { Interrupted, withoutInterruption } from "../interrupted.ts";
import { changesOf, decoded, type FileChange, filesOf } from "./files.ts";
import type { Git } from "./git.ts";
import type { Planned } from "./plan.ts";
import { push, remoteOf } from "./push.ts";
import { Replaced } from "./replace.ts";

/** Set for whatever a hook or a version starts: hooks of ours do nothing within it. */
export const HOOK_RUNNING = "SLIPWAY_HOOKS_RUNNING";

export interface Act {
  /** Writes the files. */
  write: boolean;
  /** Also commits them. */
  commit?: boolean;
  /** Also commits them, and tags the commit. */
  tag: boolean;
  push: boolean;
  /** Signs the commit and the tags, as git is told to (gpg.format, user.signingKey). */
  sign: boolean;
}

/** @throws Error with the way out; nothing is changed yet */
export function refuse(git: Git, planned: Planned[], { tag, push }: Act): void {
  if (!tag) return;
  const { branch } = git;
  refuseFiles(git, planned);
  const allowed = planned[0]?.rules.branches ?? [];
  if (branch === undefined)
    throw new Error("no branch is checked out, so the version would be of none; git switch to one");
  if (!allowed.some((pattern) => fits(branch, pattern)))
    throw new Error(
      `versions of ${branch} are not tagged, only those of ${allowed.join(", ")}; merge it, or name it in "branches" of .slipway/version.json`,
    );
  if (push) remoteOf(git);
}

/** @throws Error where the version's commit would not have all that is here */
export function refuseFiles(git: Git, planned: Planned[]): void {
  const isNew = planned.some(({ version, isTagged }) => version !== undefined && !isTagged);
  const differing = isNew ? git.changes.filter((path) => !isOnlyDue(git, path, planned)) : [];
  if (differing.length > 0)
    throw new Error(
      `files differ from the newest commit, and would not be part of the version: ${differing
        .slice(0, 3)
        .join(", ")}${differing.length > 3 ? ", …" : ""}; commit or stash them first`,
    );
  refuseUnknown(git, planned);
}

/** @throws Error where a commit would not have a file, or would have what somebody has not committed yet */
function refuseUnknown(git: Git, planned: Planned[]): void {
  const changelogs = planned.flatMap(({ changelog }) => changelog ?? []);
  const changed = [...new Set([...changesOf(planned), ...changelogs.map(({ change }) => change)])];
  const held = changed.length === 0 ? new Map() : git.held(changed.map(({ path }) => path));
  for (const { path, was } of changed) {
    if (held.get(path) === "tracked") continue;
    if (was !== undefined && !isOnlyDue(git, path, planned))
      throw new Error(`${path} is in no commit; git add and git commit it first`);
    if (git.ignores(path))
      throw new Error(`git ignores ${path}, which would be in no commit; take it out of .gitignore`);
  }
}

/** Whether a file differs by the versions that are due and by nothing else: an earlier run only wrote them, or broke off. */
function isOnlyDue(git: Git, path: string, planned: Planned[]): boolean {
  const bytes = git.committed(path);
  const due = planned.flatMap(({ version, places }) =>
    version === undefined ? [] : places.filter((found) => found.path === path).map((found) => ({ ...found, version })),
  );
  const sections = planned.flatMap(({ changelog }) => (changelog?.change.path === path ? changelog : []));
  const [change] = [...due, ...sections].map((one) => one.change);
  // Only a changelog may be new.
  if (change === undefined || (bytes === undefined && due.length > 0)) return false;
  try {
    const was = bytes && decoded(bytes).text;
    const text = due.reduce<string | undefined>((all, { place, version }) => written(place, all!).with(version), was);
    return sections.reduce((all, section) => section.with(all), text) === change.text;
  } catch {
    return false;
  }
}

/** @returns the commit that is tagged, or that was made; undefined where none is */
export function apply(git: Git, planned: Planned[], act: Act): string | undefined {
  const due = planned.filter(({ version }) => version !== undefined);
  if (due.length === 0 || !act.write) return undefined;
  const before = git.head!;
  const made: Made = { tags: [] };
  const replaced = new Replaced(git.root);
  const changes = changesOf(due);
  const all = filesOf(due);
  const commits = act.tag || act.commit === true;
  const differing = commits ? differingOf(git, all) : [];
  const files = all.filter((change) => changes.includes(change) || differing.includes(change));
  try {
    return withoutInterruption(() => {
      for (const change of changes) replaced.replace(change);
      if (!commits) return undefined;
      if (files.length > 0) {
        made.message = messageOf(due);
        commit(git, made.message, files, act.sign);
        checkCommitted(git, due);
      }
      if (!act.tag) return git.head;
      for (const { tag, isTagged } of due) {
        if (isTagged) continue;
        made.tags.push(tag!);
        // A hook of the commit may be this same command, which has tagged it then.
        if (git.commitOf(`refs/tags/${tag}`) !== git.head)
          git.run(["tag", act.sign ? "--sign" : "--annotate", "-m", tag!, tag!]);
      }
      if (act.push)
        push(
          git,
          due.map(({ tag }) => tag!),
        );
      return git.commitOf(`refs/tags/${due[0]!.tag}`);
    });
  } catch (error) {
    const left = takeBack(git, before, made, replaced, files);
    const message = `${(error as Error).message}\n${left ?? "Everything is as it was before."}`;
    throw error instanceof Interrupted ? new Interrupted(message) : new Error(message);
  }
}

/** Files that the newest commit does not have as they are: an earlier run wrote them. */
function differingOf(git: Git, files: FileChange[]): FileChange[] {
  const changes = new Set(git.changes);
  const held = files.length === 0 ? new Map() : git.held(files.map(({ path }) => path));
  return files.filter(({ path }) => changes.has(path) || held.get(path) === "new");
}

/** A repository that checks its messages has this one checked, too. */
function messageOf(due: Planned[]): string {
  const tags = due.map(({ tag }) => tag).join(", ");
  return due[0]!.rules.commits === "conventional" ? `chore(release): ${tags}` : `Release ${tags}`;
}

function commit(git: Git, message: string, files: FileChange[], sign: boolean): void {
  git.run(["--literal-pathspecs", "add", "--", ...files.map(({ path }) => path)]);
  // The repository's own hook (`slipway hooks`) makes no version of a commit that is one.
  git.run(["commit", "--quiet", ...(sign ? ["--gpg-sign"] : []), "-m", message], "", {
    [HOOK_RUNNING]: "version",
  });
}

/** Hooks of the repository may change what is committed. @throws Error where it has another version then */
function checkCommitted(git: Git, due: Planned[]): void {
  for (const { version, places, changelog } of due) {
    if (changelog && git.committed(changelog.change.path) === undefined)
      throw new Error(`${changelog.change.path} was not committed: a hook of the repository leaves it out`);
    for (const { place, path } of places) {
      const bytes = git.committed(path);
      const there = bytes && written(place, decoded(bytes).text).version;
      if (there !== version)
        throw new Error(
          `${path} was committed with ${there ?? "no version"}, not ${version}: a hook of the repository changes it`,
        );
    }
  }
}

/** What was made so far. */
interface Made {
  /** Of the commit, from when it is begun. */
  message?: string;
  tags: string[];
}

/** Whether the newest commit is the one that was begun here. */
const isOwn = (git: Git, before: string, { message }: Made): boolean =>
  message !== undefined && git.commitOf("HEAD^") === before && git.subject.includes(message);

/** @returns what could not be taken back; undefined where all was */
function takeBack(git: Git, before: string, made: Made, replaced: Replaced, files: FileChange[]): string | undefined {
  const failed: string[] = [];
  const tell = ({ status, stderr }: { status: number | null; stderr: string }) =>
    status === 0 || failed.push(stderr.trim());
  for (const tag of made.tags)
    if (git.commitOf(`refs/tags/${tag}`) !== undefined) tell(git.try(["tag", "--delete", tag]));
  if (git.head !== before) {
    // Keeps what was changed meanwhile, or does nothing.
    if (isOwn(git, before, made)) tell(git.try(["reset", "--quiet", "--keep", before]));
    else failed.push("another commit was made meanwhile");
  }
  const paths = files.map(({ path }) => path);
  if (made.message !== undefined) tell(git.try(["--literal-pathspecs", "reset", "--quiet", "--", ...paths]));
  failed.push(...replaced.giveBack(files));
  if (failed.length === 0) return undefined;
  return `Not all could be taken back: ${failed.join("; ")}. git log, git tag and git status show what is there.`;
}
