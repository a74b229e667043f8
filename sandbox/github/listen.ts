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
  /** `http://127.0.0.1:port/`, in the form of the provider's `baseUrl`. */
  url: string;
  close: () => Promise<void>;
}

/** The file next to a state file that contains the owner's token. */
export const tokenFile = (statePath: string): string => join(dirname(statePath), "token");

/** The file next to a state file that contains one line per call. */
const callsFile = (statePath: string): string => join(dirname(statePath), "calls.jsonl");

/** Accepts the token in the owner's file, and creates one if there is none: the state may have been removed without the token. */
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

/** Starts the server in this process, on the loopback interface only. Port 0 chooses a free one. Throws if the port is taken, before it touches a file. */
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
