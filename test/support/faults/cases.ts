/** Deployments that are interrupted: what is done to them, and what must be so afterwards. Whoever deploys is the same. */

import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { startLoad } from "../../../sandbox/load/index.ts";
import { VERSIONS_ONLY } from "../load.ts";
import { expectOk, type Result, type Running } from "../run.ts";
import type { Host } from "../ssh.ts";
import { forgetMigrations } from "../state.ts";
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
} from "./faults.ts";
import { domainOf, NEW, OLD, REDIS } from "./project.ts";

/** Does not stop when asked to, so that Docker still stops it when the way back begins. */
export const STUBBORN = "6.6.0";
/** Says another version than it has, so that its verification fails and it goes back. */
export const WRONG = "3.0.0";
const STOP_GRACE_SECONDS = 5;

export interface Case {
  application: "rolling" | "recreate";
  phase: Phase;
  harm: Harm;
  /** What serves afterwards; `either` where it depends on how fast Docker comes back. */
  then: "old" | "new" | "either";
  /** How an interrupted rollout that nobody watches any more is finished: by hand, by cron, or by the next deployment. */
  help?: "recover" | "cron" | "deployment";
  /** Deployed instead of the other good version. */
  version?: string;
  /** The command that docker runs in the phase at that moment. */
  command?: string;
  /** What runs before, instead of one of the good versions. */
  from?: string;
  /** Whether the accessory's definition changes. */
  accessory?: boolean;
}

export const title = ({ application, phase, harm, help, version, command, from, then }: Case): string =>
  [
    `${application}: after ${harm} in ${phase}`,
    command && ` during docker ${command}`,
    from && ` of ${from}`,
    version && ` of ${version}`,
    help && `, finished by ${help}`,
    { old: ", what ran before serves", new: ", the new version serves", either: ", one of the two serves" }[then],
  ]
    .filter(Boolean)
    .join("");

/** So that harm after the switch, which takes milliseconds, is done before the release is confirmed. */
const OBSERVED = "1s" as const;

/** Everything a rollout can have: an accessory, a migration that takes a while, a service that may not run twice. */
export const everything = (generation: number) => ({
  observe: OBSERVED,
  services: {
    web: { port: 8000, health: "/health" },
    jobs: {
      image: REDIS,
      accessory: false,
      command: ["sleep", "infinity"],
      volumes: ["jobs:/data"],
      health: { command: ["test", "-w", "/data"] },
    },
    store: {
      image: REDIS,
      accessory: true,
      environment: { GENERATION: String(generation) },
      health: { command: ["redis-cli", "ping"] },
    },
  },
  backup: { service: "jobs", command: ["sleep", "1"] },
  migration: { service: "jobs", command: ["sleep", "1.5"] },
});
/** One service that never runs twice. */
export const single = {
  observe: OBSERVED,
  services: {
    web: { port: 8000, health: "/health", strategy: "recreate" as const, stopGrace: `${STOP_GRACE_SECONDS}s` as const },
  },
};

const SERVES = {
  rolling: ["jobs running always", "store running always", "web running always"],
  recreate: ["web running always"],
};
const WITHOUT_LOSS: Harm[] = [
  "connection",
  "deploy",
  "worker",
  "parent",
  "pulumi-kill",
  "pulumi-group",
  "pulumi-interrupt",
];

/** Deploys one application to one host: with the engine, or with the host's commands alone. */
export interface Deployer {
  readonly target: Host;
  readonly application: string;
  /** Begins to deploy a version. */
  begin(version: string): Promise<Running>;
  /** Changes the accessory's definition in what is deployed from now on. */
  changeAccessory(): void;
  /** Mends what the harm did to the deployer itself, once the host is right again. */
  mend(harm: Harm): Promise<void>;
  /** Fails while anything is left to do. */
  expectNothingLeft(): Promise<void>;
}

export const deploy = async (deployer: Deployer, version: string): Promise<Result> =>
  (await deployer.begin(version)).result;

const otherThan = (version: string): string => (version === OLD ? NEW : OLD);

/** One case: harm in the middle of a deployment, what the host makes of it, and a deployment afterwards. */
export async function runCase(deployer: Deployer, one: Case): Promise<void> {
  const { target, application } = deployer;
  if (one.from !== undefined) expectOk(await deploy(deployer, one.from));
  // Not what an earlier case should have left, but what it did.
  const before = await oneVersion(target, application);
  const wanted = one.version ?? otherThan(before);
  if (one.accessory) deployer.changeAccessory();
  await forgetMigrations(target, application);
  const load = startLoad({
    url: `http://${target.address}`,
    hostHeader: domainOf(application),
    rate: 10,
    durationSeconds: 300,
    ...VERSIONS_ONLY,
    retryIdleClose: true,
    timeoutSeconds: 40,
  });
  await load.started;

  const moment = harmAt(target, application, one.phase, one.harm, one.command);
  const deployment = await deployer.begin(wanted);
  await moment.reached(deployment);
  await harmFromOutside(one.harm, target, deployment);
  const ended = await deployment.result;
  if (one.then === "old") expect(ended.code, ended.stdout).not.toBe(0);

  const serves = one.help === "deployment" ? before : await settled(deployer, one, before, wanted);
  if (WITHOUT_LOSS.includes(one.harm)) {
    const report = await load.stop();
    expect(report.failuresByKind).toEqual({});
  } else {
    await load.stop().catch(() => undefined);
  }

  await deployer.mend(one.harm);
  const declared = one.version === undefined ? wanted : otherThan(serves);
  expectOk(await deploy(deployer, declared));
  expect(await oneVersion(target, application)).toBe(declared);
  expect(await running(target, application)).toEqual(SERVES[one.application]);
  expect(await leftovers(target, application)).toEqual([]);
  await deployer.expectNothingLeft();
}

/** What the host makes of it by itself, or with a little help; gives the version that serves then. */
async function settled({ target, application }: Deployer, one: Case, before: string, wanted: string): Promise<string> {
  if (one.help === "recover") await target.ask("/opt/slipway/bin/slipway recover");
  await untilSettled(target, application, one.help === "cron" || ["restart", "power"].includes(one.harm) ? 100 : 45);
  // Whatever Docker was still doing has an effect by then.
  if (one.command !== undefined) await sleep(STOP_GRACE_SECONDS * 1000 + 1000);
  const serves = await oneVersion(target, application);
  if (one.then !== "either") expect(serves).toBe(one.then === "new" ? wanted : before);
  // Without a journal nothing was begun that the ledger could tell of.
  if (one.phase !== "stage" || serves === wanted)
    expect(await lastDeployment(target, application)).toMatchObject(
      serves === wanted ? { result: "confirmed", version: wanted } : { result: "reverted", version: wanted },
    );
  expect(await running(target, application)).toEqual(SERVES[one.application]);
  if (one.phase === "stage") await target.ask("/opt/slipway/bin/slipway recover");
  expect(await leftovers(target, application)).toEqual([]);
  return serves;
}

/** Cases of one host after one another, those of another host beside them. */
export class Turns {
  private readonly last = new Map<unknown, Promise<void>>();

  take(whose: unknown, work: () => Promise<void>): Promise<void> {
    const mine = (this.last.get(whose) ?? Promise.resolve()).then(work);
    this.last.set(
      whose,
      mine.catch(() => undefined),
    );
    return mine;
  }
}
