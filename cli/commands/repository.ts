/** Commands around what `repositories/*.ts` declare of a repository on GitHub. */
import type { SlipwayCommand } from "../command.ts";

const REPOSITORY = "as it is declared: repositories/<repository>.ts";
const FULL_NAME = "where the workflows run on GitHub";

export function addRepositoryCommands(program: SlipwayCommand): void {
  program
    .command("files")
    .summary("write the declared workflows and files into a checkout")
    .description(
      "Writes the workflows and other files that repositories/REPOSITORY.ts declares into a checkout: the same bytes that `pulumi up` commits.",
    )
    .argument("<repository>", REPOSITORY)
    .option("--into <folder>", "the checkout", ".")
    .option("--check", "change nothing; exit with 1 if a file differs")
    .examples("slipway files shop", "slipway files shop --into ../shop --check")
    .runs(async (repository: string, { into, check = false }) => {
      const { files } = await import("../files.ts");
      const differing = await files(repository, into, check);
      return check && differing > 0 ? 1 : 0;
    });

  program
    .command("pins")
    .summary("take over newer commits of actions from a checkout")
    .description(
      "Takes newer commits of actions, as Dependabot or Renovate put them into the generated workflows of a checkout, over into repositories/REPOSITORY.pins.json, which the declaration then uses.",
    )
    .argument("<repository>", REPOSITORY)
    .option("--from <folder>", "the checkout", ".")
    .option("--check", "change nothing; exit with 1 if there is something to take over")
    .examples("slipway pins shop --from ../shop")
    .runs(async (repository: string, { from, check = false }) => {
      const { pins } = await import("../pins/pins.ts");
      return (await pins(repository, from, check)) && check ? 1 : 0;
    });

  program
    .command("badges")
    .summary("print Markdown badges of the declared workflows")
    .description("Prints Markdown for the README: a badge for each workflow that runs on the default branch.")
    .argument("<repository>", REPOSITORY)
    .requiredOption("--repository <owner/name>", FULL_NAME)
    .examples("slipway badges shop --repository anna/shop")
    .runs(async (repository: string, { repository: fullName }) => {
      const { badges } = await import("../badges.ts");
      process.stdout.write(await badges(repository, fullName));
      return 0;
    });

  program
    .command("trust")
    .summary("print what others must be told to let jobs log in")
    .description(
      "Prints what Pulumi Cloud, AWS, Google, Azure or Tailscale must be told, so that jobs of repositories/REPOSITORY.ts can log in there by OpenID Connect: one policy for each GitHub environment.",
    )
    .argument("<repository>", REPOSITORY)
    .requiredOption("--repository <owner/name>", FULL_NAME)
    .option("--ids <owner/repository>", "the numbers that GitHub gave both, where it writes them into what jobs show")
    .examples("slipway trust shop --repository anna/shop")
    .runs(async (repository: string, { repository: fullName, ids }) => {
      const { trust } = await import("../trust.ts");
      process.stdout.write(await trust(repository, fullName, ids));
      return 0;
    });
}
