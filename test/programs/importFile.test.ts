/** `slipway import` with the real `pulumi`: what it writes, and that no value is seen anywhere. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/folder.ts";
import { pulumiBinary } from "../support/project.ts";
import { CHECKOUT, expectOk, type Result, type RunOptions, run } from "../support/run.ts";

const folder = temporaryFolder("import");
const project = join(folder, "infra");
const settingsFile = join(project, "Pulumi.prod.yaml");
const env = {
  PATH: [join(folder, "bin"), process.env.PATH].join(delimiter),
  PULUMI_BACKEND_URL: `file://${folder}`,
  PULUMI_CONFIG_PASSPHRASE: "slipway-test",
  PULUMI_SKIP_UPDATE_CHECK: "true",
};

/** Each is found wherever it leaks to. */
const SECRETS = {
  DB_PASSWORD: "mark-one 'q\" $X ${Y} ü\n\tend\n",
  DATABASE_URL: "postgres://app:mark-two@db:5432/app",
  TLS_KEY: "-----BEGIN PRIVATE KEY-----\nmark-three\n-----END PRIVATE KEY-----\n",
  PIN_TOKEN: "8080",
};
const PLAIN = { PORT: "8080", DEBUG: "true", ZIP: "007", EMPTY: "", TITLE: "Annas Lädchen", LINES: "one\ntwo\n" };

const quoted = (value: string): string =>
  `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("$", "\\$")}"`;
const dotenv = (values: Record<string, string>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${quoted(value)}\n`)
    .join("");

const pulumi = (...words: string[]): Promise<Result> =>
  run(pulumiBinary(), [...words, "--non-interactive", "--stack", "prod"], { cwd: project, env });
const slipway = (words: string[], options: RunOptions = {}): Promise<Result> =>
  run(process.execPath, [join(CHECKOUT, "cli/slipway.ts"), "import", ...words], { cwd: project, env, ...options });
const settings = async (): Promise<Record<string, any>> => {
  const { stdout } = expectOk(await pulumi("config", "--json", "--show-secrets"));
  return JSON.parse(stdout) as Record<string, any>;
};
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return `../${name}`;
};

beforeAll(async () => {
  for (const path of ["bin", "infra/apps"]) mkdirSync(join(folder, path), { recursive: true });
  writeFileSync(join(project, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
  writeFileSync(
    join(project, "apps/shop.ts"),
    'export default { name: "shop", cache: "redis:7" } satisfies { name: string; cache: string };\n',
  );
  writeFileSync(
    settingsFile,
    "config:\n  # stays\n  slipway:applications:\n    shop: { hosts: [web-1], environment: { LOG_LEVEL: debug } }\n",
  );
  expectOk(await pulumi("stack", "init"));
  // In front of the real one: what it is called with.
  const spy = `#!/bin/sh\nprintf '%s\\n' "$*" >>'${folder}/called'\nexec '${pulumiBinary()}' "$@"\n`;
  writeFileSync(join(folder, "bin/pulumi"), spy);
  chmodSync(join(folder, "bin/pulumi"), 0o755);
});

describe("slipway import", () => {
  let first: Result;
  const file = write(
    "all.env",
    `${dotenv({ ...SECRETS, ...PLAIN, REDIS_URL: "redis://cache" })}LOG_LEVEL=info\nVERSION=1\na.b=1\nGONE=x$gone\n`,
  );

  beforeAll(async () => {
    first = await slipway([file, "--yes", "--stack", "prod"]);
  });

  it("keeps every value byte for byte, each of its kind", async () => {
    const { "slipway:secrets": secrets, "slipway:applications": applications } = await settings();
    expect(JSON.parse(secrets.value)).toEqual({ shop: SECRETS });
    expect(secrets.secret).toBe(true);
    expect(JSON.parse(applications.value).shop.environment).toEqual({ LOG_LEVEL: "debug", ...PLAIN, GONE: "x" });
    expect(applications.secret).toBe(false);
  });

  it("shows no secret: not in the file, not in what it says, not in an argument", () => {
    const seen = [
      readFileSync(settingsFile, "utf8"),
      first.stdout,
      first.stderr,
      readFileSync(join(folder, "called"), "utf8"),
    ];
    expect(seen.join("\n")).toContain("slipway:secrets.shop.DB_PASSWORD");
    expect(seen.filter((text) => /mark-|BEGIN|hunter/.test(text))).toEqual([]);
  });

  it("shows no plain value either, as it might be none", () =>
    expect(`${first.stdout}${first.stderr}`).not.toMatch(/8080|007|Lädchen|debug|info/));

  it("tells by name what it did not take, and ends with 1 where a name cannot be a setting", () => {
    expect(first.code).toBe(1);
    for (const line of [
      "  kept   LOG_LEVEL: is set already; --overwrite sets it anew",
      "  left   VERSION: Slipway sets it to the version that is deployed, slipway:applications.shop.version",
      "  left   REDIS_URL: Slipway sets it itself, as `cache` is declared",
      "  left   a.b: is not a name that a setting can have; use letters, digits and '_', like \"LOG_LEVEL\"",
      "  GONE: a $ in its value names what has no value, so nothing stands there, as with Docker Compose",
      "Set in Pulumi.prod.yaml: 4 secrets, 7 plain settings. Next: pulumi preview",
    ])
      expect(first.stdout.split("\n")).toContain(line);
  });

  it("changes nothing when it is run again", async () => {
    const before = readFileSync(settingsFile, "utf8");
    const again = await slipway([file, "--yes", "--stack", "prod"]);
    expect([again.code, readFileSync(settingsFile, "utf8")]).toEqual([1, before]);
    expect(again.stdout).toContain("Nothing is to be set.");
  });

  it("overwrites only where it is told to, and leaves a name one kind", async () => {
    const changed = write("changed.env", "LOG_LEVEL=warn\nPORT=9090\nDB_PASSWORD=mark-four\n");
    expectOk(await slipway([changed, "--yes", "--overwrite", "--secret", "PORT", "--stack", "prod"]));
    const { "slipway:secrets": secrets, "slipway:applications": applications } = await settings();
    expect(JSON.parse(secrets.value).shop).toMatchObject({ DB_PASSWORD: "mark-four", PORT: "9090" });
    expect(JSON.parse(applications.value).shop.environment).toMatchObject({ LOG_LEVEL: "warn", DEBUG: "true" });
    expect(JSON.parse(applications.value).shop.environment).not.toHaveProperty("PORT");
  });

  it.each([
    ["nobody can be asked", [write("new.env", "NEW=1\n")], "there is no terminal to ask at"],
    [
      "a secret would be plain",
      [write("pw.env", "NEW_PASSWORD=mark-five\n"), "--plain", "NEW_PASSWORD"],
      "--plain NEW_P",
    ],
    ["a line cannot be read", [write("bad.env", "NEW=1\nNEW_PASSWORD='mark-six\n"), "--yes"], "line 2 cannot be read"],
    ["there is no such file", ["../none.env", "--yes"], "../none.env cannot be read"],
    ["there is no such application", ["../new.env", "--yes", "--application", "shp"], "did you mean shop?"],
    ["there is no such stack", ["../new.env", "--yes", "--stack", "dev"], "Pulumi.dev.yaml does not exist"],
  ])("sets nothing and ends with 2 where %s", async (_, words, reason) => {
    const before = readFileSync(settingsFile, "utf8");
    const { code, stderr, stdout } = await slipway(["--stack", "prod", ...words]);
    expect([code, readFileSync(settingsFile, "utf8")]).toEqual([2, before]);
    expect(stderr).toContain(reason);
    expect(stdout + stderr).not.toContain("mark-");
  });

  it("sets nothing without the passphrase, and says so", async () => {
    const before = readFileSync(settingsFile, "utf8");
    const file = write("two.env", "N=1\nN_TOKEN=mark-seven\n");
    const without = { ...env, PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_CONFIG_PASSPHRASE_FILE: undefined };
    const result = await slipway([file, "--yes", "--stack", "prod"], { env: without });
    expect([result.code, readFileSync(settingsFile, "utf8")]).toEqual([2, before]);
    expect(result.stderr).toMatch(/passphrase/);
    expect(result.stdout + result.stderr).not.toContain("mark-seven");
  });

  it("takes the stack that is selected, and tells where there is no project", async () => {
    const none = await slipway(["new.env"], { cwd: folder });
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("there is no Pulumi.yaml here")]);
    expect(existsSync(join(folder, "Pulumi.prod.yaml"))).toBe(false);
    const { stdout } = expectOk(await slipway(["../new.env", "--yes"]));
    expect(stdout).toContain("../new.env for shop in prod:");
  });
});
