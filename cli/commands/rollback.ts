/** The command that goes back. */
import type { SlipwayCommand } from "../command.ts";
import { outsideWindowOption, policyPackOption } from "./options.ts";

interface Options {
  env: string;
  state?: string | true;
  yes?: boolean;
  commit?: boolean;
  outsideWindow?: string;
  policyPack?: string[];
}

export function addRollbackCommand(program: SlipwayCommand): void {
  program
    .command("rollback")
    .summary("go back to what the hosts confirmed before")
    .description(
      "Deploys again what the hosts of an environment confirmed before, by their ledgers: it shows the plan, asks, runs `pulumi up`, and commits the settings. What the plan refuses because of migrations stays refused.\n\nWith --state, the whole environment goes back to an export of its state that was kept before an update: it is judged first (whole, of this stack, not of a newer Pulumi), imported, and its versions come into the settings; where the plan is not agreed to, the state is again the one of before.\n\nExit codes: 0 rolled back, 1 in part, 2 refused before anything was changed, 130 interrupted.",
    )
    .argument("[application]", "the application (default: the only one of the environment)")
    .argument("[point]", "a version, a release or a time that `slipway history` shows (default: the version before)")
    .requiredOption("--env <environment>", "the environment, which is a stack")
    .option("--state [file]", "with the state, to this export (default: the newest that was kept)")
    .option("-y, --yes", "ask nothing; needed without a terminal")
    .addOption(outsideWindowOption())
    .option("--no-commit", "leave the changed settings uncommitted")
    .addOption(policyPackOption())
    .examples(
      "slipway rollback shop --env prod",
      "slipway rollback shop 1.4.0 --env prod",
      "slipway rollback --env prod --state",
    )
    .runs(async (application: string | undefined, point: string | undefined, { state, ...options }: Options) => {
      if (state === undefined) {
        const { rollback } = await import("../rollback/rollback.ts");
        return rollback(application, point, options);
      }
      if (application !== undefined)
        throw new Error(`--state is of the whole environment, so leave out ${application}`);
      if (options.outsideWindow !== undefined)
        throw new Error(
          "--outside-window is of one application; with --state, set slipway:applications.<name>.outsideWindow of those that need it",
        );
      const { rollbackState } = await import("../rollback/state.ts");
      return rollbackState({ ...options, ...(state === true ? {} : { file: state }) });
    });
}
