/** What a command line and the settings say together: which application, and what is set. */
import { isDigest } from "../../components/image/reference.ts";
import { versionProblem } from "../../components/image/version.ts";
import { reasonProblem } from "../../components/shared/reason.ts";
import { didYouMean } from "../../components/shared/text.ts";
import type { Values } from "./settingsFile.ts";

export interface Asked {
  version?: string;
  digest?: string;
  allowDowngrade?: boolean;
  /** Why it is deployed although its window is closed. */
  outsideWindow?: string;
}

/** @throws Error if it is not among the settings, or not the only one there */
export function applicationOf(all: string[], file: string, named: string | undefined): string {
  const list = all.length === 0 ? "none" : all.join(", ");
  if (named === undefined) {
    if (all.length === 1) return all[0]!;
    throw new Error(
      `name the application, like slipway deploy shop --env prod; slipway:applications in ${file} has ${list}`,
    );
  }
  if (all.includes(named)) return named;
  const meant = didYouMean(named, all);
  throw new Error(
    `${JSON.stringify(named)} is not in slipway:applications of ${file}; ${meant ? `did you mean ${meant}?` : `it has ${list}`}`,
  );
}

/**
 * What a deployment writes into the settings. Another version takes the digest of the one before away.
 * @throws Error if a word cannot be what it is for
 */
export function valuesOf(
  { version, digest, allowDowngrade, outsideWindow }: Asked,
  before: Values,
  isProtected: boolean,
): Values {
  const problem = version === undefined ? undefined : versionProblem(version, { protected: isProtected });
  if (problem !== undefined) throw new Error(`--version: ${JSON.stringify(version)} ${problem}`);
  if (digest !== undefined && !isDigest(digest))
    throw new Error(
      `--digest: ${JSON.stringify(digest)} is not a digest; write sha256: and 64 hexadecimal digits, or leave it out to have the version looked up`,
    );
  const wrong = outsideWindow === undefined ? undefined : reasonProblem(outsideWindow);
  if (wrong !== undefined) throw new Error(`--outside-window: ${JSON.stringify(outsideWindow)} ${wrong}`);
  const isOther = version !== undefined && version !== before.version;
  return {
    ...(version !== undefined && { version }),
    ...((digest !== undefined || isOther) && { digest }),
    ...(allowDowngrade && { allowDowngrade }),
    ...(outsideWindow !== undefined && { outsideWindow }),
  };
}
