/** A machine that is gone for good: the plan names the way to go on without it, and the others go on. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { oneVersion } from "../support/faults/faults.ts";
import { FaultProject, NEW, OLD } from "../support/faults/project.ts";
import { ensureHosts, nameOf, own } from "../support/hosts.ts";
import { expectOk } from "../support/run.ts";
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
  await machine(second, "unpause");
  await wipe(second, PAIR);
  await made.project.destroy();
  made.project.dispose();
});

test("is taken out by the command that the plan names, and its applications go on elsewhere", async () => {
  const { project, wanted } = made;
  await machine(second, "pause");
  const said = (await project.preview()).diagnostics.map(({ message }) => message).join("\n");
  expect(said).toContain(`${nameOf(second)} (${second.address}) could not be inspected`);
  const [, urn] = /pulumi state delete '([^']+)' --target-dependents/.exec(said) ?? [];
  expect(urn).toMatch(new RegExp(`::slipway:host:DockerHost::${nameOf(second)}$`));

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
