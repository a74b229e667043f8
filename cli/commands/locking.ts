/** Commands that hold deployments, and release them. */
import type { SlipwayCommand } from "../command.ts";
import type { LockOptions } from "../lock/lock.ts";
import type { LockReport } from "../lock/report.ts";
import { STACK } from "./options.ts";

export function addLockCommands(program: SlipwayCommand): void {
  asked(
    program
      .command("lock [application]")
      .summary("have no deployment of an application begin until it is unlocked")
      .description(
        "Holds deployments of an application, or of all of a stack's, on all their hosts: no deployment, rollback or removal begins there until slipway unlock, whoever asks for it, and each refusal tells who locked it, since when and why. It is kept on the hosts, and holds through their restart. A deployment that runs already goes on to its end, and may go back by itself. A host that cannot be asked is named, and hides no other: the others are locked. docs/day-to-day.md tells more.\n\nExit codes: 0 locked everywhere, 1 not everywhere, 2 refused before anything was changed.",
      ),
  )
    .requiredOption("--reason <text>", "why, in one line, which whoever is refused reads")
    .examples(
      'slipway lock shop --reason "the sale runs until Sunday"',
      'slipway lock --stack prod --reason "an incident"',
    )
    .runs(async (application: string | undefined, options: Options & { reason: string }) => {
      const { lock } = await import("../lock/lock.ts");
      return tell(await lock(application, options), options);
    });
  asked(
    program
      .command("unlock [application]")
      .summary("let deployments of an application begin again")
      .description(
        "Releases an application, or all of a stack's, on all their hosts, whoever locked it, and tells who that was, since when and why.\n\nExit codes: 0 released everywhere, or locked nowhere, 1 not everywhere, 2 refused before anything was changed.",
      ),
  )
    .examples("slipway unlock shop", "slipway unlock --stack prod --json")
    .runs(async (application: string | undefined, options: Options) => {
      const { unlock } = await import("../lock/lock.ts");
      return tell(await unlock(application, options), options);
    });
}

type Options = LockOptions & { json?: boolean };

const asked = (command: SlipwayCommand): SlipwayCommand =>
  command
    .option("--stack <stack>", STACK)
    .option("--host <host>", "on this host alone")
    .option("--json", "print what docs/lock.schema.json describes") as SlipwayCommand;

async function tell(report: LockReport, { json = false }: Options): Promise<number> {
  const [{ lockExitCode, renderLock }, { paintOn }] = await Promise.all([
    import("../lock/report.ts"),
    import("../hosts/table.ts"),
  ]);
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : renderLock(report, paintOn(process.stdout)));
  return lockExitCode(report);
}
