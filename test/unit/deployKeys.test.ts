import { expect, it } from "vitest";
import { deployKeysOf, hasKeys } from "../../components/host/deployKeys.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMdB7TYIJ7 slipway-anna-shop-prod";
const own = deployKeysOf("/opt", "slipway/prod", ["shop", "blog"], [KEY]);
const LINE = `restrict,command="/opt/slipway/bin/slipway gate blog shop" ${KEY} stack=slipway/prod`;

it("a key's line names what it may deploy, and whose it is", () =>
  expect(own).toEqual({ stack: "slipway/prod", lines: [LINE] }));

it.each<[string, string[] | undefined, boolean]>([
  ["its key", [LINE], true],
  ["its key, and that of another stack", [`${KEY} stack=slipway/dev`, LINE], true],
  ["none", [], false],
  ["the key of another stack alone", [`${KEY} stack=slipway/dev`], false],
  ["another key of it", [LINE.replace("IMdB", "IOld")], false],
  ["one more of it", [LINE, `${KEY} stack=slipway/prod`], false],
  ["scripts that do not tell", undefined, false],
])("a host with %s agrees with the declaration: %#", (_, seen, agrees) => expect(hasKeys(seen, own)).toBe(agrees));

it("a stack without keys agrees with those of others, and with a host that has none of its own", () => {
  const none = deployKeysOf("/opt", "slipway/prod", [], []);
  expect([hasKeys([`${KEY} stack=slipway/dev`], none), hasKeys([], none), hasKeys([LINE], none)]).toEqual([
    true,
    true,
    false,
  ]);
});
