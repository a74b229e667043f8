/** What git knows of a repository, and what it is told. */
import { spawnSync } from "node:child_process";
import { posix } from "node:path";
import type { Commit } from "../../components/versions/commits.ts";
import { Interrupted } from "../interrupted.ts";

/** The most that one answer may have: the messages of a large repository. */
const MOST = 512 * 1024 * 1024;

/** What git tells its hooks of the repository and of the commit that is being made. A folder tells it, too. */
const OF_HOOKS =
  /^GIT_(?:DIR|INDEX_FILE|WORK_TREE|IMPLICIT_WORK_TREE|COMMON_DIR|PREFIX|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|QUARANTINE_PATH|GRAFT_FILE|SHALLOW_FILE|NAMESPACE)$/;

/** What a person has set for the eye must not change what is read. */
const PLAIN = ["-c", "log.showSignature=false", "-c", "log.follow=false"];

export class Git {
  /** The repository's root. */
  readonly root: string;

  /** @throws Error where there is no repository */
  constructor(folder: string) {
    this.root = folder;
    const { status, stdout, stderr, error } = this.try(["rev-parse", "--show-toplevel"]);
    if (error) throw new Error(`git cannot be started (${error.message}); install it`);
    if (/not a git repository/.test(stderr)) throw new Error(`${folder} is in no git repository: ${stderr.trim()}`);
    if (status !== 0) throw new Error(`git opens no repository with files in ${folder}: ${stderr.trim()}`);
    this.root = stdout.replace(/\n$/, "");
  }

  /** @throws Error with what git says */
  run(args: string[], input = "", extra: Record<string, string> = {}): string {
    const { status, stdout, stderr, error, signal } = this.try(args, input, extra);
    if (signal === "SIGINT") throw new Interrupted("ended by Ctrl-C");
    if (status !== 0)
      throw new Error(
        `git ${args.find((word) => /^[a-z]+(?:-[a-z]+)*$/.test(word))} failed: ${(error?.message ?? stderr.trim()) || `it ended with ${signal ?? status}`}`,
      );
    return stdout;
  }

  /** @param extra variables besides this process's own  @returns what it says, whether it failed or not */
  try(args: string[], input = "", extra: Record<string, string> = {}) {
    const { env, ...surroundings } = this.surroundings;
    return spawnSync("git", args, { ...surroundings, env: { ...env, ...extra }, input, encoding: "utf8" });
  }

  private get surroundings() {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_HOOKS.test(name)));
    return { cwd: this.root, env, maxBuffer: MOST };
  }

  private lines(...args: string[]): string[] {
    return this.run(args)
      .split("\n")
      .filter((line) => line !== "");
  }

  /** Not by `git tag`, which may be told to print columns, or to sort. */
  private tagsOf(...which: string[]): string[] {
    return this.lines("for-each-ref", "--format=%(refname:lstrip=2)", ...which, "refs/tags");
  }

  /** What a command with -z prints. */
  private entries(...args: string[]): string[] {
    return this.run(args)
      .split("\0")
      .filter((entry) => entry !== "");
  }

  get isShallow(): boolean {
    return this.run(["rev-parse", "--is-shallow-repository"]).trim() === "true";
  }

  /** Undefined where no branch is checked out. */
  get branch(): string | undefined {
    // Whole, as git shortens it to heads/main where a tag is called main, too.
    return (
      this.try(["symbolic-ref", "--quiet", "HEAD"])
        .stdout.trim()
        .replace(/^refs\/heads\//, "") || undefined
    );
  }

  /** The newest commit; undefined where there is none yet. */
  get head(): string | undefined {
    return this.commitOf("HEAD");
  }

  /** The first line of the newest commit's message. */
  get subject(): string {
    return this.run([...PLAIN, "log", "--encoding=UTF-8", "-1", "--format=%s"]).trim();
  }

  /** The commit of a branch, a tag, or a hash; undefined where there is none. */
  commitOf(name: string): string | undefined {
    return this.try(["rev-parse", "--quiet", "--verify", `${name}^{commit}`]).stdout.trim() || undefined;
  }

  /** What a name refers to itself: of an annotated tag, the tag. */
  objectOf(name: string): string {
    return this.run(["rev-parse", "--verify", name]).trim();
  }

  get tags(): string[] {
    return this.tagsOf();
  }

  /** Tags of commits that the newest has before it, itself included. */
  get merged(): string[] {
    return this.tagsOf("--merged", "HEAD");
  }

  /** Tags of commits that a tag or a branch has, by its full name. */
  tagsIn(name: string): string[] {
    return this.tagsOf("--merged", name);
  }

  /** The day of a tag, or of its commit where it has none of its own: "2026-01-31" (UTC). */
  dateOf(tag: string): string {
    const seconds = this.run(["for-each-ref", "--format=%(creatordate:unix)", `refs/tags/${tag}`]);
    return new Date(Number(seconds) * 1000).toISOString().slice(0, 10);
  }

  get newest(): string[] {
    return this.tagsOf("--points-at", "HEAD");
  }

  /** Tracked files that differ from the newest commit. */
  get changes(): string[] {
    return this.entries("status", "--porcelain", "-z", "--no-renames", "--untracked-files=no").map((line) =>
      line.slice(3),
    );
  }

  /** Of paths from the root, how git has each: "tracked", "outside" of a sparse checkout, or "new"; what it ignores is left out. */
  held(paths: string[]): Map<string, "tracked" | "outside" | "new"> {
    const list = ["--literal-pathspecs", "ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard", "--"];
    return new Map(
      this.entries(...list, ...paths).map((entry) => [
        entry.slice(2),
        entry.startsWith("?") ? "new" : entry.startsWith("S") ? "outside" : "tracked",
      ]),
    );
  }

  /** Tracked files that fit a pattern of paths from the root, in which ** stands for any folders. */
  filesLike(pattern: string): string[] {
    return this.entries("ls-files", "-z", "--", `:(top,glob)${pattern}`);
  }

  /** Whether git would leave a file out that is not there yet. */
  ignores(path: string): boolean {
    return this.try(["check-ignore", "--quiet", "--", path]).status === 0;
  }

  /** Whether the newest commit has anything there. */
  hasFolder(path: string): boolean {
    return (
      this.try(["rev-parse", "--quiet", "--verify", `HEAD:${posix.normalize(path).replace(/^\.?\/?$|\/$/, "")}`])
        .status === 0
    );
  }

  /** A file of the newest commit, as it is checked out. @returns undefined where it has none */
  committed(path: string): Buffer | undefined {
    const { status, stdout } = spawnSync("git", ["cat-file", "--filters", `HEAD:${path}`], this.surroundings);
    return status === 0 ? stdout : undefined;
  }

  /** Commits that none of the tags has, newest first. @param folder whose files they change; "." for all. @param until the newest of them */
  commits(without: string[], folder: string, until = "HEAD"): Commit[] {
    const wanted = [until, ...without.map((tag) => `^refs/tags/${tag}`), ...(folder === "." ? [] : ["--", folder])];
    const text = this.run(
      [...PLAIN, "--literal-pathspecs", "log", "--encoding=UTF-8", "-z", "--format=%H %P%n%B", "--stdin"],
      `${wanted.join("\n")}\n`,
    );
    return text.split("\0").flatMap((entry) => {
      const [hashes = "", ...lines] = entry.split("\n");
      const [hash = "", ...parents] = hashes.trim().split(" ");
      if (hash === "") return [];
      return [{ hash, message: lines.join("\n"), ...(parents.length > 1 ? { isMerge: true } : {}) }];
    });
  }

  /** Commits that changed a file, with the lines that each added to it and removed. @param without tags whose commits do not count */
  changesOf(path: string, without: string[], until = "HEAD"): Map<string, { added: string[]; removed: string[] }> {
    const wanted = [until, ...without.map((tag) => `^refs/tags/${tag}`), "--", path];
    const how = [
      "--full-history",
      "--no-renames",
      "-p",
      "-U0",
      "--no-ext-diff",
      "--no-textconv",
      "--no-color",
      "--text",
    ];
    const plain = [...PLAIN, "-c", "log.showRoot=true", "--literal-pathspecs"];
    const text = this.run([...plain, "log", ...how, "--format=%x00%H", "--stdin"], `${wanted.join("\n")}\n`);
    const lines = (all: string[], sign: RegExp): string[] =>
      all.flatMap((line) => (sign.test(line) ? line.slice(1) : []));
    return new Map(
      text.split("\0").flatMap((entry) => {
        const [hash, ...all] = entry.split("\n");
        return hash ? [[hash, { added: lines(all, /^\+(?!\+\+ )/), removed: lines(all, /^-(?!-- )/) }]] : [];
      }),
    );
  }

  /** Files that a commit changes; of a merge none. */
  filesOf(commit: string): string[] {
    return this.entries("diff-tree", "--no-commit-id", "--name-only", "--no-renames", "-r", "--root", "-z", commit);
  }

  /** Where the branch is pushed to, as git itself takes it; else the only one, else "origin". */
  get remote(): string | undefined {
    const { branch } = this;
    const named = [`branch.${branch}.pushRemote`, "remote.pushDefault", `branch.${branch}.remote`]
      .map((key) => this.try(["config", key]).stdout.trim())
      // What follows another branch of this repository is pushed to none.
      .find((name) => name !== "" && name !== ".");
    if (named !== undefined) return named;
    const all = this.lines("remote");
    return all.length === 1 ? all[0] : all.find((name) => name === "origin");
  }
}
