/** The way from one version to another, where hosts and states are only taken over from the version before. */
import compare from "semver/functions/compare.js";
import parse from "semver/functions/parse.js";

/** What only the next of may break something: a major version, and before 1.0.0 a minor one. */
function lineOf(version: string): number[] {
  const { major, minor } = parse(version)!;
  return major > 0 ? [major, 0] : [0, minor];
}

const compareLines = ([a = 0, b = 0]: number[], [c = 0, d = 0]: number[]): number => a - c || b - d;

/**
 * The version to upgrade to first: the last one of the oldest line that would be left out.
 * @param released versions that the wanted one's changelog names
 */
export function stepBetween(installed: string, wanted: string, released: string[]): string | undefined {
  const between = released
    .filter((version) => parse(version) !== null)
    .filter(
      (version) =>
        compareLines(lineOf(version), lineOf(installed)) > 0 && compareLines(lineOf(version), lineOf(wanted)) < 0,
    )
    .sort(compare);
  const [first] = between;
  return first && between.findLast((version) => compareLines(lineOf(version), lineOf(first)) === 0);
}
