import { spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { githubAnswers, startGitHub, stopGitHub } from "../../sandbox/github/process.ts";
import { freePort } from "../support/freePort.ts";
import { TestGithub } from "./support/server.ts";

type Process = typeof import("../../sandbox/github/process.ts");

const root = mkdtempSync(join(tmpdir(), "slipway-github-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Another checkout, with the packages only if asked for. */
function checkout(name: string, packages: boolean): string {
  const folder = join(root, name);
  cpSync(join(import.meta.dirname, "../../sandbox"), join(folder, "sandbox"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  if (packages) symlinkSync(join(import.meta.dirname, "../../node_modules"), join(folder, "node_modules"));
  return folder;
}

const processOf = async (folder: string): Promise<Process> =>
  (await import(join(folder, "sandbox/github/process.ts"))) as Process;
const pidAt = async (url: string): Promise<number> =>
  ((await (await fetch(`${url}_sandbox/ping`)).json()) as { pid: number }).pid;

async function ask(place: { port: number; folder: string }, method: string, path: string, body?: object): Promise<any> {
  const token = readFileSync(join(place.folder, "token"), "utf8");
  const answer = await fetch(`http://127.0.0.1:${place.port}/api/v3${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, body: await answer.json() };
}

describe("in the background", () => {
  let place = { port: 0, folder: "" };
  beforeEach(async () => {
    place = { port: await freePort(), folder: mkdtempSync(join(root, "github-")) };
  });
  afterEach(async () => {
    await stopGitHub(place);
  });

  test("it keeps its state over a stop, and is stopped alone", async () => {
    expect(await githubAnswers(place)).toBe(false);
    const { url } = await startGitHub(place);
    expect(await githubAnswers(place)).toBe(true);
    const pid = await pidAt(url);
    expect((await startGitHub(place)).url).toBe(url);
    expect(await pidAt(url)).toBe(pid);
    expect(await stopGitHub(place)).toBe(true);
    expect(await githubAnswers(place)).toBe(false);
    expect(await stopGitHub(place)).toBe(false);
  });
  test("two that start it at once share one", async () => {
    await Promise.all([startGitHub(place), startGitHub(place)]);
    expect((await ask(place, "GET", "/user")).status).toBe(200);
    expect(await stopGitHub(place)).toBe(true);
    expect(await githubAnswers(place)).toBe(false);
    expect(await stopGitHub(place)).toBe(false);
  });
  test("it is found and stopped when its folder is gone, and starts again from nothing", async () => {
    await startGitHub(place);
    rmSync(place.folder, { recursive: true });
    await startGitHub(place);
    expect((await ask(place, "GET", "/user")).status).toBe(200);
    rmSync(place.folder, { recursive: true });
    expect(await stopGitHub(place)).toBe(true);
    expect(await githubAnswers(place)).toBe(false);
  });
  test("it gives way to that of another checkout, keeps what it knows, and names a package that is missing", async () => {
    const other = await processOf(checkout("bare", false));
    await startGitHub(place);
    await expect(other.startGitHub({ port: place.port, folder: join(root, "bare/github") })).rejects.toThrow(
      "github: the npm package @hono/node-server is missing; install all of them: npm ci",
    );
    expect(await githubAnswers(place)).toBe(false);
    const token = readFileSync(join(place.folder, "token"), "utf8");
    await startGitHub(place);
    expect(readFileSync(join(place.folder, "token"), "utf8")).toBe(token);
  });
  test("it takes the place of one whose parent does not notice that it ended", async () => {
    const program = join(checkout("unnoticed", true), "sandbox/github/main.ts");
    const parent = spawn(
      "sh",
      [
        "-c",
        'node "$0" --port "$1" --state "$2" & exec sleep 120',
        program,
        String(place.port),
        join(root, "unnoticed/github/state.json"),
      ],
      { stdio: "ignore" },
    );
    try {
      const url = `http://127.0.0.1:${place.port}/`;
      await expect.poll(() => pidAt(url).catch(() => 0), { timeout: 15_000 }).toBeGreaterThan(0);
      await startGitHub(place);
      expect(await githubAnswers(place)).toBe(true);
    } finally {
      parent.kill("SIGKILL");
    }
  });
  test("it is started again, and knows what it knew, once its sources changed", async () => {
    const folder = checkout("changed", true);
    const { startGitHub: start, stopGitHub: stop } = await processOf(folder);
    try {
      const { url } = await start(place);
      await ask(place, "POST", "/orgs/harbour/repos", { name: "shop" });
      const pid = await pidAt(url);
      await start(place);
      expect(await pidAt(url)).toBe(pid);
      appendFileSync(join(folder, "sandbox/github/routes/pulls.ts"), "// changed\n");
      await start(place);
      expect(await pidAt(url)).not.toBe(pid);
      expect((await ask(place, "GET", "/repos/harbour/shop")).status).toBe(200);
    } finally {
      await stop(place);
    }
  });
});

describe("its files", () => {
  const github = new TestGithub();
  beforeAll(() => github.start());
  afterAll(() => github.remove());
  const again = async (change: () => void): Promise<void> => {
    await github.stop();
    change();
    await github.start();
  };

  test("the token counts again after the state was removed, and after a start that was broken off", async () => {
    const { token } = github;
    await again(() => rmSync(github.file("state.json")));
    expect(github.token).toBe(token);
    expect((await github.rest("GET", "/user")).body.login).toBe("ada");
    await again(() => writeFileSync(github.file("token"), ""));
    expect((await github.rest("GET", "/user")).body.login).toBe("ada");
  });
  test("a state of another version is refused", async () => {
    const state = JSON.parse(github.read("state.json"));
    const message = `github: ${github.file("state.json")}: has a different version; remove it to start afresh`;
    await github.stop();
    for (const old of [
      { ...state, version: undefined },
      { ...state, version: state.version + 1 },
    ]) {
      writeFileSync(github.file("state.json"), JSON.stringify(old));
      await expect(github.start()).rejects.toThrow(message);
    }
    writeFileSync(github.file("state.json"), JSON.stringify(state));
    await github.start();
  });
  test("a port that is taken is named, before any file is touched", () => {
    const { port } = new URL(github.url);
    const state = join(root, "none/state.json");
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, "../../sandbox/github/main.ts"), "--port", port, "--state", state],
      { encoding: "utf8", timeout: 20_000 },
    );
    expect([status, stderr]).toEqual([1, `github: port ${port} is taken; stop what listens there\n`]);
    expect(existsSync(state)).toBe(false);
  });
  test("another port needs a state of its own", async () => {
    const program = join(checkout("stateless", true), "sandbox/github/main.ts");
    const { status, stderr } = spawnSync(process.execPath, [program, "--port", String(await freePort())], {
      encoding: "utf8",
      timeout: 10_000,
    });
    expect([status, stderr]).toEqual([
      1,
      "github: --port needs --state too: the default one belongs to the sandbox's GitHub\n",
    ]);
  });
});
