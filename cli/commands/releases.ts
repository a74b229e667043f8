/** Commands around versions of what a repository holds. */
import { Option } from "commander";
import type { SlipwayCommand } from "../command.ts";

export function addReleaseCommands(program: SlipwayCommand): void {
  program
    .command("version")
    .summary("tell the next version; write it and tag it")
    .description(
      "Tells the next version of the repository around this folder, by its tags and the commits since: [major] and [minor] in a message, Conventional Commits, else a patch; pre-releases on develop and release/*. With --write it is written where it lives, with --tag also committed and tagged. What .slipway/version.json may say is in docs/releases.md.",
    )
    .option("--write", "write it into package.json, pyproject.toml, VERSION, … and change nothing else")
    .option("--tag", "write it, commit that, and tag the commit")
    .option("--push", "the same, and push branch and tag together")
    .option("--sign", "the same, and sign the commit and the tag")
    .option("--set <version>", "this version, instead of the next one")
    .option("--prerelease <identifier>", "a pre-release like 1.5.0-rc.1; none: none (default: by the branch)")
    .option("--package <name>", "of several packages, this one alone")
    .option("--json", "print what docs/version.schema.json describes")
    .examples("slipway version", "slipway version --tag --push", "slipway version --set 2.0.0 --tag")
    .runs(async ({ json = false, ...options }) => {
      const [{ version }, { renderVersions }] = await Promise.all([
        import("../version/version.ts"),
        import("../version/report.ts"),
      ]);
      const report = version(".", options);
      process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : renderVersions(report));
      return 0;
    });
  program
    .command("changelog")
    .summary("tell or write what the next version changes")
    .description(
      "Tells the section of CHANGELOG.md for the next version, in the format of Keep a Changelog: what stands under [Unreleased], and what the commits since the last version say. With --write it is written there, the links at the end too; all else in the file stays.",
    )
    .option("--write", "write it into the changelog, and change nothing else")
    .option("--set <version>", "of this version, also of one that is tagged, instead of the next one")
    .option("--package <name>", "of several packages, this one alone")
    .addOption(new Option("--notes", "print the notes of a GitHub release alone").conflicts("json"))
    .option("--json", "print what docs/changelog.schema.json describes")
    .examples(
      "slipway changelog",
      "slipway changelog --write",
      "slipway changelog --set 1.4.0 --notes | gh release create v1.4.0 --verify-tag --notes-file -",
    )
    .runs(async ({ json = false, notes = false, ...options }) => {
      const [{ changelog }, { renderNotes, renderSections }] = await Promise.all([
        import("../changelog/changelog.ts"),
        import("../changelog/report.ts"),
      ]);
      const report = changelog(".", options);
      if (notes)
        for (const { nothing } of report.changelogs) if (nothing) process.stderr.write(`slipway: ${nothing}\n`);
      process.stdout.write(
        json ? `${JSON.stringify(report, null, 2)}\n` : notes ? renderNotes(report) : renderSections(report),
      );
      return 0;
    });
}
