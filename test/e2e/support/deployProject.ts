/** A project with two environments in a git repository, for the commands that deploy it. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { nameOf } from "../../support/hosts.ts";
import { renderProgram } from "../../support/program.ts";
import { Project } from "../../support/project.ts";
import { identify } from "../../support/repository.ts";
import { CHECKOUT, type Result, type Running, type RunOptions, run, start } from "../../support/run.ts";
import { SHOP, settings } from "../../support/sandbox.ts";
import type { Host } from "../../support/ssh.ts";

const COMMAND = join(CHECKOUT, "cli/slipway.ts");
const COMMENT = "# what people rely on";

export class DeployProject {
  readonly project: Project;
  readonly name: string;

  private constructor(project: Project, name: string) {
    this.project = project;
    this.name = name;
  }

  /** Environments staging and prod, each on a host of its own; nothing is deployed. */
  static async create(name: string, [staging, prod]: readonly [Host, Host]): Promise<DeployProject> {
    const config = (host: Host) =>
      settings([host.number], { [name]: { version: "1.0.0", hosts: [nameOf(host)], removeData: true } });
    const project = await Project.create({ name, stack: "staging", program: programOf(name), config: config(staging) });
    const self = new DeployProject(project, name);
    project.addStack("prod", config(prod));
    for (const env of ["staging", "prod"]) self.edit(env, (text) => `${COMMENT}\n${text}`);
    project.write(".gitignore", "state\n.slipway\n");
    self.git("init", "--quiet", "--initial-branch", "main");
    identify(project.folder);
    self.git("add", "--all");
    self.git("commit", "--quiet", "-m", "Start");
    return self;
  }

  get domain(): string {
    return domainOf(this.name);
  }

  slipway(...words: string[]): Promise<Result> {
    return run(process.execPath, [COMMAND, ...words], this.options());
  }

  slipwayInBackground(...words: string[]): Running {
    return start(process.execPath, [COMMAND, ...words], this.options());
  }

  /** At a terminal, where somebody types; one of no width would break every line after each letter. */
  atTerminal(keys: string, ...words: string[]): Running {
    const line = [process.execPath, COMMAND, ...words].map((word) => `'${word}'`).join(" ");
    return start("script", ["--quiet", "--return", "--command", `stty cols 120 && ${line}`, "/dev/null"], {
      ...this.options(),
      input: keys,
      keepInput: true,
    });
  }

  git(...args: string[]): string {
    return execFileSync("git", args, { cwd: this.project.folder, encoding: "utf8" }).trim();
  }

  /** As a person does it, with the hooks of the repository. */
  push(): Promise<Result> {
    return run("git", ["push", "origin", "main"], this.options());
  }

  read(env: string): string {
    return readFileSync(this.path(env), "utf8");
  }

  edit(env: string, change: (text: string) => string): void {
    this.project.write(`Pulumi.${env}.yaml`, change(this.read(env)));
  }

  /** What must stay where nothing is changed: commits, the index, the settings. */
  picture(): string[] {
    return [this.git("log", "--format=%h %s"), this.git("status", "--porcelain"), this.git("diff", "HEAD")];
  }

  async end(): Promise<void> {
    if (!existsSync(this.project.folder)) return;
    for (const env of ["staging", "prod"]) {
      await this.project.pulumi(["cancel", "--yes", "--stack", env]);
      await this.project.pulumi(["destroy", "--yes", "--skip-preview", "--stack", env]);
    }
    this.project.dispose();
  }

  private path(env: string): string {
    return join(this.project.folder, `Pulumi.${env}.yaml`);
  }

  private options(): RunOptions {
    return { cwd: this.project.folder, env: this.project.env, timeoutSeconds: 300 };
  }
}

export const domainOf = (name: string): string => `${name}.test`;

export const programOf = (name: string, compose: object = {}, more: object = {}): string =>
  renderProgram({
    applications: [
      {
        name,
        image: SHOP,
        domain: `http://${domainOf(name)}`,
        services: { web: { port: 8000, health: "/health", compose } },
        verification: { version: "/api/v1/version" },
        ...more,
      },
    ],
  });

/** The last lines of a command: from the one that says what came of it. */
export const lastLines = ({ stdout }: Result, name: string): string[] => {
  const lines = stdout.trimEnd().split("\n");
  const first = lines.findLastIndex((line) => line.startsWith(`${name} `));
  return lines.slice(first).map((line) => line.trim());
};
