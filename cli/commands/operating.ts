/** Commands for what runs: they read hosts, and change nothing. */
import type { SlipwayCommand } from "../command.ts";
import type { StatusReport } from "../status/report.ts";
import { STACK } from "./options.ts";

const EVERY_MS = 5000;

export function addOperatingCommands(program: SlipwayCommand): void {
  program
    .command("status")
    .summary("tell what all hosts run, and what is wrong with it")
    .description(
      "Asks all hosts of a stack at once, and tells in one table what runs there: version, health, since when, drift from what was confirmed, age of the newest backup, days of the certificate, who holds the lock, free disk. Ends with 1 where something is wrong: a host does not answer, a container is unhealthy, something differs. docs/day-to-day.md tells more.",
    )
    .option("--stack <stack>", STACK)
    .option("--host <host>", "this host alone")
    .option("--watch", "tell it again every few seconds, until Ctrl-C")
    .option("--json", "print what docs/status.schema.json describes")
    .examples("slipway status", "slipway status --stack prod --watch", "slipway status --json")
    .runs(async ({ json = false, watch: isWatched = false, ...options }) => {
      const [{ status, watch }, { statusExitCode }, { renderStatus }, { paintOn }] = await Promise.all([
        import("../status/status.ts"),
        import("../status/report.ts"),
        import("../status/render.ts"),
        import("../hosts/table.ts"),
      ]);
      const text = (report: StatusReport): string =>
        json ? `${JSON.stringify(report, null, isWatched ? 0 : 2)}\n` : renderStatus(report, paintOn(process.stdout));
      if (!isWatched) {
        const report = await status(options);
        process.stdout.write(text(report));
        return statusExitCode(report);
      }
      const { untilInterrupted } = await import("../hosts/interrupted.ts");
      // On a terminal, from its upper left corner; what was there is cleared.
      const clear = process.stdout.isTTY && !json ? "\x1b[H\x1b[2J\x1b[3J" : "";
      return untilInterrupted((signal) =>
        watch({ ...options, signal, every: EVERY_MS, show: (report) => process.stdout.write(clear + text(report)) }),
      );
    });
  program
    .command("history [application]")
    .summary("tell what was deployed, by whom, and what became of it")
    .description(
      "Tells the deployments of all hosts of a stack by time, the newest last: who, when, what, how long, what became of it, and why. An application that is in the settings no more is told of by its name. A host that cannot be asked is named, and hides no other. docs/day-to-day.md tells more.",
    )
    .option("--stack <stack>", STACK)
    .option("--host <host>", "of this host alone")
    .option("--limit <number>", "the newest, this many", "20")
    .option("--json", "print what docs/history.schema.json describes")
    .examples("slipway history", "slipway history shop --limit 100", "slipway history --host web-1 --json")
    .runs(async (application, { json = false, ...options }) => {
      const [{ history }, { historyExitCode, renderHistory }, { paintOn }] = await Promise.all([
        import("../history/history.ts"),
        import("../history/report.ts"),
        import("../hosts/table.ts"),
      ]);
      const report = await history(application, options);
      process.stdout.write(
        json ? `${JSON.stringify(report, null, 2)}\n` : renderHistory(report, paintOn(process.stdout)),
      );
      return historyExitCode(report);
    });
  program
    .command("logs [application] [services...]")
    .summary("show what applications printed, across hosts and services")
    .description(
      "Shows what the containers of an application printed, of all its hosts by time, each line with its host, application and container: the last 100 lines of each container, or all since a time. With --follow it goes on, also with the containers of later deployments, until Ctrl-C, which leaves nothing on the hosts. docs/day-to-day.md tells more.",
    )
    .option("--stack <stack>", STACK)
    .option("--host <host>", "of this host alone")
    .option("-f, --follow", "go on with what is printed from now on, until Ctrl-C")
    .option("--since <age>", "all of the last time, like 30s, 10m, 2h, 3d")
    .option("--grep <expression>", "only lines with this regular expression")
    .examples(
      "slipway logs shop",
      "slipway logs shop web worker -f",
      "slipway logs shop --since 2h --grep 'error|warn'",
    )
    .runs(async (application, services, options) => {
      const [{ logs }, { painter }, { paintOn, plain }, { untilInterrupted }] = await Promise.all([
        import("../logs/logs.ts"),
        import("../logs/line.ts"),
        import("../hosts/table.ts"),
        import("../hosts/interrupted.ts"),
      ]);
      const render = painter(paintOn(process.stdout));
      let isWhole = true;
      const code = await untilInterrupted((signal) =>
        logs({
          ...options,
          application,
          services,
          signal,
          show: (line) => process.stdout.write(render(line)),
          tell: (problem) => {
            isWhole = false;
            process.stderr.write(`${plain(problem)}\n`);
          },
        }),
      );
      return code === 0 && !isWhole ? 1 : code;
    });
}
