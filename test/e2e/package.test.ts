/** The package, as others have it: packed, installed where nothing of this checkout is, and used there. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { readScripts } from "../../components/host/install.ts";
import { temporaryFolder } from "../support/folder.ts";
import { ensureHosts, own } from "../support/hosts.ts";
import { CHECKOUT, expectOk, type Result, run } from "../support/run.ts";
import { SHOP, seed, settings } from "../support/sandbox.ts";
import { served } from "../support/served.ts";

const [target] = own;
const NAME = "packed";
const DOMAIN = `http://${NAME}.test`;

/** An application's repository: one Dockerfile, and an empty folder for the project. */
const folder = temporaryFolder("package");
const infra = join(folder, NAME, "infra");
let tarball: string;

/** The Node that runs this test, and no program of the checkout's. */
const path = [dirname(process.execPath), ...(process.env.PATH ?? "").split(delimiter)]
  .filter((one) => !one.startsWith(CHECKOUT) || one === dirname(process.execPath))
  .join(delimiter);
const env = {
  PATH: path,
  HOME: folder,
  npm_config_cache: execFileSync("npm", ["config", "get", "cache"], { encoding: "utf8" }).trim(),
  npm_config_audit: "false",
  npm_config_fund: "false",
  npm_config_update_notifier: "false",
  npm_config_prefer_offline: "true",
  PULUMI_HOME: process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"),
  PULUMI_BACKEND_URL: undefined,
  PULUMI_CONFIG_PASSPHRASE: "slipway-test",
  NODE_OPTIONS: undefined,
  NO_COLOR: "1",
};

const inProject = (command: string, ...words: string[]): Promise<Result> => run(command, words, { cwd: infra, env });
/** A program of the project's own packages, and never one that would have to be fetched. */
const program = (...words: string[]): Promise<Result> => inProject("npm", "exec", "--no", "--", ...words);
const pulumi = (...words: string[]): Promise<Result> =>
  program("pulumi", ...words, "--non-interactive", "--color", "never");
const settingsFile = join(infra, "Pulumi.prod.yaml");
type Settings = { config: Record<string, Record<string, any>> };
const readSettings = (): Settings => parse(readFileSync(settingsFile, "utf8")) as Settings;

beforeAll(async () => {
  mkdirSync(join(folder, NAME, ".git"), { recursive: true });
  mkdirSync(infra);
  writeFileSync(join(folder, NAME, "Dockerfile"), "FROM scratch\nCOPY app /app\nEXPOSE 8000\n");
  writeFileSync(join(folder, NAME, "main.go"), 'http.HandleFunc("/health", ok)\n');
  const packed = run("npm", ["pack", "--pack-destination", folder], { env: { PATH: path } });
  await Promise.all([packed.then(expectOk), ensureHosts().then(() => seed("shop:1.0.0", "shop:1.1.0"))]);
  tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
});

afterAll(async () => {
  await pulumi("destroy", "--yes", "--skip-preview", "--stack", "prod");
});

describe("the package", () => {
  it("has the host's scripts, the library with its types and the command, and no sources", () => {
    const files = execFileSync("tar", ["-tzf", join(folder, tarball)], { encoding: "utf8" })
      .trim()
      .split("\n");
    const scripts = Object.keys(readScripts()).map((name) => `package/dist/components/host/scripts/${name}`);
    expect(files).toEqual(
      expect.arrayContaining([
        ...scripts,
        "package/dist/components/index.js",
        "package/dist/components/index.d.ts",
        "package/dist/cli/slipway.js",
        "package/docs/settings.schema.json",
        "package/LICENSE",
        "package/CHANGELOG.md",
      ]),
    );
    expect(files.filter((name) => /(?<!\.d)\.ts$|\/(test|sandbox|toolchain|apps)\//.test(name))).toEqual([]);
  });

  it("installed on Node 22, writes a project that passes the compiler and has the server's key", async () => {
    expectOk(await inProject("npm", "install", "--ignore-scripts", join("../..", tarball), "node@22"));
    expectOk(await inProject("npm", "rebuild", "node"));
    expect(expectOk(await program("node", "--version")).stdout).toMatch(/^v22\./);
    const answers = ["--image", SHOP, "--domain", DOMAIN, "--address", target.address];
    const { stdout } = expectOk(await program("slipway", "init", "--yes", ...answers));
    expect(stdout).toContain("package.json: completed");
    expect(stdout).toMatch(/npx pulumi preview .*\n$/);
    expect(stdout).not.toContain("To be filled in");
    expect(readSettings().config["slipway:hosts"]).toMatchObject({ "web-1": { address: target.address } });
    expectOk(await inProject("npm", "install", "--ignore-scripts"));
    expectOk(await inProject("npm", "run", "check"));
  });

  it("previews and deploys on Node 22", async () => {
    expectOk(await pulumi("stack", "init", "prod"));
    const written = readSettings();
    const sandbox = settings([target.number], {}) as Settings["config"];
    const [there] = Object.values(sandbox["slipway:hosts"]!);
    written.config["slipway:hosts"]!["web-1"] = {
      ...there,
      ...written.config["slipway:hosts"]!["web-1"],
      hostKeyFile: undefined,
    };
    written.config["slipway:registries"] = sandbox["slipway:registries"]!;
    writeFileSync(settingsFile, stringify(written));
    const preview = expectOk(await pulumi("preview", "--stack", "prod"));
    expect(preview.stdout).toContain("slipway:stack:ComposeStack");
    expectOk(await pulumi("up", "--yes", "--skip-preview", "--stack", "prod"));
    expect(await served(target, `${NAME}.test`)).toBe("1.0.0");
  });

  it("installed from the lock file on Node 24, has nothing to change, and deploys the next version", async () => {
    expectOk(await inProject("npm", "uninstall", "--ignore-scripts", "node"));
    rmSync(join(infra, "node_modules"), { recursive: true });
    expectOk(await inProject("npm", "ci", "--ignore-scripts"));
    expect(expectOk(await program("node", "--version")).stdout).toMatch(/^v24\./);
    expectOk(await pulumi("preview", "--expect-no-changes", "--stack", "prod"));
    const next = readSettings();
    next.config["slipway:applications"]![NAME].version = "1.1.0";
    writeFileSync(settingsFile, stringify(next));
    expectOk(await pulumi("up", "--yes", "--skip-preview", "--stack", "prod"));
    expect(await served(target, `${NAME}.test`)).toBe("1.1.0");
  });

  it("leaves a project that exists as it is", async () => {
    const before = readFileSync(join(infra, "index.ts"), "utf8");
    const { stdout } = expectOk(await program("slipway", "init", "--yes"));
    expect(stdout.match(/is there already, and stays as it is/g)).toHaveLength(8);
    expect(readFileSync(join(infra, "index.ts"), "utf8")).toBe(before);
  });
});
