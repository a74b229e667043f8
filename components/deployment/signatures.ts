/** Whether images are signed, asked of the tool that the stack's settings name. */
import { spawn } from "node:child_process";
import { LATER } from "../policies/facts.ts";
import { isFrom } from "../policies/rules/images.ts";

/** Setting of the rule `unsigned-image`. */
export interface Signatures {
  repositories: string[];
  verify: string[];
}

/** A tool that asks a registry and a transparency log. */
const PATIENCE_MS = 60_000;

/** Whether a reference is of one of these registries or repositories, or below one. */
export const isBelow = (image: string, repositories: string[]): boolean =>
  repositories.some((one) => isFrom(image, one));

/**
 * What the tool prints may hold anything: nobody reads it, and only how it ended is told.
 * @param patience milliseconds, after which it is killed
 */
export function verified(
  image: string,
  [tool = "", ...words]: string[],
  patience = PATIENCE_MS,
): Promise<string | undefined> {
  const args = words.map((word) => word.replaceAll("{image}", image));
  return new Promise((resolve) => {
    const started = Date.now();
    const child = spawn(tool, args, { stdio: "ignore", timeout: patience, killSignal: "SIGKILL" });
    child.once("error", ({ code }: NodeJS.ErrnoException) => resolve(`${tool} cannot be run (${code})`));
    child.once("exit", (code, signal) => {
      if (code === 0) resolve(undefined);
      else if (code !== null) resolve(`${tool} ended with ${code}`);
      else if (Date.now() - started >= patience) resolve(`${tool} did not end within ${patience / 1000} s`);
      else resolve(`${tool} was ended by ${signal}`);
    });
  });
}

/**
 * Why images are not known to be signed, by service; without those that are, or need not be.
 * @param images references by digest, by service; `LATER` where that is known later
 */
export async function unsignedOf(
  images: Record<string, string>,
  { repositories, verify }: Signatures,
): Promise<Record<string, string>> {
  const asked: Record<string, Promise<string | undefined>> = {};
  const found = Object.entries(images).map(async ([service, image]) => {
    if (image === LATER) return [service, repositories.length > 0 ? LATER : undefined] as const;
    if (!isBelow(image, repositories)) return [service, undefined] as const;
    return [service, await (asked[image] ??= verified(image, verify))] as const;
  });
  const all = await Promise.all(found);
  return Object.fromEntries(all.flatMap(([service, why]) => (why === undefined ? [] : [[service, why]])));
}
