/**
 * What GitHub has beyond a declaration: what somebody added by hand to what is declared as a whole. A list that GitHub did
 * not tell is undefined, and nothing is said of it.
 */
import { shown } from "../../shared/text.ts";
import { environmentPath } from "./api.ts";
import type { GitHubEnvironmentPlan } from "./environmentPlan.ts";
import type { RepositoryPlan } from "./plan.ts";

export type AdditionKind =
  | "bypass"
  | "deploy key"
  | "environment"
  | "label"
  | "policy"
  | "ruleset"
  | "secret"
  | "variable"
  | "webhook";

export interface Addition {
  kind: AdditionKind;
  /** By which its removal is called; one of its kind has it. */
  name: string;
  /** As a warning tells it; names that others chose are quoted in it. */
  text: string;
  /** Its number or name on GitHub, with which its id in the provider's state ends. */
  id: string;
  /** The environment that it belongs to. */
  environment?: string;
  /** Its place below the repository in the API, where it is deleted; with `body`, where that is put instead. */
  path: string;
  body?: { bypass_actors: BypassActor[] };
  /** Who was added to those who may bypass a ruleset. */
  actors?: BypassActor[];
}

/** Who may bypass a ruleset, in the API's form. */
export interface BypassActor {
  actor_type: string;
  actor_id: number | null;
  bypass_mode: string;
}

interface Numbered {
  id: number;
  name: string;
}

/** Names on GitHub. */
interface FoundValues {
  secrets?: string[];
  variables?: string[];
}

export interface FoundInRepository extends FoundValues {
  rulesets?: Numbered[];
  /** By the ruleset's number. */
  bypass: Record<number, BypassActor[]>;
  deployKeys?: { id: number; key: string; title: string }[];
  webhooks?: { id: number; url: string }[];
  environments?: string[];
  labels?: string[];
}

export interface FoundInEnvironment extends FoundValues {
  policies?: (Numbered & { type?: string })[];
}

/**
 * @param environments names on GitHub of the environments that the declaration has, of whichever stack
 * @param bypass who may bypass a ruleset by the declaration, by the ruleset's name
 */
export function repositoryAdditions(
  plan: RepositoryPlan,
  environments: string[],
  bypass: Record<string, BypassActor[]>,
  found: FoundInRepository,
): Addition[] {
  const urls = Object.values(plan.webhooks).map(({ configuration }) => configuration.url);
  const keys = Object.values(plan.deployKeys).map(({ key }) => key);
  return [
    ...(found.rulesets ?? []).flatMap(({ id, name }): Addition[] => {
      const path = `/rulesets/${id}`;
      if (!plan.rulesets.some((declared) => declared.name === name)) return [addition("ruleset", name, path, id)];
      return bypassAdditions(name, path, id, bypass[name] ?? [], found.bypass[id] ?? []);
    }),
    ...(found.deployKeys ?? [])
      .filter(({ key }) => !keys.includes(key.trim().split(/\s+/).slice(0, 2).join(" ")))
      .map(({ id, title }) => addition("deploy key", `${title} (${id})`, `/keys/${id}`, id)),
    ...(found.webhooks ?? [])
      .filter(({ url }) => !urls.includes(url))
      .map(({ id, url }) => addition("webhook", `${hostOf(url)} (${id})`, `/hooks/${id}`, id)),
    ...valueAdditions("/actions", plan.secrets, Object.keys(plan.variables), found),
    ...beyond(found.environments, environments).map((name) => addition("environment", name, environmentPath(name))),
    ...(plan.labels
      ? beyond(
          found.labels,
          plan.labels.map(({ name }) => name),
        ).map((name) => addition("label", name, `/labels/${encodeURIComponent(name)}`))
      : []),
  ];
}

export function environmentAdditions(plan: GitHubEnvironmentPlan, found: FoundInEnvironment): Addition[] {
  const base = environmentPath(plan.name);
  const secrets = [...plan.secrets, ...(plan.deployKey ? ["SSH_PRIVATE_KEY"] : [])];
  const policies = (found.policies ?? []).flatMap(({ id, name, type = "branch" }): Addition[] =>
    (type === "tag" ? plan.policies.tags : plan.policies.branches).includes(name)
      ? []
      : [
          {
            ...addition("policy", `${type}-${name}`, `${base}/deployment-branch-policies/${id}`, id),
            text: `policy ${shown(name)} (${type})`,
          },
        ],
  );
  return [...policies, ...valueAdditions(base, secrets, Object.keys(plan.variables), found)].map((each) => ({
    ...each,
    environment: plan.name,
  }));
}

const addition = (kind: AdditionKind, name: string, path: string, id: number | string = name): Addition => ({
  kind,
  name,
  text: `${kind} ${shown(name)}`,
  id: String(id),
  path,
});

/** Those of a list that are not declared; GitHub ignores their case. */
function beyond(found: string[] | undefined, declared: string[]): string[] {
  const known = new Set(declared.map((name) => name.toLowerCase()));
  return (found ?? []).filter((name) => !known.has(name.toLowerCase()));
}

function valueAdditions(base: string, secrets: string[], variables: string[], found: FoundValues): Addition[] {
  return [
    ...beyond(found.secrets, secrets).map((name) => addition("secret", name, `${base}/secrets/${name}`)),
    ...beyond(found.variables, variables).map((name) => addition("variable", name, `${base}/variables/${name}`)),
  ];
}

/** A URL may have a password in it, and its path one, too. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : "?");

/** One for each ruleset: its list is put back whole. */
function bypassAdditions(
  ruleset: string,
  path: string,
  id: number,
  declared: BypassActor[],
  found: BypassActor[],
): Addition[] {
  const actors = found.filter((actor) => !declared.some((known) => isSameActor(known, actor)));
  if (actors.length === 0) return [];
  return [
    {
      ...addition("bypass", ruleset, path, id),
      text: `bypass of the ruleset ${shown(ruleset)} for ${actors.map(actorText).join(" and ")}`,
      body: { bypass_actors: declared },
      actors,
    },
  ];
}

/** GitHub tells no number, or one without a meaning, of these two. */
const UNNUMBERED = ["OrganizationAdmin", "DeployKey"];

export const isSameActor = (a: BypassActor, b: BypassActor): boolean =>
  a.actor_type === b.actor_type &&
  a.bypass_mode === b.bypass_mode &&
  (UNNUMBERED.includes(a.actor_type) || a.actor_id === b.actor_id);

/** GitHub tells a number alone, which its API resolves, and the ruleset's page shows by name. */
const actorText = ({ actor_type, actor_id, bypass_mode }: BypassActor): string =>
  `${actor_type}${UNNUMBERED.includes(actor_type) ? "" : ` ${actor_id}`} (${bypass_mode})`;
