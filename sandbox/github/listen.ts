import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";
import { boxesReady } from "./boxes.ts";
import { Calls } from "./calls.ts";
import { Faults } from "./faults.ts";
import { application, type Env } from "./server.ts";
import { addToken, allScopes, Store, seed, tokenOf } from "./state.ts";

interface Running {
  /** `http://127.0.0.1:port/`, as the provider's `baseUrl` wants it. */
  url: string;
  close: () => Promise<void>;
}

/** The file beside a state file that holds the owner's token. */
export const tokenFile = (statePath: string): string => join(dirname(statePath), "token");

/** The file beside a state file that holds one line per call. */
const callsFile = (statePath: string): string => join(dirname(statePath), "calls.jsonl");

/** Lets the token in the owner's file in, and makes one where there is none: the state may have been removed, or its token not. */
function letOwnerIn(store: Store, path: string): void {
  const kept = existsSync(path) ? readFileSync(path, "utf8").trim() : "";
  if (kept !== "" && tokenOf(store.state, kept)) return;
  writeFileSync(path, addToken(store.state, seed.owner, allScopes, kept || undefined), { mode: 0o600 });
  chmodSync(path, 0o600);
  store.save();
}

function load(statePath: string): Hono<Env> {
  const store = new Store(statePath);
  letOwnerIn(store, tokenFile(statePath));
  return application({ store, calls: new Calls(callsFile(statePath)), faults: new Faults() });
}

/** Starts the server in this process, on the loopback alone. Port 0 takes a free one. Throws when the port is taken, before it touches a file. */
export async function listen(port: number, statePath: string): Promise<Running> {
  await boxesReady;
  let app: Hono<Env>;
  const server = createAdaptorServer({ fetch: (request, env) => app.fetch(request, env) });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      if ("closeAllConnections" in server) server.closeAllConnections();
    });
  try {
    app = load(statePath);
  } catch (error) {
    await close();
    throw error;
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}
