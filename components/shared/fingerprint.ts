import { createHash, scrypt, scryptSync } from "node:crypto";
import { promisify } from "node:util";

/** Made once each, as they are slow on purpose. */
const fingerprints = new Map<string, string>();
const COST = { N: 4096, r: 8, p: 1 };
const salt = (application: string): string => `slipway ${application}`;
const nameOf = (key: Buffer): string => createHash("sha256").update(key).digest("hex").slice(0, 16);

/** Those that `withFingerprints` has to make, by what is asked; undefined while nobody collects any. */
let wanted: Map<string, [content: string, application: string]> | undefined;

/**
 * Names a secret's content without giving it away: slow to guess (scrypt), different in every application.
 * It appears in paths and release names, which are not secret.
 */
export function fingerprint(content: string, application: string): string {
  const asked = JSON.stringify([content, application]);
  const known = fingerprints.get(asked);
  if (known !== undefined) return known;
  if (wanted !== undefined) {
    wanted.set(asked, [content, application]);
    return "0".repeat(16);
  }
  const name = nameOf(scryptSync(content, salt(application), 16, COST));
  fingerprints.set(asked, name);
  return name;
}

/**
 * What `make` returns, without waiting for its fingerprints one after the other: it runs once to tell which it asks for,
 * and again when threads have made them. Whatever it throws comes from the second run.
 */
export async function withFingerprints<T>(make: () => T): Promise<T> {
  const collected = new Map<string, [string, string]>();
  wanted = collected;
  try {
    make();
  } catch {
  } finally {
    wanted = undefined;
  }
  await Promise.all(
    Array.from(collected, async ([asked, [content, application]]) => {
      const key = await promisify<string, string, number, typeof COST, Buffer>(scrypt)(
        content,
        salt(application),
        16,
        COST,
      );
      fingerprints.set(asked, nameOf(key));
    }),
  );
  return make();
}
