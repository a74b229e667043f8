import type { Problems } from "../../shared/problems.ts";
import { duplicates } from "./names.ts";
import type { LabelSpec } from "./partSpecs.ts";

/** The repository's complete set of labels; undefined: not managed. */
export function labelsOf(problems: Problems, spec: LabelSpec[] | undefined): Required<LabelSpec>[] | undefined {
  if (!spec) return undefined;
  for (const name of duplicates(spec.map((label) => label.name)))
    problems.add("labels", name, "is listed twice (GitHub ignores case); remove one");
  for (const { name, color, description = "" } of spec) {
    if (name.trim() === "" || name.length > 50)
      problems.add("labels", name, "is not a label name; write 1 to 50 characters");
    if (!/^[0-9a-f]{6}$/.test(color))
      problems.add(
        `labels.${name}.color`,
        color,
        'is not a colour; write six lower-case hex digits without #, like "d73a4a"',
      );
    if (description.length > 100)
      problems.add(`labels.${name}.description`, description, "is too long; GitHub accepts 100 characters");
  }
  return spec
    .map(({ name, color, description = "" }) => ({ name, color, description }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
