import { chmodSync, existsSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { boxesReady } from "./boxes.ts";
import { Calls } from "./calls.ts";
import { Faults } from "./faults.ts";
import { application } from "./server.ts";
import { addToken, allScopes, seed, Store } from "./state.ts";

export interface Running {
  /** `http://127.0.0.1:port/`, as the provider's `baseUrl` wants it. */
  url: string;
  close: () => Promise<void>;
}

/** The file beside a state file that holds the owner's token. */
export const tokenFile = (statePath: string): string => join(dirname(statePath), "token");

/** The file beside a state file that holds one line per call. */
export const callsFile = (statePath: string): string => join(dirname(statePath), "calls.jsonl");

/** Starts the server in this process, on the loopback alone. Port 0 takes a free one. Throws when the port is taken. */
export async function listen(port: number, statePath: string): Promise<Running> {
  await boxesReady;
  const store = new Store(statePath);
  if (!existsSync(tokenFile(statePath))) {
    writeFileSync(tokenFile(statePath), addToken(store.state, seed.owner, allScopes), { mode: 0o600 });
    chmodSync(tokenFile(statePath), 0o600);
    store.save();
  }
  const app = application({ store, calls: new Calls(callsFile(statePath)), faults: new Faults() });
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}
