/**
 * Which additions are none: what this stack made, and what its declaration has no more, is in its state, and the engine
 * itself changes or deletes it.
 */
import { type Addition, type AdditionKind, type BypassActor, isSameActor } from "./additions.ts";

/** A resource in the state, as far as it matters here. */
export interface KeptResource {
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
}

const CLASSES: Record<AdditionKind, string[]> = {
  bypass: ["RepositoryRuleset"],
  "deploy key": ["RepositoryDeployKey"],
  environment: ["RepositoryEnvironment"],
  label: ["IssueLabels"],
  policy: ["RepositoryEnvironmentDeploymentPolicy"],
  ruleset: ["RepositoryRuleset"],
  secret: ["ActionsSecret", "ActionsEnvironmentSecret"],
  variable: ["ActionsVariable", "ActionsEnvironmentVariable"],
  webhook: ["RepositoryWebhook"],
};

/** @param repository its name on GitHub, without the owner */
export function foreign(additions: Addition[], repository: string, state: KeptResource[]): Addition[] {
  const own = state.filter(({ inputs }) => same(inputs?.repository, repository));
  // The first update of labels replaces all that there are.
  const hasLabels = own.some((resource) => isOf(resource, "label"));
  return additions.filter(
    (addition) => (addition.kind !== "label" || hasLabels) && !own.some((resource) => has(resource, addition)),
  );
}

const isOf = ({ type }: KeptResource, kind: AdditionKind): boolean => CLASSES[kind].includes(type.split(":").at(-1)!);

const same = (a: unknown, b: string): boolean => typeof a === "string" && a.toLowerCase() === b.toLowerCase();

function has(resource: KeptResource, addition: Addition): boolean {
  const { id = "", inputs = {} } = resource;
  if (!isOf(resource, addition.kind)) return false;
  const named = same(id.split(":").at(-1), addition.id);
  switch (addition.kind) {
    case "environment":
      return same(inputs.environment, addition.name);
    case "label":
      return ((inputs.labels ?? []) as { name?: unknown }[]).some(({ name }) => same(name, addition.name));
    case "bypass":
      return named && allIn(addition.actors ?? [], inputs.bypassActors);
    default:
      return named && same(inputs.environment ?? "", addition.environment ?? "");
  }
}

/** Whether the state has everyone whom the declaration does not: then the update itself takes them off the list. */
function allIn(added: BypassActor[], actors: unknown): boolean {
  const known = ((actors ?? []) as { actorType: string; actorId?: number; bypassMode: string }[]).map(
    ({ actorType, actorId, bypassMode }): BypassActor => ({
      actor_type: actorType,
      actor_id: actorId ?? null,
      bypass_mode: bypassMode,
    }),
  );
  return added.every((actor) => known.some((other) => isSameActor(other, actor)));
}
