/** Settings by the `pulumi` command. A value goes through standard input: every process of a machine sees arguments. */
import { spawnSync } from "node:child_process";
import type { Kind } from "./judge.ts";

const pathOf = (kind: Kind, application: string, name: string): string =>
  kind === "secret"
    ? `slipway:secrets.${application}.${name}`
    : `slipway:applications.${application}.environment.${name}`;

/** The stack that is selected in this folder. */
export const selectedStack = (folder: string): string =>
  run(folder, ["stack", "--show-name"], "", "name the stack with --stack, like --stack prod").trim();

export class Settings {
  private readonly folder: string;
  private readonly stack: string;
  private readonly application: string;

  constructor(folder: string, stack: string, application: string) {
    this.folder = folder;
    this.stack = stack;
    this.application = application;
  }

  /** @returns its path */
  set(kind: Kind, name: string, value: string): string {
    const path = pathOf(kind, this.application, name);
    // `--raw` keeps a line break at the end, `--type` the text "8080" a text.
    const how = kind === "secret" ? ["--secret"] : ["--type", "string"];
    this.config(["set", "--path", "--raw", ...how, path], value);
    return path;
  }

  remove(kind: Kind, name: string): void {
    this.config(["rm", "--path", pathOf(kind, this.application, name)], "");
  }

  private config(words: string[], input: string): void {
    run(this.folder, ["config", ...words, "--stack", this.stack], input, "mend that, and run this again");
  }
}

/** @throws Error with what it said, and the remedy */
function run(cwd: string, words: string[], input: string, remedy: string): string {
  const all = [...words, "--non-interactive", "--color", "never"];
  const { error, status, stdout, stderr } = spawnSync("pulumi", all, { cwd, input, encoding: "utf8" });
  if (error !== undefined) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new Error("there is no `pulumi` on PATH; install the project's packages, and run this by npm exec");
    throw error;
  }
  if (status === 0) return stdout;
  const said = stderr.trim() || `it ended with ${status}`;
  const hidden = input.trim().length < 4 ? said : said.replaceAll(input.trim(), "(a hidden value)");
  throw new Error(`pulumi ${words.join(" ")}: ${hidden}; ${remedy}`);
}
