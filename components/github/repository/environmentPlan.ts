/** A stack's GitHub environment: who approves, what may deploy, which values its jobs see. */
import { valueNameProblem } from "../../shared/names.ts";
import type { Problems } from "../../shared/problems.ts";
import { checkPeople } from "./access.ts";
import type { RepositoryContext } from "./context.ts";
import type { EnvironmentSpec, ReviewersSpec } from "./environmentSpec.ts";
import { checkPatterns, checkValueNames, duplicates, LOGIN, SLUG } from "./names.ts";
import { presetOf } from "./presets.ts";
import type { RepositorySpec } from "./spec.ts";
import { deployTargets, RELEASE_TAGS } from "./targets.ts";

export interface GitHubEnvironmentPlan {
  name: string;
  /** Looked up by name, as GitHub wants their numbers. */
  reviewers: Required<ReviewersSpec>;
  waitTimer: number;
  preventSelfReview: boolean;
  canAdminsBypass: boolean;
  /** Absent: any branch and tag may deploy. */
  deploymentBranchPolicy?: { protectedBranches: boolean; customBranchPolicies: boolean };
  policies: { branches: string[]; tags: string[] };
  /** Names; the values are in the settings. */
  secrets: string[];
  variables: Record<string, string>;
  deployKey: boolean;
  /** Whether an update removes what somebody added on GitHub. */
  exclusive: boolean;
}

/** What `deployKey` and `host` fill in. */
const KEY_SECRET = "SSH_PRIVATE_KEY";
const MAX_WAIT = 43_200;

export function environmentOf(
  problems: Problems,
  spec: RepositorySpec,
  declared: EnvironmentSpec,
  context: RepositoryContext,
  repositorySecrets: string[],
): GitHubEnvironmentPlan {
  const { settings } = context;
  const place = `environments.${context.stack}`;
  const name = declared.name ?? context.stack;
  if (name.trim() === "" || name.length > 255 || /[\x00-\x1f'"`,;\\]/.test(name))
    problems.add(`${place}.name`, name, "is not an environment name; use letters, digits, '-', '_', '.' and '/'");
  const reviewers = reviewersIn(problems, `${place}.reviewers`, settings?.reviewers ?? declared.reviewers ?? {});
  const waitTimer = settings?.waitTimer ?? declared.waitTimer ?? 0;
  if (!Number.isInteger(waitTimer) || waitTimer < 0 || waitTimer > MAX_WAIT)
    problems.add(`${place}.waitTimer`, waitTimer, "is not a waiting time; write minutes, 0 to 43200 (30 days)");
  return {
    name,
    reviewers,
    waitTimer,
    preventSelfReview: preventsSelfReview(spec, declared, reviewers),
    canAdminsBypass: declared.adminBypass ?? false,
    ...policiesOf(problems, place, { ...deployedFrom(spec, context.stack), ...declared }),
    secrets: secretsOf(problems, place, spec, declared, context, repositorySecrets),
    variables: variablesOf(problems, place, declared, context),
    deployKey: deployKeyOf(problems, place, declared, context),
    exclusive: declared.exclusive ?? hasPeople(reviewers),
  };
}

export const hasPeople = ({ users = [], teams = [] }: ReviewersSpec = {}): boolean => users.length + teams.length > 0;

/** Whether somebody else than who started a deployment must approve it. */
export const preventsSelfReview = (
  spec: RepositorySpec,
  { preventSelfReview }: EnvironmentSpec,
  reviewers?: ReviewersSpec,
): boolean => preventSelfReview ?? (hasPeople(reviewers) && presetOf(spec).preventSelfReview);

export function reviewersIn(
  problems: Problems,
  place: string,
  { users = [], teams = [] }: ReviewersSpec,
): Required<ReviewersSpec> {
  checkPeople(problems, `${place}.users`, users, LOGIN, "user's login");
  checkPeople(problems, `${place}.teams`, teams, SLUG, 'team slug; write one like "web-admins"');
  if (users.length + teams.length > 6)
    problems.add(
      place,
      users.length + teams.length,
      "are too many; GitHub accepts 6 users and teams, one of whom must approve; name a team",
    );
  return { users: [...users].sort(), teams: [...teams].sort() };
}

/**
 * What `workflows.deploy` deploys from may deploy, where neither branches nor tags are declared; a program of several
 * applications also from main, where their own repositories start it.
 */
function deployedFrom(spec: RepositorySpec, stack: string): Pick<EnvironmentSpec, "branches" | "tags"> {
  const { branches, tags } = spec.environments?.[stack] ?? {};
  const on = branches === undefined && tags === undefined ? deployTargets(spec)[stack]?.on : undefined;
  if (on === undefined) return {};
  const main = Array.isArray(spec.workflows?.deploy?.application) ? ["main"] : [];
  if (on === "tag") return { tags: RELEASE_TAGS, ...(main.length > 0 ? { branches: main } : {}) };
  // To GitHub a "**" at the end is no more than a "*".
  return { branches: [...new Set([on.endsWith("/**") ? `${on}/*` : on, ...main])] };
}

function policiesOf(
  problems: Problems,
  place: string,
  { branches, tags = [] }: EnvironmentSpec,
): Pick<GitHubEnvironmentPlan, "deploymentBranchPolicy" | "policies"> {
  checkPatterns(problems, `${place}.tags`, tags);
  if (branches === "protected") {
    if (tags.length > 0)
      problems.add(
        `${place}.tags`,
        tags,
        'are set beside branches: "protected", and GitHub accepts either that or patterns; write branches as patterns, like ["main"]',
      );
    return {
      deploymentBranchPolicy: { protectedBranches: true, customBranchPolicies: false },
      policies: { branches: [], tags: [] },
    };
  }
  checkPatterns(problems, `${place}.branches`, branches ?? []);
  const policies = { branches: [...(branches ?? [])].sort(), tags: [...tags].sort() };
  const restricted = branches !== undefined || tags.length > 0;
  return {
    ...(restricted ? { deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true } } : {}),
    policies,
  };
}

function secretsOf(
  problems: Problems,
  place: string,
  spec: RepositorySpec,
  declared: EnvironmentSpec,
  { settings }: RepositoryContext,
  repositorySecrets: string[],
): string[] {
  const known = settings?.secretNames ?? [];
  const wanted = declared.secrets ?? known.filter((candidate) => !repositorySecrets.includes(candidate));
  checkValueNames(problems, `${place}.secrets`, wanted);
  for (const secret of wanted.filter((candidate) => !known.includes(candidate) && !valueNameProblem(candidate)))
    problems.add(`${place}.secrets`, secret, noValue(keyOf(spec), secret));
  const unused = known.filter((candidate) => !wanted.includes(candidate) && !repositorySecrets.includes(candidate));
  for (const secret of unused)
    problems.setting("secrets", secret, `is not used; add it to ${place}.secrets, or remove it`);
  if (declared.deployKey && wanted.includes(KEY_SECRET))
    problems.add(
      `${place}.deployKey`,
      true,
      `sets the secret ${KEY_SECRET}, which also has a value in the settings; keep one of them`,
    );
  return [...wanted].sort();
}

export const noValue = (key: string, secret: string): string => {
  const path = `slipway:repositories.${key}.secrets.${secret}`;
  return `has no value; run \`pulumi config set --secret --path '${path}'\``;
};

/** The repository's name in this program. */
export const keyOf = ({ key, name }: Pick<RepositorySpec, "key" | "name">): string => key ?? name.split("/").at(-1)!;

function variablesOf(
  problems: Problems,
  place: string,
  declared: EnvironmentSpec,
  { settings, hosts }: RepositoryContext,
): Record<string, string> {
  const name = settings?.host ?? declared.host;
  const host = name !== undefined && Object.hasOwn(hosts, name) ? hosts[name] : undefined;
  if (name !== undefined && !host)
    problems.add(
      `${place}.host`,
      name,
      `is not a host in slipway:hosts; it has ${Object.keys(hosts).join(", ") || "none"}`,
    );
  const port = host && host.port !== 22 ? host.port : undefined;
  const derived: Record<string, string> = host
    ? {
        SSH_HOST: host.address,
        SSH_PORT: String(host.port),
        SSH_USER: host.user,
        ...(host.hostKey === undefined
          ? {}
          : { SSH_KNOWN_HOSTS: `${port === undefined ? host.address : `[${host.address}]:${port}`} ${host.hostKey}` }),
      }
    : {};
  const explicit = { ...declared.variables, ...settings?.variables };
  checkValueNames(problems, `${place}.variables`, Object.keys(explicit));
  for (const variable of duplicates([...Object.keys(derived), ...Object.keys(explicit)]))
    problems.add(
      `${place}.variables`,
      variable,
      `is already set by host "${name}"; choose another name, or leave out host`,
    );
  return Object.fromEntries(Object.entries({ ...derived, ...explicit }).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function deployKeyOf(
  problems: Problems,
  place: string,
  { deployKey = false }: EnvironmentSpec,
  { hasKeySeed }: RepositoryContext,
): boolean {
  if (deployKey && !hasKeySeed) {
    problems.add(
      `${place}.deployKey`,
      true,
      "needs slipway:github.keySeed, from which it is derived; run `openssl rand -hex 32 | pulumi config set --secret --path slipway:github.keySeed`",
    );
  }
  return deployKey;
}
