import { atLeast, neededPermission, neededScopes, permissionOf } from "./access.ts";
import type { Answer, Call, Handlers } from "./call.ts";
import { ApiError, forbidden, invalidRequest, notFound, notHandled } from "./errors.ts";
import { pathAliases } from "./exceptions.ts";
import { checkJobToken } from "./jobToken.ts";
import { accounts } from "./routes/accounts.ts";
import { actions } from "./routes/actions.ts";
import { branches } from "./routes/branches.ts";
import { checks } from "./routes/checks.ts";
import { contents } from "./routes/contents.ts";
import { deployments } from "./routes/deployments.ts";
import { dispatches } from "./routes/dispatches.ts";
import { environments } from "./routes/environments.ts";
import { deployKeys, hooks, labels } from "./routes/parts.ts";
import { people } from "./routes/people.ts";
import { pulls } from "./routes/pulls.ts";
import { refs } from "./routes/refs.ts";
import { repositories } from "./routes/repositories.ts";
import { rulesets } from "./routes/rulesets.ts";
import { runs } from "./routes/runs.ts";
import { statuses } from "./routes/statuses.ts";
import { vaults } from "./routes/vaults.ts";
import { match, type Operation } from "./spec.ts";
import { findAccount, findRepository } from "./state.ts";
import type { Account, Repository, State } from "./types.ts";
import { answerProblem, requestProblem } from "./validate.ts";
import { fullName } from "./views/repositories.ts";

/** Every call that is handled, by its name in the official description. */
const handlers: Handlers = {
  ...accounts,
  ...repositories,
  ...rulesets,
  ...branches,
  ...refs,
  ...contents,
  ...environments,
  ...vaults,
  ...actions,
  ...labels,
  ...hooks,
  ...deployKeys,
  ...people,
  ...pulls,
  ...statuses,
  ...checks,
  ...dispatches,
  ...runs,
  ...deployments,
};

/** A request with a known caller. `path` is relative to the API and still encoded; `body` is parsed JSON. */
export interface Request {
  method: string;
  path: string;
  target: string;
  query: Record<string, string>;
  body: unknown;
  accept: string;
  actor: Account;
  scopes: string[];
  job?: Call["job"];
  urls: Call["urls"];
}

/** An answer, the call that it belongs to, and what is wrong with it if the server made a mistake. */
interface Handled {
  answer: Answer;
  operation?: Operation;
  mistake?: string;
}

/** The described path for one that names a repository, organisation or team by number. */
function described(state: State, path: string): string {
  const [, id, rest = ""] = pathAliases[0].expression.exec(path) ?? [];
  if (id !== undefined) {
    const repository = state.repositories.find((each) => each.id === Number(id));
    if (!repository) throw notFound();
    return `/repos/${fullName(repository)}${rest}`;
  }
  const [, organization, team, below = ""] = pathAliases[1].expression.exec(path) ?? [];
  if (organization === undefined) return path.replace(pathAliases[2].expression, "$1/.");
  const found = state.teams.find(
    (each) => each.id === Number(team) && findAccount(state, each.organization)?.id === Number(organization),
  );
  if (!found) throw notFound();
  return `/orgs/${found.organization}/teams/${found.slug}${below}`;
}

/** The repository that the parameters name, if the caller may do what is requested. */
function repositoryFor(
  state: State,
  request: Request,
  operation: Operation,
  params: Record<string, string>,
  path: string,
): Repository | undefined {
  const { owner, repo } = params;
  if (owner === undefined || repo === undefined) return undefined;
  const repository = findRepository(state, owner, repo);
  if (!repository) {
    const moved = state.renamed[`${owner}/${repo}`.toLowerCase()];
    if (moved === undefined || !state.repositories.some(({ id }) => id === moved)) throw notFound();
    const rest = path.split("/").slice(4).join("/");
    const location = `${request.urls.api}/repositories/${moved}${rest === "" ? "" : `/${rest}`}`;
    throw new ApiError(request.method === "GET" ? 301 : 307, "Moved Permanently", undefined, { location });
  }
  if (request.job) {
    checkJobToken(request.job, repository, operation);
    checkWritable(repository, operation);
    return repository;
  }
  const has = permissionOf(state, repository, request.actor.login);
  if (has === undefined) throw notFound();
  const accepted = neededScopes(operation, repository.settings.visibility);
  const headers = { "x-accepted-oauth-scopes": accepted.join(", ") };
  if (accepted.length > 0 && !accepted.some((scope) => request.scopes.includes(scope))) {
    // For a token that may not see it, a private repository does not exist.
    const hidden = repository.settings.visibility !== "public" && !request.scopes.includes("repo");
    throw hidden
      ? new ApiError(404, "Not Found", undefined, headers)
      : new ApiError(403, "Must have admin rights to Repository.", undefined, headers);
  }
  if (!atLeast(has, neededPermission(operation))) {
    throw neededPermission(operation) === "admin"
      ? forbidden("Must have admin rights to Repository.")
      : forbidden("Must have push access to repository");
  }
  checkWritable(repository, operation);
  return repository;
}

function checkWritable({ settings }: Repository, { operationId, method }: Operation): void {
  const writable = ["repos/update", "repos/delete"].includes(operationId);
  if (settings.archived && method !== "GET" && !writable) throw forbidden("Repository was archived so is read-only.");
}

function checkScopes(request: Request, operation: Operation): void {
  const accepted = neededScopes(operation, undefined);
  if (
    accepted.length === 0 ||
    operation.operationId === "repos/delete" ||
    accepted.some((scope) => request.scopes.includes(scope))
  )
    return;
  throw new ApiError(404, "Not Found", undefined, { "x-accepted-oauth-scopes": accepted.join(", ") });
}

function run(state: State, request: Request, found: (operation: Operation) => void): Answer {
  const path = described(state, request.path);
  const matched = match(request.method, path);
  if (!matched) throw notFound();
  const { operation, params } = matched;
  found(operation);
  const handler = handlers[operation.operationId];
  if (!handler) throw notHandled(`${operation.operationId} (${operation.method} ${operation.path})`);
  checkScopes(request, operation);
  const repository = repositoryFor(state, request, operation, params, path);
  const problem = requestProblem(operation, params, request.query, request.body);
  if (problem !== undefined) throw invalidRequest(problem);
  const { body, ...rest } = request;
  return handler({
    ...rest,
    state,
    operation,
    params,
    body: (body ?? {}) as Call["body"],
    get repository(): Repository {
      if (repository) return repository;
      throw new Error(`${operation.operationId} names no repository`);
    },
  });
}

/** Documentation, message and errors, in the form of GitHub's errors. */
function errorAnswer(error: ApiError, documentation: string): Answer {
  const body = {
    message: error.message,
    ...(error.errors ? { errors: error.errors } : {}),
    documentation_url: documentation,
    status: String(error.status),
  };
  return { status: error.status, body, headers: error.headers };
}

/** Answers one request of the REST API, checked on its way in and out. */
export function handle(state: State, request: Request): Handled {
  let operation: Operation | undefined;
  let answer: Answer;
  try {
    answer = run(state, request, (found) => (operation = found));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    answer = errorAnswer(error, operation?.documentation ?? "https://docs.github.com/rest");
  }
  if (operation === undefined || answer.status === 501 || (answer.status >= 300 && answer.status < 400))
    return { answer, ...(operation ? { operation } : {}) };
  const mistake = answerProblem(operation, answer.status, answer.body);
  return mistake === undefined
    ? { answer, operation }
    : { answer, operation, mistake: `${operation.operationId} ${answer.status}: ${mistake}` };
}
