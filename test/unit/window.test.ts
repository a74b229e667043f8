import { describe, expect, it } from "vitest";
import {
  closedAt,
  type DeploymentWindow,
  deploymentWindowProblems,
  windowProblems,
} from "../../components/shared/window.ts";
import { problemsOf, SIMPLEST } from "../fixtures/application.ts";

const DAYS = "are not days; write numbers from 1 (Monday) to 7, like [1, 2, 3, 4, 5]";
const UNTIL = 'is not a time of day (UTC); write "17:00", or "24:00" for the end of the day';
const SAME = 'until: "08:00" is when it begins; for whole days write from: "00:00", until: "24:00"';
const NO_ZONE = 'is not a time zone; write one of the tz database, like "Europe/Berlin"';

const said = (problems: ReturnType<typeof windowProblems>): string[] =>
  problems.map(({ key, value, remedy }) => `${key}: ${JSON.stringify(value)} ${remedy}`);

describe("a deployment window", () => {
  it.each<[string, number[], string, string, string[]]>([
    ["may last all day", [1, 7], "00:00", "24:00", []],
    ["may go over midnight", [5], "22:00", "04:00", []],
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
    ["has time in it", [1], "08:00", "08:00", [SAME]],
  ])("%s", (_, days, from, until, found) =>
    expect(said(deploymentWindowProblems({ days, from, until }))).toEqual(found),
  );

  it.each([
    ["Europe/Berlin", []],
    ["America/Argentina/Buenos_Aires", []],
    ["Etc/GMT+5", []],
    ["US/Pacific", []],
    ["europe/berlin", ['timeZone: "europe/berlin" is not written as the tz database has it; write "Europe/Berlin"']],
    ["Europe/Berln", [`timeZone: "Europe/Berln" ${NO_ZONE}`]],
    ["+02:00", [`timeZone: "+02:00" ${NO_ZONE}`]],
    ["../../etc/passwd", [`timeZone: "../../etc/passwd" ${NO_ZONE}`]],
    ["", [`timeZone: "" ${NO_ZONE}`]],
  ])("has a time zone of the tz database: %j", (timeZone, found) =>
    expect(said(deploymentWindowProblems({ days: [1], from: "08:00", until: "17:00", timeZone }))).toEqual(found),
  );

  it("is judged in a declaration", () =>
    expect(
      problemsOf({
        ...SIMPLEST,
        preflight: { window: { days: [0], from: "8", until: "24:00", timeZone: "Berlin" } },
      }),
    ).toEqual([
      `apps: shop.preflight.window.days: [0] ${DAYS}`,
      'apps: shop.preflight.window.from: "8" is not a time of day; write "08:00"',
      `apps: shop.preflight.window.timeZone: "Berlin" ${NO_ZONE}`,
    ]));
});

it("a window of one day in UTC, as a workflow has it, ends before midnight", () => {
  expect(said(windowProblems({ days: [1], from: "22:00", until: "04:00" }))).toEqual([
    'until: "04:00" is not after 22:00, and a window ends on the day it begins; write from: "22:00", until: "24:00", or from: "00:00", until: "04:00"',
  ]);
  expect(said(windowProblems({ days: [1], from: "08:00", until: "08:00" }))).toHaveLength(1);
});

describe("a window is", () => {
  const berlin: DeploymentWindow = { days: [7], from: "02:00", until: "04:00", timeZone: "Europe/Berlin" };
  const night: DeploymentWindow = { days: [5, 7], from: "22:00", until: "04:00" };

  // 2026-11-27 is a Friday; in Berlin summer time begins on 2026-03-29 and ends on 2026-10-25, Sundays.
  it.each<[string, string, DeploymentWindow, string | undefined]>([
    ["closed the minute before it begins", "2026-11-27T21:59:59Z", night, "day 5, 21:59"],
    ["open from its first second", "2026-11-27T22:00:00Z", night, undefined],
    ["open after midnight", "2026-11-28T03:59:59Z", night, undefined],
    ["closed when it has ended", "2026-11-28T04:00:00Z", night, "day 6, 04:00"],
    ["closed in the night of a day that is not its", "2026-11-28T22:00:00Z", night, "day 6, 22:00"],
    ["open from Sunday into Monday", "2026-11-30T01:00:00Z", night, undefined],
    ["open by the winter's clock", "2026-11-29T01:00:00Z", berlin, undefined],
    ["closed by the winter's clock", "2026-11-29T00:59:00Z", berlin, "day 7, 01:59"],
    ["open by the summer's clock", "2026-07-05T00:00:00Z", berlin, undefined],
    ["closed by the summer's clock", "2026-07-05T02:00:00Z", berlin, "day 7, 04:00"],
    ["closed before the hour that is left out", "2026-03-29T00:59:00Z", berlin, "day 7, 01:59"],
    ["open after the hour that is left out", "2026-03-29T01:00:00Z", berlin, undefined],
    ["open in the hour that comes twice, the first time", "2026-10-25T00:30:00Z", berlin, undefined],
    ["open in the hour that comes twice, the second time", "2026-10-25T01:30:00Z", berlin, undefined],
    [
      "closed on a day that is another one there",
      "2026-11-28T23:30:00Z",
      { days: [6], from: "00:00", until: "24:00", timeZone: "Asia/Kolkata" },
      "day 7, 05:00",
    ],
  ])("%s", (_, now, window, closed) => {
    const found = closedAt(window, new Date(now));
    expect(found).toEqual(closed === undefined ? undefined : expect.stringContaining(`and now is ${closed}`));
  });
});
