/**
 * Requests that GitHub takes and its own description refuses. Each is adapted before the check, so that
 * everything else about it is still checked.
 */
export interface RequestException {
  reason: string;
  adapt: (body: unknown) => unknown;
}

type Body = Record<string, any>;
const isMap = (value: unknown): value is Body => typeof value === "object" && value !== null && !Array.isArray(value);

export const requestExceptions: Record<string, RequestException> = {
  "repos/create-or-update-environment": {
    reason: "GitHub takes `can_admins_bypass` and gives it back; the description closes the body without it.",
    adapt: (body) => {
      if (!isMap(body) || typeof body.can_admins_bypass !== "boolean") return body;
      const { can_admins_bypass: _, ...rest } = body;
      return rest;
    },
  },
  "repos/update-branch-protection": {
    reason: "GitHub takes `checks` alone; the description still requires the deprecated `contexts`.",
    adapt: (body) => {
      const checks = isMap(body) ? body.required_status_checks : undefined;
      return isMap(checks) && !("contexts" in checks) ? { ...(body as Body), required_status_checks: { ...checks, contexts: [] } } : body;
    },
  },
};

/**
 * Rules of GraphQL that GitHub does not hold its callers to. The provider asks for the `name` of an actor that may be
 * a team (never null) or a user (may be null); by the letter the two may not share a place in one answer.
 */
export const graphqlExceptions = ["OverlappingFieldsCanBeMergedRule"];

/**
 * Paths that GitHub serves and its description leaves out. They are read as the described path beside them,
 * and checked as such: repositories, organisations and teams may be named by their number.
 */
export const pathAliases = [
  { reason: "environment secrets and redirects after a rename use the repository's number", expression: /^\/repositories\/(\d+)(\/.*)?$/ },
  { reason: "a team's repositories are asked for by the numbers of organisation and team", expression: /^\/organizations\/(\d+)\/team\/(\d+)(\/.*)?$/ },
  { reason: "the root folder's contents have no path; the described path needs one", expression: /^(\/repos\/[^/]+\/[^/]+\/contents)\/?$/ },
] as const;
