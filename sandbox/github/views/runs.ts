import { createHash } from "node:crypto";
import { kindOf } from "../actions/admission.ts";
import { outcomeOf } from "../actions/runs.ts";
import type { Call } from "../call.ts";
import type { CheckRun, Deployment, Run, RunJob } from "../runTypes.ts";
import { actionsApp } from "../state.ts";
import type { Commit, Environment } from "../types.ts";
import { userNamed } from "./accounts.ts";
import { nodeId } from "./nodes.ts";
import { minimalRepository, repositoryPage, repositoryUrl } from "./repositories.ts";

/** The number of a workflow file, which is the same in every repository here. */
export const workflowNumber = (path: string): number =>
  Number.parseInt(createHash("sha256").update(path).digest("hex").slice(0, 7), 16);

export function workflowView(call: Call, { path, name }: { path: string; name: string }): Record<string, unknown> {
  const id = workflowNumber(path);
  const file = path.split("/").at(-1)!;
  const { createdAt: created_at, updatedAt: updated_at, settings } = call.repository;
  const page = repositoryPage(call, call.repository);
  return {
    id,
    node_id: nodeId("Workflow", id),
    name,
    path,
    state: "active",
    created_at,
    updated_at,
    url: `${repositoryUrl(call, call.repository)}/actions/workflows/${id}`,
    html_url: `${page}/blob/${settings.default_branch}/${path}`,
    badge_url: `${page}/workflows/${file}/badge.svg`,
  };
}

const headCommit = ({ sha, tree, message, author, committer }: Commit): Record<string, unknown> => ({
  id: sha,
  tree_id: tree,
  message,
  timestamp: committer.date,
  author: { name: author.name, email: author.email },
  committer: { name: committer.name, email: committer.email },
});

export function runView(call: Call, run: Run): Record<string, unknown> {
  const { repository } = call;
  const url = `${repositoryUrl(call, repository)}/actions/runs/${run.id}`;
  const minimal = minimalRepository(call, repository);
  const actor = userNamed(call, run.actor);
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("WorkflowRun", run.id),
    head_branch: kindOf(run.ref).name,
    head_sha: run.sha,
    path: run.workflow,
    display_title: run.title,
    run_number: run.number,
    run_attempt: 1,
    event: run.event,
    ...outcomeOf(run),
    workflow_id: workflowNumber(run.workflow),
    url,
    html_url: `${repositoryPage(call, repository)}/actions/runs/${run.id}`,
    pull_requests: [],
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    run_started_at: run.createdAt,
    actor,
    triggering_actor: actor,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${repositoryUrl(call, repository)}/check-suites/${run.id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: null,
    workflow_url: `${repositoryUrl(call, repository)}/actions/workflows/${workflowNumber(run.workflow)}`,
    head_commit: headCommit(repository.commits[run.sha]!),
    repository: minimal,
    head_repository: minimal,
  };
}

/** A job has no steps, and no runner had it: nothing is executed here. */
export function jobView(call: Call, run: Run, job: RunJob): Record<string, unknown> {
  const url = repositoryUrl(call, call.repository);
  const waits = job.result === "waiting";
  return {
    id: job.id,
    node_id: nodeId("CheckRun", job.id),
    run_id: run.id,
    run_url: `${url}/actions/runs/${run.id}`,
    run_attempt: 1,
    head_sha: run.sha,
    head_branch: kindOf(run.ref).name,
    workflow_name: run.name,
    name: job.name,
    url: `${url}/actions/jobs/${job.id}`,
    html_url: jobPage(call, run.id, job.id),
    status: waits ? "waiting" : "completed",
    conclusion: waits ? null : job.result,
    created_at: job.startedAt,
    started_at: job.startedAt,
    completed_at: waits ? null : run.updatedAt,
    steps: [],
    check_run_url: `${url}/check-runs/${job.id}`,
    labels: [],
    runner_id: null,
    runner_name: null,
    runner_group_id: null,
    runner_group_name: null,
  };
}

const jobPage = (call: Call, run: number, job: number): string =>
  `${repositoryPage(call, call.repository)}/actions/runs/${run}/job/${job}`;

/** An environment within another answer. */
export const environmentLink = (call: Call, { id, name }: Environment): Record<string, unknown> => ({
  id,
  node_id: nodeId("Environment", id),
  name,
  url: `${repositoryUrl(call, call.repository)}/environments/${encodeURIComponent(name)}`,
  html_url: `${repositoryPage(call, call.repository)}/deployments/activity_log?environments_filter=${encodeURIComponent(name)}`,
});

const creatorOf = (call: Call, deployment: Deployment): Record<string, unknown> =>
  userNamed(
    call,
    deployment.made?.by ?? call.repository.runs.find(({ id }) => id === deployment.run)?.actor ?? actionsApp.login,
  );

export function deploymentView(call: Call, deployment: Deployment): Record<string, unknown> {
  const url = `${repositoryUrl(call, call.repository)}/deployments/${deployment.id}`;
  return {
    url,
    id: deployment.id,
    node_id: nodeId("Deployment", deployment.id),
    task: "deploy",
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.made?.description ?? null,
    created_at: deployment.createdAt,
    updated_at: deployment.statuses.at(-1)?.createdAt ?? deployment.createdAt,
    statuses_url: `${url}/statuses`,
    repository_url: repositoryUrl(call, call.repository),
    creator: creatorOf(call, deployment),
    sha: deployment.sha,
    ref: deployment.ref,
    payload: deployment.made?.payload ?? {},
    transient_environment: deployment.made?.transient ?? false,
    production_environment: deployment.made?.production ?? false,
  };
}

export function deploymentStatusView(
  call: Call,
  deployment: Deployment,
  { id, state, createdAt, by, description = "", log = "", url: shown = "" }: Deployment["statuses"][number],
): Record<string, unknown> {
  const url = `${repositoryUrl(call, call.repository)}/deployments/${deployment.id}`;
  const { run, job } = deployment;
  const page = run === undefined || job === undefined ? log : jobPage(call, run, job);
  return {
    url: `${url}/statuses/${id}`,
    id,
    node_id: nodeId("DeploymentStatus", id),
    state,
    creator: by === undefined ? creatorOf(call, deployment) : userNamed(call, by),
    description,
    environment: deployment.environment,
    target_url: page,
    created_at: createdAt,
    updated_at: createdAt,
    deployment_url: url,
    repository_url: repositoryUrl(call, call.repository),
    log_url: page,
    environment_url: shown,
  };
}

export function checkView(call: Call, check: CheckRun): Record<string, unknown> {
  const url = `${repositoryUrl(call, call.repository)}/check-runs/${check.id}`;
  return {
    id: check.id,
    node_id: nodeId("CheckRun", check.id),
    head_sha: check.sha,
    name: check.name,
    external_id: "",
    url,
    html_url: `${repositoryPage(call, call.repository)}/runs/${check.id}`,
    details_url: `${repositoryPage(call, call.repository)}/runs/${check.id}`,
    status: check.status,
    conclusion: check.conclusion,
    started_at: check.createdAt,
    completed_at: check.status === "completed" ? check.createdAt : null,
    output: { title: null, summary: null, text: null, annotations_count: 0, annotations_url: `${url}/annotations` },
    check_suite: { id: check.id },
    app: appView(call),
    pull_requests: [],
  };
}

const appView = (call: Call): Record<string, unknown> => ({
  id: actionsApp.id,
  slug: actionsApp.slug,
  node_id: nodeId("App", actionsApp.id),
  owner: userNamed(call, actionsApp.login),
  name: "GitHub Actions",
  description: "Automate your workflow from idea to production",
  external_url: "https://help.github.com/en/actions",
  html_url: `${call.urls.web}/apps/${actionsApp.slug}`,
  created_at: "2018-07-30T09:30:17Z",
  updated_at: "2018-07-30T09:30:17Z",
  permissions: {},
  events: [],
});
