import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { folderHash } from "../folderHash.ts";
import { secretsOfJob } from "./actions/secrets.ts";
import { openAll } from "./boxes.ts";
import type { Answer } from "./call.ts";
import { faultSchema } from "./faults.ts";
import type { Github } from "./parts.ts";
import { hookSecret } from "./routes/parts.ts";
import { addJobToken, addToken, findAccount, findRepository } from "./state.ts";
import type { Account, Repository, State } from "./types.ts";
import { fullName } from "./views/repositories.ts";

/** The state without what must not leave its file: tokens, private keys and sealed boxes. */
const redacted = (state: State): unknown =>
  JSON.parse(
    JSON.stringify(state, (name, value: unknown) => {
      if (name === "tokens" || name === "privateKey") return undefined;
      return (name === "box" || name === "secret") && typeof value === "string" ? "(sealed)" : value;
    }),
  );

/** Every secret in clear text, by repository. */
const secrets = (state: State): unknown =>
  Object.fromEntries(
    state.repositories.map((repository) => [
      fullName(repository),
      {
        actions: openAll(repository),
        dependabot: openAll(repository.dependabot),
        environments: Object.fromEntries(
          repository.environments.map((environment) => [environment.name, openAll(environment)]),
        ),
        webhooks: Object.fromEntries(repository.hooks.map((hook) => [hook.id, hookSecret({ repository }, hook)])),
      },
    ]),
  );

const accountSchema = z.strictObject({
  plan: z.enum(["free", "pro", "team", "enterprise"]).optional(),
  advancedSecurity: z.boolean().optional(),
});
const tokenSchema = z.strictObject({ login: z.string(), scopes: z.array(z.string()) });
const jobTokenSchema = z.strictObject({
  /** Full name. */
  repository: z.string(),
  /** As in a job's `permissions`. */
  permissions: z.record(z.string(), z.enum(["read", "write"])),
});
const jobSchema = z.strictObject({
  repository: z.string(),
  ref: z.string().startsWith("refs/"),
  environment: z.string().optional(),
  run: z.coerce.number().int().optional(),
  fork: z.stringbool().optional(),
});
/** Hash of the server's sources. */
const sources = await folderHash(import.meta.dirname);
const loopback = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);

/** Whether a request comes from this machine, judged by its address and by the name it was sent to: a foreign web page cannot reach in through its own host name. */
export const fromHere = (context: Context<{ Bindings: HttpBindings }>): boolean =>
  loopback.has(context.env.incoming.socket.remoteAddress ?? "") &&
  ["127.0.0.1", "localhost", "[::1]"].includes(new URL(context.req.url).hostname);

/**
 * What is not part of GitHub, below `/_sandbox/`: inspects the state, injects faults, resets. Only from this machine, and
 * except for `ping` only with the token of an organisation's owner.
 */
export function control(
  github: Github,
  caller: (header: string | undefined) => { actor: Account; scopes: string[] } | Answer,
): Hono<{ Bindings: HttpBindings }> {
  const { store, calls, faults } = github;
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(async (context, next) => {
    if (!fromHere(context)) return context.json({ message: "Only from this machine" }, 403);
    if (context.req.path === "/_sandbox/ping") return next();
    const known = caller(context.req.header("authorization"));
    const owner =
      "actor" in known && store.state.members.some(({ login, owner: is }) => is && login === known.actor.login);
    return owner ? next() : context.json({ message: "Needs a token of an owner of the organization" }, 401);
  });
  app.onError((error, context) => {
    const known = error instanceof z.ZodError || error instanceof SyntaxError;
    return context.json(
      { message: error instanceof z.ZodError ? z.prettifyError(error) : error.message },
      known ? 422 : 500,
    );
  });

  const repositoryNamed = (name: string): Repository | undefined => {
    const [owner = "", repository = ""] = name.split("/");
    return findRepository(store.state, owner, repository);
  };

  app.get("/ping", (context) => context.json({ pid: process.pid, sources }));
  app.get("/state", (context) => context.json(redacted(store.state) as object));
  app.get("/secrets", (context) => context.json(secrets(store.state) as object));
  app.post("/reset", (context) => {
    store.reset();
    faults.waiting = [];
    calls.reset();
    return context.body(null, 204);
  });

  app.get("/calls", (context) => {
    const tail = Math.min(Number(context.req.query("tail") ?? 100) || 0, calls.recent.length);
    return context.json({ count: calls.count, calls: tail > 0 ? calls.recent.slice(-tail) : [] });
  });
  app.delete("/calls", (context) => (calls.reset(), context.body(null, 204)));

  app.get("/faults", (context) => context.json(faults.waiting));
  app.post("/faults", async (context) => {
    faults.waiting.push(faultSchema.parse(await context.req.json()));
    return context.json(faults.waiting, 201);
  });
  app.delete("/faults", (context) => ((faults.waiting = []), context.body(null, 204)));

  app.post("/tokens", async (context) => {
    const { login, scopes } = tokenSchema.parse(await context.req.json());
    if (findAccount(store.state, login)?.type !== "User")
      return context.json({ message: `${login} is not a user` }, 404);
    const token = addToken(store.state, login, scopes);
    store.save();
    return context.json({ token }, 201);
  });
  app.post("/job-tokens", async (context) => {
    const { repository: name, permissions } = jobTokenSchema.parse(await context.req.json());
    const repository = repositoryNamed(name);
    if (!repository) return context.json({ message: "Not Found" }, 404);
    const token = addJobToken(store.state, { repository: repository.id, permissions });
    store.save();
    return context.json({ token }, 201);
  });
  /** What a job would be given that runs on `ref`, with `environment` or none. */
  app.get("/job-secrets", (context) => {
    const { repository: name, ...asked } = jobSchema.parse(context.req.query());
    const repository = repositoryNamed(name);
    if (!repository) return context.json({ message: "Not Found" }, 404);
    return context.json(secretsOfJob(store.state, repository, asked));
  });
  app.patch("/accounts/:login", async (context) => {
    const account = findAccount(store.state, context.req.param("login"));
    if (!account) return context.json({ message: "Not Found" }, 404);
    Object.assign(account, accountSchema.parse(await context.req.json()));
    store.save();
    return context.json(account);
  });
  return app;
}
