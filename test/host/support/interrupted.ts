/** Deployments by the host's commands that are interrupted: what the host makes of them by itself. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Release } from "../../../components/release/model.ts";
import {
  type Case,
  type Deployer,
  everything,
  runCase,
  STUBBORN,
  single,
  Turns,
  title,
} from "../../support/faults/cases.ts";
import { OLD } from "../../support/faults/project.ts";
import type { Running } from "../../support/run.ts";
import { seed } from "../../support/sandbox.ts";
import { Deployment, ready } from "./deployment.ts";
import { second, target } from "./prepared.ts";
import { sample } from "./release.ts";

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

export function interrupted(cases: readonly Case[]): void {
  const deployments = {
    rolling: new Deployment(target, sample("fault-rolling", everything(1))),
    recreate: new Deployment(second, sample("fault-recreate", single)),
  };
  const commands = { rolling: new Commands(deployments.rolling), recreate: new Commands(deployments.recreate) };

  beforeAll(async () => {
    await ready(...Object.values(deployments));
    if (cases.some(({ from }) => from === STUBBORN))
      await seed({ image: `shop:${STUBBORN}`, behaviours: ["ignore-sigterm"] });
    await Promise.all(Object.values(deployments).map((deployment) => deployment.deployed(OLD)));
  });

  afterAll(() => Promise.all(Object.values(deployments).map((deployment) => deployment.end())).then(() => undefined));

  const turns = new Turns();
  describe("a deployment that is interrupted", () => {
    for (const one of cases)
      test.concurrent(title(one), () => turns.take(one.application, () => runCase(commands[one.application], one)));
  });
}
