/** What `slipway jobs` and `slipway status` make of what hosts say of jobs. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { jobsOf } from "../../cli/jobs/judge.ts";
import { type JobsReport, jobsExitCode, jobsJsonSchema, jobsReportSchema, renderJobs } from "../../cli/jobs/report.ts";
import { judge } from "../../cli/status/judge.ts";
import { renderStatus } from "../../cli/status/render.ts";
import { parseInspect } from "../../components/protocol/inspect.ts";
import { CHECKOUT } from "../support/run.ts";

const NOW = Date.parse("2026-11-28T12:00:00Z");
const GOOD = {
  time: "2026-11-28T02:30:09Z",
  job: "cleanup",
  result: "succeeded",
  code: 0,
  run: "20261128T023000-0a1b2c",
  by: "schedule",
  due: "2026-11-28T02:30:00Z",
  seconds: 9,
};
const JOB = {
  name: "cleanup",
  schedule: "30 2 * * *",
  zone: "UTC",
  here: true,
  looked: NOW / 1000 - 30,
  last: GOOD,
  running: null,
};
const host = {
  token: "t",
  scripts: "s",
  proxyRuns: true,
  watched: true,
  time: NOW / 1000,
};
const seen = (...jobs: object[]) =>
  parseInspect(
    JSON.stringify({
      host,
      applications: {
        shop: {
          release: "0123456789ab",
          version: "1.0.0",
          token: "t",
          owner: "prod::infra::x",
          differences: [],
          underway: null,
          jobs,
        },
      },
    }),
  );
const told = (more: object = {}) => jobsOf(seen({ ...JOB, ...more }).applications.shop!.jobs!, NOW);
const wrong = (more: object): string[] => told(more).flatMap((job) => job.wrong);
const reportOf = (more: object = {}, unread: JobsReport["unread"] = []): JobsReport => ({
  stack: "prod",
  time: "2026-11-28T12:00:00Z",
  jobs: told(more).map((job) => ({ ...job, application: "shop", host: "web-1" })),
  unread,
});
const plain = (_: unknown, text: string): string => text;

describe("a job whose last run ended well", () => {
  it("is told in one line with its next time, and nothing is wrong", () => {
    expect(wrong({})).toEqual([]);
    expect(renderJobs(reportOf(), plain).split("\n").slice(0, 2)).toEqual([
      "APPLICATION  JOB      HOST   SCHEDULE    NEXT     LAST RUN  RESULT     TOOK",
      "shop         cleanup  web-1  30 2 * * *  in 14 h  9 h ago   succeeded  9.0 s",
    ]);
    expect(jobsExitCode(reportOf())).toBe(0);
  });

  it("is told by the clock of its zone", () => {
    const [job] = told({ zone: "America/New_York" });
    expect(job!.next).toBe("2026-11-29T07:30:00Z");
    expect(renderJobs(reportOf({ zone: "America/New_York" }), plain)).toContain("30 2 * * * America/New_York");
  });

  it("is left out where another host runs it", () => expect(told({ here: false })).toEqual([]));
});

it("a job that never ran, or runs just now, is not wrong", () => {
  expect(wrong({ last: null, looked: null })).toEqual([]);
  const running = {
    running: { run: GOOD.run, by: "anna", began: String(NOW / 1000 - 4000) },
    looked: NOW / 1000 - 4000,
  };
  expect(wrong(running)).toEqual([]);
  expect(renderJobs(reportOf(running), plain)).toMatch(/ running +9\.0 s\n/);
});

it.each([
  [{ result: "failed", code: 3 }, "the job cleanup failed with 3 at 2026-11-28T02:30:09Z"],
  [
    { result: "failed", code: 137, reason: "it had no memory left" },
    "the job cleanup failed with 137 at 2026-11-28T02:30:09Z: it had no memory left",
  ],
  [
    { result: "overdue", reason: "it took longer" },
    "the job cleanup was overdue at 2026-11-28T02:30:09Z: it took longer",
  ],
  [{ result: "interrupted" }, "the job cleanup was interrupted at 2026-11-28T02:30:09Z"],
  [{ result: "skipped", reason: "why" }, "the job cleanup did not run at 2026-11-28T02:30:00Z: why"],
  [{ result: "missed" }, "the job cleanup did not run at 2026-11-28T02:30:00Z"],
])("of a last run that is %j it says why", (last, sentence) => {
  expect(wrong({ last: { ...GOOD, ...last } })).toEqual([sentence]);
  expect(jobsExitCode(reportOf({ last: { ...GOOD, ...last } }))).toBe(1);
});

it("a job for which nobody looked for ten minutes is told", () =>
  expect(wrong({ looked: NOW / 1000 - 700 })).toEqual([
    "nobody looked for 11 min whether the job cleanup is due; does cron run, and Docker answer?",
  ]));

it("status counts jobs, and says which are wrong", () => {
  const status = (more: object) => {
    const { host: of, applications } = judge(
      { host: "web-1", applications: { shop: { version: "1.0.0" } }, owner: "prod::infra::" },
      seen(JOB, { ...JOB, name: "report", ...more }),
    );
    return renderStatus({ stack: "prod", time: "2026-11-28T12:00:00Z", hosts: [of], applications }, plain);
  };
  expect(status({})).toMatch(/LOCK +JOBS +DISK\nshop .* free +2 good +-\n$/);
  expect(status({ last: { ...GOOD, result: "interrupted" } })).toMatch(
    / 1 of 2 wrong [\s\S]*shop on web-1: the job report was interrupted/,
  );
});

it("a host that cannot be asked is named, and hides no other", () => {
  const report = reportOf({}, [{ host: "web-2", problem: "does not answer" }]);
  expect(renderJobs(report, plain)).toMatch(/shop +cleanup[\s\S]*web-2: does not answer\n/);
  expect(jobsExitCode(report)).toBe(1);
});

it("docs/jobs.schema.json is what the code has; else run node cli/jobs/writeSchema.ts", () => {
  expect(JSON.parse(readFileSync(`${CHECKOUT}/docs/jobs.schema.json`, "utf8"))).toEqual(
    JSON.parse(JSON.stringify(jobsJsonSchema())),
  );
  expect(jobsReportSchema.parse(reportOf({ last: { ...GOOD, result: "failed", code: 3 } }))).toBeTruthy();
});
