/** Deployments by `pulumi up` that are interrupted. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Case, type Deployer, everything, runCase, single, Turns, title } from "../../support/faults/cases.ts";
import type { Harm } from "../../support/faults/faults.ts";
import { FaultProject, program } from "../../support/faults/project.ts";
import { ensureHosts, own } from "../../support/hosts.ts";
import { expectOk, type Running } from "../../support/run.ts";
import type { Host } from "../../support/ssh.ts";

/** An application that `pulumi up` deploys. */
class Engine implements Deployer {
  readonly target: Host;
  readonly application: string;
  readonly fault: FaultProject;
  private generation = 1;

  private constructor(target: Host, application: string, fault: FaultProject) {
    this.target = target;
    this.application = application;
    this.fault = fault;
  }

  static async create(target: Host, application: string, declaration: object): Promise<Engine> {
    const fault = await FaultProject.create({
      name: application,
      hosts: [target.number],
      applications: [{ name: application, more: declaration }],
    });
    expectOk(await fault.project.up());
    return new Engine(target, application, fault);
  }

  async begin(version: string): Promise<Running> {
    return this.fault.declare(version).project.upInBackground();
  }

  changeAccessory(): void {
    this.generation += 1;
    this.fault.project.write("index.ts", program([{ name: this.application, more: everything(this.generation) }]));
  }

  async mend(harm: Harm): Promise<void> {
    if (harm !== "pulumi-kill" && harm !== "pulumi-group") return;
    const refused = await this.fault.project.up();
    expect(refused.code).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(/pulumi cancel/);
    expectOk(await this.fault.project.cancel());
  }

  async expectNothingLeft(): Promise<void> {
    const { changes } = await this.fault.project.preview();
    expect(Object.keys(changes)).toEqual(["same"]);
  }

  async end(): Promise<void> {
    const { project } = this.fault;
    await project.cancel();
    await project.destroy();
    project.dispose();
  }
}

export function interrupted(cases: readonly Case[]): void {
  const engines: Partial<Record<Case["application"], Engine>> = {};

  beforeAll(async () => {
    await ensureHosts();
    const [first, second] = own;
    const [rolling, recreate] = await Promise.all([
      Engine.create(first, "fault-rolling", everything(1)),
      Engine.create(second, "fault-recreate", single),
    ]);
    Object.assign(engines, { rolling, recreate });
  });

  afterAll(() => Promise.all(Object.values(engines).map((engine) => engine.end())).then(() => undefined));

  const turns = new Turns();
  describe("a deployment that is interrupted", () => {
    for (const one of cases)
      test.concurrent(title(one), () => turns.take(one.application, () => runCase(engines[one.application]!, one)));
  });
}
