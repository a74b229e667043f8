import { type Handlers, noContent, ok } from "../call.ts";
import { conflict, unprocessable } from "../errors.ts";
import type { Repository } from "../types.ts";
import { repositoryUrl } from "../views/repositories.ts";

function onlySelected({ actions }: Repository): void {
  if (!actions.enabled || actions.allowed_actions !== "selected") throw conflict("Conflict");
}

/** What a repository's workflows may use and do. */
export const actions: Handlers = {
  "actions/get-github-actions-permissions-repository": (call) => {
    const { enabled, allowed_actions: allowed, sha_pinning_required } = call.repository.actions;
    const selected = {
      selected_actions_url: `${repositoryUrl(call, call.repository)}/actions/permissions/selected-actions`,
    };
    return ok({
      enabled,
      ...(enabled
        ? { allowed_actions: allowed, ...(allowed === "selected" ? selected : {}), sha_pinning_required }
        : {}),
    });
  },
  "actions/set-github-actions-permissions-repository": ({ repository: { actions: has }, body }) => {
    has.enabled = body.enabled;
    has.allowed_actions = body.allowed_actions ?? has.allowed_actions;
    has.sha_pinning_required = body.sha_pinning_required ?? has.sha_pinning_required;
    return noContent;
  },

  "actions/get-allowed-actions-repository": ({ repository }) => (
    onlySelected(repository), ok(repository.actions.selected)
  ),
  "actions/set-allowed-actions-repository": ({ repository, body }) => {
    onlySelected(repository);
    Object.assign(repository.actions.selected, body);
    return noContent;
  },

  "actions/get-github-actions-default-workflow-permissions-repository": ({ repository }) =>
    ok(repository.actions.workflow),
  "actions/set-github-actions-default-workflow-permissions-repository": ({ repository, body }) => (
    Object.assign(repository.actions.workflow, body), noContent
  ),

  "actions/get-workflow-access-to-repository": ({ repository }) => {
    if (repository.settings.visibility === "public")
      throw unprocessable("Access policy only applies to internal and private repositories.");
    return ok({ access_level: repository.actions.access_level });
  },
  "actions/set-workflow-access-to-repository": ({ repository, body }) => {
    if (repository.settings.visibility === "public")
      throw unprocessable("Access policy only applies to internal and private repositories.");
    repository.actions.access_level = body.access_level;
    return noContent;
  },
};
