/** What the `slipway` command does with its words. Each command imports what it needs itself: the others need not wait for it. */
import tab from "@bomb.sh/tab/commander";
import { CommanderError } from "commander";
import { printable } from "../components/shared/text.ts";
import { EXIT_CODES, SlipwayCommand } from "./command.ts";
import { addBackupCommands } from "./commands/backups.ts";
import { addDeployCommands } from "./commands/deploying.ts";
import { addHookCommands } from "./commands/hooks.ts";
import { addJobCommands } from "./commands/jobs.ts";
import { addLockCommands } from "./commands/locking.ts";
import { addMaintenanceCommands } from "./commands/maintenance.ts";
import { addNotificationCommands } from "./commands/notifications.ts";
import { addOperatingCommands } from "./commands/operating.ts";
import { addProjectCommands } from "./commands/project.ts";
import { addReleaseCommands } from "./commands/releases.ts";
import { addReleasingCommands } from "./commands/releasing.ts";
import { addReportCommands } from "./commands/reports.ts";
import { addRepositoryCommands } from "./commands/repository.ts";
import { addRollbackCommand } from "./commands/rollback.ts";
import { addSessionCommands } from "./commands/sessions.ts";
import { addUpkeepCommands } from "./commands/upkeep.ts";
import { Interrupted } from "./interrupted.ts";

/** @returns the exit code: 2 where nothing was done */
export async function main(words: string[]): Promise<number> {
  const program = programOf();
  program.given = words;
  try {
    if (words.length === 0) {
      program.outputHelp();
      return 2;
    }
    await program.parseAsync(words, { from: "user" });
    return program.code;
  } catch (error) {
    // Help was printed, as it was asked for, or as only a group of commands was named.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`slipway: ${printable((error as Error).message)}\n`);
    return error instanceof Interrupted ? 130 : 2;
  }
}

function programOf(): SlipwayCommand {
  const program = new SlipwayCommand("slipway")
    .description("Deploys Docker Compose applications to your own hosts, by the Pulumi program of this folder.")
    .exitOverride()
    .showSuggestionAfterError()
    .helpCommand(false)
    .addHelpText("after", `\n${EXIT_CODES}\n\nWhat one command takes: slipway <command> --help`);
  program.commandsGroup("The project:");
  addProjectCommands(program);
  program.commandsGroup("Deploying:");
  addDeployCommands(program);
  addRollbackCommand(program);
  addLockCommands(program);
  program.commandsGroup("Releases:");
  addReleaseCommands(program);
  addReleasingCommands(program);
  program.commandsGroup("Day to day:");
  addOperatingCommands(program);
  addJobCommands(program);
  addBackupCommands(program);
  addNotificationCommands(program);
  addMaintenanceCommands(program);
  addSessionCommands(program);
  addUpkeepCommands(program);
  addHookCommands(program);
  program.commandsGroup("Looking back:");
  addReportCommands(program);
  program.commandsGroup("Repositories on GitHub:");
  addRepositoryCommands(program);
  program.commandsGroup("This command:");
  // `source <(slipway completion bash)`
  const completion = tab(program, { completionCommandName: "completion" });
  // In one line each: a shell takes every further line for a command of its own.
  for (const command of program.commands) {
    const offered = completion.commands.get(command.name());
    if (offered) offered.description = command.summary() || command.description();
  }
  return program;
}
