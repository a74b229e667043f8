/** What a plan says before an older version is deployed over data that a newer one has migrated. */
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, it, vi } from "vitest";
import type { InspectedApplication, Migrations } from "../../components/protocol/inspect.ts";
import { getRegistryImage } from "../fixtures/registry.ts";
import { answers, configure, failures, forget, made, startEngine, waitUntilIdle } from "../support/engine.ts";

let seen: InspectedApplication;

vi.mock("../../components/state/stackExport.ts", () => ({ stackExport: async () => undefined }));
vi.mock("../../components/host/connection.ts", async (original) => ({
  ...(await original<object>()),
  looksAt: () => true,
  beginLook: () =>
    pulumi.output({
      seen: { host: { token: "", scripts: "", proxyRuns: true, time: 0 }, applications: { shop: seen } },
    }),
}));
delete process.env.SSH_AUTH_SOCK;
const { deploy, defineApplication } = await import("../../components/index.ts");
const info = vi.spyOn(pulumi.log, "info").mockResolvedValue();
const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE";
const OWNER = "dev::slipway::slipway:index:Application$slipway:stack:ComposeStack::shop@host-1";
const one = (release: string, version: string) => ({ release, version, doubt: undefined });
const APPLIED = [one("111111111111", "1.0.0"), one("222222222222", "1.1.0")];

beforeEach(() => {
  forget();
  info.mockClear();
  warn.mockClear();
  answers.getRegistryImage = getRegistryImage;
});

/** Deploys a version where 1.1.0 runs. */
async function deployed(version: string, migrations: Migrations | null | undefined, migration: object | string[]) {
  await startEngine("dev");
  seen = { release: "2", version: "1.1.0", token: "t", owner: OWNER, differences: [], underway: null, migrations };
  configure(
    {
      hosts: { "host-1": { address: "192.0.2.1", privateKey: "key", hostKey: KEY } },
      applications: { shop: { version, hosts: ["host-1"] } },
    },
    ["hosts"],
  );
  const services = { web: { port: 8000 } };
  const found = await failures(0, async () => {
    await deploy([defineApplication({ name: "shop", image: "ghcr.io/anna/shop", services, migration } as never)]);
    await waitUntilIdle();
  });
  return found.map(({ message }) => message);
}
const spoken = (log: typeof warn): string[] => log.mock.calls.map(([text]) => text);
const STAYS =
  "shop on host-1: what newer migrations changed stays, as nothing takes it back (migration.down): release 222222222222 (1.1.0)";

it("the plan of an older version warns which migrations stay", async () => {
  expect(await deployed("1.0.0", { applied: APPLIED, back: undefined }, ["up"])).toEqual([]);
  expect(spoken(warn)).toContain(STAYS);
});

it("the plan of an older version says which release takes its schema back", async () => {
  const migration = { up: ["up"], down: ["to", "{revision}"], revision: ["heads"] };
  expect(await deployed("1.0.0", { applied: APPLIED, back: "revision" }, migration)).toEqual([]);
  expect(spoken(info)).toContainEqual(
    expect.stringMatching(/^shop on host-1: release 222222222222 \(1\.1\.0\) takes its schema back first/),
  );
  expect(spoken(warn)).toEqual([]);
});

it("an older version whose program does not tell the revision is refused before anything is sent", async () => {
  expect(await deployed("1.0.0", { applied: APPLIED, back: "revision" }, ["up"])).toEqual([
    expect.stringContaining("apps: shop.migration.revision: is missing; release 222222222222 (1.1.0) on host-1"),
  ]);
  expect(made.map(({ name }) => name)).not.toContain("shop-host-1");
});

it("the plan says nothing of migrations for a newer version, or where the host does not tell", async () => {
  await deployed("1.2.0", { applied: APPLIED, back: undefined }, ["up"]);
  await deployed("1.0.0", undefined, ["up"]);
  expect([...spoken(warn), ...spoken(info)].join()).not.toMatch(/migration|schema/);
});
