/** What a plan says of an application that is locked, or whose window is closed. */
import { describe, expect, it } from "vitest";
import { type Held, holdsUp, reasonLeft } from "../../components/deployment/holdsUp.ts";
import { escapedReason, reasonProblem } from "../../components/shared/reason.ts";

/** A Saturday. */
const NOW = new Date("2026-11-28T12:00:00Z");
const WEEK = { days: [1, 2, 3, 4, 5], from: "08:00", until: "17:00", timeZone: "Europe/Berlin" };
const held = (outsideWindow?: string, window: object = { window: WEEK }): Held => ({
  application: "shop",
  preflight: { freeMiB: 0, variables: [], ports: [], ...window },
  settings: outsideWindow === undefined ? {} : { outsideWindow },
});
const CLOSED = "days 1, 2, 3, 4, 5 from 08:00 to 17:00 Europe/Berlin, and now is day 6, 13:00";

describe("a deployment", () => {
  it("begins where nobody locks it, and no window is declared", () =>
    expect(holdsUp(held(undefined, {}), undefined, NOW)).toEqual([]));

  it("does not begin where somebody has locked it, whom the plan names", () => {
    const freeze = { by: "anna@laptop", since: "2026-11-28T10:00:00Z", reason: "the sale" };
    expect(holdsUp(held(undefined, {}), freeze, NOW)).toEqual([
      "is locked by anna@laptop since 2026-11-28T10:00:00Z: the sale, so no deployment begins; slipway unlock shop releases it",
    ]);
  });

  it("does not begin where a lock cannot be read", () =>
    expect(holdsUp(held(undefined, {}), { by: undefined, since: undefined, reason: undefined }, NOW)).toEqual([
      expect.stringMatching(/^is locked by somebody since some time: nobody knows why, so/),
    ]));

  it("does not begin outside of its window, unless there is a reason", () => {
    expect(holdsUp(held(), undefined, NOW)).toEqual([
      `its deployment window is closed (${CLOSED}), so no deployment begins; wait, or say why it cannot: slipway deploy shop --outside-window "…"`,
    ]);
    expect(holdsUp(held("no orders"), undefined, NOW)).toEqual([]);
    expect(holdsUp(held(), undefined, new Date("2026-11-27T12:00:00Z"))).toEqual([]);
  });
});

describe("a reason to deploy outside of the window", () => {
  it("is told where it counts", () =>
    expect(reasonLeft(held("no orders"), true, NOW)).toBe(
      `its deployment window is closed (${CLOSED}); it is deployed all the same: no orders`,
    ));

  it.each([
    ["the window is open", held("no orders"), true, new Date("2026-11-27T12:00:00Z")],
    ["nothing is deployed", held("no orders"), false, NOW],
    ["there is no window", held("no orders", {}), true, NOW],
  ])("that is left in the settings is told to go where %s", (_, plan, deploys, now) =>
    expect(reasonLeft(plan, deploys, now)).toMatch(/^slipway:applications\.shop\.outsideWindow can be removed;/),
  );

  it("that is not there is not told of", () => expect(reasonLeft(held(), true, NOW)).toBeUndefined());

  it.each([
    ["no orders come in", undefined],
    ['Überlauf 🚢 "jetzt" \\', undefined],
    ["", 'is empty; say why, like "the shop must take orders tonight"'],
    [" ", 'is empty; say why, like "the shop must take orders tonight"'],
    ["one\ntwo", "is more than one line of text; say why in one line"],
    ["\x1b[31m", "is more than one line of text; say why in one line"],
    ["x".repeat(1001), "is too long; say why in fewer words, 150 or less"],
    ["ü".repeat(167), "is too long; say why in fewer words, 150 or less"],
  ])("is one line of text: %j", (text, problem) => expect(reasonProblem(text)).toBe(problem));

  it("goes to a host in ASCII, and is the same there", () => {
    const text = 'Überlauf 🚢 "jetzt" \\';
    expect(escapedReason(text)).toMatch(/^[ -~]+$/);
    expect(JSON.parse(`"${escapedReason(text)}"`)).toBe(text);
  });
});
