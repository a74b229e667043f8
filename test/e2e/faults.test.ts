import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startLoad } from "../../sandbox/load/index.ts";
import {
  type Harm,
  harmAt,
  harmFromOutside,
  lastDeployment,
  leftovers,
  oneVersion,
  type Phase,
  running,
  untilSettled,
} from "../support/faults/faults.ts";
import { domainOf, FaultProject, NEW, OLD, program, REDIS } from "../support/faults/project.ts";
import { expectOk } from "../support/run.ts";
import { ensureSandbox, seed } from "../support/sandbox.ts";
import { type Host, host } from "../support/ssh.ts";

const HOSTS = [6, 7];
/** Says another version than it has, so that its verification fails and it goes back. */
const WRONG = "3.0.0";
/** Does not stop when asked to, so that Docker still stops it when the way back begins. */
const STUBBORN = "6.6.0";
const STOP_GRACE_SECONDS = 5;
/** How an interrupted rollout that nobody watches any more is finished: by hand, by cron, or by the next `pulumi up`. */
type Help = "recover" | "cron" | "up";

interface Case {
  application: "rolling" | "recreate";
  phase: Phase;
  harm: Harm;
  /** What serves afterwards; `either` where it depends on how fast Docker comes back. */
  then: "old" | "new" | "either";
  help?: Help;
  /** Deployed instead of the other good version. */
  version?: string;
  /** The command that docker runs in the phase at that moment. */
  command?: string;
  /** What runs before, instead of one of the good versions. */
  from?: string;
  /** Whether the accessory's definition changes. */
  accessory?: boolean;
}

const CASES: Case[] = [
  { application: "rolling", phase: "begun", harm: "worker", then: "old" },
  { application: "recreate", phase: "exchange", harm: "connection", then: "new" },
  { application: "rolling", phase: "backup", harm: "worker", then: "old" },
  { application: "recreate", phase: "stage", harm: "deploy", then: "old" },
  { application: "recreate", phase: "stage", harm: "connection", then: "either" },
  { application: "rolling", phase: "accessories", harm: "both", help: "recover", accessory: true, then: "old" },
  { application: "recreate", phase: "exchange", harm: "worker", then: "old" },
  { application: "rolling", phase: "migration", harm: "connection", then: "new" },
  { application: "recreate", phase: "exchange", harm: "both", help: "cron", then: "old" },
  { application: "rolling", phase: "migration", harm: "pulumi-kill", then: "new" },
  { application: "recreate", phase: "exchange", harm: "restart", then: "old" },
  { application: "rolling", phase: "start", harm: "parent", then: "old" },
  { application: "recreate", phase: "exchange", harm: "dockerd", then: "either" },
  { application: "rolling", phase: "start", harm: "dockerd", then: "either" },
  { application: "recreate", phase: "verify", harm: "both", help: "up", then: "old" },
  { application: "rolling", phase: "switch", harm: "worker", then: "old" },
  { application: "recreate", phase: "exchange", harm: "worker", command: "stop", from: STUBBORN, then: "old" },
  { application: "recreate", phase: "confirmed", harm: "power", then: "new" },
  { application: "rolling", phase: "verify", harm: "pulumi-interrupt", then: "new" },
  { application: "recreate", phase: "revert", harm: "both", help: "recover", version: WRONG, then: "old" },
  { application: "rolling", phase: "verify", harm: "power", then: "old" },
  { application: "rolling", phase: "confirmed", harm: "restart-dockerd", then: "new" },
];

const WITHOUT_LOSS: Harm[] = [
  "connection",
  "deploy",
  "worker",
  "parent",
  "pulumi-kill",
  "pulumi-group",
  "pulumi-interrupt",
];
const NAMES = { rolling: "fault-rolling", recreate: "fault-recreate" };
const SERVES = {
  rolling: ["jobs running always", "store running always", "web running always"],
  recreate: ["web running always"],
};

/** Everything a rollout can have: an accessory, a migration that takes a while, a service that may not run twice. */
const everything = (generation: number): string => `
    services: {
      web: { port: 8000, health: "/health" },
      jobs: { image: "${REDIS}", accessory: false, command: ["sleep", "infinity"], volumes: ["jobs:/data"], health: { command: ["test", "-w", "/data"] } },
      store: { image: "${REDIS}", accessory: true, environment: { GENERATION: "${generation}" }, health: { command: ["redis-cli", "ping"] } },
    },
    backup: { service: "jobs", command: ["sleep", "1"] },
    migration: { service: "jobs", command: ["sleep", "1.5"] },`;
const single = `services: { web: { port: 8000, health: "/health", strategy: "recreate", stopGrace: "${STOP_GRACE_SECONDS}s" } },`;

const title = ({ application, phase, harm, help, version, command, from }: Case): string =>
  `${application}: ${harm} in ${phase}${command ? ` during docker ${command}` : ""}${from ? ` of ${from}` : ""}${version ? ` of ${version}` : ""}${help ? `, finished by ${help}` : ""}`;

class Bench {
  readonly target: Host;
  readonly application: string;
  readonly fault: FaultProject;
  version = OLD;
  generation = 1;

  constructor(target: Host, application: string, fault: FaultProject) {
    this.target = target;
    this.application = application;
    this.fault = fault;
  }

  other(): string {
    return this.version === OLD ? NEW : OLD;
  }
}

const benches: Partial<Record<Case["application"], Bench>> = {};

async function prepare(kind: Case["application"], number: number): Promise<void> {
  const application = NAMES[kind];
  const fault = await FaultProject.create({
    name: application,
    hosts: [number],
    applications: [{ name: application, more: kind === "rolling" ? everything(1) : single }],
  });
  benches[kind] = new Bench(host(number), application, fault);
  expectOk(await fault.project.up());
}

async function runCase(one: Case): Promise<void> {
  const bench = benches[one.application]!;
  const { target, application, fault } = bench;
  if (one.from !== undefined) expectOk(await fault.declare((bench.version = one.from)).project.up());
  // Not what an earlier case should have left, but what it did.
  const before = (bench.version = await oneVersion(target, application));
  const wanted = one.version ?? bench.other();
  if (one.accessory)
    fault.project.write("index.ts", program([{ name: application, more: everything((bench.generation += 1)) }]));
  fault.declare(wanted);
  const load = startLoad({
    url: `http://${target.address}`,
    hostHeader: domainOf(application),
    rate: 10,
    slowRate: 0,
    downloadBytes: 0,
    uploadBytes: 0,
    websocketMs: 0,
    retryIdleClose: true,
    timeoutSeconds: 40,
  });
  await load.started;

  const moment = harmAt(target, application, one.phase, one.harm, one.command);
  const deployment = fault.project.upInBackground();
  await moment.reached(deployment);
  await harmFromOutside(one.harm, target, deployment);
  const ended = await deployment.result;
  if (one.then === "old") expect(ended.code, ended.stdout).not.toBe(0);

  if (one.help === "recover") await target.ask("/opt/slipway/bin/slipway recover");
  if (one.help !== "up") {
    await untilSettled(target, application, one.help === "cron" || ["restart", "power"].includes(one.harm) ? 100 : 45);
    // Whatever Docker was still doing has an effect by then.
    if (one.command !== undefined) await sleep(STOP_GRACE_SECONDS * 1000 + 1000);
    const serves = await oneVersion(target, application);
    const last = await lastDeployment(target, application);
    if (one.then !== "either") expect(serves).toBe(one.then === "new" ? wanted : before);
    // Without a journal nothing was begun that the ledger could tell of.
    if (one.phase !== "stage" || serves === wanted)
      expect(last).toMatchObject(
        serves === wanted ? { result: "confirmed", version: wanted } : { result: "reverted", version: wanted },
      );
    expect(await running(target, application)).toEqual(SERVES[one.application]);
    if (one.phase === "stage") await target.ask("/opt/slipway/bin/slipway recover");
    expect(await leftovers(target, application)).toEqual([]);
    bench.version = serves;
  }
  if (WITHOUT_LOSS.includes(one.harm)) {
    const report = await load.stop();
    expect(report.failuresByKind).toEqual({});
  } else {
    await load.stop().catch(() => undefined);
  }

  if (one.harm === "pulumi-kill" || one.harm === "pulumi-group") {
    const refused = await fault.project.up();
    expect(refused.code).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(/pulumi cancel/);
    expectOk(await fault.project.cancel());
  }
  const declared = one.version === undefined ? wanted : bench.other();
  fault.declare(declared);
  expectOk(await fault.project.up());
  bench.version = declared;
  expect(await oneVersion(target, application)).toBe(declared);
  expect(await running(target, application)).toEqual(SERVES[one.application]);
  expect(await leftovers(target, application)).toEqual([]);
  const { changes } = await fault.project.preview();
  expect(Object.keys(changes)).toEqual(["same"]);
}

/** One case at a time on each host; the two hosts at the same time. */
const turns: Partial<Record<Case["application"], Promise<void>>> = {};
function inTurn(one: Case): Promise<void> {
  const mine = (turns[one.application] ?? Promise.resolve()).then(() => runCase(one));
  turns[one.application] = mine.catch(() => undefined);
  return mine;
}

beforeAll(async () => {
  await ensureSandbox({ hosts: Math.max(...HOSTS) });
  await seed({ image: `shop:${STUBBORN}`, behaviours: ["ignore-sigterm"] });
  await Promise.all([prepare("rolling", HOSTS[0]!), prepare("recreate", HOSTS[1]!)]);
});

afterAll(async () => {
  for (const bench of Object.values(benches)) {
    await bench.fault.project.cancel();
    await bench.fault.settle({ removeData: true }).project.up();
    await bench.fault.project.destroy();
    bench.fault.project.dispose();
  }
});

describe("a deployment that is interrupted", () => {
  for (const one of CASES) test.concurrent(title(one), () => inTurn(one));
});
