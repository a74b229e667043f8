import { type Call, created, type Handlers, listed, ok } from "../call.ts";
import { forbidden, notFound, unprocessable } from "../errors.ts";
import { commitOf, ownValue } from "../git.ts";
import type { CheckRun } from "../runTypes.ts";
import { actionsApp, nextId, now } from "../state.ts";
import { checkView } from "../views/runs.ts";

const idOf = (call: Call): number => Number(call.params.check_run_id);

/**
 * Checks as apps report them. The jobs that runs record are no checks, as none is executed: what would report one does so
 * with a job's token.
 */
export const checks: Handlers = {
  "checks/create": (call) => {
    const { repository, body, state, job } = call;
    if (!job) throw forbidden("You must authenticate via a GitHub App.");
    if (!ownValue(repository.commits, body.head_sha)) throw unprocessable(`No commit found for SHA: ${body.head_sha}`);
    const made: CheckRun = {
      id: nextId(state),
      sha: body.head_sha,
      name: body.name,
      app: actionsApp.id,
      status: body.conclusion ? "completed" : (body.status ?? "queued"),
      conclusion: body.conclusion ?? null,
      createdAt: now(),
    };
    repository.checkRuns.push(made);
    return created(checkView(call, made));
  },
  "checks/get": (call) => {
    const found = call.repository.checkRuns.find(({ id }) => id === idOf(call));
    if (!found) throw notFound();
    return ok(checkView(call, found));
  },
  /** Of a job: why it was refused. */
  "checks/list-annotations": (call) => {
    const job = call.repository.runs.flatMap(({ jobs }) => jobs).find(({ id }) => id === idOf(call));
    if (!job && !call.repository.checkRuns.some(({ id }) => id === idOf(call))) throw notFound();
    const place = { path: ".github", start_line: 1, end_line: 1, start_column: null, end_column: null };
    const { message } = job ?? { message: null };
    const annotation = { ...place, annotation_level: "failure", title: "", message, raw_details: "", blob_href: "" };
    return listed(call, message === null ? [] : [annotation]);
  },
  "checks/list-for-ref": (call) => {
    const { sha } = commitOf(call.repository, call.params.ref!);
    const { check_name: name, status, app_id: app } = call.query;
    const found = call.repository.checkRuns.filter(
      (each) =>
        each.sha === sha &&
        (!name || each.name === name) &&
        (!status || each.status === status) &&
        (!app || each.app === Number(app)),
    );
    return listed(call, found.toReversed(), (page, total) => ({
      total_count: total,
      check_runs: page.map((each) => checkView(call, each)),
    }));
  },
};
