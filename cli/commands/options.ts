/** Options that several commands have. */
import { Option } from "commander";

export const policyPackOption = (): Option =>
  new Option("--policy-pack <folder>", "also these policies; may be given several times")
    .default([], "")
    .argParser((value: string, before: string[]) => [...before, value]);

export const outsideWindowOption = (): Option =>
  new Option(
    "--outside-window <reason>",
    "deploy although the deployment window is closed, this once; ledgers repeat the reason",
  );

/** What `--stack` is, of commands that ask hosts. */
export const STACK = "the stack (default: the only one that has a file, else the one that is selected)";
