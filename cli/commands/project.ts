/** Commands around the project that deploys: its beginning, its settings, its judgement, its next version of Slipway. */
import { Argument } from "commander";
import type { SlipwayCommand } from "../command.ts";

export function addProjectCommands(program: SlipwayCommand): void {
  program
    .command("init")
    .summary("write a project that deploys what is there")
    .description(
      "Looks at the repository around FOLDER and writes a project into it that deploys what is there. It leaves alone every file that exists.",
    )
    .addArgument(new Argument("[folder]", "where the project begins").default(".", "the current folder"))
    .option("-y, --yes", "ask nothing; what is not known is left to be filled in")
    .option("--template", "write the project as a template for `pulumi new`, with nothing answered")
    .option("--name <name>", "the application's name (default: the repository's)")
    .option("--image <repository>", "where its image is, without a tag")
    .option("--domain <domain>", "the domain that it answers")
    .option("--port <port>", "the port that it listens on")
    .option("--address <address>", "the server, by name or IP address")
    .option("--user <user>", "the user to log in as by SSH (default: deploy)")
    .option("--from <tarball|url>", "where the project gets this package from, if it does not depend on it yet")
    .examples("slipway init infra", "slipway init infra --yes --image ghcr.io/anna/shop --address 192.0.2.7")
    .runs(async (folder: string, { yes = false, template = false, ...answers }) => {
      if (template) return templateOf(folder, answers);
      const { init } = await import("../init/init.ts");
      await init(folder, yes, answers);
      return 0;
    });

  program
    .command("import")
    .summary("make settings and secrets of the variables in a .env")
    .description(
      "Makes settings and secrets of the variables in FILE, a .env: it proposes which are secret, asks for each of them, and sets them by `pulumi config set`. It never shows a value, and writes nothing in plain text that looks like a secret.",
    )
    .argument("<file>", "a .env")
    .option("-y, --yes", "ask nothing; take what is proposed")
    .option("--application <name>", "whose variables they are (default: the only one of the stack)")
    .option("--stack <stack>", "the stack to set them in (default: the one that is selected)")
    .option("--secret <name>", "this one is a secret; may be given several times", collect, [])
    .option("--plain <name>", "this one is none; may be given several times", collect, [])
    .option("--overwrite", "set anew what is set already")
    .examples(
      "slipway import ../.env",
      "slipway import ../.env.prod --yes --stack prod --application shop --secret SMTP_HOST --plain CACHE_KEY",
    )
    .runs(async (file: string, { yes = false, overwrite = false, ...where }) => {
      const { importFile } = await import("../import/import.ts");
      return importFile(file, { yes, overwrite, ...where });
    });

  program
    .command("check")
    .summary("judge declarations and settings by the rules, without asking a host")
    .description(
      "Judges the declarations and the settings of this folder by the rules of docs/policies.md, as the policy pack does in a preview, but asks no host, no registry and for no passphrase. What only a preview can judge, it names.\n\nExit codes: 0 nothing mandatory, 1 at least one mandatory finding, 2 settings, declarations or the command are wrong.",
    )
    .option("--stack <stack>", "the stack to judge (default: all that have a file)")
    .option(
      "--format <format>",
      "text (default; in GitHub Actions with annotations), json (docs/check.schema.json) or sarif",
    )
    .option("--output <file>", "write it there (default: standard output)")
    .option("--verbose", "also show what exemptions let through")
    .examples("slipway check --stack prod", "slipway check --stack prod --verbose")
    .runs(async (options) => {
      const { check } = await import("../check/check.ts");
      return check(options);
    });

  program
    .command("upgrade")
    .summary("take another version of this package")
    .description(
      "Tells what another version of this package changes, by its changelog, raises the dependency of the project in this folder to it, by `npm install`, and says what is left to do.",
    )
    .argument("<from>", "a tarball, a Git URL, or a version: it is taken from where the present one is from")
    .option("--check", "change nothing; exit with 1 if there is something to raise")
    .examples("slipway upgrade ../slipway-1.2.0.tgz")
    .runs(async (from: string, { check = false }) => {
      const { upgrade } = await import("../upgrade/upgrade.ts");
      return upgrade(from, check);
    });
}

const collect = (value: string, before: string[]): string[] => [...before, value];

async function templateOf(folder: string, { from, ...answers }: Record<string, string>): Promise<number> {
  const answered = Object.keys(answers)[0];
  if (answered !== undefined) throw new Error(`a template answers nothing, so leave out --${answered}`);
  const { initTemplate } = await import("../init/template.ts");
  initTemplate(folder, from);
  return 0;
}
