/** Jobs as they are declared: what is refused, what a release and its review say of them. */
import { describe, expect, it } from "vitest";
import type { ApplicationSpec, JobSpec } from "../../components/application/declaration.ts";
import { receivedManifest } from "../../components/protocol/received.ts";
import { reviewOf } from "../../components/release/review.ts";
import { nextDue, readSchedule } from "../../components/shared/schedule.ts";
import { type Given, problemsOf, releaseOf, SIMPLEST, stackOf } from "../fixtures/application.ts";

const CLEANUP: JobSpec = { schedule: "30 2 * * *", command: ["node", "cleanup.js"] };
const shop = (more: Partial<JobSpec> = {}): ApplicationSpec => ({
  ...SIMPLEST,
  jobs: { cleanup: { ...CLEANUP, ...more } },
});
const manifestOf = (spec: ApplicationSpec, given?: Given) => JSON.parse(releaseOf(spec, given).files["manifest.json"]);
const jobOf = (more: Partial<JobSpec>, given?: Given) => manifestOf(shop(more), given).jobs.cleanup;

describe("a job", () => {
  it("is in the manifest with its numbers, and runs in the first own service, by UTC, for an hour at most", () =>
    expect(manifestOf(shop()).jobs).toEqual({
      cleanup: {
        service: "web",
        command: ["node", "cleanup.js"],
        timeout: 3600,
        schedule: "30 2 * * *",
        minutes: [30],
        hours: [2],
        fixed: true,
      },
    }));

  it("says what differs from that", () =>
    expect(jobOf({ schedule: "@hourly", timeZone: "Europe/Berlin", deadline: "90s", missed: "skip" })).toMatchObject({
      minutes: [0],
      zone: "Europe/Berlin",
      timeout: 90,
      missed: "skip",
    }));

  it("runs on the first of several hosts, unless it is for all", () => {
    const given = { settings: { hosts: ["web-1", "web-2"] } };
    expect(jobOf({}, given).host).toBe("web-1");
    expect(jobOf({ hosts: "all" }, given)).not.toHaveProperty("host");
    expect(jobOf({})).not.toHaveProperty("host");
  });

  it("is something that hosts take", () => {
    const all = { schedule: "*/5 1-3 1,15 JAN-MAR MON", timeZone: "America/Argentina/Buenos_Aires" };
    const manifest = manifestOf(shop(all), { settings: { hosts: ["web-1", "web-2"] } });
    expect(receivedManifest.parse(manifest).jobs).toEqual(manifest.jobs);
  });

  it("changes nothing in the release of an application without one", () =>
    expect(manifestOf({ ...SIMPLEST, jobs: {} })).toEqual(manifestOf(SIMPLEST)));

  it("is shown in the plan as it is declared, without its numbers", () => {
    const stack = stackOf(shop({ timeZone: "Europe/Berlin" }));
    const shown = reviewOf(stack, releaseOf(shop({ timeZone: "Europe/Berlin" }))).jobs;
    expect(shown).toMatchObject({ cleanup: { schedule: "30 2 * * *", zone: "Europe/Berlin", service: "web" } });
    expect(JSON.stringify(shown)).not.toMatch(/minutes|fixed/);
  });

  it.each<[string, Partial<JobSpec>, string]>([
    ["of another service", { service: "db" }, 'jobs.cleanup.service: "db" is not one of its own services: web'],
    ["without words", { command: [] }, "jobs.cleanup.command: [] must be words without line breaks"],
    ["in no time zone", { timeZone: "Mars/Base" }, 'jobs.cleanup.timeZone: "Mars/Base" is no time zone; write one of'],
    ["in a time zone of other letters", { timeZone: "europe/berlin" }, 'write "Europe/Berlin"'],
    ["with no time as deadline", { deadline: "soon" }, 'jobs.cleanup.deadline: "soon" is not a time; write'],
    [
      "with a deadline of nothing",
      { deadline: "0s" },
      'jobs.cleanup.deadline: "0s" is not between a second and a year',
    ],
    [
      "with four fields",
      { schedule: "0 2 * *" },
      'jobs.cleanup.schedule: "0 2 * *" is no schedule; write minute, hour',
    ],
    ["at minute 61", { schedule: "61 2 * * *" }, "is no schedule (Invalid value for minute: 61)"],
    ["with seconds", { schedule: "0 0 2 * * *" }, "is no schedule"],
    ["on a day of other programs", { schedule: "0 2 L * *" }, "is no schedule"],
    ["on a day that no month has", { schedule: "0 2 30 2 *" }, "names a day that no month has"],
    ["at no time", { schedule: "" }, "is no schedule"],
    ["for a word that means nothing", { missed: "twice" as "once" }, "jobs.cleanup.missed"],
  ])("%s is refused", (_, more, problem) => {
    const problems = problemsOf(shop(more));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
    expect(problems[0]).toMatch(/^apps: shop\.jobs\.cleanup\./);
  });

  it("of a name that is none is refused, and so is a key that means nothing", () => {
    expect(problemsOf({ ...SIMPLEST, jobs: { "Clean up": CLEANUP } })).toEqual([
      expect.stringMatching(/^apps: shop\.jobs: "Clean up" is not a valid name/),
    ]);
    expect(problemsOf(shop({ shedule: "1" } as Partial<JobSpec>))).toEqual([
      expect.stringContaining('did you mean "schedule"?'),
    ]);
  });
});

describe("a schedule", () => {
  it.each([
    ["* * * * *", {}],
    ["*/20 * * * *", { minutes: [0, 20, 40] }],
    ["0 9-17/4 * * mon-fri", { minutes: [0], hours: [9, 13, 17], weekdays: [1, 2, 3, 4, 5] }],
    ["0 0 * * 7", { minutes: [0], hours: [0], weekdays: [0], fixed: true }],
    ["5,10 4 1 */6 *", { minutes: [5, 10], hours: [4], days: [1], months: [1, 7], fixed: true }],
    ["@weekly", { minutes: [0], hours: [0], weekdays: [0], fixed: true }],
  ])("of %s is these numbers", (text, numbers) => expect(readSchedule(text)).toEqual(numbers));

  it("tells its next time by the clock of a zone", () => {
    const after = new Date("2026-03-28T12:00:00Z");
    expect(nextDue("30 4 * * *", "Europe/Berlin", after)).toEqual(new Date("2026-03-29T02:30:00Z"));
    expect(nextDue("30 2 * * *", "Europe/Berlin", after)).toEqual(new Date("2026-03-29T01:00:00Z"));
  });
});
