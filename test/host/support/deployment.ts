/** An application that a host's scripts deploy as for `pulumi up`, told over SSH, without the engine. */
import type { ApplicationSpec } from "../../../components/application/declaration.ts";
import {
  confirmCommand,
  type DeployOptions,
  deployCommand,
  deployInput,
  destroyCommand,
} from "../../../components/protocol/commands.ts";
import type { Release } from "../../../components/release/model.ts";
import type { Given } from "../../fixtures/application.ts";
import { expectOk, type Result, type Running } from "../../support/run.ts";
import type { Host } from "../../support/ssh.ts";
import { prepare } from "./prepared.ts";
import { login, releaseOf } from "./release.ts";

export const OWNER = "test-host";
const SECONDS = 180;
let deployments = 0;

export interface Deployed {
  options?: Partial<DeployOptions>;
  /** What stands beside the version in the settings, and secrets. */
  given?: Given;
}

export class Deployment {
  readonly target: Host;
  readonly application: string;
  readonly domain: string;
  /** What is declared from now on. */
  spec: ApplicationSpec;
  private readonly at: { application: string; root: string; owner: string };

  constructor(target: Host, spec: ApplicationSpec, owner = OWNER) {
    this.target = target;
    this.spec = spec;
    this.application = spec.name;
    this.domain = `${spec.name}.example.test`;
    this.at = { application: spec.name, root: "/opt", owner };
  }

  release(version: string, given: Given = {}): Promise<Release> {
    return releaseOf(this.spec, { ...given, settings: { ...given.settings, version } });
  }

  /** Each deployment has a token of its own, as the engine's have. */
  command(release: Release, options: Partial<DeployOptions> = {}): string {
    const token = `deployment ${(deployments += 1)}`;
    return deployCommand(this.at, release, { token, lockWait: 0, confirmWithin: 0, keepReleases: 5, ...options });
  }

  begin(release: Release, options: Partial<DeployOptions> = {}): Running {
    return this.target.start(this.command(release, options), {
      input: deployInput(release, [login()]),
      timeoutSeconds: SECONDS,
    });
  }

  /** Deploys a release to its end, whatever that is. */
  deploy(release: Release, options: Partial<DeployOptions> = {}): Promise<Result> {
    return this.begin(release, options).result;
  }

  /** Deploys a version, which must succeed. */
  async deployed(version: string, { options, given }: Deployed = {}): Promise<Release> {
    const release = await this.release(version, given);
    expectOk(await this.deploy(release, options));
    return release;
  }

  confirm(release: Release, token: string): Promise<Result> {
    return this.target.exec(confirmCommand(this.at, release, token), { timeoutSeconds: SECONDS });
  }

  /** Takes it from the host; its data stays unless it goes along. */
  destroy(removeData: boolean): Promise<Result> {
    return this.target.exec(destroyCommand(this.at, removeData), { timeoutSeconds: SECONDS });
  }

  /** What the host itself says of it. */
  async seen(): Promise<Record<string, unknown>> {
    const { applications } = JSON.parse(await this.target.ask("/opt/slipway/bin/slipway inspect"));
    return applications[this.application];
  }

  async end(): Promise<void> {
    expectOk(await this.destroy(true));
  }
}

/** Prepares the hosts of deployments, and takes what an earlier run has left of these there. */
export async function ready(...deployments: Deployment[]): Promise<void> {
  const hosts = new Set(deployments.map(({ target }) => target));
  await Promise.all(Array.from(hosts, (host) => prepare({ host })));
  await Promise.all(deployments.map((deployment) => deployment.end()));
}
