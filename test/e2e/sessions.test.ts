/** `slipway exec`, `run`, `prune` and `doctor` on a real host: what a person sees, and what stays there. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { doctorReportSchema } from "../../cli/doctor/report.ts";
import { pruneReportSchema } from "../../cli/prune/report.ts";
import { Deployment, ready } from "../host/support/deployment.ts";
import { sample } from "../host/support/release.ts";
import { REDIS } from "../support/faults/project.ts";
import { temporaryFolder } from "../support/folder.ts";
import { ensureHosts, own } from "../support/hosts.ts";
import { CHECKOUT, expectOk, type Result, type Running, run, start } from "../support/run.ts";
import { connection, seed } from "../support/sandbox.ts";
import { untilServed } from "../support/served.ts";

const [target] = own;
const NAME = "seated";
/** No other application has their images, which a prune may therefore remove. */
const [OLD, NEW] = ["4.7.0", "4.7.1"];
const folder = temporaryFolder("sessions");
const COMMAND = join(CHECKOUT, "cli/slipway.ts");
const deployment = new Deployment(
  target,
  sample(NAME, {
    services: {
      web: { port: 8000, health: { path: "/health", interval: "100ms", successes: 2 }, drain: "1s" },
      tool: {
        image: REDIS,
        accessory: false,
        user: "0",
        command: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.2; done"],
        volumes: ["notes:/notes", "unused:/data"],
      },
    },
  }),
);
const given = { secrets: { TOKEN: "planted-run-token" } };

const slipway = (words: string[], input = ""): Promise<Result> =>
  run(process.execPath, [COMMAND, ...words], { cwd: folder, input });
const begin = (...words: string[]): Running =>
  start(process.execPath, [COMMAND, ...words], { cwd: folder, keepInput: true });
/** Fresh containers of sessions, and processes of a command that a test names by a number of its own. */
const fresh = (): Promise<string> =>
  target.ask("docker ps --all --quiet --filter label=slipway.session").then((text) => text.trim());
const left = (mark: string): Promise<string> =>
  target
    .ask(`pgrep -f '[s]leep ${mark}' || true; ls -d /opt/${NAME}/run/session.* 2>/dev/null || true`)
    .then((text) => text.trim());
const untilGone = async (seen: () => Promise<string>): Promise<void> => {
  for (let tries = 0; (await seen()) !== ""; tries++) {
    if (tries > 60) throw new Error(`still there: ${await seen()}`);
    await sleep(250);
  }
};

beforeAll(async () => {
  await ensureHosts();
  await seed(`shop:${OLD}`, `shop:${NEW}`);
  await ready(deployment);
  await deployment.deployed(OLD, { given });
  writeFileSync(join(folder, "Pulumi.yaml"), "name: seated\nruntime: nodejs\nbackend:\n  url: file://state\n");
  const config = {
    "slipway:hosts": {
      "web-0": { ...connection(target.number), address: "127.0.0.1", port: 1 },
      "web-1": connection(target.number),
    },
    "slipway:applications": {
      [NAME]: { version: OLD, hosts: ["web-1"] },
      both: { version: OLD, hosts: ["web-0", "web-1"] },
    },
  };
  writeFileSync(join(folder, "Pulumi.prod.yaml"), stringify({ config }));
});
afterAll(() => deployment.end());

describe("exec", () => {
  it("passes on streams and exit code, also where there is no shell", async () => {
    const script = "cat; printf '%s|' \"$@\"; echo error >&2; exit 37";
    const { code, stdout, stderr } = await slipway(
      ["exec", NAME, "tool", "--", "sh", "-c", script, "sh", "a  b", "$HOME", "--"],
      "given\n",
    );
    expect([code, stdout, stderr]).toEqual([37, "given\na  b|$HOME|--|", "error\n"]);
    expect(await slipway(["exec", NAME, "--", "/app", "fly"])).toMatchObject({
      code: 1,
      stderr: 'fatal: "fly" is not a command; use serve, healthcheck or migrate\n',
    });
    expect(await left("none")).toBe("");
  });

  it("is refused for what is not there, and goes to the next host where one does not answer", async () => {
    expect(await slipway(["exec", NAME, "nope"])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: "slipway: web-1: nope is no service of seated; its services are: tool web\n",
    });
    const { code, stderr } = await slipway(["exec", "both", "--", "id"]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/web-0: connect ECONNREFUSED[\s\S]*web-1: no release of both is deployed/),
    ]);
  });

  it("at a terminal has one, of its size, and Ctrl-C reaches the command", async () => {
    const line = `stty rows 33 cols 77; exec ${process.execPath} ${COMMAND} exec ${NAME} tool -- sh -c 'until stty size | grep -q "33 77"; do sleep 0.1; done; echo sized; read x; echo got $x; sleep 4321'`;
    const terminal = start("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
      cwd: folder,
      keepInput: true,
      env: { TERM: "xterm" },
    });
    await terminal.until(/sized/);
    expect(terminal.output()).toContain(`on web-1 (${NAME} ${OLD})`);
    terminal.write("this\r");
    await terminal.until(/got this/);
    terminal.write("\x03");
    expect((await terminal.result).code).toBe(130);
    await untilGone(() => left("4321"));
  });

  it("hands Ctrl-C on where there is no terminal", async () => {
    const command = begin(
      "exec",
      NAME,
      "tool",
      "--",
      "sh",
      "-c",
      "trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 0.1; done",
    );
    await command.until(/ready/);
    command.kill("SIGINT");
    expect(await command.result).toMatchObject({ code: 9, stdout: "ready\ncaught\n" });
  });

  it("leaves nothing where whoever began it is killed", async () => {
    const command = begin("exec", NAME, "tool", "--", "sh", "-c", "echo ready; sleep 4322; echo never");
    await command.until(/ready/);
    command.kill("SIGKILL");
    await untilGone(() => left("4322"));
  });

  it("leaves nothing where the image has no shell, either, and the holder was killed", async () => {
    const id = (
      await target.ask(
        `docker ps -q --filter label=com.docker.compose.project=${NAME} --filter label=com.docker.compose.service=web`,
      )
    ).trim();
    const folderOf = `/opt/${NAME}/run/session.abcdefgh`;
    await target.ask(`mkdir ${folderOf}; : >${folderOf}/lock; echo 'exec x web ${id}' >${folderOf}/kind
      docker exec --detach --env SLIPWAY_SESSION=abcdefgh --env PORT=9000 ${id} /app serve
      /opt/slipway/bin/slipway recover`);
    expect(await target.ask(`docker top ${id} -o pid,args`)).not.toContain("/app serve");
    expect(await left("none")).toBe("");
  });
});

describe("run", () => {
  it("has variables, secrets and volumes of the service, and none of its requests, and is removed", async () => {
    await slipway(["exec", NAME, "tool", "--", "sh", "-c", "echo kept >/notes/a"]);
    const { code, stdout } = await slipway([
      "run",
      NAME,
      "tool",
      "--",
      "sh",
      "-c",
      "cat /notes/a; echo $TOKEN; exit 5",
    ]);
    expect([code, stdout]).toEqual([5, expect.stringMatching(/^kept\n/)]);
    const web = begin("run", NAME, "--", "/app", "serve");
    await web.until(/listens/);
    expect((await deployment.seen()).differences).toEqual([]);
    expect(
      await target.ask(
        `docker ps --filter label=slipway.session --format '{{.Ports}} {{.Label "com.docker.compose.oneoff"}}'`,
      ),
    ).toMatch(/^(8000\/tcp)? True\n$/);
    web.kill("SIGINT");
    expect((await web.result).code).toBe(0);
    expect(await fresh()).toBe("");
  });

  it("goes on through a deployment, with the release of its beginning, which a prune then finds and removes", async () => {
    const command = begin(
      "run",
      NAME,
      "tool",
      "--",
      "sh",
      "-c",
      "echo ready; until [ -e /notes/go ]; do sleep 0.1; done; echo went; exit 3",
    );
    await command.until(/ready/);
    await deployment.deployed(NEW, { given, options: { keepReleases: 1 } });
    await untilServed(target, deployment.domain, NEW);
    expect((await deployment.seen()).differences).toEqual([]);
    await slipway(["exec", NAME, "tool", "--", "touch", "/notes/go"]);
    expect(await command.result).toMatchObject({ code: 3, stdout: "ready\nwent\n" });
    expect(await fresh()).toBe("");

    const plan = await slipway(["prune", NAME, "--plan", "--json"]);
    const [planned] = pruneReportSchema.parse(JSON.parse(expectOk(plan).stdout)).applications;
    expect(planned!.removes.map(({ kind }) => kind).sort()).toEqual(["image", "release"]);
    expect(planned!.removes.every(({ bytes }) => bytes > 0)).toBe(true);
    const { stdout } = expectOk(await slipway(["prune", NAME, "--yes"]));
    expect(stdout).toMatch(new RegExp(`${NAME} on web-1: 2 things, .* removed\n`));
    expect(expectOk(await slipway(["prune", NAME, "--plan"])).stdout).toContain(
      `${NAME} on web-1: there is nothing to remove\n`,
    );
    await untilServed(target, deployment.domain, NEW);
  });

  it.each([
    ["whoever began it", async (command: Running) => command.kill("SIGKILL")],
    [
      "its holder on the host",
      async () =>
        void (await target.ask(`kill -9 $(pgrep -f '[s]lipway run ${NAME}'); /opt/slipway/bin/slipway recover`)),
    ],
  ])("is removed where %s is killed", async (_, kill) => {
    const command = begin("run", NAME, "tool", "--", "sh", "-c", "echo ready; sleep 4323; echo never");
    await command.until(/ready/);
    await kill(command);
    await command.result;
    await untilGone(fresh);
    await untilGone(() => left("4323"));
  });
});

it("the doctor finds nothing wrong with the host, and that the other does not answer", async () => {
  const { code, stdout } = await slipway(["doctor", "--json"]);
  const { places } = doctorReportSchema.parse(JSON.parse(stdout));
  expect(code).toBe(1);
  const of = (name: string) => places.find(({ place }) => place === name)!.checks;
  expect(
    of("web-1").flatMap(({ check, result, found }) => (result === "fine" ? [] : [[check, result, found]])),
  ).toEqual([]);
  expect(of("web-0").find(({ check }) => check === "reach")).toMatchObject({ result: "wrong" });
});
