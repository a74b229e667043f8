import { randomBytes } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import type { Answer } from "./call.ts";
import { control, fromHere } from "./control.ts";
import { etag, isUnchanged } from "./etag.ts";
import { type Fault, faultAnswer } from "./faults.ts";
import { graphql } from "./graphql.ts";
import { homePage, repositoryPageOf } from "./page.ts";
import type { Github } from "./parts.ts";
import { handle } from "./rest.ts";
import type { JobToken } from "./runTypes.ts";
import { findAccount, tokenOf } from "./state.ts";
import type { Account } from "./types.ts";

export type Env = { Bindings: HttpBindings };

/** The server's parts that its own control endpoints read and change. */
const documentation = "https://docs.github.com/rest";
const problem = (status: number, message: string): Answer => ({
  status,
  body: { message, documentation_url: documentation, status: String(status) },
});

interface Caller {
  actor: Account;
  scopes: string[];
  job: JobToken | undefined;
}

/** The caller, identified by the token; an answer instead if there is none. */
function caller({ store }: Github, header: string | undefined): Caller | Answer {
  const token = /^(?:bearer|token) (.+)$/i.exec(header ?? "")?.[1];
  if (token === undefined) return problem(401, "Requires authentication");
  const known = tokenOf(store.state, token);
  const actor = known && findAccount(store.state, known.login);
  return actor ? { actor, scopes: known.scopes, job: known.job } : problem(401, "Bad credentials");
}

const used = new Map<string, number>();

/** GitHub's limit of calls per hour; here it only counts, and never runs out. */
function rateHeaders(login: string): Record<string, string> {
  const count = (used.get(login) ?? 0) + 1;
  used.set(login, count);
  return {
    "x-ratelimit-limit": "5000",
    "x-ratelimit-used": String(Math.min(count, 4999)),
    "x-ratelimit-remaining": String(Math.max(5000 - count, 1)),
    "x-ratelimit-reset": String(Math.floor(Date.now() / 1000) + 3600),
    "x-ratelimit-resource": "core",
  };
}

function respond(answer: Answer, headers: Record<string, string>): Response {
  const body = answer.body === undefined ? null : JSON.stringify(answer.body);
  const type: Record<string, string> = body === null ? {} : { "content-type": "application/json; charset=utf-8" };
  // Part of the provider treats an answer without a number as no answer at all.
  const id = randomBytes(8).toString("hex").toUpperCase();
  return new Response(body, {
    status: answer.status,
    headers: {
      ...type,
      "x-github-request-id": id,
      "x-github-media-type": "github.v3; format=json",
      ...headers,
      ...answer.headers,
    },
  });
}

function cut(context: Context<Env>): Response {
  context.env.incoming.socket.destroy();
  return RESPONSE_ALREADY_SENT;
}

/** The body as JSON; undefined without one. */
async function parsedBody(context: Context<Env>): Promise<{ body: unknown } | Answer> {
  const text = await context.req.text();
  if (text === "") return { body: undefined };
  try {
    return { body: JSON.parse(text) as unknown };
  } catch {
    return problem(400, "Problems parsing JSON");
  }
}

interface Outcome {
  answer: Answer;
  who: string;
  scopes?: string[];
  note?: string;
}

/** The answer to a call, REST or GraphQL, apart from injected faults. */
async function answerTo(
  github: Github,
  context: Context<Env>,
  path: string,
  fault: Fault | undefined,
): Promise<Outcome> {
  const { store } = github;
  const known = caller(github, context.req.header("authorization"));
  if ("status" in known) return { answer: known, who: "-" };
  const { actor } = known;
  const scopes = fault?.kind === "missing-scope" ? [] : known.scopes;
  const read = await parsedBody(context);
  if ("status" in read) return { answer: read, who: actor.login };
  const { pathname, search, searchParams, origin: web } = new URL(context.req.url);
  const urls = { api: `${web}/api/v3`, web };
  const method = context.req.method;
  let answer: Answer;
  let mistake: string | undefined;
  if (path === "/graphql") {
    const request = (read.body ?? {}) as { query?: unknown; variables?: unknown };
    answer = await graphql({ state: store.state, actor, scopes, urls }, request);
  } else {
    const handled = handle(store.state, {
      method,
      path,
      target: `${pathname}${search}`,
      query: Object.fromEntries(searchParams),
      body: read.body,
      accept: context.req.header("accept") ?? "",
      actor,
      scopes,
      job: known.job,
      urls,
    });
    ({ answer, mistake } = handled);
  }
  if ((method !== "GET" || path === "/graphql") && answer.status < 400) store.save();
  if (mistake !== undefined)
    answer = problem(500, `The sandbox's GitHub made an answer that GitHub's description does not allow: ${mistake}`);
  return { answer, who: actor.login, scopes, ...(mistake === undefined ? {} : { note: mistake }) };
}

function finish(context: Context<Env>, { answer, who, scopes }: Outcome): Response {
  const headers = { ...(scopes ? { "x-oauth-scopes": scopes.join(", ") } : {}), ...rateHeaders(who) };
  const { pathname, search } = new URL(context.req.url);
  if (context.req.method !== "GET" || answer.status !== 200) {
    const tag: Record<string, string> =
      answer.status < 300 && answer.body !== undefined ? { etag: etag(pathname, who, answer.body) } : {};
    return respond(answer, { ...headers, ...tag });
  }
  const tag = etag(`${pathname}${search}`, who, answer.body);
  const same = isUnchanged(tag, context.req.header("if-none-match"));
  return respond(same ? { status: 304 } : answer, {
    ...headers,
    etag: tag,
    "cache-control": "private, max-age=60, s-maxage=60",
  });
}

/** The whole server as one function from requests to responses. */
export function application(github: Github): Hono<Env> {
  const app = new Hono<Env>();
  const api = async (context: Context<Env>): Promise<Response> => {
    const started = performance.now();
    const { pathname } = new URL(context.req.url);
    const path = pathname === "/api/graphql" ? "/graphql" : pathname.slice("/api/v3".length) || "/";
    const fault = github.faults.take(context.req.method, path);
    const log = (status: number, who: string, note?: string): void => {
      const milliseconds = Math.round((performance.now() - started) * 10) / 10;
      github.calls.add({
        time: new Date().toISOString(),
        method: context.req.method,
        path: pathname,
        status,
        who,
        milliseconds,
        ...(note === undefined ? {} : { note }),
      });
    };
    if (fault?.kind === "cut-before") {
      log(0, "-", "cut-before");
      return cut(context);
    }
    const instead = fault && faultAnswer(fault);
    if (instead) {
      log(instead.status, "-", fault.kind);
      const { message, documentation: where = documentation } = instead;
      return respond(
        { status: instead.status, body: { message, documentation_url: where, status: String(instead.status) } },
        { ...rateHeaders("-"), ...instead.headers },
      );
    }
    const outcome = await answerTo(github, context, path, fault).catch((error: Error): Outcome => {
      console.error(error);
      return { answer: problem(500, `The sandbox's GitHub failed: ${error.message}`), who: "-", note: error.message };
    });
    const response = finish(context, outcome);
    log(fault?.kind === "cut-after" ? 0 : response.status, outcome.who, fault?.kind ?? outcome.note);
    return fault?.kind === "cut-after" ? cut(context) : response;
  };
  app.all("/api/v3/*", api);
  app.post("/api/graphql", api);
  app.route(
    "/_sandbox",
    control(github, (header) => caller(github, header)),
  );
  const page = (context: Context<Env>, html: string | undefined): Response | Promise<Response> => {
    if (!fromHere(context)) return context.text("Only from this machine", 403);
    return html === undefined ? context.text("Not Found", 404) : context.html(html);
  };
  app.get("/", (context) => page(context, homePage(github, new URL(context.req.url).origin)));
  app.get("/:owner/:repo", (context) =>
    page(context, repositoryPageOf(github, context.req.param("owner"), context.req.param("repo"))),
  );
  app.onError((error, context) => {
    console.error(error);
    return context.json({ message: `The sandbox's GitHub failed: ${error.message}` }, 500);
  });
  return app;
}
