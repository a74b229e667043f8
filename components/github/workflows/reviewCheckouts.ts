/** Whether a step gets other code than the event's own: with `pull_request_target` that may be anybody's. */
import { isMap } from "../../shared/issues.ts";
import { named } from "./reviewWords.ts";

/** What cannot be a pull request's code, whatever started the workflow. */
const HARMLESS = new Set([
  "github.ref",
  "github.ref_name",
  "github.sha",
  "github.base_ref",
  "github.repository",
  "github.workflow_sha",
  "github.workflow_ref",
  "github.event.repository.default_branch",
  "github.event.repository.full_name",
  "github.event.pull_request.base.ref",
  "github.event.pull_request.base.sha",
  "github.event.pull_request.base.repo.full_name",
]);

/** Paths of an expression that is a pull request's code by itself. */
const OF_PULL_REQUEST =
  /github\.(head_ref|event\.(number|issue\.number|pull_request\.(head|number|merge_commit_sha)|workflow_run\.(head_|pull_requests)))|refs\/pull\//;

/** By hand, in a script: `gh pr checkout`, also with options between its words, and of `hub`. */
const BY_GH = /\b(gh|hub)\b[^\n;&|]*\bpr\s+checkout\b/;
const BY_GIT = /\b(git|gh\s+repo)\b[^\n;&|]*\b(fetch|checkout|switch|pull|clone|merge|worktree|reset)\b/;

/** What is taken, an expression or a command's name; undefined where it is the event's own code. */
export function checkoutOf(step: Record<string, unknown>, outer: unknown[]): string | undefined {
  const { uses, run: written, with: inputs, env } = step;
  if (typeof uses === "string" && /^actions\/checkout(@|$)/i.test(uses) && isMap(inputs))
    return valuesOf(inputs, ["ref", "repository"]).map(foreign).find(Boolean);
  if (typeof written !== "string") return undefined;
  const run = written.replaceAll(/\\\r?\n/g, " ");
  if (BY_GH.test(run)) return "gh pr checkout";
  const read = [run, ...[env, ...outer].flatMap((values) => namedIn(run, values))].join("\n");
  return BY_GIT.test(run) && (OF_PULL_REQUEST.test(read) || /\bpull\/\S+\/(head|merge)\b/.test(read))
    ? "git"
    : undefined;
}

/** For GitHub, the names of inputs have no case. */
const valuesOf = (inputs: Record<string, unknown>, names: readonly string[]): string[] =>
  Object.entries(inputs).flatMap(([name, value]) => (names.includes(name.toLowerCase()) ? [String(value)] : []));

/** The expression of a ref or a repository that is not known to be harmless; a name that is written out is the author's own. */
function foreign(value: string): string | undefined {
  if (OF_PULL_REQUEST.test(value)) return firstExpression(value) ?? "refs/pull";
  const unknown = Array.from(value.matchAll(/\$\{\{\s*(.*?)\s*\}\}/gs), ([, inner]) => inner!).find(
    (inner) => !HARMLESS.has(inner),
  );
  return unknown === undefined ? undefined : named(unknown, "an expression");
}

const firstExpression = (value: string): string | undefined => {
  const [, inner] = /\$\{\{\s*(.*?)\s*\}\}/s.exec(value) ?? [];
  return inner === undefined ? undefined : named(inner, "an expression");
};

/** Values of variables that a script reads. */
const namedIn = (run: string, values: unknown): string[] =>
  isMap(values) ? Object.entries(values).flatMap(([name, value]) => (run.includes(name) ? [String(value)] : [])) : [];
