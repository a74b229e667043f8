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

/** Of two that release at once, one is refused. @throws Error with what git, a hook or the remote says */
export function push(git: Git, tags: string[]): void {
  const remote = remoteOf(git);
  const refs = [`HEAD:refs/heads/${git.branch}`, ...tags.map((tag) => `refs/tags/${tag}`)];
  const { status, stdout, stderr, signal } = git.try(["push", "--porcelain", "--atomic", "--", remote, ...refs]);
  if (status === 0) return;
  // A connection that broke off after it leaves the remote with all of it.
  if (missing(git, remote, tags)?.length === 0) return;
  if (signal === "SIGINT") throw new Interrupted("ended by Ctrl-C");
  const refused = stdout.split("\n").filter((line) => line.startsWith("!"));
  const said = stderr
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^(?:hint:|To )/.test(line))
    .join("\n");
  throw new Error(
    refused.length > 0
      ? `${remote} refused it: ${refused.map((line) => line.split("\t").slice(1).join(" ")).join(", ")}\n${said}\ngit fetch --tags and git rebase, then run this again`
      : `git push to ${remote} failed: ${said || `it ended with ${signal ?? status}`}`,
  );
}

/** Of tags, those that the remote does not have as they are here; undefined where it does not answer. */
function missing(git: Git, remote: string, tags: string[]): string[] | undefined {
  const asked = git.try(["ls-remote", "--quiet", "--refs", "--", remote, ...tags.map((tag) => `refs/tags/${tag}`)]);
  if (asked.status !== 0) return undefined;
  const there = new Set(asked.stdout.split("\n"));
  return tags.filter((tag) => !there.has(`${git.objectOf(`refs/tags/${tag}`)}\trefs/tags/${tag}`));
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
