import type { Problems } from "../../shared/problems.ts";
import { checkPeople } from "./access.ts";
import type { BypassSpec } from "./branchSpec.ts";
import { LOGIN, SLUG } from "./names.ts";
import { BYPASS_ROLES } from "./rulesets.ts";

export function checkBypass(
  problems: Problems,
  { users = [], teams = [], apps = [], roles = [], mode }: BypassSpec,
  place = "bypass",
): void {
  checkPeople(problems, `${place}.users`, users, LOGIN, "user's login");
  checkPeople(problems, `${place}.teams`, teams, SLUG, 'team slug; write one like "web-admins"');
  checkPeople(problems, `${place}.apps`, apps, SLUG, 'GitHub App slug; write one like "dependabot"');
  for (const role of roles.filter((candidate) => !BYPASS_ROLES.includes(candidate)))
    problems.add(
      `${place}.roles`,
      role,
      `is not a role; write ${BYPASS_ROLES.map((known) => `"${known}"`).join(" or ")}`,
    );
  if (mode !== undefined && mode !== "always" && mode !== "pull-request")
    problems.add(`${place}.mode`, mode, 'is unknown; write "pull-request" or "always"');
}
