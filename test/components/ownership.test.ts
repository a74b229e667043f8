import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, it, vi } from "vitest";
import type { InspectedApplication } from "../../components/protocol/inspect.ts";
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

/** What the host runs of the application. */
let seen: InspectedApplication | undefined;

vi.mock("../../components/state/stackExport.ts", () => ({ stackExport: async () => undefined }));
vi.mock("../../components/host/connection.ts", async (original) => ({
  ...(await original<object>()),
  looksAt: () => true,
  beginLook: () =>
    pulumi.output({
      seen: {
        host: { token: "", scripts: "", proxyRuns: true, time: 0 },
        applications: seen === undefined ? {} : { shop: seen },
      },
    }),
}));
delete process.env.SSH_AUTH_SOCK;
const { deploy, defineApplication } = await import("../../components/index.ts");
const info = vi.spyOn(pulumi.log, "info").mockResolvedValue();

const PLACE = "slipway:index:Application$slipway:stack:ComposeStack";
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE";

beforeEach(() => {
  forget();
  info.mockClear();
  answers.getRegistryImage = getRegistryImage;
});

/** What a stack says and sends where the host runs the application for an owner. */
async function deployed(stack: string, owner: string | undefined, application: object = {}) {
  await startEngine(stack);
  seen =
    owner === undefined
      ? undefined
      : { release: "0123456789ab", version: "1.4.0", token: "t", owner, differences: [], underway: null };
  configure(
    {
      hosts: { "host-1": { address: "192.0.2.1", privateKey: "key", hostKey: KEY } },
      applications: { shop: { version: "1.4.0", hosts: ["host-1"], ...application } },
    },
    ["hosts"],
  );
  const services = { web: { port: 8000 } };
  const found = await failures(0, async () => {
    await deploy([defineApplication({ name: "shop", image: "ghcr.io/anna/shop", services })]);
    await waitUntilIdle();
  });
  return {
    // The SDK puts the property before that was being made of it.
    refused: found.map((error) => error.message),
    said: info.mock.calls.map(([text]) => text),
  };
}
const commandOf = (part: "create" | "delete"): string => plainOf(find("shop-host-1"))[part];

const ownerOf = (stack: string): string => `${stack}::slipway::${PLACE}::shop@host-1`;

it("stack, project, place in the program and host are the owner that a host is told, and that may remove it", async () => {
  await deployed("dev", undefined);
  expect(commandOf("create")).toContain(` --owner '${ownerOf("dev")}' `);
  expect(commandOf("delete")).toContain(` --owner '${ownerOf("dev")}'`);
});

it.each([
  ["its own", ownerOf("dev")],
  ["one of the version before", ownerOf("dev").replace("dev::", "")],
  ["one at a host of another name", ownerOf("dev").replace("host-1", "old")],
])("an owner that is %s is deployed without a word of it", async (_, owner) => {
  const { refused, said } = await deployed("dev", owner);
  expect(refused).toEqual([]);
  expect(said.join()).not.toContain("takeOver");
  expect(commandOf("create")).not.toContain("--take-over");
});

it("another stack with the same application on the host is refused before anything is made of it", async () => {
  const { refused } = await deployed("prod", ownerOf("dev"));
  expect(refused).toEqual([
    expect.stringMatching(/slipway:applications\.shop\.hosts: shop on host-1 belongs to the stack dev .*takeOver/),
  ]);
  expect(made.map(({ name }) => name)).not.toContain("shop-host-1");
});

it("a renamed stack is another one: it takes over what it deployed by its old name", async () => {
  expect((await deployed("new", ownerOf("old"))).refused).toHaveLength(1);
  const { refused, said } = await deployed("new", ownerOf("old"), { takeOver: true });
  expect(refused).toEqual([]);
  expect(said).toContain("takes over shop on host-1 from the stack old of the project slipway");
  expect(commandOf("create")).toMatch(/ --take-over$/);
});

it("takeOver that is left on is told to be done, and changes no command until it is removed", async () => {
  const { said } = await deployed("dev", ownerOf("dev"), { takeOver: true });
  expect(said.join()).toContain("slipway:applications.shop.takeOver can be removed");
  expect(commandOf("create")).toMatch(/ --take-over$/);
});
