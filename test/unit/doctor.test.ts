/** What `slipway doctor` finds wrong, and the command that mends it: for each check something that causes it. */
import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { isFrom } from "../../cli/doctor/checks.ts";
import { CHECKS, checked } from "../../cli/doctor/doctor.ts";
import type { HostLooked } from "../../cli/doctor/host.ts";
import type { MachineSeen } from "../../cli/doctor/machine.ts";
import type { ProjectSeen } from "../../cli/doctor/project.ts";
import { renderDoctor } from "../../cli/doctor/render.ts";
import { doctorExitCode, doctorJsonSchema, doctorReportSchema, type Place } from "../../cli/doctor/report.ts";
import { parseInspect } from "../../components/protocol/inspect.ts";
import { CHECKOUT } from "../support/run.ts";

/** 2026-11-28T12:00:00Z. */
const NOW = 1795867200;
const MACHINE: MachineSeen = {
  node: "v24.1.0",
  pulumi: "v3.250.0",
  git: "git version 2.39",
  plugins: ["command 1.2.1", "github 6.15.0"],
  wanted: { pulumi: "3.250.0", plugins: { command: "1.2.1", github: "6.15.0" } },
};
const PROJECT: ProjectSeen = {
  stack: "prod",
  settings: [],
  backend: { stacks: ["dev", "prod"], updating: [] },
  locks: [],
  secrets: "",
  now: NOW * 1000,
};
const APPLICATION = {
  release: "0123456789ab",
  version: "1.0.0",
  token: "t",
  owner: "o",
  differences: [],
  underway: null,
  domains: ["shop.example.com"],
};
const seen = (host: object = {}, application: object = {}) =>
  parseInspect(
    JSON.stringify({
      host: {
        token: "t",
        scripts: "s",
        proxyRuns: true,
        watched: true,
        time: NOW,
        disks: [{ path: "/", free: 50_000, size: 100_000 }],
        ...host,
      },
      applications: { shop: { ...APPLICATION, ...application } },
    }),
  );
const TOLD: NonNullable<HostLooked["told"]> = {
  docker: { answers: true, version: "28.1" },
  compose: "2.40.0",
  cron: true,
  locks: [],
  journals: [],
  registries: [{ server: "ghcr.io", problem: "" }],
  notifications: [],
};
const HOST: HostLooked = {
  host: { address: "10.0.0.1", port: 2222, user: "deploy", root: "/opt", hostKey: "ssh-ed25519 AAAA" },
  stack: "prod",
  seen: seen(),
  told: TOLD,
  ahead: 0,
};

const machine = (more: Partial<MachineSeen> = {}) =>
  checked("machine", "this machine", CHECKS.machine, { ...MACHINE, ...more });
const project = (more: Partial<ProjectSeen> = {}) =>
  checked("project", "the project", CHECKS.project, { ...PROJECT, ...more });
const host = (more: Partial<HostLooked> = {}) => checked("host", "web-1", CHECKS.host, { ...HOST, ...more });
/** "check: what | mend" of all that is wrong. */
const wrong = ({ checks }: Place): string[] =>
  checks.flatMap(({ check, found }) => found.map(({ what, mend }) => `${check}: ${what} | ${mend}`));
const unknown = ({ checks }: Place): string[] =>
  checks.flatMap(({ check, result }) => (result === "unknown" ? [check] : []));

it("all that is right is fine, and ends with 0", () => {
  const report = { stack: "prod", places: [machine(), project(), host()] };
  expect(report.places.flatMap(wrong)).toEqual([]);
  expect(report.places.flatMap(unknown)).toEqual([]);
  expect(doctorExitCode(report)).toBe(0);
  expect(doctorReportSchema.parse(report)).toEqual(report);
});

describe("this machine", () => {
  it.each<[Partial<MachineSeen>, string]>([
    [{ node: undefined }, "node: there is no node on PATH, by which pulumi runs the program | install Node 24"],
    [{ node: "v22.17.1" }, "node: node on PATH is v22.17.1, which is too old | install Node 24"],
    [{ pulumi: undefined }, "pulumi: there is no pulumi on PATH | npm ci"],
    [{ pulumi: "v3.249.9" }, "pulumi: pulumi is v3.249.9, and older than 3.250.0 | npm ci"],
    [
      { plugins: ["command 1.2.1", "github 6.14.0"] },
      "plugins: the plugin github 6.15.0 is not installed | pulumi plugin install resource github 6.15.0",
    ],
    [{ git: undefined }, "git: there is no git on PATH | install git"],
  ])("with %j is told what to do", (more, said) =>
    expect(wrong(machine(more))).toEqual([expect.stringContaining(said)]),
  );

  it("without an answer about plugins is not known to have them", () =>
    expect(unknown(machine({ plugins: undefined }))).toEqual(["plugins"]));
});

describe("the project", () => {
  it.each<[Partial<ProjectSeen>, string]>([
    [
      { settings: ["slipway:hosts.a.port: 0 is no port; write one"] },
      "settings: slipway:hosts.a.port: 0 is no port | write one; slipway check --stack prod names the line",
    ],
    [
      { backend: { problem: "no such bucket" } },
      "state: the state cannot be asked for: no such bucket | correct backend.url",
    ],
    [
      {
        backend: {
          problem:
            "unable to open bucket file:///srv/state?no_tmp_dir=true: stat /srv/state: no such file or directory",
        },
      },
      "no such file or directory | mkdir -p /srv/state, if the state is not elsewhere",
    ],
    [{ backend: { stacks: ["dev"], updating: [] } }, "stack: the state has no stack prod yet | pulumi stack init prod"],
    [
      { secrets: "the encrypted settings of prod cannot be read: incorrect passphrase" },
      "incorrect passphrase | export PULUMI_CONFIG_PASSPHRASE=",
    ],
    [
      { locks: [{ by: "ci@runner", since: "2026-11-28T11:50:00Z", isAlive: false }] },
      "lock: the state is locked by ci@runner for 10 min, whose pulumi runs no more | pulumi cancel --yes --stack prod",
    ],
    [
      { locks: [{ by: "ci@runner", since: "2026-11-28T09:00:00Z", isAlive: undefined }] },
      "lock: the state is locked by ci@runner for 3 h | wait for it, or end it; if there is none any more, pulumi cancel --yes --stack prod",
    ],
    [
      { locks: undefined, backend: { stacks: ["prod"], updating: ["prod"] } },
      "lock: an update is going on | wait for it; if there is none any more, pulumi cancel",
    ],
  ])("with %j is told what to do", (more, said) =>
    expect(wrong(project(more))).toEqual([expect.stringContaining(said)]),
  );

  it("that has none here is told of that alone", () => {
    const place = checked("project", "the project", CHECKS.project, {
      unread: "there is no Pulumi.yaml here; run this in the project's folder (slipway init writes one)",
      now: 0,
    });
    expect(wrong(place)).toEqual([
      "project: there is no Pulumi.yaml here | run this in the project's folder (slipway init writes one)",
    ]);
    expect(unknown(place)).toEqual(["settings", "state", "stack", "secrets", "lock"]);
  });

  it("of which somebody else's update is going on for some minutes has nothing wrong", () =>
    expect(wrong(project({ locks: [{ by: "a@b", since: "2026-11-28T11:50:00Z", isAlive: undefined }] }))).toEqual([]));

  it("in a bucket, whose locks cannot be read, is not known to have none", () =>
    expect(unknown(project({ locks: undefined }))).toEqual(["lock"]));
});

describe("a host", () => {
  const told = (more: Partial<typeof TOLD>) => ({ told: { ...TOLD, ...more } });
  const ssh = "ssh -p 2222 deploy@10.0.0.1";
  it.each<[Partial<HostLooked>, string]>([
    [
      { host: { ...HOST.host, hostKey: undefined as unknown as string } },
      "host-key: its host key is not checked (insecureIgnoreHostKey), so another machine may answer in its place | ssh-keyscan -p 2222 -t ecdsa 10.0.0.1",
    ],
    [
      { seen: seen({ proxyRuns: false }) },
      `proxy: its proxy does not run | pulumi up --stack prod; ${ssh} docker logs slipway-proxy`,
    ],
    [
      { seen: seen({ disks: [{ path: "/", free: 500, size: 100_000 }] }) },
      "disk: only 500 MiB of / are free | slipway prune --stack prod",
    ],
    [{ ahead: -95 }, `clock: its clock is 1 min behind this machine's | ${ssh} sudo timedatectl set-ntp true`],
    [{ ahead: 31 }, "clock: its clock is 31 s ahead of this machine's"],
    [
      { seen: seen({ watched: false }) },
      "watch: cron does not look for interrupted deployments | pulumi up --stack prod",
    ],
    [told({ cron: false }), `watch: no cron runs | ${ssh} sudo systemctl enable --now cron`],
    [
      told({ docker: { answers: false, why: "Docker does not answer (GET /version; curl ends with 7)" } }),
      `docker: Docker does not answer (GET /version; curl ends with 7) | ${ssh} sudo systemctl start docker`,
    ],
    [told({ compose: null }), `compose: Docker Compose is missing | ${ssh} sudo apt-get install docker-compose-plugin`],
    [told({ compose: "2.19.1" }), "compose: Docker Compose 2.19.1 is too old"],
    [
      {
        seen: seen(
          {},
          {
            backups: [
              {
                ...{ name: "data", what: "sqlite", to: "nas", drill: null },
                last: { time: "2026-11-28T03:12:00Z", result: "suspect", reason: "it is empty" },
              },
            ],
          },
        ),
      },
      "backups: shop: the backup of data was suspect at 2026-11-28T03:12:00Z: it is empty | slipway jobs log shop backup.data --stack prod says why; slipway backup shop --stack prod",
    ],
    [
      told({ journals: [{ application: "shop", version: "1.1.0", release: "0123456789ab", unsettled: "" }] }),
      `journal: a deployment of shop 1.1.0 (release 0123456789ab) was interrupted, and is not settled | ${ssh} /opt/slipway/bin/slipway recover shop`,
    ],
    [
      told({ journals: [{ application: "shop", version: "1", release: "x", unsettled: "NOTHING SERVES: shop" }] }),
      "journal: NOTHING SERVES: shop",
    ],
    [
      told({ locks: [{ application: "shop", by: "anna", since: "2026-11-28T09:30:00Z", pid: "4711" }] }),
      `lock: the lock of shop is held by anna for 2 h | ${ssh} ps -o pid,etime,args -p 4711`,
    ],
    [
      told({ registries: [{ server: "ghcr.io", problem: "no such host" }] }),
      `registry: Docker does not reach ghcr.io: no such host | ${ssh} curl -sSI https://ghcr.io/v2/`,
    ],
    [
      told({
        notifications: [
          { target: "chat", time: "2026-11-28T09:00:00Z", result: "given up", why: "no answer within 30 s" },
        ],
      }),
      "notifications: the last message to chat was given up, at 2026-11-28T09:00:00Z: no answer within 30 s | slipway notifications test --stack prod",
    ],
  ])("with %j is told what to do", (more, said) =>
    expect(wrong(host(more)).filter((line) => line.startsWith(said.split(":")[0]!))).toEqual([
      expect.stringContaining(said),
    ]),
  );

  it("of which a deployment holds the lock for some minutes has nothing wrong", () =>
    expect(
      wrong(host(told({ locks: [{ application: "shop", by: "", since: "2026-11-28T11:30:00Z", pid: "" }] }))),
    ).toEqual([]));

  it("that cannot be reached is told why, with the remedy, and of all else nothing is known", () => {
    const { seen: _, told: __, ahead: ___, ...rest } = HOST;
    const place = checked("host", "web-1", CHECKS.host, {
      ...rest,
      problem:
        "connect ECONNREFUSED 10.0.0.1:22; nothing listens at port 22 of 10.0.0.1; correct the port, or start its SSH server",
    });
    expect(wrong(place)).toEqual([
      "reach: connect ECONNREFUSED 10.0.0.1:22 | nothing listens at port 22 of 10.0.0.1; correct the port, or start its SSH server",
    ]);
    expect(unknown(place)).toHaveLength(CHECKS.host.length - 2);
  });

  it("that a deploy key asks tells a part", () => {
    const { told: _, ...rest } = HOST;
    const place = checked("host", "web-1", CHECKS.host, {
      ...rest,
      untold: "this key may only deploy shop; it may not: doctor",
    });
    expect(wrong(place)).toEqual([
      "scripts: this key may only deploy shop; it may not: doctor | pulumi up --stack prod, with an administrator's key",
    ]);
    expect(unknown(place)).toEqual(["docker", "compose", "journal", "lock", "registry", "notifications"]);
  });
});

describe("what is printed", () => {
  it("has a mend for each thing that is wrong, and cannot move a reader's terminal", () => {
    const place = host({ told: { ...TOLD, registries: [{ server: "r", problem: "x\x1b[2J\ny" }] } });
    const text = renderDoctor({ places: [place] }, (_, one) => one);
    expect(text).toContain("  registry: Docker does not reach r: x y\n    mend: ssh -p 2222");
    expect(text).toBe(stripVTControlCharacters(text));
    expect(doctorExitCode({ places: [place] })).toBe(1);
  });
  it("as JSON fits its schema, which is published as it is", () => {
    const published: unknown = JSON.parse(readFileSync(`${CHECKOUT}/docs/doctor.schema.json`, "utf8"));
    expect(published, "node cli/hosts/writeSchema.ts").toEqual(doctorJsonSchema());
  });
});

it("every check stands in the guide, where it looks and what for", () => {
  const guide = readFileSync(`${CHECKOUT}/docs/day-to-day.md`, "utf8").replaceAll(/ +\|/g, " |");
  for (const [place, checks] of Object.entries(CHECKS))
    for (const { name, asks } of checks) expect(guide).toContain(`| ${place} | \`${name}\` | ${asks} |`);
});

it("a version is a given one or newer by its numbers", () => {
  expect(isFrom("v22.18.0", [22, 18])).toBe(true);
  expect(isFrom("2.9.1", [2, 20])).toBe(false);
  expect(isFrom("5.0.0-beta.1", [2, 20])).toBe(true);
});
