import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { INTERPRETER, PROGRAM, removalInput } from "../../components/github/repository/removalProgram.ts";

const TOKEN = "planted-token";
const asked: string[] = [];
let baseUrl: string;
const server = createServer(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  asked.push(`${request.method} ${request.url} ${request.headers.authorization} ${body}`.trim());
  const status = Number(/\d+$/.exec(request.url!)![0]);
  response.writeHead(status, status === 302 ? { location: "/elsewhere/204" } : {});
  response.end(status === 204 ? undefined : JSON.stringify({ message: "Must have admin rights" }));
});
beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  server.close();
});

function run(input: string): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [...INTERPRETER.slice(1), PROGRAM]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (output += part));
  child.stdin.end(input);
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, output })));
}

const remove = (path: string, more: object = {}, at = baseUrl) =>
  run(removalInput({ baseUrl: at, token: TOKEN }, "anna/shop", { path, ...more }));

describe("the program that removes an addition", () => {
  it("deletes it with the token, and says nothing", async () => {
    expect(await remove("/keys/204")).toEqual({ code: 0, output: "" });
    expect(asked.at(-1)).toBe("DELETE /api/v3/repos/anna/shop/keys/204 Bearer planted-token");
  });

  it("puts a list back", async () => {
    expect(await remove("/rulesets/200", { body: { bypass_actors: [] } })).toEqual({ code: 0, output: "" });
    expect(asked.at(-1)).toBe('PUT /api/v3/repos/anna/shop/rulesets/200 Bearer planted-token {"bypass_actors":[]}');
  });

  it("has nothing to do where it is gone", async () =>
    expect(await remove("/keys/404")).toEqual({ code: 0, output: "" }));

  it("fails with GitHub's words and without the token", async () => {
    const refused = await remove("/keys/403");
    expect(refused).toEqual({
      code: 1,
      output: `GitHub answers 403 to DELETE ${baseUrl}api/v3/repos/anna/shop/keys/403: {"message":"Must have admin rights"}\n`,
    });
    const { code, output } = await remove("/keys/1", {}, "http://127.0.0.1:1/");
    expect([code, output]).toEqual([1, expect.stringMatching(/^GitHub does not answer to DELETE (?!.*planted)/)]);
  });

  it("takes the token nowhere else", async () => {
    expect((await remove("/keys/302")).code).toBe(1);
    expect(asked.at(-1)).toContain("/keys/302");
  });
});
