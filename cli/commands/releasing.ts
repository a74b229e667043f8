/** Commands of git-flow's releases. */
import { Option } from "commander";
import type { SlipwayCommand } from "../command.ts";

export function addReleasingCommands(program: SlipwayCommand): void {
  const release = program
    .command("release")
    .summary("begin and end a release branch, as git-flow has it")
    .description(
      "A release as git-flow has it: start makes a branch release/<version> of develop with the version and its changelog in it; finish merges that into main, tags it, merges it back into develop, and removes it. Which versions come next is told as by slipway version. See docs/releases.md.",
    )
    .examples("slipway release start", "slipway release finish --push");

  release
    .command("start")
    .summary("make a release branch with the next version in it")
    .description(
      "Makes release/<version> of develop, writes the version where it lives and its section of the changelog, where the repository keeps one, and commits that. Of several packages all that have something new are released together, on a branch that is called by the day.\n\nExit codes: 0 begun, or begun already, 2 refused and everything is as it was, 130 interrupted, as before.",
    )
    .argument("[version]", "this version, instead of the next one")
    .addOption(
      new Option("--level <level>", "raise this part, whatever the commits ask for").choices([
        "major",
        "minor",
        "patch",
      ]),
    )
    .option("--package <name>", "of several packages, this one alone")
    .option("--push", "push the release branch")
    .option("--sign", "sign the commit")
    .option("--dry-run", "tell what would be done, and change nothing")
    .option("--json", "print what docs/release.schema.json describes")
    .examples("slipway release start", "slipway release start --level minor", "slipway release start 2.0.0 --push")
    .runs(async (version: string | undefined, { json = false, dryRun = false, ...options }) => {
      const [{ start }, { renderRelease }] = await Promise.all([
        import("../release/start.ts"),
        import("../release/report.ts"),
      ]);
      const report = start(".", { ...options, dryRun, ...(version === undefined ? {} : { version }) });
      process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : renderRelease(report, "start", dryRun));
      return 0;
    });

  release
    .command("finish")
    .summary("merge it into main, tag it, merge it back, remove its branch")
    .description(
      "Completes version and changelog on the release branch, merges it into main and main back into develop, tags it, and removes its branch. Nothing is changed where one of the merges has a conflict. What was killed half-way, the next finish completes; what git has already is left as it is.\n\nExit codes: 0 finished, 1 released, but the branch is still there, 2 refused and everything is as it was, 130 interrupted, as before.",
    )
    .argument("[release]", "its version, or its branch's name behind release/ (default: the only one)")
    .option("--push", "push main, develop and the tags together, or none of them")
    .option("--sign", "sign commits and tags")
    .addOption(
      new Option("--abort", "take back merges and tags that are not pushed; the release branch stays").conflicts([
        "push",
        "sign",
        "dryRun",
      ]),
    )
    .option("--dry-run", "tell what would be done, and change nothing")
    .option("--json", "print what docs/release.schema.json describes")
    .examples("slipway release finish", "slipway release finish --push --sign", "slipway release finish --abort")
    .runs(
      async (
        name: string | undefined,
        { json = false, dryRun = false, abort: isAbort = false, ...options }: Record<string, boolean>,
      ) => {
        const [{ finish }, { abort }, { renderRelease }] = await Promise.all([
          import("../release/finish.ts"),
          import("../release/abort.ts"),
          import("../release/report.ts"),
        ]);
        const named = name === undefined ? {} : { name };
        const report = isAbort ? abort(".", named) : finish(".", { ...options, dryRun, ...named });
        process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : renderRelease(report, "finish", dryRun));
        return report.left === undefined ? 0 : 1;
      },
    );
}
