/** A machine that is gone for good: the plan names the way to go on without it, and the others go on. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { oneVersion } from "../support/faults/faults.ts";
import { FaultProject, NEW, OLD } from "../support/faults/project.ts";
import { ensureHosts, nameOf, own } from "../support/hosts.ts";
import { expectOk, run } from "../support/run.ts";
import { machine, settings } from "../support/sandbox.ts";
import { wipe } from "./support/scene.ts";

const [first, second] = own;
const PAIR = "gone-pair";
let made: FaultProject;

beforeAll(async () => {
  await ensureHosts();
  for (const host of own) await wipe(host, PAIR);
  made = await FaultProject.create({
    name: "gone",
    hosts: [first.number, second.number],
    applications: [{ name: PAIR }],
  });
  expectOk(await made.project.up());
});
afterAll(async () => {
  // Where a file beside this one brought the sandbox up, it goes on already.
  await run("docker", ["unpause", second.container]);
  await wipe(second, PAIR);
  await made.project.destroy();
  made.project.dispose();
});

/** What a preview says while the machine does not answer; a file beside this one that brings the sandbox up lets it go on. */
async function saidWithout(): Promise<string> {
  for (let tries = 1; ; tries++) {
    await machine(second, "pause");
    const said = (await made.project.preview()).diagnostics.map(({ message }) => message).join("\n");
    const { code } = await run("docker", ["unpause", second.container]);
    if (code === 0 || tries === 5) return said;
  }
}

test("is taken out by the command that the plan names, and its applications go on elsewhere", async () => {
  const { project, wanted } = made;
  const said = await saidWithout();
  expect(said).toContain(`${nameOf(second)} (${second.address}) could not be inspected`);
  const [, urn] = /pulumi state delete '([^']+)' --target-dependents/.exec(said) ?? [];
  expect(urn).toMatch(new RegExp(`::slipway:host:DockerHost::${nameOf(second)}$`));

  await machine(second, "pause");
  project.setConfig(settings([first.number], {}));
  wanted.hosts = [first.number];
  made.declare(NEW);
  expectOk(await project.pulumi(["state", "delete", urn!, "--target-dependents", "--yes", "--stack", project.stack]));
  expectOk(await project.up());
  expect(await oneVersion(first, PAIR)).toBe(NEW);
  expect(Object.keys((await project.preview()).changes)).toEqual(["same"]);
});

test("is in nobody's way when the rest is destroyed", async () => {
  expectOk(await made.declare(OLD).project.destroy());
});
