/** What a plan does where an application is locked on its host, or its deployment window is closed. */
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { HostSeen, InspectedApplication } from "../../components/protocol/inspect.ts";
import { getRegistryImage } from "../fixtures/registry.ts";
import {
  answers,
  configure,
  failures,
  find,
  forget,
  made,
  plainOf,
  startEngine,
  waitUntilIdle,
} from "../support/engine.ts";

let seen: HostSeen;
/** What the state holds of the host's command. */
let kept = "";

vi.mock("../../components/state/stackExport.ts", () => ({
  stackExport: async () => ({
    deployment: {
      resources:
        kept === "" ? [] : [{ type: "command:remote:Command", urn: "urn:x::shop-host-1", inputs: { create: kept } }],
    },
  }),
}));
vi.mock("../../components/host/connection.ts", async (original) => ({
  ...(await original<object>()),
  looksAt: () => true,
  beginLook: () => pulumi.output({ seen }),
}));
delete process.env.SSH_AUTH_SOCK;
const { deploy, defineApplication } = await import("../../components/index.ts");
const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE";
const OWNER = "dev::slipway::slipway:index:Application$slipway:stack:ComposeStack::shop@host-1";
/** A Saturday, 12:00 in UTC. */
const SATURDAY = Date.parse("2026-11-28T12:00:00Z") / 1000;
const WINDOW = { days: [1, 2, 3, 4, 5], from: "08:00", until: "17:00", timeZone: "Europe/Berlin" };
const FROZEN = { shop: { by: "anna@laptop", since: "2026-11-28T10:00:00Z", reason: "the sale" } };

beforeEach(() => {
  forget();
  warn.mockClear();
  kept = "";
  answers.getRegistryImage = getRegistryImage;
});

/** @param release what the host has confirmed; by default another than what is declared */
async function deployed(more: Partial<HostSeen>, settings: object = {}, release = "0123456789ab") {
  await startEngine("dev");
  const shop: InspectedApplication = {
    release,
    version: "1.4.0",
    token: "then",
    owner: OWNER,
    differences: [],
    underway: null,
  };
  const host = { token: "", scripts: "", proxyRuns: true, time: SATURDAY };
  seen = { host, applications: { shop }, ...more };
  configure(
    {
      hosts: { "host-1": { address: "192.0.2.1", privateKey: "key", hostKey: KEY } },
      applications: { shop: { version: "1.4.0", hosts: ["host-1"], ...settings } },
    },
    ["hosts"],
  );
  const found = await failures(0, async () => {
    await deploy([
      defineApplication({
        name: "shop",
        image: "ghcr.io/anna/shop",
        services: { web: { port: 8000 } },
        preflight: { window: WINDOW },
      }),
    ]);
    await waitUntilIdle();
  });
  return found.map(({ message }) => message);
}
const MONDAY = { host: { token: "", scripts: "", proxyRuns: true, time: SATURDAY + 2 * 86_400 } };
const command = (): string => plainOf(find("shop-host-1")).create;
const warned = (): string => warn.mock.calls.map(([text]) => text).join("\n");
/** The release that the program makes: asked of the program itself. */
const idNow = (): string => /--release ([0-9a-f]{12})/.exec(command())![1]!;

describe("an update", () => {
  it("is refused where somebody locks the application, before the host is sent anything", async () => {
    expect(await deployed({ ...MONDAY, frozen: FROZEN })).toEqual([
      "shop on host-1: is locked by anna@laptop since 2026-11-28T10:00:00Z: the sale, so no deployment begins; slipway unlock shop releases it",
    ]);
    expect(made.map(({ name }) => name)).not.toContain("shop-host-1");
  });

  it("is refused outside of the window by the host's clock, and goes inside of it", async () => {
    expect(await deployed({})).toEqual([
      expect.stringMatching(
        /^shop on host-1: its deployment window is closed \(.* day 6, 13:00\), so no deployment begins; wait/,
      ),
    ]);
    expect(made.map(({ name }) => name)).not.toContain("shop-host-1");
    expect(await deployed(MONDAY)).toEqual([]);
    expect(command()).not.toContain("--outside-window");
  });

  it("goes outside of it for a reason, which the host is sent and the plan tells", async () => {
    expect(await deployed({}, { outsideWindow: "no orders" })).toEqual([]);
    expect(command()).toMatch(/ --outside-window 'no orders'$/);
    expect(warned()).toContain("it is deployed all the same: no orders");
  });

  it("that deploys nothing is no deployment: it is the command of then, whatever the settings say now", async () => {
    await deployed(MONDAY);
    const id = idNow();
    forget();
    answers.getRegistryImage = getRegistryImage;
    kept = `slipway deploy shop --release ${id} --token then --outside-window 'the \\"sale\\"'`;
    expect(await deployed({ frozen: FROZEN }, {}, id)).toEqual([]);
    expect(command()).toMatch(/ --token then .* --outside-window 'the \\"sale\\"'$/);
    forget();
    answers.getRegistryImage = getRegistryImage;
    kept = `slipway deploy shop --release ${id} --token then`;
    expect(await deployed({}, { outsideWindow: "no orders" }, id)).toEqual([]);
    expect(command()).not.toContain("--outside-window");
    expect(warned()).toContain("slipway:applications.shop.outsideWindow can be removed");
  });

  it("reaches the host with another release, though the token is that of before: a host that is not asked keeps it", async () => {
    await deployed(MONDAY);
    const id = idNow();
    forget();
    answers.getRegistryImage = getRegistryImage;
    kept = "slipway deploy shop --release fedcba987654 --token then";
    expect(await deployed({}, { outsideWindow: "no orders" }, id)).toEqual([]);
    expect(command()).toMatch(/ --token then .* --outside-window 'no orders'$/);
  });
});

it("a preview warns, and goes on: it may be over when the update comes", async () => {
  vi.spyOn(pulumi.runtime, "isDryRun").mockReturnValue(true);
  try {
    expect(await deployed({ frozen: FROZEN })).toEqual([]);
    expect(warned()).toMatch(/is locked by anna@laptop .*\n.* its deployment window is closed/);
  } finally {
    vi.restoreAllMocks();
  }
});
