/** What is told of jobs, for people and for scripts. */
import { z } from "zod";
import { age, lasted, type Paint, plain, renderTable, UNKNOWN } from "../hosts/table.ts";

const words = z.string().optional();

export const jobStatusSchema = z.strictObject({
  name: z.string(),
  schedule: z.string().describe("As it is declared."),
  timeZone: z.string(),
  next: words.describe("When it is due next, like 2026-11-21T10:02:00Z."),
  running: z
    .strictObject({ by: words, since: words })
    .optional()
    .describe("The run that is under way; absent where there is none."),
  last: z
    .strictObject({
      time: z.string().describe("When it ended, or was left out."),
      result: z
        .string()
        .describe(
          "succeeded; failed: by its exit code; overdue: it took longer than its deadline; interrupted: its processes or Docker were ended; skipped: the run before it was under way; missed: the host was off.",
        ),
      code: z.number().optional().describe("Exit code of the command."),
      reason: words,
      run: words.describe("Names its output: slipway jobs log --run."),
      by: words.describe("schedule, or who asked for it."),
      release: words,
      due: words,
      seconds: z.number().optional().describe("How long it took."),
    })
    .optional()
    .describe("What became of the last one; absent where none was yet."),
  wrong: z.array(z.string()).describe("What is wrong with it, a sentence each."),
});

export const jobsReportSchema = z.strictObject({
  stack: z.string(),
  application: words.describe("The one that was asked for; absent for all."),
  time: z.string().describe("When the hosts were asked, by this machine's clock."),
  jobs: z
    .array(jobStatusSchema.extend({ application: z.string(), host: z.string() }))
    .describe("Of the releases that serve, by application, host and name."),
  unread: z
    .array(z.strictObject({ host: z.string(), problem: z.string() }))
    .describe("Hosts that could not be asked, and why."),
});

export type JobStatus = z.infer<typeof jobStatusSchema>;
export type JobsReport = z.infer<typeof jobsReportSchema>;

const HEADINGS = ["APPLICATION", "JOB", "HOST", "SCHEDULE", "NEXT", "LAST RUN", "RESULT", "TOOK"];

export function renderJobs({ stack, application, time, jobs, unread }: JobsReport, paint: Paint): string {
  const wrong = jobs.flatMap((job) => job.wrong.map((one) => `${job.application} on ${job.host}: ${plain(one)}`));
  return [
    jobs.length === 0
      ? `No job ${application === undefined ? "" : `of ${application} `}is declared in what serves on the hosts of ${stack} that answered.\n`
      : renderTable([HEADINGS, ...jobs.map((job) => rowOf(job, Date.parse(time), paint))]),
    ...unread.map(({ host, problem }) => `${paint("red", `${host}: ${plain(problem)}`)}\n`),
    ...(wrong.length === 0 ? [] : ["\nWrong:\n", ...wrong.map((line) => `  ${paint("red", line)}\n`)]),
  ].join("");
}

function rowOf(job: JobsReport["jobs"][number], now: number, paint: Paint): string[] {
  const { application, name, host, schedule, timeZone, next, running, last } = job;
  const seconds = (time: string): number => (Date.parse(time) - now) / 1000;
  const result = running ? paint("yellow", "running") : plain(last?.result ?? UNKNOWN);
  return [
    application,
    name,
    host,
    plain(timeZone === "UTC" ? schedule : `${schedule} ${timeZone}`),
    next === undefined ? UNKNOWN : `in ${age(seconds(next))}`,
    last === undefined ? UNKNOWN : `${age(-seconds(last.time))} ago`,
    running || last === undefined || last.result === "succeeded" ? result : paint("red", result),
    last?.seconds === undefined ? UNKNOWN : lasted(last.seconds),
  ];
}

/** 1 where something is wrong, and where not all could be read. */
export const jobsExitCode = ({ jobs, unread }: JobsReport): number =>
  unread.length > 0 || jobs.some(({ wrong }) => wrong.length > 0) ? 1 : 0;

export const jobsJsonSchema = (): object => ({
  title: "What `slipway jobs --json` prints",
  ...z.toJSONSchema(jobsReportSchema, { io: "input" }),
});
