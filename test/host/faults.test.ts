/** Interrupted deployments: what the host makes of them by itself. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Release } from "../../components/release/model.ts";
import {
  type Case,
  type Deployer,
  everything,
  runCase,
  STUBBORN,
  single,
  Turns,
  title,
  WRONG,
} from "../support/faults/cases.ts";
import { OLD } from "../support/faults/project.ts";
import type { Running } from "../support/run.ts";
import { seed } from "../support/sandbox.ts";
import { Deployment, ready } from "./support/deployment.ts";
import { second, target } from "./support/prepared.ts";
import { sample } from "./support/release.ts";

const CASES: Case[] = [
  { application: "rolling", phase: "begun", harm: "worker", then: "old" },
  { application: "rolling", phase: "backup", harm: "worker", then: "old" },
  { application: "recreate", phase: "stage", harm: "deploy", then: "old" },
  { application: "recreate", phase: "stage", harm: "connection", then: "either" },
  { application: "rolling", phase: "accessory", harm: "both", help: "recover", accessory: true, then: "old" },
  { application: "recreate", phase: "exchange", harm: "worker", then: "old" },
  { application: "rolling", phase: "migration", harm: "connection", then: "new" },
  { application: "recreate", phase: "exchange", harm: "both", help: "cron", then: "old" },
  { application: "rolling", phase: "start", harm: "parent", then: "old" },
  { application: "recreate", phase: "exchange", harm: "dockerd", then: "either" },
  { application: "rolling", phase: "start", harm: "dockerd", then: "either" },
  { application: "recreate", phase: "exchange", harm: "worker", command: "stop", from: STUBBORN, then: "old" },
  { application: "recreate", phase: "confirmed", harm: "power", then: "new" },
  { application: "recreate", phase: "settling", harm: "both", help: "recover", version: WRONG, then: "old" },
  { application: "rolling", phase: "check", harm: "power", then: "old" },
];

/** An application that the host's commands deploy. */
class Commands implements Deployer {
  readonly target: Deployment["target"];
  readonly application: string;
  private readonly deployment: Deployment;
  private generation = 1;
  private release: Release | undefined;

  constructor(deployment: Deployment) {
    this.deployment = deployment;
    this.target = deployment.target;
    this.application = deployment.application;
  }

  async begin(version: string): Promise<Running> {
    this.release = await this.deployment.release(version);
    return this.deployment.begin(this.release);
  }

  changeAccessory(): void {
    this.generation += 1;
    this.deployment.spec = { ...this.deployment.spec, ...everything(this.generation) };
  }

  async mend(): Promise<void> {}

  async expectNothingLeft(): Promise<void> {
    expect(await this.deployment.seen()).toMatchObject({
      release: this.release!.id,
      differences: [],
      underway: null,
    });
  }
}

const deployments = {
  rolling: new Deployment(target, sample("fault-rolling", everything(1))),
  recreate: new Deployment(second, sample("fault-recreate", single)),
};
const commands = { rolling: new Commands(deployments.rolling), recreate: new Commands(deployments.recreate) };

beforeAll(async () => {
  await Promise.all([
    ready(...Object.values(deployments)),
    seed({ image: `shop:${STUBBORN}`, behaviours: ["ignore-sigterm"] }),
  ]);
  await Promise.all(Object.values(deployments).map((deployment) => deployment.deployed(OLD)));
});

afterAll(() => Promise.all(Object.values(deployments).map((deployment) => deployment.end())).then(() => undefined));

const turns = new Turns();
describe("a deployment that is interrupted", () => {
  for (const one of CASES)
    test.concurrent(title(one), () => turns.take(one.application, () => runCase(commands[one.application], one)));
});
