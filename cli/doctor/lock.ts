/** The lock of a stack's state, where the backend is a folder: a killed `pulumi` leaves it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "../../components/shared/zod.ts";

const lockSchema = z.object({ pid: z.number(), username: z.string(), hostname: z.string(), timestamp: z.string() });

export interface StateLock {
  /** "anna@laptop" */
  by: string;
  since: string;
  /** Whether its `pulumi` runs; undefined where it is of another machine. */
  isAlive: boolean | undefined;
}

/**
 * @param folder the program's own, with `Pulumi.yaml`
 * @param backend `PULUMI_BACKEND_URL`, which comes before the project's own
 * @returns undefined where the backend is no folder, whose locks can be read
 */
export function readStateLocks(
  { project, stack }: { project: string; stack: string },
  folder: string,
  backend = process.env.PULUMI_BACKEND_URL,
): StateLock[] | undefined {
  const path = /^file:\/\/([^~?%][^?%]*)$/.exec(backend || projectBackend(folder))?.[1];
  if (path === undefined) return undefined;
  const locks = join(resolve(folder, path), ".pulumi/locks/organization", project, stack);
  return (existsSync(locks) ? readdirSync(locks) : [])
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      const { data } = lockSchema.safeParse(read(join(locks, name)));
      if (data === undefined) return [];
      const isOwn = data.hostname === hostname();
      const by = `${data.username}@${data.hostname}`;
      return [{ by, since: data.timestamp, isAlive: isOwn ? isAlive(data.pid) : undefined }];
    });
}

function projectBackend(folder: string): string {
  const { backend } = parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as { backend?: { url?: unknown } };
  return typeof backend?.url === "string" ? backend.url : "";
}

/** What is no JSON is none of `pulumi`'s, or just being written. */
function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
