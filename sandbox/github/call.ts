import type { JobToken } from "./runTypes.ts";
import type { Operation } from "./spec.ts";
import type { Account, Repository, State } from "./types.ts";

/** A body that has been checked against the official description. */
export type Body = Record<string, any>;

/** An accepted request: known caller, valid parameters and body, repository found. */
export interface Call {
  state: State;
  actor: Account;
  scopes: string[];
  /** Of a job's token. */
  job?: JobToken | undefined;
  operation: Operation;
  params: Record<string, string>;
  query: Record<string, string>;
  body: Body;
  accept: string;
  /** URLs of the REST API and of the pages, without a trailing slash. */
  urls: { api: string; web: string };
  /** Path and query as requested, for the links to other pages. */
  target: string;
  /** The repository that the path names. Reading it in a call whose path names none is a bug of the handler. */
  repository: Repository;
}

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export type Handler = (call: Call) => Answer;

/** Handlers by the operation's name in the official description. */
export type Handlers = Record<string, Handler>;

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const noContent: Answer = { status: 204 };

/** One page of a list, with the links to the others. `wrap` puts the page into an object, for calls that have it that way. */
export function listed<T>(
  call: Call,
  items: readonly T[],
  wrap: (page: T[], total: number) => unknown = (page) => page,
): Answer {
  const size = Math.min(Math.max(Number(call.query.per_page ?? 30) || 30, 1), 100);
  const page = Math.max(Number(call.query.page ?? 1) || 1, 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  const link = (number: number, rel: string): string => {
    const url = new URL(call.target, call.urls.web);
    url.searchParams.set("per_page", String(size));
    url.searchParams.set("page", String(number));
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, "prev")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
    ...(page > 1 ? [link(1, "first")] : []),
  ];
  const body = wrap(items.slice((page - 1) * size, page * size), items.length);
  return { status: 200, body, ...(links.length > 0 ? { headers: { link: links.join(", ") } } : {}) };
}
