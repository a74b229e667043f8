/** A project as others have it: in an application's repository, with packages of its own, and nothing of this checkout. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { BUILT } from "../../support/built.ts";
import { CHECKOUT, expectOk, type Result, run } from "../../support/run.ts";
import { settings } from "../../support/sandbox.ts";
import type { Host } from "../../support/ssh.ts";

type Settings = { config: Record<string, Record<string, any>> };

/** The Node that runs this test, and no program of the checkout's. */
const PATH = [dirname(process.execPath), ...(process.env.PATH ?? "").split(delimiter)]
  .filter((one) => !one.startsWith(CHECKOUT) || one === dirname(process.execPath))
  .join(delimiter);

export class OwnProject {
  /** The repository: one Dockerfile, some sources, and the project's folder. */
  readonly repository: string;
  readonly folder: string;
  private readonly env: Record<string, string | undefined>;

  /** @param above a folder for it, which is also its user's */
  constructor(above: string, name: string) {
    this.repository = join(above, name);
    this.folder = join(this.repository, "infra");
    this.env = {
      PATH,
      HOME: above,
      npm_config_cache: execFileSync("npm", ["config", "get", "cache"], { encoding: "utf8" }).trim(),
      npm_config_audit: "false",
      npm_config_fund: "false",
      npm_config_update_notifier: "false",
      npm_config_prefer_offline: "true",
      npm_config_ignore_scripts: "true",
      PULUMI_HOME: process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"),
      PULUMI_BACKEND_URL: undefined,
      PULUMI_CONFIG_PASSPHRASE: "slipway-test",
      NODE_OPTIONS: undefined,
      NO_COLOR: "1",
    };
    mkdirSync(join(this.repository, ".git"), { recursive: true });
    mkdirSync(this.folder);
    writeFileSync(join(this.repository, "Dockerfile"), "FROM scratch\nCOPY app /app\nEXPOSE 8000\n");
    writeFileSync(join(this.repository, "main.go"), 'http.HandleFunc("/health", ok)\n');
  }

  run(command: string, ...words: string[]): Promise<Result> {
    return run(command, words, { cwd: this.folder, env: this.env });
  }

  /** A program of the project's own packages, and never one that would have to be fetched. */
  program(...words: string[]): Promise<Result> {
    return this.run("npm", "exec", "--no", "--", ...words);
  }

  pulumi(...words: string[]): Promise<Result> {
    return this.program("pulumi", ...words, "--non-interactive", "--color", "never");
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  get settings(): Settings {
    return parse(this.read("Pulumi.prod.yaml")) as Settings;
  }

  set settings(all: Settings) {
    writeFileSync(join(this.folder, "Pulumi.prod.yaml"), stringify(all));
  }

  setVersion(version: string): void {
    const all = this.settings;
    for (const application of Object.values(all.config["slipway:applications"]!)) application.version = version;
    this.settings = all;
  }

  /** What a host of the sandbox, its registry and its proxy need besides what `init` wrote. */
  fillIn(target: Host): void {
    const all = this.settings;
    const sandbox = settings([target.number], {}) as Settings["config"];
    const [there] = Object.values(sandbox["slipway:hosts"]!);
    all.config["slipway:hosts"]!["web-1"] = {
      ...there,
      ...all.config["slipway:hosts"]!["web-1"],
      hostKeyFile: undefined,
    };
    all.config["slipway:registries"] = sandbox["slipway:registries"]!;
    this.settings = all;
  }
}

/** Packs the checkout as npm does. @returns the tarball */
export async function packCheckout(into: string): Promise<string> {
  expectOk(await run("npm", ["pack", "--pack-destination", into], { env: { PATH } }));
  return tarballIn(into);
}

/** Packs what the tests have built already, for a project that uses the library alone. @returns the tarball */
export async function packBuilt(into: string): Promise<string> {
  const { scripts: _, ...manifest } = JSON.parse(readFileSync(join(CHECKOUT, "package.json"), "utf8"));
  writeFileSync(join(into, "package.json"), JSON.stringify(manifest));
  cpSync(join(CHECKOUT, "CHANGELOG.md"), join(into, "CHANGELOG.md"));
  cpSync(join(CHECKOUT, BUILT), join(into, "dist"), { recursive: true });
  expectOk(await run("npm", ["pack"], { cwd: into, env: { PATH } }));
  return tarballIn(into);
}

const tarballIn = (folder: string): string => join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz"))!);
