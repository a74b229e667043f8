/** Rules between the fields of `slipway:github` and `slipway:repositories`. */
import { REPOSITORY, valueNameProblem } from "../shared/names.ts";
import { shown } from "../shared/text.ts";
import { at, entries, isMap, type Problem, wayOut } from "./problems.ts";

export function githubRules(raw: unknown): Problem[] {
  return [...tokenRule(raw), ...entries(raw, ["repositories"]).flatMap(([name]) => repositoryRules(raw, name))];
}

function tokenRule(raw: unknown): Problem[] {
  const both = at(raw, ["github", "token"]) !== undefined && at(raw, ["github", "tokenFile"]) !== undefined;
  return both ? [{ path: ["github"], message: "has token and tokenFile; keep one of them" }] : [];
}

function repositoryRules(raw: unknown, name: string): Problem[] {
  const path = ["repositories", name];
  const problems: Problem[] = REPOSITORY.test(name)
    ? []
    : [
        {
          path: ["repositories"],
          message: `${shown(name)} is not the name of a repository; write it without its owner, like "shop"`,
        },
      ];
  for (const kind of ["secrets", "variables"]) {
    for (const [value] of entries(raw, [...path, kind])) {
      const wrong = valueNameProblem(value);
      if (wrong) problems.push({ path: [...path, kind], message: `${shown(value)} ${wrong}` });
    }
  }
  const [host, known] = [at(raw, [...path, "host"]), entries(raw, ["hosts"]).map(([each]) => each)];
  if (typeof host === "string" && !known.includes(host))
    problems.push({
      path: [...path, "host"],
      message: `${shown(host)} is not a host${wayOut(host, known, "slipway:hosts")}`,
    });
  const reviewers = at(raw, [...path, "reviewers"]);
  const count = isMap(reviewers)
    ? [reviewers.users, reviewers.teams].flatMap((names) => (Array.isArray(names) ? names : [])).length
    : 0;
  if (count > 6)
    problems.push({
      path: [...path, "reviewers"],
      message: `${count} are too many; GitHub takes 6 users and teams, of which one must approve; name a team`,
    });
  return problems;
}
