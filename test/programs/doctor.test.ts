/** `slipway doctor` by its parts that ask programs: on this machine, and on a host, where Docker is a double. */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { hostDoctorSchema } from "../../cli/doctor/host.ts";
import { doctorReportSchema } from "../../cli/doctor/report.ts";
import { temporaryFolder } from "../support/folder.ts";
import { hostShell } from "../support/hostShell.ts";
import { CHECKOUT, run as start } from "../support/run.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE";

describe("the doctor, in a project", () => {
  const folder = temporaryFolder("doctor");
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const double = (name: string, text: string): void => {
    writeFileSync(join(bin, name), `#!/bin/bash\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  const pulumi = (stacks: string): void =>
    double(
      "pulumi",
      `case "$1" in
        version) echo v3.250.0 ;;
        plugin) echo '[{"name":"command","version":"1.2.1"},{"name":"docker","version":"5.2.0"},{"name":"github","version":"6.15.0"}]' ;;
        stack) ${stacks} ;;
      esac`,
    );
  const doctor = async (...words: string[]) => {
    const result = await start(process.execPath, [join(CHECKOUT, "cli/slipway.ts"), "doctor", "--json", ...words], {
      cwd: folder,
      env: { PATH: `${bin}:${process.env.PATH}`, PULUMI_BACKEND_URL: undefined },
    });
    const { places, stack } = doctorReportSchema.parse(JSON.parse(result.stdout));
    const found = places.flatMap(({ place, checks }) =>
      checks.flatMap((one) => one.found.map(({ what, mend }) => `${place}, ${one.check}: ${what} | ${mend}`)),
    );
    return { code: result.code, stack, found };
  };

  beforeEach(() => {
    writeFileSync(join(folder, "Pulumi.yaml"), "name: infra\nruntime: nodejs\nbackend:\n  url: file://state\n");
    writeFileSync(
      join(folder, "Pulumi.prod.yaml"),
      `config:\n  slipway:hosts: {web-1: {address: 127.0.0.1, port: 1, hostKey: "${KEY}"}}\n  slipway:applications: {shop: {version: 1.0.0, hosts: [web-1]}}\n`,
    );
    pulumi(`echo '[{"name":"prod"}]'`);
  });

  it("finds that a host does not answer, and names what mends it", async () => {
    const { code, stack, found } = await doctor();
    expect([code, stack]).toEqual([1, "prod"]);
    expect(found).toEqual([
      expect.stringMatching(
        /^web-1, reach: connect ECONNREFUSED 127\.0\.0\.1:1 \| nothing listens at port 1 of 127\.0\.0\.1; correct the port/,
      ),
    ]);
  });
  it("finds settings that are wrong, and a stack that is not there", async () => {
    writeFileSync(
      join(folder, "Pulumi.prod.yaml"),
      `config:\n  slipway:hosts: {web-1: {address: web, port: 0, hostKey: "${KEY}"}}\n`,
    );
    pulumi("echo '[]'");
    const { found } = await doctor();
    expect(found).toEqual([
      expect.stringMatching(
        /^the project, settings: slipway:hosts\.web-1\.port: 0 is not a port \| write a number from 1 to 65535; slipway check --stack prod/,
      ),
      "the project, stack: the state has no stack prod yet | pulumi stack init prod",
    ]);
  });
  it("finds a state that cannot be asked for, with what pulumi says", async () => {
    pulumi("echo 'error: read \".pulumi/meta.yaml\": permission denied' >&2; exit 255");
    expect((await doctor()).found[0]).toBe(
      'the project, state: the state cannot be asked for: read ".pulumi/meta.yaml": permission denied | correct backend.url in Pulumi.yaml, or log in there: pulumi login',
    );
  });
  it("finds the lock of a pulumi that is gone", async () => {
    const locks = join(folder, "state/.pulumi/locks/organization/infra/prod");
    mkdirSync(locks, { recursive: true });
    const lock = {
      pid: 2 ** 30,
      username: "ci",
      hostname: (await start("hostname", [])).stdout.trim(),
      timestamp: new Date().toISOString(),
    };
    writeFileSync(join(locks, "a.json"), JSON.stringify(lock));
    const { found } = await doctor();
    expect(found[0]).toMatch(
      /^the project, lock: the state is locked by ci@\S+ for \d+ s, whose pulumi runs no more \| pulumi cancel --yes --stack prod$/,
    );
  });
  it("finds that there is no project, without failing itself", async () => {
    const { code, found } = await doctor("--stack", "nope");
    expect([code, found]).toEqual([
      1,
      [expect.stringContaining("the project, project: Pulumi.nope.yaml does not exist | name a stack that has a file")],
    ]);
  });
});

describe("a host", () => {
  const { root, run, release, double } = hostShell("doctor");
  const DIR = join(root, "shop");
  const told = (world: string) => {
    const { stdout, stderr, code } = run(`
      cron_there=yes
      pgrep() { [ -n "$cron_there" ]; }; systemctl() { return 1; }
      COMPOSE=("$ROOT/programs/compose")
      engine() {
        case $2 in
          /version) ANSWER='{"Version":"28.1.0"}' ;;
          *) ANSWER='{"message":"ok"}' ;;
        esac
      }
      ${world}
      command_doctor`);
    if (code !== 0) throw new Error(stderr);
    return hostDoctorSchema.parse(JSON.parse(stdout));
  };

  beforeEach(() => {
    writeFileSync(join(root, "slipway/host.json"), "{}");
    writeFileSync(
      join(DIR, "deployment.json"),
      JSON.stringify({ release: "0123456789ab", version: "1", token: "t", owner: "o" }),
    );
    release({ images: ["ghcr.io/anna/shop@sha256:1", "ghcr.io/anna/other@sha256:2", "redis@sha256:3"] });
    double("compose", "echo v2.40.3");
  });

  it("of which all is right says so", () =>
    expect(told("")).toEqual({
      docker: { answers: true, version: "28.1.0" },
      compose: "2.40.3",
      cron: true,
      locks: [],
      journals: [],
      registries: [
        { server: "docker.io", problem: "" },
        { server: "ghcr.io", problem: "" },
      ],
      notifications: [],
    }));
  it("tells of a declared target of notifications that did not take its last message", () => {
    const folder = join(root, "slipway/notifications");
    mkdirSync(join(folder, "stacks"), { recursive: true });
    writeFileSync(join(folder, "stacks/infra+prod.json"), '{"targets":[{"name":"chat"},{"name":"mail"}]}');
    const line = (target: string, result: string, why: string): string =>
      `${JSON.stringify({ time: "2026-11-28T09:00:00Z", target, result, attempt: 1, why })}\n`;
    writeFileSync(
      join(folder, "log"),
      [
        line("chat", "taken", ""),
        line("mail", "given up", "the service answered 403"),
        line("mail", "taken", ""),
        line("chat", "given up", "no answer within 30 s"),
        line("removed", "given up", "gone"),
        "half a li",
      ].join(""),
    );
    expect(told("").notifications).toEqual([
      { target: "chat", time: "2026-11-28T09:00:00Z", result: "given up", why: "no answer within 30 s" },
    ]);
    rmSync(folder, { recursive: true });
  });
  it("without Docker, Compose and cron says that, and nothing of registries", () => {
    double("compose", "exit 1");
    expect(
      told("engine() { ANSWER='Docker does not answer (GET /version; curl ends with 7)'; return 1; }; cron_there="),
    ).toMatchObject({
      docker: { answers: false, why: "Docker does not answer (GET /version; curl ends with 7)" },
      compose: null,
      cron: false,
      registries: [],
    });
  });
  it("tells of a registry that cannot be reached, and not of one that wants a login", () =>
    expect(
      told(`engine() {
        case $2 in
          /version) ANSWER='{"Version":"28.1.0"}' ;;
          */ghcr.io/*) ANSWER='Get "https://ghcr.io/v2/": dial tcp: lookup ghcr.io: no such host'; return 1 ;;
          *) ANSWER='Get "https://docker.io/v2/": no basic auth credentials'; return 1 ;;
        esac
      }`).registries,
    ).toEqual([
      { server: "docker.io", problem: "" },
      { server: "ghcr.io", problem: 'Get "https://ghcr.io/v2/": dial tcp: lookup ghcr.io: no such host' },
    ]));
  it("tells who holds a lock, and of a journal only where nobody does", () => {
    writeFileSync(
      join(DIR, "rollout.json"),
      JSON.stringify({ version: "1.1.0", release: "a", unsettled: "NOTHING\tSERVES" }),
    );
    expect(told("")).toMatchObject({
      locks: [],
      journals: [{ application: "shop", version: "1.1.0", release: "a", unsettled: "NOTHING SERVES" }],
    });
    writeFileSync(join(DIR, "lock"), '{"by":"anna","since":"2026-11-28T10:00:00Z","pid":"4711"}\n');
    expect(told('exec 5>>"$DIR/lock"; flock 5')).toMatchObject({
      locks: [{ application: "shop", by: "anna", since: "2026-11-28T10:00:00Z", pid: "4711" }],
      journals: [],
    });
    writeFileSync(join(DIR, "lock"), "");
    expect(told('exec 5>>"$DIR/lock"; flock 5')).toMatchObject({
      locks: [{ application: "shop", by: "", since: "", pid: "" }],
    });
  });
});
