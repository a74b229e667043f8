/** What a stack says it deployed, after an `up` that failed: by the real engine, to a machine that only answers. */
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { COMPONENTS } from "../support/program.ts";
import { Project } from "../support/project.ts";
import { expectOk, type Result } from "../support/run.ts";
import { AnsweringMachine, type Said } from "./support/answering.ts";

/** Applications whose deployment fails, and what the machine runs by what it confirmed. */
const failing = new Set<string>();
const running: Record<string, string> = {};

function answer(command: string): Said {
  if (command.endsWith(" inspect")) {
    const applications = Object.fromEntries(
      Object.entries(running).map(([name, version]) => [
        name,
        { release: "0123456789ab", version, token: "t", owner: "", differences: [], underway: null },
      ]),
    );
    const host = { token: "t", scripts: "s", proxyRuns: true, time: 1, architecture: "x86_64" };
    return { code: 0, output: JSON.stringify({ host, applications }) };
  }
  const [, name, version] = / deploy (\S+) .*--version (\S+)/.exec(command) ?? [];
  // Others end before one that fails.
  if (name !== undefined && failing.has(name)) return { code: 1, output: "reverted\n", after: 3000 };
  if (name !== undefined) running[name] = version!;
  return { code: 0, output: "done\n" };
}

const machine = new AnsweringMachine(answer);

const PROGRAM = `
import { defineApplication, deploy } from ${JSON.stringify(COMPONENTS)};
const { applications } = await deploy(["shop", "blog"].map((name) => defineApplication({ name, image: "ghcr.io/anna/" + name, services: { web: {} } })));
export const deployed = Object.fromEntries(Object.entries(applications).map(([name, application]) => [name, application.deployed]));
`;
const DIGEST = `sha256:${"a".repeat(64)}`;

let project: Project;

function want(versions: Record<"shop" | "blog", string | undefined>, look = false): void {
  project.setConfig({
    "slipway:hosts": { machine: machine.settings({ look }) },
    "slipway:applications": Object.fromEntries(
      Object.entries(versions).map(([name, version]) => [
        name,
        { ...(version === undefined ? {} : { version }), digest: DIGEST, hosts: ["machine"] },
      ]),
    ),
  });
}
const versions = async (): Promise<Record<string, string | undefined>> =>
  Object.fromEntries(
    Object.entries((await project.outputs()).deployed as Record<string, { version?: string }>).map(([name, one]) => [
      name,
      one.version,
    ]),
  );
const failed = ({ code, stdout }: Result): void => expect(code, stdout).not.toBe(0);

beforeAll(async () => {
  await machine.start();
  project = await Project.create({ name: "outputs", program: PROGRAM });
  project.write("key", machine.userKey);
});
beforeEach(async () => {
  failing.clear();
  want({ shop: "1.0.0", blog: "1.0.0" });
  expectOk(await project.up());
});
afterAll(async () => {
  machine.stop();
  project?.dispose();
});

it("the outputs of a stack tell what its hosts confirmed, and a preview what would be", async () => {
  expect(await versions()).toEqual({ shop: "1.0.0", blog: "1.0.0" });
  want({ shop: "1.1.0", blog: "1.0.0" });
  const { stdout } = expectOk(await project.pulumi(["preview", "--stack", project.stack]));
  expect(stdout).toMatch(/version: "1\.0\.0" => "1\.1\.0"/);
});

it("an up that failed leaves the outputs of what serves, and so does a version that is left out then", async () => {
  failing.add("blog");
  want({ shop: "1.0.0", blog: "1.1.0" });
  failed(await project.up());
  expect(await versions()).toEqual({ shop: "1.0.0", blog: "1.0.0" });
  failing.clear();
  want({ shop: "1.0.0", blog: undefined });
  expectOk(await project.up());
  expect(running).toEqual({ shop: "1.0.0", blog: "1.0.0" });
});

it("an up that goes on after a failure tells of each application what serves", async () => {
  failing.add("blog");
  want({ shop: "1.1.0", blog: "1.1.0" });
  failed(await project.up(["--continue-on-error"]));
  expect(await versions()).toEqual({ shop: "1.1.0", blog: "1.0.0" });
});

it("a version that is left out is the one that the host was seen to run", async () => {
  running.blog = "0.9.0";
  want({ shop: "1.0.0", blog: undefined }, true);
  expectOk(await project.up());
  expect((await versions()).blog).toBe("0.9.0");
});
