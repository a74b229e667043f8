/** An example as its owner has it: a clone with its project in infra/, hooks of git, a remote, and a host of the sandbox for its own. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nameOf } from "../../support/hosts.ts";
import { Project } from "../../support/project.ts";
import { identify } from "../../support/repository.ts";
import { CHECKOUT, expectOk, type Result, run } from "../../support/run.ts";
import { REGISTRY, settings } from "../../support/sandbox.ts";
import { type Host, SANDBOX } from "../../support/ssh.ts";

const { name: PACKAGE } = JSON.parse(readFileSync(join(CHECKOUT, "package.json"), "utf8")) as { name: string };

/** Of the example, what the test has written itself, or npm would. */
const WRITTEN = /^\/infra\/(Pulumi\..*|index\.ts|node_modules|\.slipway)$/;

export interface Home {
  /** Of the example, and of its application. */
  name: string;
  target: Host;
  /** In its stack's settings, beside where it runs. */
  application: Record<string, unknown>;
  /** Login at the sandbox's registry. */
  registry: Record<string, unknown>;
  /** What its owner has in the environment. */
  env: Record<string, string>;
  /** Files of the clone that are others here, by path. */
  changes: Record<string, string>;
}

export class HomeProject {
  readonly project: Project;
  /** The clone. */
  readonly folder: string;

  private constructor(project: Project, folder: string) {
    this.project = project;
    this.folder = folder;
  }

  static async create({ name, target, application, registry, env, changes }: Home): Promise<HomeProject> {
    const from = join(CHECKOUT, "examples", name);
    const infra = (path: string): string => readFileSync(join(from, "infra", path), "utf8");
    rmSync(join(SANDBOX, "tests", `${name}-home`), { recursive: true, force: true });
    const project = await Project.create({
      name: `${name}-home/infra`,
      stack: "prod",
      program: infra("index.ts"),
      config: settings(
        [target.number],
        { [name]: { hosts: [nameOf(target)], ...application } },
        { "slipway:registries": { [REGISTRY]: registry } },
      ),
      env: { ...env, SLIPWAY_GITHUB: "off", CI: undefined, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
    });
    // The engine writes its salt where it has none.
    await project.setSecret("slipway-test:salt", "x");
    const folder = join(project.folder, "..");
    cpSync(from, folder, { recursive: true, filter: (path) => !WRITTEN.test(path.slice(from.length)) });
    const home = new HomeProject(project, folder);
    for (const [path, text] of Object.entries(changes)) home.write(path, text);
    home.installPackage();
    home.beginRepository();
    return home;
  }

  git(...args: string[]): string {
    return execFileSync("git", args, {
      cwd: this.folder,
      encoding: "utf8",
      env: { ...process.env, ...this.env },
    }).trim();
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  /** Git as a person runs it, with the hooks. */
  does(...args: string[]): Promise<Result> {
    return run("git", args, { cwd: this.folder, env: this.project.env, timeoutSeconds: 300 });
  }

  /** The project's own `slipway`, in infra/. */
  slipway(...words: string[]): Promise<Result> {
    return run("npm", ["exec", "--no", "--", "slipway", ...words], { cwd: this.project.folder, env: this.project.env });
  }

  /** What the remote has of main. */
  get pushed(): string {
    return execFileSync("git", ["log", "-1", "--format=%s", "main"], { cwd: this.remote, encoding: "utf8" }).trim();
  }

  async end(): Promise<void> {
    expectOk(await this.project.destroy());
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get remote(): string {
    return join(this.project.folder, "state/remote.git");
  }

  private get env(): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.project.env).filter((one): one is [string, string] => one[1] !== undefined),
    );
  }

  /** As npm would: the library and the command of this checkout. */
  private installPackage(): void {
    const modules = join(this.project.folder, "node_modules");
    const library = join(modules, PACKAGE);
    mkdirSync(join(modules, ".bin"), { recursive: true });
    mkdirSync(library, { recursive: true });
    const built = join(CHECKOUT, ".sandbox/built/components/index.js");
    writeFileSync(
      join(library, "package.json"),
      JSON.stringify({ name: PACKAGE, type: "module", exports: "./index.js" }),
    );
    writeFileSync(join(library, "index.js"), `export * from ${JSON.stringify(built)};\n`);
    const command = `#!/usr/bin/env node\nimport ${JSON.stringify(join(CHECKOUT, "cli/slipway.ts"))};\n`;
    writeFileSync(join(modules, ".bin/slipway"), command, { mode: 0o755 });
  }

  private beginRepository(): void {
    writeFileSync(join(this.project.folder, ".gitignore"), "node_modules\nstate\n.slipway/*\n");
    this.git("init", "--quiet", "--initial-branch", "main");
    identify(this.folder);
    execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch", "main", this.remote]);
    this.git("remote", "add", "origin", this.remote);
    this.git("add", "--all");
    this.git("commit", "--quiet", "-m", "Start");
    this.git("tag", "--annotate", "--message", "1.0.0", "v1.0.0");
    this.git("push", "--quiet", "--follow-tags", "origin", "main");
  }
}
