import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { parse, stringify } from "yaml";
import { ENCRYPTION_SALT, encrypt, PASSPHRASE, writeStack } from "./passphrase.ts";
import { CHECKOUT, expectOk, type Result, type Running, type RunOptions, run, start } from "./run.ts";
import { SANDBOX } from "./ssh.ts";

const PULUMI_VERSION = "3.250.0";

export interface ProjectOptions {
  /** Folder name below `.sandbox/tests`; an earlier one of that name is removed. */
  name: string;
  /** Text of an own `index.ts`; default: the checkout's program with its applications. */
  program?: string;
  /** Default `test`. */
  stack?: string;
  /** Stack configuration with full keys, such as `slipway:hosts`. */
  config?: Record<string, unknown>;
  env?: Record<string, string | undefined>;
  /** Default 600. */
  timeoutSeconds?: number;
}

export interface Preview extends Result {
  /** Number of resources by operation: create, update, same, delete, replace … */
  changes: Record<string, number>;
  steps: { op: string; urn: string; diffReasons?: string[] }[];
  diagnostics: { severity: string; message: string; urn?: string }[];
}

type Config = Record<string, unknown>;

/** A Pulumi project of its own, with file state, that a test may do anything to. */
export class Project {
  readonly folder: string;
  readonly stack: string;
  readonly env: Record<string, string | undefined>;
  private readonly timeoutSeconds: number;

  private constructor(options: ProjectOptions) {
    this.folder = join(SANDBOX, "tests", options.name);
    this.stack = options.stack ?? "test";
    this.timeoutSeconds = options.timeoutSeconds ?? 600;
    this.env = {
      PATH: `${join(CHECKOUT, "node_modules/.bin")}${delimiter}${process.env.PATH ?? ""}`,
      PULUMI_BACKEND_URL: this.backend,
      PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
      NO_COLOR: "1",
      // Hundreds of short runs: the CLI's and the plugins' memory is given back when they end.
      GOGC: "400",
      ...options.env,
    };
  }

  /** Writes the project's files and creates its stack. */
  static async create(options: ProjectOptions): Promise<Project> {
    const project = new Project(options);
    rmSync(project.folder, { recursive: true, force: true });
    mkdirSync(join(project.folder, "state"), { recursive: true });
    const text = readFileSync(join(CHECKOUT, "Pulumi.yaml"), "utf8");
    // The program at the top starts here, too, whichever folder its project has.
    const declared = parse(text.replaceAll("./components/", `${CHECKOUT}/components/`)) as Config;
    const main = options.program === undefined ? join(CHECKOUT, "index.ts") : "index.ts";
    writeFileSync(join(project.folder, "Pulumi.yaml"), stringify({ ...declared, main }));
    if (options.program !== undefined) project.write("index.ts", options.program);
    project.setConfig(options.config ?? {});
    if (project.isPlain) project.addStack(project.stack);
    else expectOk(await project.pulumi(["stack", "init", project.stack]));
    return project;
  }

  /** Creates another of its stacks, or the first one. */
  addStack(stack: string, config: Config = {}): void {
    const file = join(this.folder, `Pulumi.${stack}.yaml`);
    const known = existsSync(file) ? (parse(readFileSync(file, "utf8")) as Config) : { config };
    writeFileSync(file, stringify({ encryptionsalt: ENCRYPTION_SALT, ...known }));
    const { name } = parse(readFileSync(join(this.folder, "Pulumi.yaml"), "utf8")) as { name: string };
    writeStack(join(this.folder, "state"), name, stack);
  }

  /** Whether state and passphrase are those that every project here has. */
  private get isPlain(): boolean {
    const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE } = this.env;
    return PULUMI_BACKEND_URL === this.backend && PULUMI_CONFIG_PASSPHRASE === PASSPHRASE;
  }

  private get backend(): string {
    return `file://${join(this.folder, "state")}`;
  }

  /** Writes a file of the project, such as a changed program. */
  write(path: string, content: string): void {
    writeFileSync(join(this.folder, path), content);
  }

  /** Sets whole configuration keys; `undefined` removes one. Encrypted values of other keys stay. */
  setConfig(config: Config): void {
    const file = this.configFile;
    const known = existsSync(file) ? (parse(readFileSync(file, "utf8")) as Config) : {};
    writeFileSync(file, stringify({ ...known, config: { ...(known.config as Config | undefined), ...config } }));
  }

  /** Sets an encrypted value by its path, such as `slipway:secrets.shop.TOKEN`. */
  async setSecret(path: string, value: string): Promise<void> {
    const [, key, rest] = /^([\w-]+:\w+)((?:\.\w+)*)$/.exec(path) ?? [];
    if (this.isPlain && key !== undefined) {
      const { config = {} } = parse(readFileSync(this.configFile, "utf8")) as { config?: Config };
      return this.setConfig({ [key]: withValue(config[key], rest!.split(".").slice(1), { secure: encrypt(value) }) });
    }
    expectOk(await this.pulumi(["config", "set", "--path", "--secret", "--stack", this.stack, path], { input: value }));
  }

  get configFile(): string {
    return join(this.folder, `Pulumi.${this.stack}.yaml`);
  }

  up(args: string[] = []): Promise<Result> {
    return this.pulumi(this.act("up", args));
  }

  upInBackground(args: string[] = []): Running {
    return start(pulumiBinary(), global(this.act("up", args)), this.options());
  }

  destroy(args: string[] = []): Promise<Result> {
    return this.pulumi(this.act("destroy", args));
  }

  refresh(args: string[] = []): Promise<Result> {
    return this.pulumi(this.act("refresh", args));
  }

  /** A preview as data; `changes` is empty when the program failed. */
  async preview(args: string[] = []): Promise<Preview> {
    const result = await this.pulumi(["preview", "--json", "--stack", this.stack, ...args]);
    const read = json<Record<string, unknown>>(result.stdout) ?? {};
    return {
      ...result,
      changes: (read.changeSummary ?? {}) as Preview["changes"],
      steps: (read.steps ?? []) as Preview["steps"],
      diagnostics: (read.diagnostics ?? []) as Preview["diagnostics"],
    };
  }

  /** The state as text, secrets encrypted unless asked for by `--show-secrets`. */
  async export(args: string[] = []): Promise<string> {
    return expectOk(await this.pulumi(["stack", "export", "--stack", this.stack, ...args])).stdout;
  }

  /** Makes the state of an export file the present one. */
  import(file: string): Promise<Result> {
    return this.pulumi(["stack", "import", "--stack", this.stack, "--file", file]);
  }

  /** Frees the state's lock after a killed run. */
  cancel(): Promise<Result> {
    return this.pulumi(["cancel", "--yes", this.stack]);
  }

  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = expectOk(await this.pulumi(["stack", "output", "--json", "--stack", this.stack]));
    return json<Record<string, unknown>>(stdout) ?? {};
  }

  /** Runs any `pulumi` command in the project. */
  pulumi(args: string[], options: RunOptions = {}): Promise<Result> {
    return run(pulumiBinary(), global(args), { ...this.options(), ...options });
  }

  /** Removes the project's files; what it deployed stays. */
  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private act(command: string, args: string[]): string[] {
    return [command, "--yes", "--skip-preview", "--stack", this.stack, ...args];
  }

  private options(): RunOptions {
    return { cwd: this.folder, env: this.env, timeoutSeconds: this.timeoutSeconds };
  }
}

/** The same with this value at a path of keys. */
const withValue = (whole: unknown, [key, ...rest]: string[], value: unknown): unknown =>
  key === undefined
    ? value
    : { ...(whole as Config | undefined), [key]: withValue((whole as Config | undefined)?.[key], rest, value) };

function global(args: string[]): string[] {
  return [...args, "--non-interactive", "--color", "never"];
}

/** The CLI itself, rather than npm's wrapper of the same name. */
export function pulumiBinary(): string {
  const home = process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
  const direct = join(home, "versions", PULUMI_VERSION, "bin/pulumi");
  return existsSync(direct) ? direct : join(CHECKOUT, "node_modules/.bin/pulumi");
}

function json<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
