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

const cached: Record<string, Promise<StackState | undefined>> = {};

/**
 * The state at the first call; later calls return the same.
 * @param stack of this program
 * @returns undefined if there is no state yet, or it cannot be read
 */
export const stackExport = (stack: string = pulumi.getStack()): Promise<StackState | undefined> =>
  (cached[stack] ??= read(stack));

async function read(stack: string): Promise<StackState | undefined> {
  return readStateFile({ project: pulumi.getProject(), stack }, process.cwd()) ?? (await exported(stack));
}

function exported(name: string): Promise<StackState | undefined> {
  const stack = `${pulumi.getOrganization()}/${pulumi.getProject()}/${name}`;
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
