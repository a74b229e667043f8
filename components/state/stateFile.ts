/** The state as a backend in a folder (`file://…`) keeps it: read there, it costs no second start of the CLI. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

/** What `pulumi stack export` prints; secrets stay encrypted. */
export interface StackState {
  version: number;
  deployment?: {
    manifest?: { time?: string };
    resources?: {
      urn: string;
      type: string;
      id?: string;
      parent?: string;
      protect?: boolean;
      inputs?: Record<string, unknown>;
      outputs?: Record<string, unknown>;
    }[];
    pending_operations?: unknown[];
  };
}

export interface StackName {
  project: string;
  stack: string;
}

/**
 * @param folder the program's own, with `Pulumi.yaml`
 * @param backend `PULUMI_BACKEND_URL`, which comes before the project's own
 * @returns undefined where the backend is another or unknown, and for a state in any form that is not known
 */
export function readStateFile(
  { project, stack }: StackName,
  folder: string,
  backend = process.env.PULUMI_BACKEND_URL,
): StackState | undefined {
  try {
    const path = /^file:\/\/([^~?%][^?%]*)$/.exec(backend || projectBackend(folder))?.[1];
    if (path === undefined) return undefined;
    const file = join(resolve(folder, path), ".pulumi/stacks", project, `${stack}.json`);
    if ([".gz", ".zst"].some((ending) => existsSync(`${file}${ending}`))) return undefined;
    const { version, checkpoint } = JSON.parse(readFileSync(file, "utf8"));
    return version === 3 && Array.isArray(checkpoint.latest.resources)
      ? { version, deployment: checkpoint.latest }
      : undefined;
  } catch {
    return undefined;
  }
}

const projectBackend = (folder: string): string => parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")).backend.url;
