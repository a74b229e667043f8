/** On whose machines a job runs, in every notation of `runs-on`. */
import { SELF_HOSTED } from "../../policies/gitHubFacts.ts";
import { isMap } from "../../shared/issues.ts";
import { named } from "./reviewWords.ts";

/** Labels of GitHub's own machines; its larger ones have names of one's own, and cannot be told from one's own. */
const HOSTED = /^(ubuntu|windows|macos)-(latest|slim|\d[\d.]*)(-\w+)*$/i;

const expression = /^\$\{\{\s*(.*?)\s*\}\}$/s;

/** "self-hosted", or what may be a machine of one's own: a group, a label of one's own, an expression. Undefined: it is GitHub's. */
export function runnersOf({ "runs-on": on, strategy }: Record<string, unknown>): string | undefined {
  // A called workflow has its own.
  if (on === undefined || on === null) return undefined;
  if (isMap(on)) {
    const labels = runnersOfLabels(on.labels === undefined ? [] : [on.labels].flat(), strategy);
    return labels === SELF_HOSTED || on.group === undefined
      ? labels
      : `group ${named(String(on.group), "by an expression")}`;
  }
  return runnersOfLabels([on].flat(), strategy);
}

function runnersOfLabels(written: unknown[], strategy: unknown): string | undefined {
  const labels = written.flatMap((label) => resolved(String(label), strategy));
  if (labels.some((label) => label.toLowerCase() === SELF_HOSTED)) return SELF_HOSTED;
  const other = labels.find((label) => !HOSTED.test(label));
  return other === undefined ? undefined : named(other, "what an expression says");
}

/** An expression's possible values, where they stand in the job's matrix or in the expression itself; else the expression. */
function resolved(label: string, strategy: unknown): string[] {
  const inner = expression.exec(label.trim())?.[1];
  if (inner === undefined) return [label.trim()];
  const [, key] = /^matrix\.([\w-]+)$/.exec(inner) ?? [];
  const values = key === undefined ? [] : matrixValues(strategy, key);
  if (values.length > 0) return values.flatMap((value) => resolved(value, undefined));
  const quoted = Array.from(inner.matchAll(/'((?:[^']|'')*)'/g), ([, text]) => text!);
  return quoted.some((text) => /(^|\W)self-hosted(\W|$)/i.test(text)) ? [SELF_HOSTED] : [label.trim()];
}

function matrixValues(strategy: unknown, key: string): string[] {
  const matrix = isMap(strategy) ? strategy.matrix : undefined;
  if (!isMap(matrix)) return [];
  const { include } = matrix;
  const own = Array.isArray(matrix[key]) ? matrix[key] : [];
  const included = (Array.isArray(include) ? include : []).flatMap((row) =>
    isMap(row) && row[key] !== undefined ? [row[key]] : [],
  );
  return [...own, ...included].flat().map(String);
}
