/** Pushes versions: the branch and the tags together, or none of them. */
import { versionOf } from "../../components/versions/next.ts";
import { Interrupted } from "../interrupted.ts";
import type { Git } from "./git.ts";
import type { Planned } from "./plan.ts";

/** @throws Error where there is none */
export function remoteOf(git: Git): string {
  const { remote } = git;
  if (remote === undefined) throw new Error("there is no remote to push to; git remote add one");
  return remote;
}

/** A branch or a tag of the remote, by its full name, and what it is to be; undefined: it goes. */
export interface Ref {
  name: string;
  object: string | undefined;
  /** What it is there now: it goes only while it is that. */
  was?: string;
}

/** Of two that release at once, one is refused. @throws Error with what git, a hook or the remote says */
export function push(git: Git, tags: string[]): void {
  const branch = { name: `refs/heads/${git.branch}`, object: git.head };
  const refs = tags.map((tag) => ({ name: `refs/tags/${tag}`, object: git.objectOf(`refs/tags/${tag}`) }));
  pushRefs(git, [branch, ...refs], "git fetch --tags and git rebase, then run this again");
}

/** All of them, or none. @param remedy where the remote refuses them @throws Error with what git, a hook or the remote says */
export function pushRefs(git: Git, refs: Ref[], remedy: string): void {
  const remote = remoteOf(git);
  const leases = refs.flatMap(({ name, was }) => (was === undefined ? [] : [`--force-with-lease=${name}:${was}`]));
  const specs = refs.map(({ name, object = "" }) => `${object}:${name}`);
  const words = ["push", "--porcelain", "--atomic", ...leases, "--", remote, ...specs];
  const { status, stdout, stderr, signal } = git.try(words);
  if (status === 0) return;
  // A connection that broke off after it leaves the remote with all of it.
  const there = readRemote(
    git,
    remote,
    refs.map(({ name }) => name),
  );
  if (there !== undefined && refs.every(({ name, object }) => there.get(name) === object)) return;
  if (signal === "SIGINT") throw new Interrupted("ended by Ctrl-C");
  const refused = stdout.split("\n").filter((line) => line.startsWith("!"));
  const said = stderr
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^(?:hint:|To )/.test(line))
    .join("\n");
  throw new Error(
    refused.length > 0
      ? `${remote} refused it: ${refused.map((line) => line.split("\t").slice(1).join(" ")).join(", ")}\n${said}\n${remedy}`
      : `git push to ${remote} failed: ${said || `it ended with ${signal ?? status}`}`,
  );
}

/** What branches and tags of the remote are, by their full names; undefined where it does not answer. */
export function readRemote(git: Git, remote: string, names: string[]): Map<string, string> | undefined {
  const asked = git.try(["ls-remote", "--quiet", "--refs", "--", remote, ...names]);
  if (asked.status !== 0) return undefined;
  const all = asked.stdout.split("\n").map((line) => line.split("\t"));
  return new Map(
    all.flatMap(([object, name]) => (name !== undefined && names.includes(name) ? [[name, object!]] : [])),
  );
}

/** Of tags, those that the remote does not have as they are here; undefined where it does not answer. */
function missing(git: Git, remote: string, tags: string[]): string[] | undefined {
  const there = readRemote(
    git,
    remote,
    tags.map((tag) => `refs/tags/${tag}`),
  );
  return there && tags.filter((tag) => there.get(`refs/tags/${tag}`) !== git.objectOf(`refs/tags/${tag}`));
}

/**
 * Where nothing is due: the newest commit's own version, if the remote does not have it, as an earlier run broke off, or
 * only tagged. @throws Error where the remote does not answer
 */
export function withUnpushed(git: Git, planned: Planned): Planned {
  const { name, rules, released, version } = planned;
  const tags = version === undefined ? git.newest.filter((tag) => versionOf(tag, rules.tag) !== undefined) : [];
  if (tags.length === 0) return planned;
  const remote = remoteOf(git);
  const unpushed = missing(git, remote, tags);
  if (unpushed === undefined) throw new Error(`${remote} does not answer; git ls-remote ${remote} says why`);
  const [tag] = unpushed;
  if (tag === undefined) return planned;
  return {
    ...(name === undefined ? {} : { name }),
    rules,
    released,
    version: versionOf(tag, rules.tag)!,
    tag,
    isTagged: true,
    places: [],
  };
}
