/** `slipway hooks install` and `uninstall`. */
import { existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { terminal } from "../init/ask.ts";
import { Git } from "../version/git.ts";
import { HOOKS_FILE, readHooksConfig } from "./config.ts";
import { putHooks, takeHooks } from "./files.ts";
import { commonDir, OWN_FOLDER, placeOf } from "./place.ts";
import { type Proposal, propose } from "./propose.ts";
import type { HooksReport } from "./report.ts";
import { dotenvProblem } from "./run/dotenv.ts";
import { readStatus } from "./status.ts";

/**
 * @param command file that was started as `slipway`
 * @param yes whether the proposal for `.slipway/hooks.json` is taken without a question
 * @throws Error with the way out; nothing is changed then
 */
export async function installHooks(folder: string, command: string, yes: boolean): Promise<HooksReport> {
  const git = new Git(folder);
  const place = placeOf(git);
  const slipway = pathFrom(git, command);
  if (place.isShared && isAbsolute(slipway))
    throw new Error(
      `${place.folder} is part of the repository, and ${slipway} is not: others would not have it. Install slipway as a dependency of the repository, and run that one`,
    );
  const config = readHooksConfig(git.root);
  const problem = config?.env === undefined ? undefined : dotenvProblem(git, config.env);
  if (problem !== undefined) throw new Error(problem);
  const proposal = config === undefined ? propose(git) : undefined;
  if (proposal !== undefined && !yes) await agree(proposal);
  const isPut = putHooks(git, place, { slipway, ...(place.isShared ? {} : { node: process.execPath }) });
  if (proposal !== undefined) writeProposal(git.root, proposal);
  return readStatus(git, isPut || proposal !== undefined ? "installed" : "nothing");
}

const textOf = (proposal: Proposal): string => `${JSON.stringify(proposal, null, 2)}\n`;

async function agree(proposal: Proposal): Promise<void> {
  const shown = `${HOOKS_FILE} is not there. By what is in the repository it would be:\n${textOf(proposal)}`;
  if (!process.stdin.isTTY)
    throw new Error(`${shown}There is no terminal to ask at: write the file, or let it be written so by --yes`);
  const person = terminal();
  try {
    const said = await person.ask(`${shown}Write it? [y/N] `);
    if (!/^y(es)?$/i.test(said ?? "")) throw new Error(`nothing is changed; write ${HOOKS_FILE}, then run this again`);
  } finally {
    person.close();
  }
}

function writeProposal(root: string, proposal: Proposal): void {
  const file = join(root, HOOKS_FILE);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, textOf(proposal), { flag: "wx" });
}

/** From the repository's root, where it is within the repository, be it in the worktree that has the packages. */
function pathFrom(git: Git, command: string): string {
  const named = resolve(command);
  const real = existsSync(dirname(named)) ? join(realpathSync(dirname(named)), basename(named)) : named;
  for (const root of [git.root, dirname(commonDir(git))]) {
    for (const path of [named, real]) {
      const within = relative(root, path);
      if (!within.startsWith("..") && !isAbsolute(within)) return within.split(sep).join("/");
    }
  }
  return real;
}

/** @throws Error with the way out; nothing is changed then */
export function uninstallHooks(folder: string): HooksReport {
  const git = new Git(folder);
  const common = commonDir(git);
  const folders = new Set([placeOf(git).folder, join(common, "hooks")]);
  const isTaken = takeHooks(git, [...folders], join(common, OWN_FOLDER));
  const status = readStatus(git, isTaken ? "uninstalled" : "nothing");
  const stays = existsSync(join(git.root, HOOKS_FILE)) ? [`${HOOKS_FILE} stays: it is the repository's`] : [];
  return { ...status, problems: [], notes: [...status.notes, ...stays] };
}
