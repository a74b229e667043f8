/** How the host's scripts ask Docker's API: by a socket behind which something answers as Docker does, or does not. */
import { spawn } from "node:child_process";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostShell } from "../support/hostShell.ts";

const { root, run } = hostShell("docker");
const WHOLE = 'HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{"Id":"abc"}\n';
const ANSWERS: Record<string, string> = {
  "/whole": WHOLE,
  "/nothing": "HTTP/1.1 204 No Content\r\n\r\n",
  "/already": "HTTP/1.1 304 Not Modified\r\n\r\n",
  "/refused": 'HTTP/1.1 409 Conflict\r\nContent-Length: 26\r\n\r\n{"message":"it is in use"}\n'.slice(0, -1),
  "/half": WHOLE.slice(0, -6),
};
const socket = join(root, "docker.sock");
let server: Server;

beforeAll(async () => {
  server = createServer((connection) => {
    connection.on("error", () => undefined);
    connection.once("data", (data) => {
      const answer = ANSWERS[String(data).split(" ")[1]!];
      // What is not known, or stops half-way, hangs.
      if (answer !== undefined) connection.write(answer);
    });
  });
  await new Promise<void>((listening) => server.listen(socket, listening));
});
afterAll(() => {
  server.close();
});

/** As a process of its own: the server is in this one. */
function asked(path: string, how = ""): Promise<{ stdout: string; stderr: string; code: number }> {
  const script = `set -euo pipefail
HERE=components/host/scripts ROOT=${root} HOME_DIR=${root}/slipway APP=shop DIR=${root}/shop
for part in "$HERE"/{lib,rollout,operate}/*.sh; do . "$part"; done
SOCKET=${socket} DOCKER_LIMIT=1
${how}
engine GET ${path}`;
  return new Promise((resolve) => {
    const child = spawn("bash", ["-c", script]);
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data) => (stdout += data));
    child.stderr.on("data", (data) => (stderr += data));
    child.on("close", (code) => {
      resolve({ stdout, stderr, code: code ?? -1 });
    });
  });
}

describe("what Docker answers", () => {
  it("is printed", async () =>
    expect(await asked("/whole")).toEqual({ stdout: '{"Id":"abc"}\n', stderr: "", code: 0 }));
  it.each(["/nothing", "/already"])("may be nothing: %s", async (path) =>
    expect(await asked(path)).toEqual({ stdout: "", stderr: "", code: 0 }),
  );
  it("is its reason, if it refuses", async () =>
    expect(await asked("/refused")).toEqual({ stdout: "", stderr: "it is in use\n", code: 1 }));
  it.each(["/half", "/never"])("is not waited for longer than its limit, and half of it is none: %s", async (path) =>
    expect(await asked(path)).toEqual({
      stdout: "",
      stderr: `Docker did not answer within 1 s (GET ${path})\n`,
      code: 1,
    }),
  );
  it("is missing at once where nobody listens", async () =>
    expect(await asked("/whole", `SOCKET=${root}/none`)).toEqual({
      stdout: "",
      stderr: "Docker does not answer (GET /whole; curl ends with 7)\n",
      code: 1,
    }));
});

describe("the first value of a name in JSON", () => {
  const JSON_TEXT = String.raw`{"Labels":{"a":"\"Pid\":7,"},"State":{"Status":"running","Pid":12},"Networks":{"x":{"IPAddress":""}}}`;
  it.each([
    ["Pid", "12"],
    ["Status", "running"],
    ["IPAddress", ""],
    ["Gone", ""],
  ])("of %s is %s, though a text looks like it", (name, value) =>
    expect(run(`field ${name} "$TEXT"; printf %s "$FIELD"`, { env: { TEXT: JSON_TEXT } }).stdout).toBe(value),
  );
});
