/** Commands that deploy. */
import type { SlipwayCommand } from "../command.ts";
import { outsideWindowOption, policyPackOption } from "./options.ts";

const MORE =
  "It says what differs between git, the settings and the hosts, shows the plan with what the rules find, asks, runs `pulumi up`, and commits the settings when the hosts have confirmed it. What fails leaves them as they were.\n\nExit codes: 0 deployed, 1 deployed in part, not committed, or rolled back, 2 refused before anything was changed, 130 interrupted.";

export function addDeployCommands(program: SlipwayCommand): void {
  asked(
    program
      .command("deploy")
      .summary("deploy a version to an environment, with its plan first")
      .description(
        `Deploys an application to an environment: the version that is named, or the one of the settings. ${MORE}`,
      )
      .argument("[application]", "the application (default: the only one of the environment)")
      .requiredOption("--env <environment>", "the environment, which is a stack")
      .option("--version <version>", "this version, instead of the one that the settings say")
      .option("--digest <digest>", "exactly this image: sha256:…"),
  )
    .examples(
      "slipway deploy --env prod",
      "slipway deploy shop --env prod --version 1.5.0 --yes",
      "slipway deploy shop --env prod --outside-window 'the shop takes no orders'",
    )
    .runs(async (application: string | undefined, options) => {
      const { deploy } = await import("../deploy/deploy.ts");
      return deploy(application, options);
    });

  asked(
    program
      .command("promote")
      .summary("deploy to an environment what another one has confirmed")
      .description(
        `Deploys to an environment the version and the image, by its digest, that the hosts of another one have confirmed; refused where they have not. ${MORE}`,
      )
      .argument("[application]", "the application (default: the only one of the environment)")
      .requiredOption("--from <environment>", "the environment that has confirmed it")
      .requiredOption("--to <environment>", "the environment that gets it")
      .option("--as <application>", "its name in the earlier environment (default: the same)"),
  )
    .examples("slipway promote --from staging --to prod", "slipway promote shop --from staging --to prod --yes")
    .runs(async (application: string | undefined, options) => {
      const { promote } = await import("../deploy/promote.ts");
      return promote(application, options);
    });
}

const asked = (command: SlipwayCommand): SlipwayCommand =>
  command
    .option("-y, --yes", "ask nothing; needed without a terminal")
    .option("--allow-downgrade", "let an older version follow in a protected environment, this once")
    .addOption(outsideWindowOption())
    .option("--no-commit", "leave the changed settings uncommitted")
    .addOption(policyPackOption()) as SlipwayCommand;
