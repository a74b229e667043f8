/** Two stacks of one project, with one application name on one host. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureHosts, own } from "../support/hosts.ts";
import { Project } from "../support/project.ts";
import { SHOP, settings } from "../support/sandbox.ts";
import { served } from "../support/served.ts";
import { containers, ledger } from "../support/state.ts";
import { clean, expectNoChange, planned, programOf, said, upOk } from "./support/drift.ts";
import { wipe } from "./support/scene.ts";

const [target] = own;
const HOST = target.number;
const APP = "owned";
const DOMAIN = `${APP}.test`;
const COMMAND = `${APP}-host-${HOST}`;

const spec = {
  name: APP,
  image: SHOP,
  domain: `http://${DOMAIN}`,
  services: { web: { port: 8000, health: "/health" } },
};
const settingsFor = (version: string, more: object = {}) =>
  settings([HOST], { [APP]: { version, hosts: [`host-${HOST}`], removeData: true, ...more } });

const create = (stack: string, version: string): Promise<Project> =>
  Project.create({ name: `${APP}-${stack}`, stack, program: programOf([spec]), config: settingsFor(version) });
const seen = async () => [await containers(target, APP), await ledger(target, APP)];
const messages = ({ diagnostics }: { diagnostics: { message: string }[] }): string =>
  diagnostics.map(({ message }) => message).join("\n");

let staging: Project;
let prod: Project;

beforeAll(async () => {
  await ensureHosts();
  await wipe(target, APP);
  staging = await create("staging", "1.0.0");
  prod = await create("prod", "1.1.0");
  await upOk(staging);
});

afterAll(async () => {
  await clean(prod);
  await clean(staging);
});

describe("the second stack", () => {
  it("is refused at preview, with the owner's name and what to do", async () => {
    const preview = await prod.preview();
    expect(preview.code).not.toBe(0);
    expect(messages(preview)).toContain(
      `${APP} on host-${HOST} belongs to the stack staging of the project slipway, not to the stack prod of the project slipway; ` +
        `give this application another name, or, if it is to change hands, set slipway:applications.${APP}.takeOver: true for one pulumi up`,
    );
  });

  it("is refused by the host where it did not look, and its destroy removes nothing of the first's", async () => {
    const before = await seen();
    prod.env.SLIPWAY_LOOK = "off";
    const up = await prod.up();
    expect(up.code).not.toBe(0);
    expect(said(up)).toMatch(
      /belongs to the stack staging of the project slipway, not to the stack prod .*Nothing was changed\./,
    );
    delete prod.env.SLIPWAY_LOOK;
    expect((await prod.destroy()).code).toBe(0);
    expect(await seen()).toEqual(before);
    expect(await served(target, DOMAIN)).toBe("1.0.0");
    // Without a look the other stack could not repeat what the host was called last.
    const left = planned(await staging.preview()).filter((step) => step !== `update host-${HOST}-host`);
    expect(left).toEqual([]);
  });

  it("takes the application over where its settings say so, and the plan says from whom", async () => {
    prod.setConfig(settingsFor("1.1.0", { takeOver: true }));
    const preview = await prod.preview();
    expect(messages(preview)).toContain(
      `takes over ${APP} on host-${HOST} from the stack staging of the project slipway`,
    );
    await upOk(prod);
    expect(await served(target, DOMAIN)).toBe("1.1.0");
  });

  it("is told afterwards that takeOver can go, which restarts nothing", async () => {
    expect(messages(await expectNoChange(prod))).toContain(`slipway:applications.${APP}.takeOver can be removed`);
    const before = await seen();
    prod.setConfig(settingsFor("1.1.0"));
    expect(planned(await prod.preview())).toEqual([`update ${COMMAND}`]);
    await upOk(prod);
    expect(await seen()).toEqual(before);
  });
});

it("the first stack is refused from then on, and its destroy removes nothing of the second's", async () => {
  const before = await seen();
  expect(messages(await staging.preview())).toContain("belongs to the stack prod of the project slipway");
  expect(said(await staging.destroy())).toContain(`kept: ${APP} on this host now belongs to prod::slipway::`);
  expect(await seen()).toEqual(before);
  expect(await served(target, DOMAIN)).toBe("1.1.0");
});

it("a renamed stack takes over what it deployed by its old name", async () => {
  await prod.pulumi(["stack", "rename", "live", "--stack", "prod"]);
  Object.assign(prod, { stack: "live" });
  expect(messages(await prod.preview())).toContain("belongs to the stack prod of the project slipway");
  prod.setConfig(settingsFor("1.1.0", { takeOver: true }));
  expect(said(await upOk(prod))).toContain(`takes over ${APP} on host-${HOST} from the stack prod`);
  expect(await served(target, DOMAIN)).toBe("1.1.0");
});
