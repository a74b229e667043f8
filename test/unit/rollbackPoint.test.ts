/** Where `slipway rollback` goes back to. */
import { describe, expect, it } from "vitest";
import type { Entry } from "../../cli/history/ledger.ts";
import { pointOf } from "../../cli/rollback/point.ts";

const entry = (time: string, version: string | undefined, release: string, more: Partial<Entry> = {}): Entry => ({
  ...{ time: `2026-11-2${time}Z`, host: "web-1", application: "shop", action: "deploy", result: "confirmed" },
  ...{ ...(version === undefined ? {} : { version }), release, seconds: 3, steps: {}, ...more },
});
const LEDGER = [
  entry("0T10:00:00", "1.3.0", "aaaa11112222"),
  entry("1T10:00:00", "1.4.0", "bbbb11112222"),
  entry("2T10:00:00", "1.4.0", "cccc11112222"),
  entry("3T10:00:00", "1.5.0", "dddd11112222", { result: "reverted" }),
  entry("4T10:00:00", "1.6.0", "eeee11112222"),
  entry("5T10:00:00", "1.6.0", "ffff11112222", { host: "web-2" }),
];
const point = (named?: string, entries = LEDGER) => pointOf("shop", entries, named).version;

describe("the point to go back to", () => {
  it("is the version that was confirmed before the one of now, not one that was reverted", () =>
    expect(pointOf("shop", LEDGER, undefined)).toEqual({
      version: "1.4.0",
      release: "cccc11112222",
      time: "2026-11-22T10:00:00Z",
    }));
  it.each([
    ["1.3.0", "1.3.0"],
    ["v1.3.0", "1.3.0"],
    ["bbbb", "1.4.0"],
    ["aaaa11112222", "1.3.0"],
    ["2026-11-20", "1.3.0"],
  ])("is named by %s", (named, version) => expect(point(named)).toBe(version));
  it.each([["1.5.0"], ["dddd"], ["9.9.9"], ["1.4"], ["2025"], ["bb"]])("is none that %s names", (named) =>
    expect(() => point(named)).toThrow(
      `"${named}" is no deployment of shop that was confirmed; confirmed were 1.3.0 (2026-11-20T10:00:00Z), 1.4.0 (2026-11-22T10:00:00Z), 1.6.0 (2026-11-25T10:00:00Z)`,
    ),
  );
  it("is none where there was one version alone, or nothing", () => {
    expect(() => point(undefined, LEDGER.slice(1, 3))).toThrow(
      /^shop has no version to go back to: confirmed were 1\.4\.0 \(/,
    );
    expect(() => point(undefined, [])).toThrow(
      "shop has no version to go back to: none of its deployments was confirmed",
    );
  });
});
