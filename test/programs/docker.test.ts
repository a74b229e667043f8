/** How the host's scripts ask Docker's API: by a socket behind which something answers as Docker does, or does not. */
import { spawn } from "node:child_process";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostShell } from "../support/hostShell.ts";

const { root, run } = hostShell("docker");
/** A container with a secret of a megabyte in its environment, which bash must not search again and again. */
const LONG = JSON.stringify({
  Id: "abc",
  Env: [`A=${"x".repeat(1 << 20)}`],
  Networks: { a: { IPAddress: "10.0.0.2" } },
});
const WHOLE = 'HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{"Id":"abc"}\n';
const ANSWERS: Record<string, string> = {
  "/whole": WHOLE,
  "/long": `HTTP/1.1 200 OK\r\nContent-Length: ${LONG.length}\r\n\r\n${LONG}`,
  "/nothing": "HTTP/1.1 204 No Content\r\n\r\n",
  "/already": "HTTP/1.1 304 Not Modified\r\n\r\n",
  "/refused": 'HTTP/1.1 409 Conflict\r\nContent-Length: 26\r\n\r\n{"message":"it is in use"}\n'.slice(0, -1),
  "/half": WHOLE.slice(0, -6),
  "/missing": 'HTTP/1.1 404 Not Found\r\nContent-Length: 25\r\n\r\n{"message":"no such one"}',
  "/broken": 'HTTP/1.1 500 Internal Server Error\r\nContent-Length: 24\r\n\r\n{"message":"it is sick"}',
};
const socket = join(root, "docker.sock");
let server: Server;

beforeAll(async () => {
  server = createServer((connection) => {
    connection.on("error", () => undefined);
    connection.on("data", (data) => {
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
function asked(
  path: string,
  how = "",
  call = `engine GET ${path} || code=$?; printf '%s' "$ANSWER"`,
): Promise<{ stdout: string; stderr: string; code: number }> {
  const script = `set -euo pipefail
HERE=components/host/scripts ROOT=${root} HOME_DIR=${root}/slipway APP=shop DIR=${root}/shop
for part in "$HERE"/{lib,rollout,operate}/*.sh; do . "$part"; done
SOCKET=${socket} DOCKER_LIMIT=1
${how}
code=0
${call}
exit "$code"`;
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
  it("is kept", async () => expect(await asked("/whole")).toEqual({ stdout: '{"Id":"abc"}\n', stderr: "", code: 0 }));
  it("may be long, and is searched all the same", async () => {
    const search = `engine GET /long; after '"Networks":' "$ANSWER"; field IPAddress "$REST"; printf '%s' "\${#ANSWER} $FIELD"`;
    expect(await asked("", "", search)).toEqual({ stdout: `${LONG.length} 10.0.0.2`, stderr: "", code: 0 });
  });
  it.each(["/nothing", "/already"])("may be nothing: %s", async (path) =>
    expect(await asked(path)).toEqual({ stdout: "", stderr: "", code: 0 }),
  );
  it("is its reason, if it refuses", async () =>
    expect(await asked("/refused")).toEqual({ stdout: "it is in use", stderr: "it is in use\n", code: 1 }));
  it.each(["/half", "/never"])("is not waited for longer than its limit, and half of it is none: %s", async (path) => {
    const why = `Docker did not answer within 1 s (GET ${path})`;
    expect(await asked(path)).toEqual({ stdout: why, stderr: `${why}\n`, code: 1 });
  });
  it("is missing at once where nobody listens", async () => {
    const why = "Docker does not answer (GET /whole; curl ends with 7)";
    expect(await asked("/whole", `SOCKET=${root}/none`)).toEqual({ stdout: why, stderr: `${why}\n`, code: 1 });
  });
});

describe("several questions at once", () => {
  const all = (paths: string) => asked("", "", `ask_at_once ${paths} || code=$?; printf '<%s>' "\${ANSWERS[@]}"`);

  it("have their answers in their order, and none for what is not there", async () =>
    expect(await all("/whole /missing /whole")).toEqual({
      stdout: '<{"Id":"abc"}><><{"Id":"abc"}>',
      stderr: "",
      code: 0,
    }));
  it("have no answer where Docker fails at one of them", async () =>
    expect(await all("/whole /broken /whole")).toMatchObject({ stderr: "it is sick\n", code: 1 }));
  it("have no answer where one is not answered", async () =>
    expect(await all("/whole /never /whole")).toMatchObject({
      stderr: "Docker did not answer within 1 s (GET /whole /never /whole)\n",
      code: 1,
    }));
});

describe("what Docker is told in turn", () => {
  const told = (...paths: string[]) =>
    asked("", "", `told_in_turn ${paths.map((path) => `POST ${path} ''`).join(" ")} || code=$?`);

  it("is done where it takes all of it", async () =>
    expect(await told("/whole", "/already", "/nothing")).toEqual({ stdout: "", stderr: "", code: 0 }));
  it("ends with the first that it refuses, and says nothing itself", async () =>
    expect(await told("/whole", "/refused", "/never")).toEqual({ stdout: "", stderr: "", code: 1 }));
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
