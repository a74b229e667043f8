/** Exports of a state that somebody wants to go back to. */
import { describe, expect, it } from "vitest";
import { readExported, versionsOf } from "../../components/state/exportFile.ts";

const HERE = { project: "infra", stack: "prod", engine: "3.250.0" };
const urn = (type: string, name: string, stack = "prod", project = "infra"): string =>
  `urn:pulumi:${stack}::${project}::${type}::${name}`;
const ROOT = { urn: urn("pulumi:pulumi:Stack", "infra-prod"), type: "pulumi:pulumi:Stack" };
const SHOP = {
  urn: urn("slipway:stack:ComposeStack", "shop"),
  type: "slipway:stack:ComposeStack",
  parent: ROOT.urn,
  outputs: { version: "1.4.0", release: "aaa" },
};
const COMMAND = {
  urn: urn("command:remote:Command", "shop-web-1"),
  type: "command:remote:Command",
  parent: SHOP.urn,
  dependencies: [SHOP.urn],
  inputs: { create: "/opt/slipway/bin/slipway deploy shop --release aaa --version 1.4.0 --token t" },
};
const written = (deployment: object = {}, more: object = {}): string =>
  JSON.stringify({
    version: 3,
    deployment: { manifest: { version: "v3.250.0" }, resources: [ROOT, SHOP, COMMAND], ...deployment },
    ...more,
  });
const read = (text: string) => readExported(text, "kept.json", HERE);

it("an export is read, with the versions that its hosts confirmed", () => {
  expect(versionsOf(read(written()))).toEqual({ shop: "1.4.0" });
  expect(versionsOf(read(written({ resources: [ROOT] })))).toEqual({});
});

describe("an export is refused", () => {
  it.each<[string, string, RegExp]>([
    [
      "that was cut off",
      written().slice(0, -20),
      /^kept\.json is no JSON: it was cut off, or changed; choose another export$/,
    ],
    ["that is empty", "", /is no JSON/],
    ["that is no state", '{"version": 1}', /is no export of a stack/],
    ["that is a list", "[]", /is no JSON|is no export/],
    [
      "of a newer format",
      written({}, { version: 4 }),
      /has the format 4, and Pulumi 3\.250\.0 reads 3; raise the project's Pulumi/,
    ],
    [
      "of a newer engine",
      written({ manifest: { version: "v3.251.0" } }),
      /was written by Pulumi 3\.251\.0, and here is 3\.250\.0; raise/,
    ],
    ["of nothing", written({ resources: [] }), /has nothing in it/],
    [
      "of another stack",
      written({ resources: [{ ...ROOT, urn: urn("pulumi:pulumi:Stack", "x", "dev") }] }),
      /is of the stack dev of the project infra, not of prod of infra/,
    ],
    [
      "of another project",
      written({ resources: [{ ...ROOT, urn: urn("pulumi:pulumi:Stack", "x", "prod", "blog") }] }),
      /is of the stack prod of the project blog, not of prod of infra/,
    ],
    ["that lost a parent", written({ resources: [ROOT, COMMAND] }), /lacks shop, which shop-web-1 needs/],
    ["that has no names", written({ resources: [{ type: "x" }] }), /has resources without a name/],
    ["whose name is none", written({ resources: [{ urn: "shop", type: "x" }] }), /has resources without a name/],
    ["of an interrupted update", written({ pending_operations: [{}] }), /was written while an update was interrupted/],
  ])("%s", (_, text, message) => expect(() => read(text)).toThrow(message));
});
