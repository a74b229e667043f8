import { linkSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentProblems } from "../../components/host/agent.ts";
import { temporaryFolder } from "../support/folder.ts";

const folder = temporaryFolder("agent");
const [alive, dead, missing] = ["alive", "dead", "missing"].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
const KEYED = { "web-1": { agent: false, bastion: { agent: false } } };
const DEAD = (code: string, socket: string) =>
  `SSH_AUTH_SOCK: ${JSON.stringify(socket)} is not the socket of a running SSH agent (${code}), and every connection to a host asks it, also where a key is given; `;

let agent: Server;
beforeAll(async () => {
  const listening = (path: string): Promise<Server> =>
    new Promise((resolve) => {
      const server = createServer((connection) => connection.on("error", () => undefined));
      server.listen(path, () => resolve(server));
    });
  agent = await listening(alive);
  // A socket whose process is gone: another name of it stays.
  const gone = await listening(`${dead}.first`);
  linkSync(`${dead}.first`, dead);
  await new Promise((resolve) => gone.close(resolve));
});
afterAll(() => agent.close());

describe("an SSH agent that the environment names", () => {
  it("is accepted where it answers", async () => expect(await agentProblems(KEYED, alive)).toEqual([]));

  it("is not asked where there are no hosts, and where none is named", async () => {
    expect(await agentProblems({}, dead)).toEqual([]);
    expect(await agentProblems(KEYED, "")).toEqual([]);
  });

  it("that does not answer is to be left out of the environment where every host has a key", async () => {
    const wayOut = "no host here needs one: run it without, as `env -u SSH_AUTH_SOCK pulumi up`";
    expect(await agentProblems(KEYED, dead)).toEqual([DEAD("ECONNREFUSED", dead) + wayOut]);
    expect(await agentProblems(KEYED, missing)).toEqual([DEAD("ENOENT", missing) + wayOut]);
  });

  it.each([{ agent: true }, { agent: false, bastion: { agent: true } }])(
    "that does not answer is to be started where %j asks it",
    async (host) =>
      expect(await agentProblems({ "web-1": host }, dead)).toEqual([
        `${DEAD("ECONNREFUSED", dead)}start one: eval "$(ssh-agent)" && ssh-add`,
      ]),
  );
});
