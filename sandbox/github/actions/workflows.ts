/** Workflow files as GitHub reads them: what starts them, and their jobs. */
import { parse } from "yaml";
import { ownValue, textOf } from "../git.ts";
import type { Commit, Repository } from "../types.ts";

export interface Input {
  required: boolean;
  type: string;
  default: string | undefined;
  options: string[] | undefined;
}

export interface Job {
  id: string;
  name: string | undefined;
  needs: string[];
  if: string | undefined;
  /** May contain an expression. */
  environment: string | undefined;
  /** Path of a workflow of the same repository, if the job calls one. */
  uses: string | undefined;
  with: Record<string, string>;
}

export interface Workflow {
  path: string;
  name: string;
  runName: string | undefined;
  /** Filters of branches and tags, if pushes start it at all. */
  push: { branches: string[] | undefined; tags: string[] | undefined } | undefined;
  /** Of `workflow_dispatch`, if there is one. */
  dispatch: Record<string, Input> | undefined;
  jobs: Job[];
}

type Yaml = Record<string, any>;
const FOLDER = ".github/workflows/";

const list = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(String) : value == null ? [] : [String(value)];
const optional = (value: unknown): string | undefined => (value == null ? undefined : String(value));

function jobOf([id, job]: [string, Yaml]): Job {
  return {
    id,
    name: optional(job.name),
    needs: list(job.needs),
    if: optional(job.if),
    environment: optional(typeof job.environment === "object" ? job.environment?.name : job.environment),
    uses: typeof job.uses === "string" && job.uses.startsWith("./") ? job.uses.slice(2) : undefined,
    with: Object.fromEntries(Object.entries((job.with ?? {}) as Yaml).map(([key, value]) => [key, String(value)])),
  };
}

const inputOf = (input: Yaml | null): Input => ({
  required: input?.required === true,
  type: input?.type ?? "string",
  default: optional(input?.default),
  options: input?.options === undefined ? undefined : list(input.options),
});

/** The workflow in a file of a commit; undefined if there is none, or nothing that GitHub could read. */
export function workflowAt(repository: Repository, commit: Commit, path: string): Workflow | undefined {
  const blob = ownValue(commit.files, path);
  if (blob === undefined) return undefined;
  let read: Yaml;
  try {
    read = parse(textOf(repository, blob)) as Yaml;
  } catch {
    return undefined;
  }
  if (typeof read?.jobs !== "object" || read.jobs === null) return undefined;
  const on: Yaml =
    typeof read.on === "object" && !Array.isArray(read.on)
      ? read.on
      : Object.fromEntries(list(read.on).map((event) => [event, null]));
  const filter = (name: string): string[] | undefined =>
    on.push?.[name] === undefined ? undefined : list(on.push[name]);
  const { workflow_dispatch: dispatch } = on;
  return {
    path,
    name: optional(read.name) ?? path,
    runName: optional(read["run-name"]),
    push: "push" in on ? { branches: filter("branches"), tags: filter("tags") } : undefined,
    dispatch:
      "workflow_dispatch" in on
        ? Object.fromEntries(
            Object.entries((dispatch?.inputs ?? {}) as Yaml).map(([key, each]) => [key, inputOf(each)]),
          )
        : undefined,
    jobs: Object.entries(read.jobs as Yaml).map(jobOf),
  };
}

/** The workflows of a commit, by path. */
export const workflowsOf = (repository: Repository, commit: Commit): Workflow[] =>
  Object.keys(commit.files)
    .filter((path) => path.startsWith(FOLDER) && /^[^/]+\.ya?ml$/.test(path.slice(FOLDER.length)))
    .sort()
    .flatMap((path) => workflowAt(repository, commit, path) ?? []);

/** A pattern of `on.push`: `*` stops at a slash, `**` does not, `?` and `+` repeat what precedes them. */
function filterMatches(pattern: string, name: string): boolean {
  const expression = pattern.replace(/\*\*|[*.()|{}^$\\]/g, (part) =>
    part === "**" ? ".*" : part === "*" ? "[^/]*" : `\\${part}`,
  );
  return new RegExp(`^${expression}$`).test(name);
}

/** Whether the last pattern that matches is one without "!". */
const admitted = (patterns: string[], name: string): boolean =>
  patterns.reduce((so, pattern) => {
    const negative = pattern.startsWith("!");
    return filterMatches(negative ? pattern.slice(1) : pattern, name) ? !negative : so;
  }, false);

/** Whether a push of a ref starts the workflow. With a filter for one kind of refs alone, the other kind does not. Filters by paths are ignored. */
export function startsOnPush({ push }: Workflow, ref: string): boolean {
  if (!push) return false;
  const { branches, tags } = push;
  if (branches === undefined && tags === undefined) return true;
  const name = ref.replace(/^refs\/(heads|tags)\//, "");
  const patterns = ref.startsWith("refs/tags/") ? tags : branches;
  return patterns !== undefined && admitted(patterns, name);
}
