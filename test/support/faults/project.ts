import { renderProgram } from "../program.ts";
import { Project } from "../project.ts";
import { REGISTRY, SHOP, settings } from "../sandbox.ts";

export const REDIS = `${REGISTRY}/redis:7`;
export const OLD = "1.0.0";
export const NEW = "1.1.0";

export const domainOf = (application: string): string => `${application}.example.test`;

export interface Declared {
  name: string;
  /** The rest of the declaration, as data or as TypeScript. */
  more?: string | object;
}

const SERVICES = 'services: { web: { port: 8000, health: "/health" } },';

/** A program that declares applications with one web service and what `more` adds. */
export const program = (applications: Declared[]): string =>
  renderProgram({
    applications: applications.map(
      ({ name, more = SERVICES }) => `{
    name: ${JSON.stringify(name)},
    image: ${JSON.stringify(SHOP)},
    domain: ${JSON.stringify(`http://${domainOf(name)}`)},
    verification: { version: "/api/v1/version" },
    ${typeof more === "string" ? more : JSON.stringify(more).slice(1, -1)}
  }`,
    ),
  });

export interface Wanted {
  name: string;
  hosts: readonly number[];
  applications: Declared[];
  /** Settings of each application beside version and hosts. */
  settings?: Record<string, unknown>;
  stack?: string;
}

/** A project whose applications all run in one version on the given hosts. */
export class FaultProject {
  readonly project: Project;
  readonly wanted: Wanted;
  private versions: Record<string, string> = {};

  private constructor(project: Project, wanted: Wanted) {
    this.project = project;
    this.wanted = wanted;
  }

  static async create(wanted: Wanted): Promise<FaultProject> {
    const project = await Project.create({
      name: wanted.name,
      program: program(wanted.applications),
      ...(wanted.stack ? { stack: wanted.stack } : {}),
      config: settings(wanted.hosts, {}),
    });
    return new FaultProject(project, wanted).declare(OLD);
  }

  /** Declares a version: of one application, or of all. */
  declare(version: string, application?: string): this {
    const names = this.wanted.applications
      .map(({ name }) => name)
      .filter((name) => application === undefined || name === application);
    for (const name of names) this.versions[name] = version;
    this.settle(this.wanted.settings ?? {});
    return this;
  }

  /** Sets what stands beside version and hosts in the applications' settings; their data goes with them unless it says otherwise. */
  settle(settings: Record<string, unknown>): this {
    this.wanted.settings = settings;
    const hosts = this.wanted.hosts.map((number) => `host-${number}`);
    this.project.setConfig({
      "slipway:applications": Object.fromEntries(
        Object.entries(this.versions).map(([name, version]) => [
          name,
          { version, hosts, removeData: true, ...settings },
        ]),
      ),
    });
    return this;
  }
}
