/** GitHub environments beside a stack's own: that of its previews, and that of `release`, whose job acts as the app. */
import type { Problems } from "../../shared/problems.ts";
import { APP_KEY, previewEnvironment, RELEASE_ENVIRONMENT, releasedBranches, valuesRead } from "../workflows/index.ts";
import type { RepositoryContext } from "./context.ts";
import { type GitHubEnvironmentPlan, hasPeople, keyOf, preventsSelfReview, reviewersIn } from "./environmentPlan.ts";
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { checkValueNames, duplicates } from "./names.ts";
import type { RepositorySpec } from "./spec.ts";
import { deployTargets, workflowsIn } from "./targets.ts";

const UNGUARDED = {
  waitTimer: 0,
  preventSelfReview: false,
  canAdminsBypass: false,
  reviewers: { users: [], teams: [] },
  policies: { branches: [], tags: [] },
  deployKey: false,
  exclusive: true,
};

/** What a preview gives to a pull request's code is guarded where the environment itself is, or is the only one. */
export function checkPreviews(problems: Problems, spec: RepositorySpec): void {
  const { environments = {}, workflows } = spec;
  for (const stack of workflows?.preview?.environments ?? []) {
    // One that is missing is reported elsewhere.
    if (Object.hasOwn(environments, stack) && isGuarded(spec, stack)) requireReviewers(problems, spec, stack);
  }
}

function isGuarded(spec: RepositorySpec, stack: string): boolean {
  const { environments = {} } = spec;
  const { reviewers, waitTimer = 0, tags = [] } = environments[stack]!;
  const target = deployTargets(spec)[stack];
  const isLater = target?.on === "tag" || target?.after !== undefined || Object.keys(environments).length === 1;
  return isLater || hasPeople(reviewers) || waitTimer > 0 || tags.length > 0;
}

function requireReviewers(problems: Problems, spec: RepositorySpec, stack: string): void {
  if (spec.preset === "solo" || hasPeople(spec.environments?.[stack]?.preview?.reviewers)) return;
  problems.add(
    "workflows.preview.environments",
    stack,
    `is no environment to try things out, and its preview would give its secrets to everybody who may push a branch; name who approves one in environments.${stack}.preview.reviewers, or leave it out (with the preset solo, where nobody else may write, it needs nobody)`,
  );
}

/**
 * Of the stack's previews, where there are any. It holds what opens the stack and where its state is, and of the hosts nothing.
 * @param own the environment that is deployed to
 */
export function previewEnvironmentOf(
  problems: Problems,
  spec: RepositorySpec,
  declared: EnvironmentSpec,
  own: GitHubEnvironmentPlan,
  { stack }: RepositoryContext,
): GitHubEnvironmentPlan | undefined {
  if (!spec.workflows?.preview?.environments.includes(stack)) return undefined;
  const read = valuesRead(spec.workflows, ["preview"]);
  // By the settings; by the declaration it is checked in every stack.
  if ((hasPeople(own.reviewers) || own.waitTimer > 0) && !isGuarded(spec, stack))
    requireReviewers(problems, spec, stack);
  checkValueNames(problems, `environments.${stack}.preview.variables`, Object.keys(declared.preview?.variables ?? {}));
  const reviewers = reviewersIn(problems, `environments.${stack}.preview.reviewers`, declared.preview?.reviewers ?? {});
  return {
    ...UNGUARDED,
    name: previewEnvironment(own.name),
    reviewers,
    preventSelfReview: preventsSelfReview(spec, {}, reviewers),
    exclusive: hasPeople(reviewers),
    secrets: own.secrets.filter((name) => read.secrets.includes(name)),
    variables: {
      ...Object.fromEntries(Object.entries(own.variables).filter(([name]) => read.variables.includes(name))),
      ...declared.preview?.variables,
    },
  };
}

/** Tells what else an unguarded preview opens: the provider keeps its token in the state. */
export const openPreview = (spec: RepositorySpec, { name, reviewers }: GitHubEnvironmentPlan): string[] =>
  spec.preset === "solo" || hasPeople(reviewers)
    ? []
    : [
        `repositories: ${keyOf(spec)}: nobody approves previews in ${name}, so whoever may push a branch can read this stack's state, and in it the token for GitHub; give \`pulumi up\` one that soon expires (an app's does within the hour), or name reviewers of its previews`,
      ];

/** Tells of reviewers that the settings alone have: the workflows are written by the declaration. */
export const unknownReviewers = (
  spec: RepositorySpec,
  { reviewers }: EnvironmentSpec,
  own: GitHubEnvironmentPlan,
): string[] =>
  spec.workflows?.deploy && own.preventSelfReview && !hasPeople(reviewers)
    ? [
        `repositories: ${keyOf(spec)}: ${own.name} has its reviewers by the settings alone, so its jobs do not ask who approved what a release started, and whoever released may; declare reviewers, whom the settings may replace`,
      ]
    : [];

/** Whether the job that releases acts as an app, and has an environment for its key. */
const releasesAsApp = ({ workflows }: RepositorySpec): boolean =>
  workflows?.app !== undefined && workflows.release !== undefined;

/** Secrets of the environment of `release`; another one gets them only if it lists them. */
export const releaseSecrets = (spec: RepositorySpec): string[] => (releasesAsApp(spec) ? [APP_KEY] : []);

/** Of the stack that owns the repository: GitHub gives the app's key to the branches alone that are released. */
export function releaseEnvironmentOf(spec: RepositorySpec): GitHubEnvironmentPlan | undefined {
  if (!releasesAsApp(spec)) return undefined;
  return {
    ...UNGUARDED,
    name: RELEASE_ENVIRONMENT,
    deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
    policies: { branches: [...releasedBranches(workflowsIn(spec)!)].sort(), tags: [] },
    secrets: releaseSecrets(spec),
    variables: {},
  };
}

/** Reports secrets of the whole repository that would open what an environment guards. */
export function checkWideSecrets(problems: Problems, spec: RepositorySpec): void {
  const guarded = valuesRead(workflowsIn(spec) ?? {}, ["preview", "deploy", "rollback", "release"]).secrets;
  for (const name of (spec.secrets ?? []).filter((candidate) => guarded.includes(candidate)))
    problems.add(
      "secrets",
      name,
      "would be read by a workflow of any branch, while all jobs that need it have an environment, those of previews too; leave it out here, and set it for each stack",
    );
}

const stackNames = ({ environments = {} }: RepositorySpec): string[] =>
  Object.entries(environments).map(([stack, { name = stack }]) => name);

const furtherNames = (spec: RepositorySpec): string[] => [
  ...(releasesAsApp(spec) ? [RELEASE_ENVIRONMENT] : []),
  ...(spec.workflows?.preview?.environments ?? []).map((stack) =>
    previewEnvironment(spec.environments?.[stack]?.name ?? stack),
  ),
];

/** Names on GitHub of the environments that a declaration has, of whichever stack. */
export const environmentNames = (spec: RepositorySpec): string[] => [...stackNames(spec), ...furtherNames(spec)];

/** Reports names of environments that are taken twice: to GitHub they would be one, and each update would undo the other. */
export function checkFurtherNames(problems: Problems, spec: RepositorySpec): void {
  for (const name of duplicates(environmentNames(spec)))
    problems.add(
      "environments",
      name,
      "is the name of two environments, among those that the workflows need for themselves (GitHub ignores case); choose another",
    );
}

/** Reports an app that has no key where a deployment is started by it. */
export function checkAppKey(
  problems: Problems,
  spec: RepositorySpec,
  { stack }: RepositoryContext,
  own: GitHubEnvironmentPlan,
): void {
  const { workflows } = spec;
  if (!workflows?.app || !workflows.deploy?.repository || !deployTargets(spec)[stack]) return;
  if (!own.secrets.includes(APP_KEY))
    problems.add(
      `environments.${stack}.secrets`,
      APP_KEY,
      `is not among them, and its jobs start the deployment in ${workflows.deploy.repository} by it; list it, with a value in this stack's settings`,
    );
}

/** Reports exemptions of environments that no stack has. */
export function checkExemptions(problems: Problems, spec: RepositorySpec): void {
  const names = environmentNames(spec);
  for (const [index, { environment }] of (spec.exemptions ?? []).entries())
    if (environment !== undefined && !names.includes(environment))
      problems.add(
        `exemptions[${index}].environment`,
        environment,
        `is no environment of this repository; it has ${names.join(", ") || "none"}`,
      );
}
