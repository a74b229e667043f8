/** Files that the program keeps in a repository. */
import { createHash } from "node:crypto";
import type { Problems } from "../../shared/problems.ts";
import type { Rule } from "./branches.ts";
import type { BypassSpec } from "./branchSpec.ts";
import type { FilesSpec } from "./partSpecs.ts";

export interface FilesPlan {
  content: Record<string, string>;
  through: "branch" | "pull-request";
  message: string;
  /** The branch that they end up on. */
  branch: string;
}

/** Git's object id of the content, by path, on a branch. */
export type Tree = Record<string, string>;

export function filesOf(
  problems: Problems,
  spec: FilesSpec | undefined,
  branch: string,
  rules: Rule[],
  bypass: BypassSpec,
  classic: boolean,
): FilesPlan | undefined {
  if (!spec?.content) return undefined;
  checkPaths(problems, Object.keys(spec.content));
  return {
    content: Object.fromEntries(Object.entries(spec.content).sort(([a], [b]) => (a < b ? -1 : 1))),
    through: spec.through ?? (takesPushes(branch, rules, bypass, classic) ? "branch" : "pull-request"),
    message: spec.message ?? "Update files managed by Slipway",
    branch,
  };
}

export function checkPaths(problems: Problems, paths: string[]): void {
  for (const path of paths) {
    const problem = pathProblem(path);
    if (problem) problems.add("files.content", path, problem);
  }
}

function pathProblem(path: string): string | undefined {
  if (path === "" || path.startsWith("/") || path.endsWith("/") || path.includes("//"))
    return 'is not the path of a file in the repository; write one like ".github/workflows/ci.yml"';
  if (path.split("/").some((segment) => segment === "." || segment === ".." || segment === ".git"))
    return "points outside the repository's files; write it without '.', '..' and '.git'";
  return /[\x00-\x1f\x7f\\:]/.test(path)
    ? "has control characters, '\\' or ':', which the provider cannot handle; choose another name"
    : undefined;
}

/**
 * Whether a file may be committed without a pull request. It is not known whether this program's token may bypass the
 * rules. Classic protection lets nobody bypass checks and signatures.
 */
function takesPushes(branch: string, rules: Rule[], bypass: BypassSpec, classic: boolean): boolean {
  const guards = rules.filter(
    (rule) =>
      rule.patterns.includes(branch) && (rule.reviews !== undefined || rule.checks.length > 0 || rule.signedCommits),
  );
  const passes =
    bypass.mode === "always" &&
    [bypass.users, bypass.teams, bypass.apps, bypass.roles].some((names) => (names ?? []).length > 0);
  const strict = classic && guards.some((rule) => rule.checks.length > 0 || rule.signedCommits);
  return guards.length === 0 || (passes && !strict);
}

/** Git's object id of a content. Source: git-hash-object. */
export const blobOf = (content: string): string =>
  createHash("sha1")
    .update(`blob ${Buffer.byteLength(content)}\0`)
    .update(content)
    .digest("hex");

/** The files that differ, or are missing, on the branch. */
export const differing = (content: Record<string, string>, tree: Tree): Record<string, string> =>
  Object.fromEntries(Object.entries(content).filter(([path, text]) => tree[path] !== blobOf(text)));

/**
 * The pull request's branch, named after the managed files' current content on their target branch. So the name stays the
 * same while the pull request is open and changes after a merge, when GitHub may have deleted the old branch.
 */
export function proposalBranch(content: Record<string, string>, tree: Tree): string {
  const known = Object.keys(content)
    .sort()
    .filter((path) => tree[path] !== undefined)
    .map((path) => `${path} ${tree[path]}`);
  return `slipway/managed-files-${createHash("sha256").update(known.join("\n")).digest("hex").slice(0, 7)}`;
}

export const proposalText = (paths: string[]): string =>
  [
    "These files are declared in the infrastructure program, which keeps them as they are here:",
    "",
    ...paths.map((path) => `- \`${path}\``),
    "",
    "Merge it to take them over. A change by hand would be proposed back at the next update.",
    ...(paths.some((path) => path.startsWith(".github/workflows/"))
      ? [
          "Does it take back newer versions of actions (`uses:`), which Dependabot or Renovate raised? Then run `slipway pins` in the program, which takes them over, and close this.",
        ]
      : []),
    "",
  ].join("\n");
