/** Commands for jobs: what they are, one of them now, and what a run printed. */
import type { SlipwayCommand } from "../command.ts";
import { STACK } from "./options.ts";

const HOST = "on this host";

interface Options {
  stack?: string;
  host?: string;
}

export function addJobCommands(program: SlipwayCommand): void {
  const group = program.command("jobs").summary("tell the jobs of applications, run one now, show what a run printed");
  group
    .command("list [application]", { isDefault: true })
    .summary("tell all jobs: when they are due, and what became of the last run")
    .description(
      "Tells the jobs that the releases which serve declare, of all hosts of a stack: schedule, when each is due next, when it ran last, how that ended. Ends with 1 where a last run did not end well or was left out, where nobody looks whether a job is due, or where a host does not answer. docs/jobs.md tells more.",
    )
    .option("--stack <stack>", STACK)
    .option("--host <host>", `those ${HOST} alone`)
    .option("--json", "print what docs/jobs.schema.json describes")
    .examples("slipway jobs", "slipway jobs list shop", "slipway jobs --stack prod --json")
    .runs(async (application: string | undefined, { json = false, ...options }: Options & { json?: boolean }) => {
      const [{ jobs }, { jobsExitCode, renderJobs }, { paintOn }] = await Promise.all([
        import("../jobs/jobs.ts"),
        import("../jobs/report.ts"),
        import("../hosts/table.ts"),
      ]);
      const report = await jobs(application, options);
      process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : renderJobs(report, paintOn(process.stdout)));
      return jobsExitCode(report);
    });
  group
    .command("run <application> <job>")
    .summary("run a job now, beside its schedule")
    .description(
      "Runs a job now, as its schedule would: in a fresh container of the release that serves. Shows what it prints, and ends with 0 where it ended well, else with 1. Ctrl-C ends only the showing; the run goes on. docs/jobs.md tells more.",
    )
    .option("--stack <stack>", STACK)
    .option("--host <host>", `${HOST}, where several run it`)
    .examples("slipway jobs run shop cleanup", "slipway jobs run shop cleanup --stack prod --host web-1")
    .runs(async (application: string, job: string, options: Options) => {
      const [{ runJob }, { plain }, { untilInterrupted }] = await Promise.all([
        import("../jobs/jobs.ts"),
        import("../hosts/table.ts"),
        import("../hosts/interrupted.ts"),
      ]);
      const show = (line: string): void => void process.stdout.write(`${plain(line)}\n`);
      try {
        return await untilInterrupted((signal) => runJob({ ...options, application, job, show, signal }));
      } catch (error) {
        if (!/did not end well|ended before its end/.test((error as Error).message)) throw error;
        process.stderr.write(`slipway: ${plain((error as Error).message)}\n`);
        return 1;
      }
    });
  group
    .command("log <application> <job>")
    .summary("show what a run of a job printed")
    .description(
      "Shows what the last run of a job printed, or the one that is named, as its host keeps it: of the last ten runs the beginning and the end, without secrets. docs/jobs.md tells more.",
    )
    .option("--stack <stack>", STACK)
    .option("--host <host>", `${HOST}, where several run it`)
    .option(
      "--run <run>",
      "this run, by the name that slipway jobs --json tells (default: the last that printed anything)",
    )
    .examples("slipway jobs log shop cleanup", "slipway jobs log shop cleanup --run 20261128T023000-1a2b3c")
    .runs(async (application: string, job: string, options: Options & { run?: string }) => {
      const [{ showOutput }, { plain }] = await Promise.all([import("../jobs/jobs.ts"), import("../hosts/table.ts")]);
      await showOutput({ ...options, application, job, show: (line) => process.stdout.write(`${plain(line)}\n`) });
      return 0;
    });
}
