import { paid, permissionOf } from "../access.ts";
import { type Body, type Call, created, type Handlers, listed, noContent, ok } from "../call.ts";
import { notFound, validationFailed } from "../errors.ts";
import { rulesetsOf } from "../rules.ts";
import { nextId, now } from "../state.ts";
import type { Ruleset } from "../types.ts";
import { nodeId } from "../views/nodes.ts";
import { fullName, repositoryPage, repositoryUrl } from "../views/repositories.ts";

/** Parameters that GitHub adds to a rule that omits them. */
const defaults: Record<string, Record<string, unknown>> = {
  pull_request: {
    required_approving_review_count: 0,
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_review_thread_resolution: false,
    allowed_merge_methods: ["merge", "squash", "rebase"],
  },
  required_status_checks: {
    strict_required_status_checks_policy: false,
    do_not_enforce_on_create: false,
    required_status_checks: [],
  },
};

const complete = (rules: Ruleset["rules"]): Ruleset["rules"] =>
  rules.map(({ type, parameters }) => ({
    type,
    ...(parameters || defaults[type] ? { parameters: { ...defaults[type], ...parameters } } : {}),
  }));

/** A ruleset in a list; its own URL shows conditions, rules and (to administrators) who may bypass it. */
function summary(call: Call, ruleset: Ruleset): Record<string, unknown> {
  return {
    id: ruleset.id,
    name: ruleset.name,
    target: ruleset.target,
    source_type: "Repository",
    source: fullName(call.repository),
    enforcement: ruleset.enforcement,
    node_id: nodeId("RepositoryRuleset", ruleset.id),
    _links: {
      self: { href: `${repositoryUrl(call, call.repository)}/rulesets/${ruleset.id}` },
      html: { href: `${repositoryPage(call, call.repository)}/rules/${ruleset.id}` },
    },
    created_at: ruleset.createdAt,
    updated_at: ruleset.updatedAt,
  };
}

const view = (call: Call, ruleset: Ruleset): Record<string, unknown> => ({
  ...summary(call, ruleset),
  conditions: ruleset.conditions,
  rules: ruleset.rules,
  current_user_can_bypass: "never",
  ...(permissionOf(call.state, call.repository, call.actor.login) === "admin"
    ? { bypass_actors: ruleset.bypass_actors }
    : {}),
});

function checked(call: Call, id?: number): Body {
  const { body, repository, state } = call;
  if (repository.rulesets.some((other) => other.name === body.name && other.id !== id))
    throw validationFailed("Name must be unique");
  const { include = [], exclude = [] } = body.conditions?.ref_name ?? {};
  const invalid = [...include, ...exclude].filter(
    (pattern: string) => !/^(~ALL|~DEFAULT_BRANCH|refs\/(heads|tags)\/.+)$/.test(pattern),
  );
  if (body.target !== "push" && invalid.length > 0)
    throw validationFailed(`Invalid target patterns: ${invalid.map((each: string) => `'${each}'`).join(", ")}`);
  for (const actor of (body.bypass_actors ?? []) as Ruleset["bypass_actors"]) {
    if (
      actor.actor_type === "Team" &&
      !state.teams.some((team) => team.id === actor.actor_id && team.organization === repository.owner)
    ) {
      throw validationFailed(`Actor ${actor.actor_id} team must be part of the ruleset source or owner organization`);
    }
  }
  return body;
}

function find(call: Call): Ruleset {
  const found = call.repository.rulesets.find(({ id }) => id === Number(call.params.ruleset_id));
  if (!found) throw notFound();
  return found;
}

export const rulesets: Handlers = paid({
  "repos/get-repo-rulesets": (call) =>
    listed(
      call,
      call.repository.rulesets.map((ruleset) => summary(call, ruleset)),
    ),
  "repos/create-repo-ruleset": (call) => {
    const body = checked(call);
    const ruleset: Ruleset = {
      id: nextId(call.state),
      name: body.name,
      target: body.target ?? "branch",
      enforcement: body.enforcement,
      bypass_actors: body.bypass_actors ?? [],
      conditions: body.conditions ?? null,
      rules: complete(body.rules ?? []),
      createdAt: now(),
      updatedAt: now(),
    };
    call.repository.rulesets.push(ruleset);
    return created(view(call, ruleset));
  },
  "repos/get-repo-ruleset": (call) => ok(view(call, find(call))),
  "repos/update-repo-ruleset": (call) => {
    const ruleset = find(call);
    const body = checked(call, ruleset.id);
    for (const name of ["name", "target", "enforcement", "bypass_actors", "conditions"] as const) {
      if (body[name] !== undefined) Object.assign(ruleset, { [name]: body[name] });
    }
    if (body.rules !== undefined) ruleset.rules = complete(body.rules);
    ruleset.updatedAt = now();
    return ok(view(call, ruleset));
  },
  "repos/delete-repo-ruleset": (call) => {
    const { id } = find(call);
    call.repository.rulesets = call.repository.rulesets.filter((each) => each.id !== id);
    return noContent;
  },
  "repos/get-branch-rules": (call) =>
    listed(
      call,
      rulesetsOf(call.repository, `refs/heads/${call.params.branch}`).flatMap(({ id, rules }) =>
        rules.map((rule) => ({
          ...rule,
          ruleset_source_type: "Repository",
          ruleset_source: fullName(call.repository),
          ruleset_id: id,
        })),
      ),
    ),
});
