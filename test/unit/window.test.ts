import { describe, expect, it } from "vitest";
import { windowProblems } from "../../components/shared/window.ts";
import { problemsOf, SIMPLEST } from "../fixtures/application.ts";

const DAYS = "are not days; write numbers from 1 (Monday) to 7, like [1, 2, 3, 4, 5]";
const UNTIL = 'is not a time of day (UTC); write "17:00", or "24:00" for the end of the day';

describe("a deployment window", () => {
  it.each<[string, number[], string, string, string[]]>([
    ["may last all day", [1, 7], "00:00", "24:00", []],
    ["has days of the week only", [0, 1], "08:00", "17:00", [`days: [0,1] ${DAYS}`]],
    ["has whole days only", [1.5], "08:00", "17:00", [`days: [1.5] ${DAYS}`]],
    ["has a day at least", [], "08:00", "17:00", [`days: [] ${DAYS}`]],
    [
      "has times of day only",
      [1],
      "8:00",
      "25:00",
      ['from: "8:00" is not a time of day (UTC); write "08:00"', `until: "25:00" ${UNTIL}`],
    ],
    [
      "ends before midnight",
      [1],
      "22:00",
      "04:00",
      [
        'until: "04:00" is not after 22:00, and a window ends on the day it begins; write from: "22:00", until: "24:00", or from: "00:00", until: "04:00"',
      ],
    ],
    ["has time in it", [1], "08:00", "08:00", [expect.stringMatching(/^until: "08:00" is not after 08:00/)]],
  ])("%s", (_, days, from, until, found) =>
    expect(
      windowProblems({ days, from, until }).map(
        ({ key, value, remedy }) => `${key}: ${JSON.stringify(value)} ${remedy}`,
      ),
    ).toEqual(found),
  );

  it("is judged in a declaration", () =>
    expect(problemsOf({ ...SIMPLEST, preflight: { window: { days: [0], from: "8", until: "24:00" } } })).toEqual([
      `apps: shop.preflight.window.days: [0] ${DAYS}`,
      'apps: shop.preflight.window.from: "8" is not a time of day (UTC); write "08:00"',
    ]));
});
