import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";

/** The ports that Linux gives to outgoing connections begin here; one of them may be taken before a program listens at it. */
const FIRST_OF_CONNECTIONS = Number(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").split(/\s/)[0]);
const FIRST = 20_000;

const listen = async (port: number): Promise<Server | undefined> => {
  const server = createServer().listen(port);
  return once(server, "listening").then(
    () => server,
    () => undefined,
  );
};

/**
 * A port at which nothing listens on any address, for a program that is started with it. Two that ask one after the
 * other get the same one very rarely only, as it is found by chance.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = FIRST + Math.floor(Math.random() * (FIRST_OF_CONNECTIONS - FIRST));
    const server = await listen(port);
    if (!server) continue;
    await new Promise((closed) => server.close(closed));
    return port;
  }
  throw new Error(`no free port from ${FIRST} to ${FIRST_OF_CONNECTIONS}`);
}
