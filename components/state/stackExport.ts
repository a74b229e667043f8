/** The state as `pulumi stack export` prints it; secrets stay encrypted. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { readStateFile, type StackState } from "./stateFile.ts";

/** Path of the Pulumi CLI: npm's wrapper installs it below PULUMI_HOME; otherwise it is on PATH. */
function cliPath(): string {
  const home = process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
  const version = (pulumi as { version?: string }).version ?? "3.250.0";
  const wrapped = join(home, "versions", version, "bin", "pulumi");
  return existsSync(wrapped) ? wrapped : "pulumi";
}

let cached: Promise<StackState | undefined> | undefined;

/**
 * The state at the first call; later calls return the same.
 * @returns undefined if there is no state yet, or it cannot be read
 */
export const stackExport = (): Promise<StackState | undefined> => (cached ??= read());

async function read(): Promise<StackState | undefined> {
  const name = { project: pulumi.getProject(), stack: pulumi.getStack() };
  return readStateFile(name, process.cwd()) ?? (await exported());
}

function exported(): Promise<StackState | undefined> {
  const stack = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const args = ["stack", "export", "--stack", stack, "--non-interactive"];
  return new Promise((resolve) => {
    execFile(cliPath(), args, { maxBuffer: 256 * 1024 * 1024 }, (error, stdout) => {
      try {
        resolve(error ? undefined : (JSON.parse(stdout) as StackState));
      } catch {
        resolve(undefined);
      }
    });
  });
}
