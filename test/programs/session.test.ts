/** Sessions on a host: which container, which service, and that nothing of them stays. Docker is a double here. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { hostShell } from "../support/hostShell.ts";

const { root, run, double, release } = hostShell("session");
const DIR = join(root, "shop");
const CALLS = join(root, "calls");
const calls = (): string[] => (existsSync(CALLS) ? readFileSync(CALLS, "utf8").trim().split("\n") : []);
const sessions = (): string[] => readdirSync(join(DIR, "run")).filter((name) => name.startsWith("session."));

const manifest = (more: object = {}) => ({
  application: "shop",
  release: "0123456789ab",
  version: "1.4.0",
  images: [],
  accessories: ["db"],
  services: [
    { name: "worker", strategy: "recreate" },
    { name: "web", strategy: "rolling", upstream: "shop.web", port: 8000 },
  ],
  ...more,
});

/** What Docker says: web in two versions, of which the first was confirmed, a database, and, of those that look for it, a session's own. */
const WORLD = `
  apart() { (command_$1 "\${@:2}"); }
  docker_answers() { :; }
  look_containers() {
    SERVICE_OF=([old]=web [new]=web [db]=db) NAME_OF=([old]=shop-web-1 [new]=shop-web-2 [db]=shop-db-1)
    STATE_OF=([old]=running [new]=running [db]=running) ADDRESS_OF=([old]=10.0.0.3 [new]=10.0.0.4 [db]='')
  }
  without_copying() { printf '{"services":{"%s":{"volumes":[]}}}' "$2"; }
  with_labels() { FOUND_IDS=(); if [ -e "$ROOT/fresh" ]; then FOUND_IDS=(fresh); fi; }
  engine() { printf 'engine %s %s\\n' "$1" "$2" >>"$ROOT/calls"; if [ "$1" = DELETE ]; then rm -f "$ROOT/fresh"; fi; }`;
const act = (body: string, input = "") => run(`${WORLD}\n${body}`, { input });
const opened = (words: string, more = "") => {
  const { stdout, stderr, code } = act(`${more}\n${words}`);
  return code === 0 ? JSON.parse(stdout) : stderr.trim();
};

beforeEach(() => {
  for (const name of ["calls", "fresh"]) rmSync(join(root, name), { force: true });
  for (const name of sessions()) rmSync(join(DIR, "run", name), { recursive: true });
  mkdirSync(join(root, "slipway/proxy/upstreams"), { recursive: true });
  writeFileSync(join(root, "slipway/proxy/upstreams/shop.web"), "10.0.0.3:8000\n");
  release(manifest());
  const containers = ["db", "old"].map((id) => ({ name: `shop-${id}-1`, id }));
  writeFileSync(
    join(DIR, "deployment.json"),
    JSON.stringify({ release: "0123456789ab", version: "1.4.0", token: "t", owner: "o", containers, upstreams: {} }),
  );
  // Of a container: what runs within it, and whether something is found that bears the session.
  double("docker", `printf 'docker %s\\n' "$*" >>${CALLS}; exit 1`);
});

describe("a session in what serves", () => {
  it("is in the container to which the route of the service with a route leads", () => {
    expect(opened("command_exec shop")).toMatchObject({ service: "web", container: "shop-web-1", version: "1.4.0" });
    writeFileSync(join(root, "slipway/proxy/upstreams/shop.web"), "10.0.0.4:8000\n");
    expect(opened("command_exec shop")).toMatchObject({ container: "shop-web-2" });
  });
  it("is in the one that was confirmed while requests are held, and where the service has no route", () => {
    writeFileSync(join(root, "slipway/proxy/upstreams/shop.web"), "192.0.2.1:1\n");
    expect(opened("command_exec shop")).toMatchObject({ container: "shop-web-1" });
    expect(opened("command_exec shop --service db")).toMatchObject({ service: "db", container: "shop-db-1" });
  });
  it.each([
    ["command_exec shop --service nope", "", "nope is no service of shop; its services are: db web worker"],
    [
      "command_exec shop --service worker",
      "",
      "no container of worker of shop runs on this host; slipway status tells more",
    ],
    [
      "command_exec shop",
      "docker_answers() { return 1; }",
      "Docker does not answer on this host; start it (systemctl start docker). Nothing was changed.",
    ],
    ["command_exec other", "", "no release of other is deployed on this host"],
    ["command_exec shop --service 'a;b'", "", "--service must be the name of a service, not a\\;b"],
  ])("is refused by %s, which leaves nothing", (words, more, why) => {
    expect(opened(words, more)).toBe(`error: ${why}`);
    expect(sessions()).toEqual([]);
  });
  it("names a service where none has a route, unless there is one alone", () => {
    release(
      manifest({
        services: [
          { name: "a", strategy: "recreate" },
          { name: "b", strategy: "recreate" },
        ],
      }),
    );
    expect(opened("command_run shop")).toBe(
      "error: no service of shop has a route, so name one; its services are: a b db",
    );
    release(manifest({ services: [{ name: "a", strategy: "recreate" }] }));
    expect(opened("command_run shop")).toMatchObject({ service: "a", container: "" });
  });
});

describe("the end of a session", () => {
  it("comes with the end of standard input, and leaves nothing", () => {
    const { stdout, code } = act("command_run shop");
    expect([code, sessions()]).toEqual([0, []]);
    expect(stdout).toMatch(/^\{"session":"\w{8}","service":"web","container":"","version":"1.4.0"\}\n$/);
  });
  it("removes a fresh container that is still there", () => {
    writeFileSync(join(root, "fresh"), "");
    act("command_run shop");
    expect(calls()).toContain("engine DELETE /containers/fresh?force=true&v=false");
    expect([existsSync(join(root, "fresh")), sessions()]).toEqual([false, []]);
  });
  it("comes with a signal, too", () => {
    const { code } = act(
      'mkfifo "$ROOT/input"; (until compgen -G "$DIR/run/session.*/kind" >/dev/null; do sleep 0.05; done; kill -TERM $$) & command_run shop <>"$ROOT/input"',
    );
    rmSync(join(root, "input"));
    expect([code, sessions()]).toEqual([0, []]);
  });
  it("ends what runs within a container: as a terminal does, and then by force", () => {
    // It is found until it is killed.
    double(
      "docker",
      `printf 'docker %s\\n' "\${*: -1}" >>${CALLS}; case "\${*: -1}" in KILL) touch ${root}/killed ;; esac; [ ! -e ${root}/killed ]`,
    );
    act("nap() { :; }; command_exec shop");
    expect(calls().filter((call) => call.startsWith("docker"))).toEqual([
      "docker HUP",
      ...Array(10).fill("docker 0"),
      "docker KILL",
    ]);
  });
  it("leaves alone what a command that ended by itself has left", () => {
    act(
      `nap() { :; }; end_session_here() { : >"$SESSION/ended"; (command_abandon "$APP" "\${SESSION##*.}"); }; command_exec shop`,
    );
    expect(calls()).toEqual([]);
    expect(sessions()).toEqual([]);
  });
  it("hands an interrupt to the fresh container", () => {
    writeFileSync(join(root, "fresh"), "");
    act("command_run shop", "interrupt\nelse\n");
    expect(calls()).toContain("engine POST /containers/fresh/kill?signal=SIGINT");
  });
});

describe("a session whose holder was killed", () => {
  const left = (kind: string): void => {
    mkdirSync(join(DIR, "run/session.abcdefgh"));
    writeFileSync(join(DIR, "run/session.abcdefgh/lock"), "");
    writeFileSync(join(DIR, "run/session.abcdefgh/kind"), `${kind}\n`);
  };
  it("is ended by the recovery, with its container", () => {
    left("run 0123456789ab web -");
    writeFileSync(join(root, "fresh"), "");
    act("end_sessions_left");
    expect([existsSync(join(root, "fresh")), sessions()]).toEqual([false, []]);
  });
  it("is not, while it is held", () => {
    left("run 0123456789ab web -");
    act(`exec 8>"$DIR/run/session.abcdefgh/lock"; flock 8; end_sessions_left`);
    expect(sessions()).toEqual(["session.abcdefgh"]);
  });
  it("attaches nobody", () => {
    left("exec 0123456789ab web old");
    for (const id of ["abcdefgh", "hgfedcba"])
      expect(act(`command_attach shop --session ${id} -- id`).stderr).toContain(
        "error: the session of shop is over; run the command again",
      );
    expect(act("command_attach shop --session abcdefgh --").stderr).toContain(
      "error: no command is named; write it after --",
    );
    expect(act("command_attach shop --session ../../x -- id").stderr).toContain(
      "--session must be the name of a session",
    );
  });
  it("keeps its release from being pruned", () => {
    left("run 0123456789aa web -");
    expect(
      act("release_in_session 0123456789aa && echo kept; release_in_session 0123456789ab || echo not").stdout,
    ).toBe("kept\nnot\n");
  });
});

describe("the command of a session", () => {
  const held = (kind: string, command: string) =>
    act(`mkdir "$DIR/run/session.abcdefgh"; printf '%s\\n' "${kind}" >"$DIR/run/session.abcdefgh/kind"
      exec 8>"$DIR/run/session.abcdefgh/lock"; flock 8
      COMPOSE=("$ROOT/programs/docker" compose)
      (exec 8>&-; command_attach shop --session abcdefgh -- ${command})`);
  it("gets words, streams and exit code as they are", () => {
    double("docker", `printf '%s\\n' "$@"; cat; exit 37`);
    const { stdout, code } = act(
      `mkdir "$DIR/run/session.abcdefgh"; echo "exec 0123456789ab web old" >"$DIR/run/session.abcdefgh/kind"
      exec 8>"$DIR/run/session.abcdefgh/lock"; flock 8
      (exec 8>&-; command_attach shop --session abcdefgh -- sh -c 'a b' --)`,
      "given",
    );
    expect([code, stdout]).toEqual([
      37,
      "exec\n--interactive\n--env\nSLIPWAY_SESSION=abcdefgh\nold\nsh\n-c\na b\n--\ngiven",
    ]);
    expect(existsSync(join(DIR, "run/session.abcdefgh/ended"))).toBe(true);
  });
  it("in a fresh container is told to Compose, without variables of the login", () => {
    double("docker", `printf '%s ' "$@"; echo; printf '%s' "\${TOKEN-none}"; exit 3`);
    const { stdout, code } = held("run 0123456789ab web -", "env");
    expect(code).toBe(3);
    expect(stdout).toBe(
      `compose --progress quiet --project-name shop --file ${DIR}/releases/0123456789ab/compose.yaml --file ${DIR}/run/session.abcdefgh/one-off.json run --rm --no-deps --label slipway.session=abcdefgh -T web env \nnone`,
    );
  });
});

describe("what bears a session", () => {
  it("is found by sh, whatever else its environment has, and gets the signal", () => {
    const { stdout } = run(`
      SLIPWAY_SESSION=abcdefgh X=$'a\\nb' sleep 50 & one=$!
      sleep 50 & other=$!
      sleep 0.1
      sh -c "$MARKED" sh abcdefgh 0 && echo found
      sh -c "$MARKED" sh abcdefgh TERM
      wait $one || echo "ended $?"
      sh -c "$MARKED" sh abcdefgh 0 || echo "no more"
      kill $other`);
    expect(stdout).toBe("found\nended 143\nno more\n");
  });
});
