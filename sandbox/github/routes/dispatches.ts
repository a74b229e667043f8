import { startRun } from "../actions/runs.ts";
import { type Input, type Workflow, workflowAt, workflowsOf } from "../actions/workflows.ts";
import { type Answer, type Call, type Handlers, listed, noContent, ok } from "../call.ts";
import { notFound, unprocessable } from "../errors.ts";
import { ownValue } from "../git.ts";
import type { Commit, Repository } from "../types.ts";
import { repositoryPage, repositoryUrl } from "../views/repositories.ts";
import { workflowNumber, workflowView } from "../views/runs.ts";

const head = ({ refs, commits, settings }: Repository): Commit | undefined =>
  commits[refs[`refs/heads/${settings.default_branch}`] ?? ""];

/** The workflow that the path names by number or file; one that the default branch does not have is unknown. */
export function workflowOf(call: Call): Workflow {
  const commit = head(call.repository);
  const name = call.params.workflow_id!;
  const found = (commit ? workflowsOf(call.repository, commit) : []).find(
    ({ path }) => path.split("/").at(-1) === name || String(workflowNumber(path)) === name,
  );
  if (!found) throw notFound();
  return found;
}

/** A branch or tag by its short or full name; a commit is none. */
function refNamed({ refs }: Repository, name: string): string | undefined {
  return [name, `refs/heads/${name}`, `refs/tags/${name}`].find(
    (ref) => ref.startsWith("refs/") && ownValue(refs, ref) !== undefined,
  );
}

function checkedInputs(declared: Record<string, Input>, given: Record<string, unknown>): Record<string, string> {
  const unexpected = Object.keys(given).filter((name) => !Object.hasOwn(declared, name));
  if (unexpected.length > 0) throw unprocessable(`Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
  return Object.fromEntries(
    Object.entries(declared).flatMap(([name, { required, options, default: otherwise }]) => {
      const value = given[name] === undefined ? otherwise : String(given[name]);
      if (value === undefined && required) throw unprocessable(`Required input '${name}' not provided`);
      if (value !== undefined && options && !options.includes(value))
        throw unprocessable(`Provided value '${value}' for input '${name}' not in the list of allowed values`);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function dispatch(call: Call): Answer {
  const { repository, body, state, actor } = call;
  const { path } = workflowOf(call);
  const ref = refNamed(repository, body.ref);
  if (ref === undefined) throw unprocessable(`No ref found for: ${body.ref}`);
  const sha = repository.refs[ref]!;
  const workflow = workflowAt(repository, repository.commits[sha]!, path);
  if (!workflow?.dispatch) throw unprocessable("Workflow does not have 'workflow_dispatch' trigger");
  const inputs = checkedInputs(workflow.dispatch, body.inputs ?? {});
  const { id } = startRun(state, repository, {
    workflow,
    event: "workflow_dispatch",
    ref,
    sha,
    inputs,
    actor: actor.login,
  });
  if (body.return_run_details !== true) return noContent;
  return ok({
    workflow_run_id: id,
    run_url: `${repositoryUrl(call, repository)}/actions/runs/${id}`,
    html_url: `${repositoryPage(call, repository)}/actions/runs/${id}`,
  });
}

export const dispatches: Handlers = {
  "actions/list-repo-workflows": (call) => {
    const commit = head(call.repository);
    return listed(call, commit ? workflowsOf(call.repository, commit) : [], (page, total) => ({
      total_count: total,
      workflows: page.map((each) => workflowView(call, each)),
    }));
  },
  "actions/get-workflow": (call) => ok(workflowView(call, workflowOf(call))),
  "actions/create-workflow-dispatch": dispatch,
};
