/** Commands around the hooks of a git repository. */
import { Argument } from "commander";
import type { SlipwayCommand } from "../command.ts";
import type { HooksReport } from "../hooks/report.ts";

export function addHookCommands(program: SlipwayCommand): void {
  const hooks = program
    .command("hooks")
    .summary("tag, test and deploy as git commits, pushes and merges")
    .description(
      "Hooks of the git repository around this folder: after a commit the next version is written and tagged, before a push tests run and main is deployed, after a merge main may be deployed. What they do is in .slipway/hooks.json. Hooks that are there go on to run, before these; pre-commit, husky and core.hooksPath too. See docs/hooks.md.\n\ngit push --no-verify skips those of a push, SLIPWAY_HOOKS=off all of them.",
    )
    .examples("slipway hooks install", "slipway hooks status");

  hooks
    .command("install")
    .summary("put them where git finds them")
    .description(
      "Puts the hooks where git finds them, before which those run that are there already. Where .slipway/hooks.json is missing, it proposes one by what is in the repository, and asks.",
    )
    .option("-y, --yes", "ask nothing; write .slipway/hooks.json as it is proposed")
    .option("--json", "print what docs/hooks.schema.json describes")
    .examples("slipway hooks install", "slipway hooks install --yes")
    .runs(async ({ yes = false, json = false }) => {
      const { installHooks } = await import("../hooks/install.ts");
      return told(await installHooks(".", process.argv[1]!, yes), json);
    });

  hooks
    .command("uninstall")
    .summary("take them away; what was there before is there again")
    .description("Takes the hooks away. What was there before is there again as it was; .slipway/hooks.json stays.")
    .option("--json", "print what docs/hooks.schema.json describes")
    .examples("slipway hooks uninstall")
    .runs(async ({ json = false }) => {
      const { uninstallHooks } = await import("../hooks/install.ts");
      return told(uninstallHooks("."), json);
    });

  hooks
    .command("status")
    .summary("tell which are installed, and what they do")
    .description(
      "Tells which hooks are installed, what they do, and what keeps them from it.\n\nExit codes: 0 they do what .slipway/hooks.json says, 1 something keeps them from it, 2 it cannot be told.",
    )
    .option("--json", "print what docs/hooks.schema.json describes")
    .examples("slipway hooks status", "slipway hooks status --json")
    .runs(async ({ json = false }) => {
      const [{ readStatus }, { Git }] = await Promise.all([import("../hooks/status.ts"), import("../version/git.ts")]);
      return told(readStatus(new Git(".")), json);
    });

  hooks
    .command("run", { hidden: true })
    .description("What the hooks run.")
    .addArgument(new Argument("<hook>"))
    .argument("[words...]", "as git gives them")
    .examples("slipway hooks run post-commit")
    .runs(async (name: string, words: string[]) => {
      const { runHook } = await import("../hooks/run/run.ts");
      return runHook(name, words);
    });
}

async function told(report: HooksReport, json: boolean): Promise<number> {
  const { renderHooks } = await import("../hooks/report.ts");
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : renderHooks(report));
  return report.problems.length > 0 ? 1 : 0;
}
