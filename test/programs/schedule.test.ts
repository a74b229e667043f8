/** When jobs are due, as the host's bash decides it: the same as the library that read the schedule, in all kinds of zones. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextDue, readSchedule } from "../../components/shared/schedule.ts";
import { hostShell } from "../support/hostShell.ts";

interface Case {
  schedule: string;
  zone: string;
  /** Seconds since 1970. */
  from: number;
  until: number;
}

const { run } = hostShell("schedule");

/** What latest_due says of each, all in one bash. */
function decided(cases: Case[]): string[] {
  const lines = cases.map(({ schedule, zone, from, until }) => {
    const { minutes, hours, days, months, weekdays, fixed = "" } = readSchedule(schedule);
    const sets = [minutes, hours, days, months, weekdays].map((set) => (set ? ` ${set.join(" ")} ` : ""));
    return [zone, ...sets, fixed, from, until].join("|");
  });
  const body = `while IFS='|' read -r ZONE MINUTES HOURS DAYS MONTHS WEEKDAYS FIXED from until; do
      latest_due "$from" "$until"; printf '%s\\n' "$DUE"; done`;
  const { stdout, stderr } = run(body, { parts: "lib/schedule", input: lines.map((line) => `${line}\n`).join("") });
  expect(stderr).toBe("");
  return stdout.trimEnd().split("\n").slice(0, cases.length);
}

function expected({ schedule, zone, from, until }: Case): string {
  let latest = "";
  for (let at = nextDue(schedule, zone, new Date(from * 1000)); at !== undefined; at = nextDue(schedule, zone, at)) {
    if (at.getTime() > until * 1000) return latest;
    latest = String(at.getTime() / 1000);
  }
  return latest;
}

const at = (text: string): number => Date.parse(text) / 1000;
const time = (text: string): string => (text === "" ? "" : new Date(Number(text) * 1000).toISOString().slice(0, 16));
const latest = (schedule: string, zone: string, from: string, until: string): string =>
  time(decided([{ schedule, zone, from: at(from), until: at(until) }])[0]!);

/** With changes of the clock by an hour and by half of one, at midnight and at noon of UTC, and without any. */
const ZONES = [
  ...["UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Chatham"],
  ...["Asia/Kathmandu", "Asia/Beirut", "America/Santiago", "Africa/Cairo", "Europe/Dublin", "Etc/GMT+5"],
];
const HOUR = 3600;
const [START, END] = [at("2022-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z")];

const formatOf = (zone: string) => new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
/** Hours before which a zone's clocks were changed. */
const changes = (zone: string): number[] => {
  const found: number[] = [];
  const format = formatOf(zone);
  const offset = (seconds: number): string => format.format(seconds * 1000).replace(/^.*, /, "");
  for (let day = START; day < END; day += 24 * HOUR) {
    if (offset(day) === offset(day + 24 * HOUR)) continue;
    for (let hour = day; hour < day + 24 * HOUR; hour += HOUR)
      if (offset(hour) !== offset(hour + HOUR)) found.push(hour);
  }
  return found;
};
const CHANGES = Object.fromEntries(ZONES.map((zone) => [zone, changes(zone)]));

const number = (least: number, most: number) => fc.integer({ min: least, max: most });
/** One, a list, a range, or steps. */
const field = (least: number, most: number, often = 1) =>
  fc.oneof(
    { weight: often, arbitrary: fc.constant("*") },
    { weight: 2, arbitrary: number(least, most).map(String) },
    { weight: 1, arbitrary: fc.array(number(least, most), { minLength: 2, maxLength: 4 }).map((all) => all.join(",")) },
    { weight: 1, arbitrary: number(2, 20).map((step) => `*/${Math.min(step, most)}`) },
    {
      weight: 1,
      arbitrary: fc.tuple(number(least, most), number(least, most)).map((all) => all.sort((a, b) => a - b).join("-")),
    },
  );
const schedule = fc
  .tuple(field(0, 59), field(0, 4, 2), field(1, 28, 6), field(1, 12, 8), field(0, 6, 6))
  .map((fields) => fields.join(" "));
/** Whole minutes; many around a change of the clocks. */
const cases = fc
  .tuple(schedule, fc.constantFrom(...ZONES), number(0, 1_000_000), fc.boolean(), number(0, 240), number(1, 400))
  .map(([text, zone, place, isNear, before, minutes]): Case => {
    const near = CHANGES[zone]!;
    const middle = isNear && near.length > 0 ? near[place % near.length]! : START + ((END - START) * place) / 1_000_000;
    const from = Math.floor(middle / 60) * 60 - before * 60;
    return { schedule: text, zone, from, until: from + minutes * 60 };
  });

describe("a host and the library that read the schedule", () => {
  it("agree on the latest time at which a job is due", () => {
    const all = fc.sample(cases, { numRuns: 400, ...(process.env.SEED ? { seed: Number(process.env.SEED) } : {}) });
    const wrong = decided(all)
      .map((found, index) => ({ ...all[index]!, found: time(found), wanted: time(expected(all[index]!)) }))
      .filter(({ found, wanted }) => found !== wanted);
    expect(wrong).toEqual([]);
  });
});

describe("a job at a fixed time", () => {
  it("is due at its minute, and not before", () => {
    expect(latest("30 2 * * *", "UTC", "2026-03-01T02:28:00Z", "2026-03-01T02:29:59Z")).toBe("");
    expect(latest("30 2 * * *", "UTC", "2026-03-01T02:29:00Z", "2026-03-01T02:30:40Z")).toBe("2026-03-01T02:30");
    expect(latest("30 2 * * *", "UTC", "2026-03-01T02:30:00Z", "2026-03-01T02:31:00Z")).toBe("");
  });

  it("is due at the first minute after the gap, where the clocks leave its time out", () =>
    expect(latest("30 2 * * *", "Europe/Berlin", "2026-03-29T00:59:00Z", "2026-03-29T01:00:00Z")).toBe(
      "2026-03-29T01:00",
    ));

  it("is due there too where the gap ends on the next day", () =>
    expect(latest("30 23 * * *", "America/Nuuk", "2024-03-31T00:59:00Z", "2024-03-31T01:00:00Z")).toBe(
      "2024-03-31T01:00",
    ));

  it("is due once where its time comes twice", () => {
    const seen = (from: string, until: string) => latest("30 2 * * *", "Europe/Berlin", from, until);
    expect(seen("2026-10-25T00:29:00Z", "2026-10-25T00:30:00Z")).toBe("2026-10-25T00:30");
    expect(seen("2026-10-25T01:29:00Z", "2026-10-25T01:30:00Z")).toBe("");
  });
});

it("a job of every hour is due in both of the hours that have the same name, and in none that does not exist", () => {
  const seen = (from: string, until: string) => latest("30 * * * *", "Europe/Berlin", from, until);
  expect(seen("2026-10-25T00:29:00Z", "2026-10-25T00:30:00Z")).toBe("2026-10-25T00:30");
  expect(seen("2026-10-25T01:29:00Z", "2026-10-25T01:30:00Z")).toBe("2026-10-25T01:30");
  expect(seen("2026-03-29T00:31:00Z", "2026-03-29T01:29:00Z")).toBe("");
});

it("what was missed in a month is found within a second, at its latest time", () => {
  const began = performance.now();
  expect(latest("0 4 1 * *", "Europe/Berlin", "2026-10-28T00:00:00Z", "2026-11-28T00:00:00Z")).toBe("2026-11-01T03:00");
  expect(performance.now() - began).toBeLessThan(1000);
});
