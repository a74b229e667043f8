/** Rules between the fields of `slipway:github` and `slipway:repositories`. */
import { at, isMap } from "../shared/issues.ts";
import { REPOSITORY, valueNameProblem } from "../shared/names.ts";
import type { Problems } from "../shared/problems.ts";
import { entries, wayOut } from "./problems.ts";

export function checkGitHub(problems: Problems, raw: unknown): void {
  if (at(raw, ["github", "token"]) !== undefined && at(raw, ["github", "tokenFile"]) !== undefined)
    problems.at(["github"], "has token and tokenFile; keep one of them");
  for (const [name] of entries(raw, ["repositories"])) checkRepository(problems, raw, name);
}

function checkRepository(problems: Problems, raw: unknown, name: string): void {
  const path = ["repositories", name];
  if (!REPOSITORY.test(name))
    problems.add(["repositories"], name, 'is not the name of a repository; write it without its owner, like "shop"');
  for (const kind of ["secrets", "variables"]) {
    for (const [key] of entries(raw, [...path, kind])) {
      const remedy = valueNameProblem(key);
      if (remedy) problems.add([...path, kind], key, remedy);
    }
  }
  const [host, hosts] = [at(raw, [...path, "host"]), entries(raw, ["hosts"]).map(([each]) => each)];
  if (typeof host === "string" && !hosts.includes(host))
    problems.add([...path, "host"], host, `is not a host${wayOut(host, hosts, "slipway:hosts")}`);
  const reviewers = at(raw, [...path, "reviewers"]);
  const count = isMap(reviewers)
    ? [reviewers.users, reviewers.teams].flatMap((names) => (Array.isArray(names) ? names : [])).length
    : 0;
  if (count > 6)
    problems.add(
      [...path, "reviewers"],
      count,
      "are too many; GitHub takes 6 users and teams, of which one must approve; name a team",
    );
}
