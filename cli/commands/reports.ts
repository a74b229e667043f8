/** Commands that look back, by the ledgers of the hosts. */
import type { SlipwayCommand } from "../command.ts";

const FROM = "what slipway history --json wrote, or entries of it, one a line (default: the hosts are asked)";
const STACK = "the stack whose hosts are asked (default: the only one that has a file, else the one that is selected)";

export function addReportCommands(program: SlipwayCommand): void {
  program
    .command("report")
    .summary("make a page of what was deployed: how often, how fast, how well")
    .description(
      "Prints one HTML page that needs nothing beside itself: for each application and environment deployment frequency, lead time, change failure rate, time to restore, durations, rollbacks, and who deployed. Ends with 1 where something is missing in it, which it says. docs/reports.md tells more.",
    )
    .option("--stack <stack>", STACK)
    .option("--from <file...>", FROM)
    .option("--since <day>", "deployments from this day on, in UTC (default: all)")
    .option("--until <day>", "deployments before this day, in UTC (default: now)")
    .option("--commits <application=folder...>", "a checkout whose tags v1.4.0, … tell the lead time")
    .examples(
      "slipway report --stack prod > report.html",
      "slipway report --stack prod --since 2026-11-01 --commits shop=../shop > report.html",
    )
    .runs(async ({ from, stack, ...options }) => {
      const [{ gather }, { reportOf }, { page }] = await Promise.all([
        import("../report/gather.ts"),
        import("../report/report.ts"),
        import("../report/page.ts"),
      ]);
      const report = reportOf(await gather({ from, stack }), options, Date.now());
      process.stdout.write(page(report));
      for (const one of report.missing) process.stderr.write(`${one}\n`);
      return report.missing.length > 0 || report.series.length === 0 ? 1 : 0;
    });
  program
    .command("post-mortem <deployment>")
    .summary("begin a document about a deployment that went wrong")
    .description(
      "Prints a Markdown document about one deployment: what was deployed and by whom, what failed and why, what served meanwhile, for how long, and a timeline; with sections for people to fill in. The deployment is named by its release, its version, or the beginning of its time in UTC. docs/reports.md tells more.",
    )
    .option("--stack <stack>", STACK)
    .option("--from <file...>", FROM)
    .option("--application <name>", "of this application alone")
    .examples(
      "slipway post-mortem 2026-11-28T02:21 --stack prod > post-mortem.md",
      "slipway post-mortem 0123456789ab --application shop --from history.json",
    )
    .runs(async (named, { from, stack, application }) => {
      const [{ gather }, { postMortem }] = await Promise.all([
        import("../report/gather.ts"),
        import("../report/postMortem.ts"),
      ]);
      process.stdout.write(postMortem((await gather({ from, stack })).entries, named, application));
      return 0;
    });
}
