/**
 * Requests that GitHub takes and its own description refuses. Each is adapted before the check, so that
 * everything else about it is still checked.
 */
interface RequestException {
  reason: string;
  adapt: (body: unknown) => unknown;
}

type Body = Record<string, any>;
const isMap = (value: unknown): value is Body => typeof value === "object" && value !== null && !Array.isArray(value);

const internal: RequestException = {
  reason:
    "Repositories of an enterprise may be internal; only the description of Enterprise Cloud has that visibility.",
  adapt: (body) => (isMap(body) && body.visibility === "internal" ? { ...body, visibility: "private" } : body),
};

export const requestExceptions: Record<string, RequestException> = {
  "repos/create-in-org": internal,
  "repos/update": internal,
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
      return isMap(checks) && !("contexts" in checks)
        ? { ...(body as Body), required_status_checks: { ...checks, contexts: [] } }
        : body;
    },
  },
};

const secret = {
  statuses: [422],
  reason: "A box that the key does not open is refused, and so is a name that GitHub keeps for itself.",
};
const variable = {
  statuses: [409, 422],
  reason: "A name that is taken is a conflict, one that GitHub keeps for itself is refused.",
};
const selected = { statuses: [409], reason: "There are no selected actions where others are allowed." };
const access = { statuses: [422], reason: "Everybody may use the workflows of a public repository." };

/**
 * Errors that GitHub gives and its description of the call leaves out. 401, 403, 404 and the 422 of a request that
 * does not fit the description come from any call.
 */
export const answerExceptions: Record<string, { statuses: number[]; reason: string }> = {
  "actions/create-or-update-repo-secret": secret,
  "actions/create-or-update-environment-secret": secret,
  "dependabot/create-or-update-repo-secret": secret,
  "actions/create-repo-variable": variable,
  "actions/update-repo-variable": variable,
  "actions/create-environment-variable": variable,
  "actions/update-environment-variable": variable,
  "actions/get-allowed-actions-repository": selected,
  "actions/set-allowed-actions-repository": selected,
  "actions/get-workflow-access-to-repository": access,
  "actions/set-workflow-access-to-repository": access,
  "issues/update-label": { statuses: [422], reason: "Another label may have the new name." },
  "repos/create-commit-status": { statuses: [422], reason: "The commit may be none." },
  "repos/enable-automated-security-fixes": { statuses: [422], reason: "Fixes need alerts." },
  "teams/add-or-update-repo-permissions-in-org": { statuses: [422], reason: "The repository may be of another owner." },
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
  {
    reason: "environment secrets and redirects after a rename use the repository's number",
    expression: /^\/repositories\/(\d+)(\/.*)?$/,
  },
  {
    reason: "a team's repositories are asked for by the numbers of organisation and team",
    expression: /^\/organizations\/(\d+)\/team\/(\d+)(\/.*)?$/,
  },
  {
    reason: "the root folder's contents have no path; the described path needs one",
    expression: /^(\/repos\/[^/]+\/[^/]+\/contents)\/?$/,
  },
] as const;
