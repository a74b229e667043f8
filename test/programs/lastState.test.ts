/** What the state knows of the last deployments. */
import { describe, expect, it, vi } from "vitest";

const urn = (type: string, name: string): string => `urn:pulumi:dev::slipway::${type}::${name}`;
/** A stack that was last tried in a version, and its commands as they succeeded last. */
const stackOf = (name: string, version: string, commands: string[]) => [
  { urn: urn("slipway:stack:ComposeStack", name), type: "slipway:stack:ComposeStack", outputs: { version, pins: {} } },
  ...commands.map((command, index) => ({
    urn: urn("command:remote:Command", `${name}-${index}`),
    type: "command:remote:Command",
    parent: urn("slipway:stack:ComposeStack", name),
    inputs: { create: `/opt/slipway/bin/slipway ${command}` },
  })),
];
const resources = [
  {
    urn: urn("slipway:stack:ComposeStack", "shop"),
    type: "slipway:stack:ComposeStack",
    inputs: { policies: { exceptions: { downgrade: { "host-1": "1.1.0 => 1.0.0" } } } },
    outputs: { version: "1.0.0", pins: { "postgres:15": "postgres@sha256:aaa" } },
  },
  {
    urn: urn("slipway:stack:ComposeStack", "reviewed"),
    type: "slipway:stack:ComposeStack",
    inputs: { review: { services: { db: {} } } },
  },
  ...stackOf("failed", "1.1.0", ["deploy failed --release bbb --version 1.0.0 --token t"]),
  ...stackOf("several", "1.1.0", [
    "deploy several --release ccc --version 1.1.0 --token t",
    "confirm several --release bbb --version 'the old' --token t",
  ]),
  { urn: urn("slipway:index:Application", "shop"), type: "slipway:index:Application", inputs: { version: "1.0.0" } },
  {
    urn: urn("command:remote:Command", "shop-host-1"),
    type: "command:remote:Command",
    inputs: { create: "slipway deploy shop --token '2026-11-21T10:02:11Z o'\\''neill@laptop 3f2c' --keep 5" },
  },
  {
    urn: urn("command:remote:Command", "host-1-host"),
    type: "command:remote:Command",
    inputs: { create: "bash -s -- --token abc" },
  },
  {
    urn: urn("docker:index/image:Image", "shop-shop-version"),
    type: "docker:index/image:Image",
    inputs: { build: { context: ".", platform: "linux/arm64" } },
  },
  {
    urn: urn("docker:index/image:Image", "shop-old-commit"),
    type: "docker:index/image:Image",
    inputs: { build: { context: "." } },
  },
];
vi.mock("../../components/state/stackExport.ts", () => ({
  stackExport: async () => ({ version: 3, deployment: { resources } }),
}));
const { keptBuild, keptReview, keptStack, keptToken } = await import("../../components/state/lastState.ts");

describe("the last state", () => {
  it("holds the token of a command as it was given", async () => {
    expect([await keptToken("shop-host-1"), await keptToken("host-1-host")]).toEqual([
      "2026-11-21T10:02:11Z o'neill@laptop 3f2c",
      "abc",
    ]);
  });
  it("holds what a stack's review said", async () =>
    expect([await keptReview("reviewed"), await keptReview("shop")]).toEqual(['{"services":{"db":{}}}', undefined]));
  it("holds a stack's version, the digests of its accessories and what was out of the ordinary", async () =>
    expect(await keptStack("shop")).toEqual({
      version: "1.0.0",
      pins: { "postgres:15": "postgres@sha256:aaa" },
      exceptions: ["downgrade"],
    }));
  it("holds of a stack what its hosts confirmed, not what was tried", async () =>
    expect([await keptStack("failed"), await keptStack("several")]).toEqual([
      { version: "1.0.0", release: "bbb", pins: {} },
      { version: "the old", release: "bbb", pins: {} },
    ]));
  it("holds what an image was built for, as far as it was written, and nothing of an image of a longer name", async () =>
    expect([await keptBuild("shop-shop"), await keptBuild("shop-old"), await keptBuild("shop")]).toEqual([
      { platform: "linux/arm64" },
      {},
      undefined,
    ]));
  it("holds nothing of what was never deployed", async () =>
    expect([await keptToken("shop"), await keptStack("other")]).toEqual([undefined, {}]));
});
