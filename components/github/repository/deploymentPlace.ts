/** Which repository on GitHub shows the deployments of an application, and as what. */
import { defined } from "../../shared/records.ts";
import type { Shares } from "./shares.ts";

export interface DeploymentPlace {
  /** With its owner, like "anna/shop". */
  repository: string;
  /** The environment's name on GitHub. */
  environment: string;
}

/**
 * The repository whose `workflows.deploy` deploys the application, else the one of its name.
 * @returns undefined where none is declared that has an environment for this stack
 */
export function placeOf(application: string, { plans }: Pick<Shares, "plans">): DeploymentPlace | undefined {
  const deploys = ({ spec }: Shares["plans"][number]): boolean =>
    [spec.workflows?.deploy?.application].flat().includes(application);
  const found = plans.find(deploys) ?? plans.find(({ plan }) => plan.key === application);
  if (found?.plan.environment === undefined) return undefined;
  const { owner, name, environment } = found.plan;
  return { repository: `${owner}/${name}`, environment: environment.name };
}

/** What GitHub may call the commit of a version: its tag, or the commit that a tag like sha-3f2c1ab names. */
export function refsOf(version: string): string[] {
  const [, commit] = /^sha-([0-9a-f]{7,40})$/.exec(version) ?? [];
  if (commit !== undefined) return [commit];
  return /^\d/.test(version) ? [`v${version}`, version] : [version];
}

export interface DeploymentFacts extends DeploymentPlace {
  application: string;
  version: string;
  /** Where users reach it. */
  url?: string;
  /** Where people read how it went. */
  log?: string;
}

/** The body of `POST /repos/{owner}/{repo}/deployments`. */
export const deploymentBody = ({ application, version, environment }: DeploymentFacts, ref: string) => ({
  ref,
  environment,
  transient_environment: false,
  // What is checked before a deployment is the program's matter.
  required_contexts: [],
  auto_merge: false,
  description: `${application} ${version}`,
  payload: { application, version, by: "slipway" },
});

/** The body of `POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses`. */
export const statusBody = (state: "in_progress" | "success" | "failure", { url, log }: DeploymentFacts) => ({
  state,
  ...defined({ log_url: log, environment_url: state === "success" ? url : undefined }),
});
