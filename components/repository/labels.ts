import type { Problems } from "../application/problems.ts";
import { duplicates } from "./names.ts";
import type { LabelSpec } from "./partSpecs.ts";

const DEFAULT: LabelSpec[] = [
  { name: "bug", color: "d73a4a", description: "Something does not work" },
  { name: "dependencies", color: "0366d6", description: "Changes what this depends on" },
  { name: "documentation", color: "0075ca", description: "Only words" },
  { name: "duplicate", color: "cfd3d7", description: "There is one already" },
  { name: "enhancement", color: "a2eeef", description: "Something new, or better" },
  { name: "good first issue", color: "7057ff", description: "Good for newcomers" },
  { name: "question", color: "d876e3", description: "Needs an answer" },
  { name: "security", color: "b60205", description: "Touches security" },
  { name: "wontfix", color: "ffffff", description: "Stays as it is" },
];

/** All labels that the repository is to have; undefined: not managed. */
export function labelsOf(problems: Problems, spec: LabelSpec[] | false = DEFAULT): Required<LabelSpec>[] | undefined {
  if (spec === false) return undefined;
  for (const name of duplicates(spec.map((label) => label.name))) problems.add("labels", name, "is named twice, as GitHub does not tell letters of either case apart; remove one");
  for (const { name, color, description = "" } of spec) {
    if (name.trim() === "" || name.length > 50) problems.add("labels", name, "is no name of a label; write 1 to 50 characters");
    if (!/^[0-9a-f]{6}$/.test(color)) problems.add(`labels.${name}.color`, color, 'is no colour; write six small hex digits without #, like "d73a4a"');
    if (description.length > 100) problems.add(`labels.${name}.description`, description, "is too long; GitHub takes 100 characters");
  }
  return spec.map(({ name, color, description = "" }) => ({ name, color, description })).sort((a, b) => (a.name < b.name ? -1 : 1));
}
