/** What the host's scripts do depends on nothing that the caller's session happens to have. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONTAINER, hostShell } from "../support/hostShell.ts";

const { root, run, double, release, journal } = hostShell("environment");
const MANY = 20_000;
const BOOTSTRAP = "{lib/*,bootstrap/{docker,packages,proxy,hardening,watch}}";

describe("where SIGPIPE is ignored", () => {
  const quiet = (body: string, parts?: string): string => {
    const { stdout, stderr, code } = run(`trap '' PIPE; ${body}`, parts === undefined ? {} : { parts });
    expect([code, stderr]).toEqual([0, ""]);
    return stdout.trim();
  };
  const lines = (line: string): string => `for ((i = 0; i < ${MANY}; i++)); do echo "${line}"; done`;

  it("the first of many containers is found without a word", () => {
    double("docker", lines("container-$i"));
    expect(quiet("port_owner 80")).toBe("container container-0");
  });
  it("a port among many is found without a word", () => {
    release({ release: "0123456789ab", version: "1.0.0", services: [], preflight: { ports: [80] } });
    double("docker", lines("0.0.0.0:80->80/tcp"));
    expect(quiet("ports_free $RELEASE")).toBe("");
  });
  it("an accessory among many is found without a word", () => {
    journal({ after: { accessories: Array.from({ length: MANY / 10 }, (_, n) => `store${n}`) } });
    expect(quiet("is_accessory after store0 && echo yes")).toBe("yes");
  });
  it("a line of many in the crontab is found without a word", () => {
    const own = `* * * * * ${root}/slipway/bin/slipway recover >/dev/null 2>&1`;
    double("crontab", `echo '${own}'; ${lines("# $i")}`);
    double("pgrep", "");
    expect(quiet("watch_by_cron", BOOTSTRAP)).toBe("");
  });
  it("an old Docker Compose is found without a word", () => {
    double("docker", "echo v2.24.1");
    expect(quiet("for ((n = 0; n < 30; n++)); do compose_is_v2; done", BOOTSTRAP)).toBe("");
  });
  it("versions of Go are compared without a word", () => {
    const { stderr } = spawnSync(
      "bash",
      ["-c", "trap '' PIPE; . toolchain/lib/go.sh; for ((n = 0; n < 60; n++)); do at_least 1.2 1.10; done"],
      { encoding: "utf8" },
    );
    expect(stderr).toBe("");
  });
  it("no pipe ends in a program that does not read all of it", () => {
    const files = ["components/host/scripts", "toolchain", "script"].flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((path) => /^(#!.*bash|# shellcheck shell)/.test(readFileSync(path, "utf8"))),
    );
    expect(files.length).toBeGreaterThan(40);
    const early = /\|\s*(head\b|grep\s+(-\S+\s+)*-\w*[qm]|sed\s[^|]*\bq\b)/;
    expect(
      files.flatMap((path) =>
        readFileSync(path, "utf8")
          .split("\n")
          .filter((line) => early.test(line))
          .map((line) => `${path}: ${line.trim()}`),
      ),
    ).toEqual([]);
  });
});

describe("a health check", () => {
  const SERVER = `require("node:http").createServer((_, answer) => answer.end("ok")).listen(0, "127.0.0.1", function () { console.log(this.address().port); });`;
  let server: ChildProcess;
  let port: string;
  beforeAll(async () => {
    server = spawn(process.execPath, ["-e", SERVER], { stdio: ["ignore", "pipe", "inherit"] });
    port = await new Promise((resolve) => {
      server.stdout!.once("data", (data: Buffer) => resolve(String(data).trim()));
    });
    mkdirSync(join(root, "home"));
    writeFileSync(join(root, "home/.curlrc"), "proxy = http://127.0.0.1:9\n");
  });
  afterAll(() => {
    server.kill();
  });

  const SESSIONS: [string, Record<string, string>][] = [
    ["a proxy of the session", { http_proxy: "http://127.0.0.1:9", ALL_PROXY: "http://127.0.0.1:9" }],
    ["a .curlrc", { HOME: join(root, "home") }],
  ];
  it.each(SESSIONS)("is not misled by %s", (_, env) => {
    journal({ after: { services: { web: { health: { path: "/health", port } } } } });
    const says = `${CONTAINER} engine() { ANSWER=$(container running 0 127.0.0.1); }`;
    expect(run(`${says}; check after web id`, { env }).code).toBe(0);
  });
  it.each(SESSIONS)("through the proxy is not misled by %s", (_, env) => {
    release({ services: [], verification: { host: "shop.example.com", scheme: "http" } });
    const ask = `read_manifest $RELEASE; ask_once $RELEASE 'connect-to = "::127.0.0.1:${port}"' /`;
    expect(run(`${ask}; echo "$SAID $STATUS"`, { env }).stdout).toBe("ok 200\n");
  });
});

describe("the caller's session", () => {
  it("does not decide where the scripts are", () => {
    const { stdout, status } = spawnSync("bash", ["components/host/scripts/slipway", "help"], {
      encoding: "utf8",
      env: { ...process.env, CDPATH: process.cwd() },
    });
    expect([status, stdout]).toEqual([0, expect.stringContaining("slipway inspect")]);
  });
  it("does not decide how characters are counted, sorted or shown, nor what time it is", () => {
    const env = {
      LC_ALL: "C.UTF-8",
      LANG: "de_DE.UTF-8",
      TZ: "Asia/Tokyo",
      CDPATH: "/",
      POSIXLY_CORRECT: "1",
      GREP_OPTIONS: "-v",
    };
    const { stdout } = run(
      'printf "%s\\n" "$LC_ALL" "$TZ" "${CDPATH-unset}" "${POSIXLY_CORRECT-unset}" "${GREP_OPTIONS-unset}"; printf "éé\\n" | shortened',
      { env },
    );
    expect(stdout).toBe("C\nUTC\nunset\nunset\nunset\néé\n");
  });
});
