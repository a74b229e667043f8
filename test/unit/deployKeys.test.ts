import { expect, it } from "vitest";
import { deployKeysOf, hasKeys } from "../../components/host/deployKeys.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMdB7TYIJ7 slipway-anna-shop-prod";
const own = deployKeysOf("/opt", "slipway/prod", ["shop", "blog"], [KEY]);
const LINE = `restrict,command="/opt/slipway/bin/slipway gate blog shop" ${KEY} stack=slipway/prod`;

it("a key's line names what it may deploy, and the stack that it belongs to", () =>
  expect(own).toEqual({ stack: "slipway/prod", lines: [LINE] }));

it.each<[string, string[]]>([
  ["its key", [LINE]],
  ["its key and that of another stack", [`${KEY} stack=slipway/dev`, LINE]],
])("a host with %s agrees with the declaration", (_, seen) => expect(hasKeys(seen, own)).toBe(true));

it.each<[string, string[] | undefined]>([
  ["no key", []],
  ["the key of another stack alone", [`${KEY} stack=slipway/dev`]],
  ["another key of its stack", [LINE.replace("IMdB", "IOld")]],
  ["one key more of its stack", [LINE, `${KEY} stack=slipway/prod`]],
  ["scripts that do not report keys", undefined],
])("a host with %s differs from the declaration", (_, seen) => expect(hasKeys(seen, own)).toBe(false));

it("a stack without keys agrees with those of others, and with a host that has none of its own", () => {
  const none = deployKeysOf("/opt", "slipway/prod", [], []);
  expect([hasKeys([`${KEY} stack=slipway/dev`], none), hasKeys([], none), hasKeys([LINE], none)]).toEqual([
    true,
    true,
    false,
  ]);
});
