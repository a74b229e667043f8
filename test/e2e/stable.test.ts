import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureHosts, own } from "../support/hosts.ts";
import { COMPONENTS } from "../support/program.ts";
import { Project } from "../support/project.ts";
import { SHOP, settings } from "../support/sandbox.ts";
import { served } from "../support/served.ts";
import { containers, ledger } from "../support/state.ts";
import { clean, expectNoChange, planned, programOf, upOk } from "./support/drift.ts";

const [target] = own;
const HOST = target.number;
const APP = "stable";

const specOf = (name: string): Record<string, unknown> => ({
  name,
  image: SHOP,
  domain: `http://${name}.test`,
  services: { web: { port: 8000, health: "/health" }, worker: {} },
  verification: { version: "/api/v1/version" },
});

/** The same application, built from the library's components: `create` makes it, with a name and options of its own. */
const componentsOf = (create: string): string => `
import * as pulumi from "@pulumi/pulumi";
import { Application, DockerHost, freshToken, planOf, readSettings, registryAccess } from ${JSON.stringify(COMPONENTS)};
const settings = await readSettings();
const fresh = freshToken();
const registries = Object.entries(settings.registries).map(([server, { username, password }]) => ({ server, username, password }));
const hosts = Object.fromEntries(Object.entries(settings.hosts).map(([name, host]) => [name, new DockerHost(name, { settings: host, registries, fresh })]));
const declared = { spec: ${JSON.stringify(specOf(APP))}, settings: settings.applications.${APP}, secrets: {}, protected: false };
const plan = planOf(declared, "/opt");
const args = { ...declared, plan, hosts, registries, access: registryAccess(settings.registries), fresh };
class Group extends pulumi.ComponentResource {
  constructor(name) {
    super("test:index:Group", name);
    this.registerOutputs({});
  }
}
${create}
`;

let project: Project;
let second: Project | undefined;

beforeAll(async () => {
  await ensureHosts();
  const applications = { [APP]: { version: "1.0.0", hosts: [`host-${HOST}`], removeData: true } };
  project = await Project.create({
    name: APP,
    program: programOf([specOf(APP)]),
    config: settings([HOST], applications),
  });
  await upOk(project);
});

afterAll(async () => {
  await clean(second);
  await clean(project);
});

/** What must not change when nothing is deployed. */
const work = async (): Promise<unknown> => ({
  ledger: (await ledger(target, APP)).length,
  containers: (await containers(target, APP)).map(({ id, started }) => `${id} ${started}`),
});

describe("an unchanged application", () => {
  it("shows no change in preview and up, and none after that", async () => {
    const before = await work();
    await expectNoChange(project);
    await upOk(project, ["--expect-no-changes"]);
    await expectNoChange(project);
    expect(await work()).toEqual(before);
  });

  it("is not deployed when its component is renamed and moves below another, with an alias", async () => {
    const before = await work();
    project.write(
      "index.ts",
      componentsOf(
        `new Application("renamed", args, { parent: new Group("group"), aliases: [{ name: "${APP}", parent: pulumi.rootStackResource }] });`,
      ),
    );
    expect(planned(await project.preview())).toEqual(["create group", `update ${APP}-host-${HOST}`]);
    await upOk(project);
    expect(await work()).toEqual(before);
    expect(await served(target, `${APP}.test`)).toBe("1.0.0");
    await expectNoChange(project);
  });

  it("does not notice another stack that comes to its host and goes", async () => {
    const before = await work();
    const applications = { guest: { version: "1.1.0", hosts: [`host-${HOST}`], removeData: true } };
    second = await Project.create({
      name: "stable-guest",
      stack: "staging",
      program: programOf([specOf("guest")]),
      config: settings([HOST], applications),
    });
    await upOk(second);
    expect([await served(target, "guest.test"), await served(target, `${APP}.test`)]).toEqual(["1.1.0", "1.0.0"]);
    await expectNoChange(project);
    const guest = second;
    second = undefined;
    await clean(guest);
    expect(await containers(target, "guest")).toEqual([]);
    expect(await served(target, `${APP}.test`)).toBe("1.0.0");
    expect(await work()).toEqual(before);
  });
});
