/** When the commits of versions were made, by the tags of a checkout. */
import { valid } from "semver";
import { Git } from "../version/git.ts";
import type { CommitTime } from "./measures.ts";

/**
 * @param words each `application=folder`, or a folder where there is one application alone
 * @throws Error for one that names no application of the ledgers, or a folder without a repository
 */
export function commitTimes(words: string[], applications: string[]): CommitTime {
  const times = new Map(words.map((word) => read(word, applications)));
  return (application, version) => times.get(application)?.(version);
}

function read(word: string, applications: string[]): [string, (version: string) => number | undefined] {
  const [, name = applications.length === 1 ? applications[0] : undefined, folder = ""] =
    /^(?:([^=/]*)=)?(.*)$/s.exec(word) ?? [];
  const known = `the ledgers have ${applications.length === 0 ? "none" : applications.join(", ")}`;
  if (name === undefined)
    throw new Error(
      `--commits: ${JSON.stringify(word)} is of no application; write ${applications[0] ?? "shop"}=${word} (${known})`,
    );
  if (applications.length > 0 && !applications.includes(name))
    throw new Error(`--commits: ${JSON.stringify(name)} is no application here; ${known}`);
  const git = new Git(folder);
  const all = new Map<string, number>();
  for (const line of git
    .run(["for-each-ref", "refs/tags", "--format=%(refname:lstrip=2)%00%(committerdate:unix)%00%(*committerdate:unix)"])
    .split("\n")) {
    const [tag = "", own = "", tagged = ""] = line.split("\0");
    const seconds = Number(own || tagged);
    if (seconds > 0 && tag.startsWith("v") && valid(tag.slice(1)) === tag.slice(1))
      all.set(tag.slice(1), seconds * 1000);
  }
  return [name, (version) => all.get(version) ?? byHash(git, version)];
}

/** Of an image that is tagged by its commit. */
function byHash(git: Git, version: string): number | undefined {
  const hash = /^sha-([0-9a-f]{7,40})$/.exec(version)?.[1];
  const commit = hash === undefined ? undefined : git.commitOf(hash);
  const seconds = commit === undefined ? 0 : Number(git.try(["show", "--no-patch", "--format=%ct", commit]).stdout);
  return seconds > 0 ? seconds * 1000 : undefined;
}
