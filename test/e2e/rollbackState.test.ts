/** `slipway rollback --state` in the real engine. No host is asked: what one confirmed stands in the state as it is told. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Project } from "../support/project.ts";
import { CHECKOUT, expectOk } from "../support/run.ts";

/** Its stack says what the settings say, as one does that its hosts have confirmed. */
const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
const { shop } = new pulumi.Config("slipway").requireObject<{ shop: { version: string; refuse?: boolean } }>("applications");
if (process.env.REFUSES) throw new pulumi.RunError("planted: nothing goes today");
class Stack extends pulumi.ComponentResource {
  constructor() {
    super("slipway:stack:ComposeStack", "shop", { version: shop.version });
    this.registerOutputs({ version: shop.version, release: shop.version });
  }
}
new Stack();
`;

let project: Project;
const kept = (name: string): string => join(project.folder, `${name}.json`);
const settings = (): string => readFileSync(project.configFile, "utf8");
const confirmed = async (): Promise<string> =>
  JSON.parse(await project.export()).deployment.resources.find(
    ({ type }: { type: string }) => type === "slipway:stack:ComposeStack",
  ).outputs.version;

const words = (...more: string[]): string[] => [
  join(CHECKOUT, "cli/slipway.ts"),
  "rollback",
  "--env",
  project.stack,
  ...more,
];
function rollback(more: string[], env: Record<string, string> = {}): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, words(...more), {
    cwd: project.folder,
    encoding: "utf8",
    env: { ...process.env, ...project.env, ...env },
  });
  return { code: status, said: stdout + stderr };
}

async function deployed(version: string): Promise<void> {
  project.setConfig({ "slipway:applications": { shop: { version, hosts: ["web-1"] } } });
  expectOk(await project.up());
}

beforeAll(async () => {
  project = await Project.create({ name: "goes-back", program: PROGRAM });
  await deployed("1.0.0");
  writeFileSync(kept("first"), await project.export());
  await deployed("1.1.0");
});
afterAll(async () => {
  await project?.destroy();
  project?.dispose();
});

it("the state, the settings and what is confirmed go back to the export, and forward again by what was replaced", async () => {
  const { code, said } = rollback(["--state", kept("first"), "--yes"]);
  expect(said).toContain("  shop: 1.1.0 => 1.0.0\n");
  expect(said).toMatch(/rolled back, by what the hosts confirmed:\n {2}shop: 1\.0\.0\n/);
  expect([code, await confirmed()]).toEqual([0, "1.0.0"]);
  expect(settings()).toContain("version: 1.0.0");
  expect(settings()).not.toContain("allowDowngrade");
  const [, replaced] = /to go forward again: slipway rollback --state (\S+)/.exec(said)!;
  expect(rollback(["--state", replaced!, "--yes"]).code).toBe(0);
  expect(await confirmed()).toBe("1.1.0");
});

/** test/unit/exportFile.test.ts has the other files that are refused. */
describe("everything is as it was before where", () => {
  async function unchanged(more: string[], message: RegExp, env: Record<string, string> = {}, code = 2): Promise<void> {
    const before = [settings(), await confirmed()];
    const ran = rollback(more, env);
    expect(ran.said).toMatch(message);
    expect([ran.code, settings(), await confirmed()]).toEqual([code, ...before]);
  }

  it("nobody is there to ask", () => unchanged(["--state", kept("first")], /no terminal to ask at; give --yes/));
  it("nothing was kept", () =>
    unchanged(["--state", "--yes"], /there is no kept export in \.slipway\/exports\/[\w-]+; name the file/));
  it("the file is not there", () => unchanged(["--state", "gone.json", "--yes"], /gone\.json cannot be read: ENOENT/));
  it("it is of another stack", () => {
    writeFileSync(
      kept("other"),
      readFileSync(kept("first"), "utf8").replaceAll(`urn:pulumi:${project.stack}::`, "urn:pulumi:other::"),
    );
    return unchanged(
      ["--state", kept("other"), "--yes"],
      /other\.json is of the stack other of the project \S+, not of/,
    );
  });
  it("the plan is refused", () =>
    unchanged(
      ["--state", kept("first"), "--yes"],
      /planted: nothing goes today[\s\S]*nothing was changed: the state is the one of before/,
      { REFUSES: "yes" },
    ));
});

it("killed after the import, it goes on when it is run again", async () => {
  const child = spawn(process.execPath, words("--state", kept("first"), "--yes"), {
    cwd: project.folder,
    env: { ...process.env, ...project.env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  for await (const text of child.stdout) if (/Previewing update/.test(String(text))) break;
  child.kill("SIGKILL");
  await ended;
  expect(settings()).toContain("version: 1.1.0");
  // What it started ends by itself.
  await expect.poll(async () => (await project.preview()).code, { timeout: 30_000 }).toBe(0);
  const { code } = rollback(["--state", kept("first"), "--yes"]);
  expect([code, await confirmed()]).toEqual([0, "1.0.0"]);
  expect(readdirSync(join(project.folder, ".slipway/exports", project.stack, "replaced")).length).toBeGreaterThan(2);
});
