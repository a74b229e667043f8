/** Commands for data: backups, drills, the points that there are, and the way back to one. */
import type { ActReport } from "../backups/report.ts";
import type { SlipwayCommand } from "../command.ts";
import { STACK } from "./options.ts";

interface Options {
  stack?: string;
  host?: string;
  name?: string;
  json?: boolean;
}

export function addBackupCommands(program: SlipwayCommand): void {
  acting(
    program,
    "backup",
    "take backups of applications' data now, beside their schedule",
    "Takes the backups that the releases which serve declare, of these applications or of all of a stack, one after another, as their schedules would: each is taken whole, verified, and sent to its destination. Shows what the hosts say of it, and ends with 1 where one did not end well: it could not be taken or sent, is empty, or shrunk by half.",
    ["slipway backup shop", "slipway backup shop --name orders", "slipway backup --stack prod --json"],
  );
  acting(
    program,
    "drill",
    "prove that applications' data can be restored",
    "Restores the newest good backup of each into throwaway containers of the release's own images, beside what runs and without a network, asks the declared query, and removes them. The result, how long it took and how old the data is go to the ledger, and to slipway status. A deployment that migrates is refused where the last good drill is older than preflight.proof says. Ends with 1 where one did not end well.",
    ["slipway drill shop", "slipway drill --stack prod", "slipway drill shop --name orders --json"],
  );
  of(program.command("points <application>"), "points")
    .summary("tell the points in time to which an application's data can be restored")
    .description(
      "Tells the backups that are kept of an application, the newest first: when each was taken, of which version, how large it is, and whether it is suspect (empty, or shrunk by half). Ends with 1 where a host does not answer. docs/backups.md tells more.",
    )
    .examples("slipway points shop", "slipway points shop --name orders --json")
    .runs(async (application: string, { json = false, ...options }: Options) => {
      const [{ points }, { pointsExitCode }, { renderPoints }, { paintOn }] = await Promise.all([
        import("../backups/points.ts"),
        import("../backups/report.ts"),
        import("../backups/render.ts"),
        import("../hosts/table.ts"),
      ]);
      const report = await points(application, options);
      process.stdout.write(
        json ? `${JSON.stringify(report, null, 2)}\n` : renderPoints(report, paintOn(process.stdout)),
      );
      return pointsExitCode(report);
    });
  of(program.command("restore <application> [point]"), "restore")
    .summary("put an application's data back to what it was")
    .description(
      "Says what it overwrites, of when the point is and what is lost, and asks. Then it restores the point (by default the newest that is good) beside what is there, checks it by the declared query, and only then puts it in its place, while requests are held. What was there is kept aside: --back puts it back, --drop removes it. Where anything fails, what was there serves on. docs/backups.md tells more.\n\nExit codes: 0 done, 1 it did not end well (the last line says what is there now), 2 refused before anything was changed.",
    )
    .option("--back", "put back what the last restore has kept aside")
    .option("--drop", "remove what the last restore has kept aside")
    .option("-y, --yes", "ask nothing; needed without a terminal")
    .examples(
      "slipway restore shop",
      "slipway restore shop 1a2b3c4d --name orders",
      "slipway restore shop --back",
      "slipway restore shop --drop --yes",
    )
    .runs(restoring);
}

const of = (command: SlipwayCommand, schema: string): SlipwayCommand =>
  command
    .option("--stack <stack>", STACK)
    .option("--host <host>", "the data of this host, where the application runs on several")
    .option("--name <backup>", "this backup alone, where the application declares several")
    .option("--json", `print what docs/${schema}.schema.json describes`) as SlipwayCommand;

function acting(
  program: SlipwayCommand,
  what: ActReport["act"],
  summary: string,
  description: string,
  examples: string[],
): void {
  of(program.command(`${what} [applications...]`), "backups")
    .summary(summary)
    .description(`${description} Ctrl-C ends only the showing; the run goes on. docs/backups.md tells more.`)
    .examples(...examples)
    .runs(async (applications: string[], { json = false, ...options }: Options) => {
      const [{ act }, { actExitCode }, { renderActs }, { paintOn, plain }, { untilInterrupted }] = await Promise.all([
        import("../backups/act.ts"),
        import("../backups/report.ts"),
        import("../backups/render.ts"),
        import("../hosts/table.ts"),
        import("../hosts/interrupted.ts"),
      ]);
      const stream = json ? process.stderr : process.stdout;
      const show = (line: string): void => void stream.write(`${plain(line)}\n`);
      let found = 0;
      const code = await untilInterrupted(async (signal) => {
        const report = await act(what, applications, { ...options, show, signal });
        found = actExitCode(report);
        process.stdout.write(
          json ? `${JSON.stringify(report, null, 2)}\n` : renderActs(report, Date.now(), paintOn(process.stdout)),
        );
      });
      return code === 0 ? found : code;
    });
}

type RestoreWords = Options & { back?: boolean; drop?: boolean; yes?: boolean };

async function restoring(
  application: string,
  point: string | undefined,
  { json = false, back = false, drop = false, yes = false, ...options }: RestoreWords,
): Promise<number> {
  if (back && drop) throw new Error("restore: --back and --drop are opposites; give one of them");
  if ((back || drop) && point !== undefined)
    throw new Error(`restore: ${point} is a point, and ${back ? "--back" : "--drop"} takes none; give one of the two`);
  const [{ restore }, { renderIntent }, { paintOn, plain }, { confirmed }, { untilInterrupted }] = await Promise.all([
    import("../backups/restore.ts"),
    import("../backups/render.ts"),
    import("../hosts/table.ts"),
    import("../deploy/ask.ts"),
    import("../hosts/interrupted.ts"),
  ]);
  if (json && !yes) throw new Error("restore: --json asks nothing, so give --yes with it");
  const ask = confirmed(yes, `give --yes to do it; slipway points ${application} shows what there is`);
  const act = back ? "back" : drop ? "drop" : "restore";
  const stream = json ? process.stderr : process.stdout;
  let result = 0;
  const code = await untilInterrupted(async (signal) => {
    const report = await restore(application, {
      ...options,
      act,
      point,
      signal,
      show: (line) => void stream.write(`${plain(line)}\n`),
      agree: async (intent) => {
        stream.write(renderIntent(intent, paintOn(stream)));
        const answer = await ask(act === "drop" ? "Remove it?" : "Put it in the place of what is there?");
        result = answer === "yes" ? 0 : answer === "cancelled" ? 130 : 2;
        return answer === "yes";
      },
    });
    if (report === undefined) return;
    if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    if (report.done) return;
    process.stderr.write(`slipway: ${plain(report.problem!)}\n`);
    result = 1;
  });
  return code === 0 ? result : code;
}
