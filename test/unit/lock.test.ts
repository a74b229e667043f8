/** What `slipway lock` and `slipway unlock` tell. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { refusalsIn } from "../../cli/deploy/pulumi.ts";
import { type LockReport, lockExitCode, lockJsonSchema, lockReportSchema, renderLock } from "../../cli/lock/report.ts";
import { CHECKOUT } from "../support/run.ts";

const FREEZE = { by: "anna@laptop", since: "2026-11-28T10:00:00Z", reason: "the sale" };
const report = (action: LockReport["action"], more: object): LockReport =>
  lockReportSchema.parse({ stack: "prod", action, applications: [{ application: "shop", host: "web-1", ...more }] });
const text = (action: LockReport["action"], more: object): string => renderLock(report(action, more), (_, one) => one);

it.each<[LockReport["action"], object, string, number]>([
  [
    "lock",
    { locked: true, ...FREEZE, underway: false },
    "locked by anna@laptop since 2026-11-28T10:00:00Z: the sale",
    0,
  ],
  [
    "lock",
    { locked: true, ...FREEZE, underway: true },
    "locked by anna@laptop since 2026-11-28T10:00:00Z: the sale; the deployment that runs there goes on",
    0,
  ],
  ["lock", { problem: "does not answer\x1b[2J" }, "does not answer", 1],
  [
    "unlock",
    { locked: false, ...FREEZE },
    "unlocked; it was locked by anna@laptop since 2026-11-28T10:00:00Z: the sale",
    0,
  ],
  ["unlock", { locked: false }, "was not locked", 0],
])("%s of one that is %j is told as %j", (action, more, said, code) => {
  expect(text(action, more)).toBe(`shop on web-1: ${said}\n`);
  expect(lockExitCode(report(action, more))).toBe(code);
});

it("what --json prints is published as it is", () => {
  const published: unknown = JSON.parse(readFileSync(`${CHECKOUT}/docs/lock.schema.json`, "utf8"));
  expect(published, "node cli/hosts/writeSchema.ts").toEqual(lockJsonSchema());
});

it("a deployment finds in its preview that hosts would refuse it, each sentence once", () => {
  const locked =
    "shop on web-1: is locked by anna@laptop since x: the sale, so no deployment begins; slipway unlock shop releases it";
  const closed =
    'shop on web-1: its deployment window is closed (days 1), so no deployment begins; wait, or say why it cannot: slipway deploy shop --outside-window "…"';
  expect(
    refusalsIn(`Diagnostics:\n  slipway:x:\n    warning: ${locked}\n    warning: ${closed}\n    warning: ${locked}\n`),
  ).toEqual([locked, closed]);
  expect(
    refusalsIn("    warning: shop on web-1: runs 1.4.0\n    info: x: is locked by y, so no deployment begins; z"),
  ).toEqual([]);
});
