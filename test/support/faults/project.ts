import { join } from "node:path";
import { COMPONENTS, Project } from "../project.ts";
import { connection, REGISTRY } from "../sandbox.ts";
import { SANDBOX } from "../ssh.ts";

export const CADDY = `${REGISTRY}/caddy:2.11.9`;
export const REDIS = `${REGISTRY}/redis:7`;
export const SHOP = `${REGISTRY}/shop`;
export const OLD = "1.0.0";
export const NEW = "1.1.0";

export const domainOf = (application: string): string => `${application}.example.test`;

/** `slipway:hosts` of some of the sandbox's hosts, named by their numbers. */
export function hostsConfig(numbers: readonly number[]): Record<string, unknown> {
  return Object.fromEntries(
    numbers.map((number) => [`host-${number}`, { ...connection(number), proxy: { image: CADDY } }]),
  );
}

export interface Declared {
  name: string;
  /** The rest of the declaration, as TypeScript. */
  more?: string;
}

/** A program that declares applications with one web service and what `more` adds. */
export function program(applications: Declared[]): string {
  const specs = applications.map(
    ({ name, more = 'services: { web: { port: 8000, health: "/health" } },' }) => `  defineApplication({
    name: ${JSON.stringify(name)},
    image: ${JSON.stringify(SHOP)},
    domain: ${JSON.stringify(`http://${domainOf(name)}`)},
    verification: { version: "/api/v1/version" },
    ${more}
  }),`,
  );
  return `import { defineApplication, deploy } from "${COMPONENTS}";\nawait deploy([\n${specs.join("\n")}\n]);\n`;
}

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
      config: {
        "slipway:hosts": hostsConfig(wanted.hosts),
        "slipway:registries": {
          [REGISTRY]: {
            username: "slipway",
            passwordFile: join(SANDBOX, "registry-password"),
            insecureSkipVerify: true,
          },
        },
      },
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

  /** Sets what stands beside version and hosts in the applications' settings. */
  settle(settings: Record<string, unknown>): this {
    this.wanted.settings = settings;
    const hosts = this.wanted.hosts.map((number) => `host-${number}`);
    this.project.setConfig({
      "slipway:applications": Object.fromEntries(
        Object.entries(this.versions).map(([name, version]) => [name, { version, hosts, ...settings }]),
      ),
    });
    return this;
  }
}
