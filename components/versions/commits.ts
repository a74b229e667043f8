/** What a commit asks of the next version. */

/** Parts of a semantic version (https://semver.org/spec/v2.0.0.html). */
export type Bump = "major" | "minor" | "patch";

export interface Commit {
  hash: string;
  /** The whole message, as it was written. */
  message: string;
  /** Whether it joins two lines of work. */
  isMerge?: boolean;
}

/**
 * How commits say what they are. `markers`: `[major]` or `[minor]` anywhere in the message, else a patch. `conventional`:
 * Conventional Commits (https://www.conventionalcommits.org/en/v1.0.0/); others ask for nothing. `both`: a marker comes
 * first, then what is conventional, and all others are patches.
 */
export const STYLES = ["both", "markers", "conventional"] as const;
export type Style = (typeof STYLES)[number];

export interface Asked {
  bump: Bump;
  commit: Commit;
}

const ORDER: Bump[] = ["patch", "minor", "major"];

/** The smaller of the two. */
export const atMost = (bump: Bump, most: Bump): Bump => (ORDER.indexOf(bump) > ORDER.indexOf(most) ? most : bump);

/** Type, scope and exclamation mark of a conventional commit's first line. */
export const HEADER = /^(?<type>[a-z]+)(?:\((?<scope>[^()\r\n]*)\))?(?<breaking>!)?: (?=\S)/i;
export const FOOTER = /^BREAKING[ -]CHANGE: \S/m;
const PATCHES = ["fix", "perf", "revert"];

function conventionalBump(message: string): Bump | undefined {
  const { type = "", breaking } = HEADER.exec(message)?.groups ?? {};
  if (breaking !== undefined || FOOTER.test(message)) return "major";
  if (type.toLowerCase() === "feat") return "minor";
  return PATCHES.includes(type.toLowerCase()) ? "patch" : undefined;
}

const markedBump = (message: string): Bump | undefined =>
  message.includes("[major]") ? "major" : message.includes("[minor]") ? "minor" : undefined;

/** A merge speaks by what was written below its first line, the title of a pull request: the commits speak for themselves. */
export const wordsOf = ({ message, isMerge }: Commit): string =>
  isMerge && /^Merge /.test(message) ? message.replace(/^.*(?:\r?\n)*/, "") : message;

export function bumpOf(commit: Commit, style: Style): Bump | undefined {
  const message = wordsOf(commit);
  const marked = style === "conventional" ? undefined : markedBump(message);
  if (marked !== undefined) return marked;
  const conventional = style === "markers" ? undefined : conventionalBump(message);
  if (conventional !== undefined || style === "conventional" || commit.isMerge) return conventional;
  return "patch";
}

/** As `git revert` writes it. */
export const revertedBy = ({ message }: Commit): string | undefined =>
  /^This reverts commit ([0-9a-f]{7,64})\b/m.exec(message)?.[1];

/**
 * The commits that still count: one that was reverted among them does not, nor does what reverted it.
 * @param commits newest first
 */
export function inEffect(commits: Commit[]): Commit[] {
  const gone = new Set<Commit>();
  for (const commit of commits) {
    const hash = gone.has(commit) ? undefined : revertedBy(commit);
    const reverted = hash === undefined ? undefined : commits.find((other) => other.hash.startsWith(hash));
    if (reverted === undefined || gone.has(reverted)) continue;
    gone.add(commit);
    gone.add(reverted);
  }
  return commits.filter((commit) => !gone.has(commit));
}

/**
 * The highest that commits ask for, and the newest that asks for it; undefined where none asks for anything. What is
 * reverted by a commit that is not of this range asks for a patch, whatever its first line says.
 * @param commits newest first
 */
export function asked(commits: Commit[], style: Style): Asked | undefined {
  let highest: Asked | undefined;
  for (const commit of inEffect(commits)) {
    const bump = revertedBy(commit) === undefined ? bumpOf(commit, style) : "patch";
    if (bump !== undefined && (!highest || ORDER.indexOf(bump) > ORDER.indexOf(highest.bump)))
      highest = { bump, commit };
  }
  return highest;
}
