/** The pins of actions that the workflows of a checkout have, as Dependabot or Renovate raised them. */
import { PINS, type Pin, type Repository } from "../../components/github/workflows/actions.ts";

export interface UsedPins {
  /** By the action's repository. */
  pins: Partial<Record<Repository, Pin>>;
  /** Actions that generated workflows do not use. */
  unknown: string[];
  /** What keeps a pin from being taken over, each with its place. */
  problems: string[];
}

interface Use extends Pin {
  repository: string;
  /** File and line. */
  place: string;
}

/** @param files texts of workflows, by path */
export function usedPins(files: Record<string, string>): UsedPins {
  const uses = Object.entries(files).flatMap(([path, text]) => usesIn(path, text));
  const [known, others] = [uses.filter(isKnown), uses.filter((use) => !isKnown(use))];
  const pins: UsedPins["pins"] = {};
  const problems: string[] = [];
  for (const [repository, all] of Object.entries(Object.groupBy(known, (use) => use.repository)) as [
    Repository,
    Use[],
  ][]) {
    const wrong = all.filter(({ commit, version }) => !/^[0-9a-f]{40}$/.test(commit) || !/^v?\d/.test(version));
    const [first] = all;
    const other = all.find(({ commit }) => commit !== first!.commit);
    for (const { place, commit } of wrong)
      problems.push(`${place}: ${repository}@${commit} is not a full commit with its version as comment`);
    if (other)
      problems.push(
        `${repository} has two commits: ${[first!, other].map(({ commit, place }) => `${commit} in ${place}`).join(", ")}; raise both to one`,
      );
    pins[repository] = { commit: first!.commit, version: first!.version };
  }
  return { pins, unknown: [...new Set(others.map(({ repository }) => repository))].sort(), problems };
}

const isKnown = ({ repository }: Use): boolean => Object.hasOwn(PINS, repository);

/** Without workflows of the same repository, and images. */
function usesIn(path: string, text: string): Use[] {
  return text.split(/\r?\n/).flatMap((line, index): Use[] => {
    const [, action, ref = "", comment = ""] =
      /^\s*(?:- +)?uses: *["']?([^\s@"'#]+)(?:@([^\s"'#]+))?["']?(?: +# *(\S*))?/.exec(line) ?? [];
    if (action === undefined || /^(\.|docker:)/.test(action)) return [];
    const repository = action.split("/", 2).join("/");
    return [{ repository, commit: ref, version: comment, place: `${path}:${index + 1}` }];
  });
}
