import { renderProgram } from "../../support/program.ts";
import { Project, type ProjectOptions } from "../../support/project.ts";
import { expectOk } from "../../support/run.ts";
import { SHOP, settings } from "../../support/sandbox.ts";
import { type Host, quote } from "../../support/ssh.ts";
import { root } from "../../support/state.ts";

export interface SceneOptions {
  /** Name of the application and of the project. */
  application: string;
  host: Host;
  /** Fields of the declaration as TypeScript source, after `name` and `image`. */
  declaration: string;
  /** Further settings of the application, such as `keepReleases`. */
  settings?: Record<string, unknown>;
}

/** One application on one host of the sandbox, deployed by the real engine with a project of its own. */
export class Scene {
  readonly application: string;
  readonly domain: string;
  readonly host: Host;
  readonly project: Project;
  private readonly further: Record<string, unknown>;

  private constructor(options: SceneOptions, project: Project) {
    this.application = options.application;
    this.domain = `${options.application}.example.test`;
    this.host = options.host;
    this.project = project;
    this.further = options.settings ?? {};
  }

  /** Makes the project; what an earlier, broken-off run left on the host is removed. */
  static async create(options: SceneOptions, project: Partial<ProjectOptions> = {}): Promise<Scene> {
    await wipe(options.host, options.application);
    const name = options.application;
    const scene = new Scene(
      options,
      await Project.create({ name, program: program(name, options.declaration), ...project }),
    );
    scene.want("0.0.0");
    return scene;
  }

  /** Replaces the declaration. */
  declare(declaration: string): void {
    this.project.write("index.ts", program(this.application, declaration));
  }

  /** Sets the wanted version; `more` adds settings of the application, `config` replaces whole configuration keys. */
  want(version: string, more: Record<string, unknown> = {}, config: Record<string, unknown> = {}): void {
    const name = `host-${this.host.number}`;
    this.project.setConfig({
      ...settings([this.host.number], {
        [this.application]: {
          version,
          hosts: [name],
          domain: `http://${this.domain}`,
          removeData: true,
          ...this.further,
          ...more,
        },
      }),
      ...config,
    });
  }

  /** Deploys a version that must succeed. */
  async deploy(version: string): Promise<void> {
    this.want(version);
    expectOk(await this.project.up());
  }

  /** Takes everything away again. */
  async end(): Promise<void> {
    expectOk(await this.project.destroy());
    this.project.dispose();
  }
}

const program = (name: string, declaration: string): string =>
  renderProgram({
    applications: [`{ name: ${JSON.stringify(name)}, image: ${JSON.stringify(SHOP)}, ${declaration} }`],
  });

/** Removes an application from a host, whoever owns it, data and ledger included. */
export async function wipe(target: Host, application: string): Promise<void> {
  const folder = root(application);
  const deployment = quote(`${folder}/deployment.json`);
  await target.ask(`if [ -x /opt/slipway/bin/slipway ] && [ -d ${quote(folder)} ]; then
    owner=$(jq -r .owner ${deployment} 2>/dev/null || true)
    /opt/slipway/bin/slipway destroy ${application} --owner "$owner" --data
  fi`);
}
