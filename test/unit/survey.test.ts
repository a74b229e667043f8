/** What a machine is asked before its first preparation, and what a plan says of it. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { surveyScript } from "../../components/host/install.ts";
import { parseSurvey, preparation, type Survey } from "../../components/host/survey.ts";
import { surveyCommand } from "../../components/protocol/commands.ts";
import { temporaryFolder } from "../support/folder.ts";

const READY: Survey = {
  user: "deploy",
  sudo: true,
  apt: true,
  missing: [],
  docker: "29.1.0",
  compose: "2.40.0",
  group: true,
  daemon: true,
  folder: true,
  ports: [],
  projects: {},
  volumes: [],
};
const BARE: Survey = {
  ...READY,
  missing: ["jq", "cron"],
  docker: "none",
  compose: "none",
  daemon: false,
  folder: false,
};
const SETTINGS = {
  root: "/opt",
  install: true,
  proxy: { enabled: true, httpPort: 80, httpsPort: 443 },
  hardening: { sshPasswordLogin: "keep", firewall: false, unattendedUpgrades: false },
} as Parameters<typeof preparation>[1];
const problemsOf = (survey: Partial<Survey>, settings: Partial<typeof SETTINGS> = {}): string[] =>
  preparation("web-1", { ...SETTINGS, ...settings }, { ...READY, ...survey }).problems;

describe("what the first preparation of a host will do", () => {
  it("is told of a bare machine, all of it", () =>
    expect(preparation("web-1", SETTINGS, BARE)).toEqual({
      steps: [
        "install jq, cron",
        "install Docker Engine and Compose (get.docker.com)",
        "let deploy use Docker (group docker)",
        "keep containers running while Docker restarts, and rotate logs (/etc/docker/daemon.json)",
        "make /opt/slipway",
        "start the proxy on the ports 80 and 443",
        "look every minute for interrupted deployments (crontab)",
      ],
      problems: [],
    }));

  it("is told of an engine without its command", () =>
    expect(preparation("web-1", SETTINGS, { ...BARE, missing: [], docker: "engine" }).steps.slice(0, 3)).toEqual([
      "install Docker's command (docker-cli)",
      "install Docker's Compose plugin",
      "let deploy use Docker (group docker)",
    ]));

  it("is little where everything is there", () =>
    expect(preparation("web-1", { ...SETTINGS, proxy: { ...SETTINGS.proxy, enabled: false } }, READY).steps).toEqual([
      "make /opt/slipway",
      "look every minute for interrupted deployments (crontab)",
    ]));

  it("names each hardening that is switched on", () =>
    expect(
      preparation(
        "web-1",
        { ...SETTINGS, hardening: { sshPasswordLogin: "off", firewall: true, unattendedUpgrades: true } },
        READY,
      ).steps.slice(2, 5),
    ).toEqual([
      "switch SSH logins by password off",
      "let in SSH and the proxy only (ufw)",
      "install security updates by themselves (unattended-upgrades)",
    ]));
});

describe("what a first preparation would fail for", () => {
  it("is nothing where root's rights are not needed and not given", () =>
    expect(problemsOf({ sudo: false })).toEqual([]));

  it("is sudo, with all that it is needed for", () =>
    expect(problemsOf({ sudo: false, folder: false, group: false })).toEqual([
      "deploy may not use sudo without a password, which is needed to let deploy use Docker (group docker); make /opt/slipway; allow it for the first pulumi up, or do that by hand",
    ]));

  it("is what may not be installed", () =>
    expect(problemsOf({ missing: ["jq"], compose: "none" }, { install: false })).toEqual([
      "jq; Docker's Compose plugin: missing, and slipway:hosts.web-1.install is false; install it by hand, or set slipway:hosts.web-1.install: true",
    ]));

  it("is what cannot be installed", () =>
    expect(problemsOf({ missing: ["jq"], apt: false })).toEqual([
      "jq: missing, and there is no apt-get; install it by hand (Debian and Ubuntu are known here)",
    ]));

  it("is a Docker that does not answer, and a Compose that is too old", () =>
    expect(problemsOf({ docker: "silent", compose: "2.19.1" })).toEqual([
      "Docker does not answer; start it: sudo systemctl start docker",
      "Docker Compose 2.19.1 is too old; 2.20 or newer is needed (the package docker-compose-plugin)",
    ]));

  it.each(["2.20.0", "2.40.3", "5.0.1"])("is not the Compose %s", (compose) =>
    expect(problemsOf({ compose })).toEqual([]),
  );

  it("is a port that somebody else has, each by its own", () =>
    expect(
      problemsOf({
        ports: [
          { port: "80", by: "nginx" },
          { port: "443", by: "" },
        ],
      }),
    ).toEqual([
      "port 80 is taken by nginx, and the proxy needs it; if that must stay, give the proxy other ports (slipway:hosts.web-1.proxy.httpPort, httpsPort), else stop it",
      "port 443 is taken, and the proxy needs it; if that must stay, give the proxy other ports (slipway:hosts.web-1.proxy.httpPort, httpsPort), else stop it",
    ]));
});

describe("the survey of a machine", () => {
  /** Runs it as the machine does, with these programs and no others but those of every system. */
  function survey(programs: Record<string, string>, root: string, ports: number[] = []): Survey {
    const folder = join(temporaryFolder("survey"), "bin");
    mkdirSync(folder);
    // Written over, a link would be the machine's own program.
    const usual = ["cat", "dirname", "grep", "head", "id", "sed", "sh", "timeout"].filter(
      (name) => !(name in programs),
    );
    const links = usual.map((name) => `ln -s "$(command -v ${name})" ${folder}/${name}`).join(" && ");
    expect(spawnSync("sh", ["-c", links]).status).toBe(0);
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    const { stdout, stderr, status } = spawnSync("sh", ["-c", surveyCommand(root, ports)], {
      input: surveyScript(),
      encoding: "utf8",
      env: { PATH: folder },
    });
    expect([status, stderr]).toEqual([0, ""]);
    return parseSurvey(stdout);
  }
  const all = Object.fromEntries(
    ["bash", "jq", "curl", "flock", "crontab", "ss", "ps", "apt-get"].map((name) => [name, ""]),
  );
  const DOCKER = `case "$1 $2" in
"version --format") echo 29.1.0 ;;
"compose version") echo v2.40.0 ;;
"info --format") echo true ;;
"ps --all") case $* in *name=*) ;; *) printf 'container greet web greet-web-1 False 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp, 0.0.0.0:7000-7001->7000-7001/udp, 9000/tcp\\ncontainer greet web greet-web-run-1 True\\ncontainer blog db blog-db-1 False\\n' ;; esac ;;
esac`;

  it("finds what is missing on a bare machine, without a word of its own", () => {
    const folder = temporaryFolder("bare");
    expect(
      survey({ sudo: "exit 1", id: "case $1 in -un) echo anna ;; *) echo 1000 ;; esac" }, join(folder, "opt")),
    ).toEqual({
      ...BARE,
      user: "anna",
      sudo: false,
      apt: false,
      missing: ["bash", "jq", "curl", "util-linux", "cron", "iproute2", "procps"],
      folder: true,
    });
  });

  it("finds Docker, and the containers that Compose made", () =>
    expect(survey({ ...all, docker: DOCKER }, temporaryFolder("there"))).toMatchObject({
      missing: [],
      docker: "29.1.0",
      compose: "2.40.0",
      group: true,
      projects: {
        greet: {
          folder: "",
          containers: [{ service: "web", name: "greet-web-1", volumes: [], ports: [7000, 7001, 8080] }],
        },
        blog: { folder: "", containers: [{ service: "db", name: "blog-db-1", volumes: [], ports: [] }] },
      },
    }));

  it("finds an engine without its command", () =>
    expect(survey({ ...all, dockerd: "" }, temporaryFolder("engine"))).toMatchObject({
      docker: "engine",
      compose: "none",
      daemon: false,
    }));

  it("knows a Docker that only root may ask from one that does not answer", () => {
    const denied = `[ -n "$ROOT" ] || exit 1\n${DOCKER}`;
    const programs = {
      ...all,
      id: "case $1 in -un) echo anna ;; *) echo 1000 ;; esac",
      sudo: 'shift; ROOT=yes exec "$@"',
    };
    const folder = temporaryFolder("denied");
    expect(survey({ ...programs, docker: denied.replace("$ROOT", "${ROOT:-}") }, folder)).toMatchObject({
      docker: "29.1.0",
      group: false,
    });
    expect(survey({ ...programs, docker: "exit 1" }, folder)).toMatchObject({ docker: "silent", daemon: false });
  });

  it("finds a port that is taken, and the container that has it", () => {
    const server = createServer().listen(0);
    const { port } = server.address() as { port: number };
    const owner = DOCKER.replace(/esac$/, `"ps --filter") echo squatter ;;\nesac`);
    try {
      const folder = temporaryFolder("ports");
      expect(survey({ ...all, docker: owner }, folder, [port, 1]).ports).toEqual([
        { port: String(port), by: "the container squatter" },
      ]);
    } finally {
      server.close();
    }
  });

  it("takes the proxy's own ports for its own", () => {
    const server = createServer().listen(0);
    const { port } = server.address() as { port: number };
    try {
      const proxy = DOCKER.replace("*name=*) ;;", "*name=*) echo 0123456789ab ;;");
      expect(survey({ ...all, docker: proxy }, temporaryFolder("own"), [port]).ports).toEqual([]);
    } finally {
      server.close();
    }
  });
});
