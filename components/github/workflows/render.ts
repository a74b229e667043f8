/** Workflows and other files as YAML. */
import { Document, isMap, isScalar, type Scalar, visit } from "yaml";
import { type Action, type PinOverrides, pinOf } from "./actions.ts";
import type { Workflow } from "./model.ts";

/** First line of every file that Slipway writes: it tells anyone who edits the file where it comes from. */
export const HEADER =
  "# Written by Slipway from the repository's declaration; change that instead, or this file will be overwritten.\n";

/** @param overrides commits of actions to use instead of the built-in ones */
export function renderWorkflow({ on, concurrency, jobs, ...names }: Workflow, overrides: PinOverrides = {}): string {
  const document = new Document(
    { ...names, on, permissions: {}, ...(concurrency ? { concurrency } : {}), jobs },
    { aliasDuplicateObjects: false },
  );
  visit(document, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.value !== "uses" || !isScalar(value)) return;
      // A called workflow comes from the same commit. Not every tool supports the newer `$/` syntax for it yet.
      if (String(value.value).startsWith("./")) value.comment = " zizmor: ignore[self-repository]";
      else pin(value, overrides);
    },
  });
  separateJobs(document);
  return HEADER + document.toString({ lineWidth: 0 });
}

/** Renders any other document, with the same first line. */
export function renderYaml(content: unknown): string {
  return HEADER + new Document(content, { aliasDuplicateObjects: false }).toString({ lineWidth: 0 });
}

function pin(value: Scalar, overrides: PinOverrides): void {
  const { commit, version } = pinOf(value.value as Action, overrides);
  value.value = `${String(value.value)}@${commit}`;
  value.comment = ` ${version}`;
}

function separateJobs(document: Document): void {
  const jobs = document.get("jobs");
  if (!isMap(jobs)) return;
  jobs.items.slice(1).forEach(({ key }) => {
    if (isScalar(key)) key.spaceBefore = true;
  });
}
