/**
 * Requests that GitHub accepts although its own description refuses them. Each is adapted before the check, so that
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
    reason: "GitHub accepts `can_admins_bypass` and returns it; the description does not allow it in the body.",
    adapt: (body) => {
      if (!isMap(body) || typeof body.can_admins_bypass !== "boolean") return body;
      const { can_admins_bypass: _, ...rest } = body;
      return rest;
    },
  },
  "repos/update-branch-protection": {
    reason: "GitHub accepts `checks` alone; the description still requires the deprecated `contexts`.",
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
  reason: "A box that the key does not open is refused, and so is a name that GitHub reserves.",
};
const variable = {
  statuses: [409, 422],
  reason: "A name that is taken is a conflict; one that GitHub reserves is refused.",
};
const selected = { statuses: [409], reason: "There are no selected actions if all or only local ones are allowed." };
const access = { statuses: [422], reason: "Everyone may use the workflows of a public repository." };

/**
 * Errors that GitHub returns although its description of the call omits them. Any call may return 401, 403, 404 and the
 * 422 for a request that does not match the description.
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
  "issues/update-label": { statuses: [422], reason: "Another label may already have the new name." },
  "actions/create-workflow-dispatch": {
    statuses: [422],
    reason: "The ref, the inputs or the workflow's trigger may not fit.",
  },
  "actions/review-pending-deployments-for-run": {
    statuses: [422],
    reason: "The run may wait for nothing, or not for this person.",
  },
  "checks/create": { statuses: [422], reason: "The commit may not exist." },
  "repos/create-commit-status": { statuses: [422], reason: "The commit may not exist." },
  "repos/enable-automated-security-fixes": { statuses: [422], reason: "Fixes need alerts." },
  "teams/add-or-update-repo-permissions-in-org": {
    statuses: [422],
    reason: "The repository may have a different owner.",
  },
};

/**
 * GraphQL rules that GitHub does not enforce. The provider asks for the `name` of an actor that may be a team (never
 * null) or a user (may be null); strictly, the two may not share a place in one answer.
 */
export const graphqlExceptions = ["OverlappingFieldsCanBeMergedRule"];

/**
 * Paths that GitHub serves although its description omits them. They are translated to the equivalent described path, and
 * checked as such: repositories, organisations and teams may be named by their number.
 */
export const pathAliases = [
  {
    reason: "environment secrets and redirects after a rename use the repository's number",
    expression: /^\/repositories\/(\d+)(\/.*)?$/,
  },
  {
    reason: "a team's repositories are requested by the numbers of organisation and team",
    expression: /^\/organizations\/(\d+)\/team\/(\d+)(\/.*)?$/,
  },
  {
    reason: "the root folder's contents have no path; the described path needs one",
    expression: /^(\/repos\/[^/]+\/[^/]+\/contents)\/?$/,
  },
] as const;
