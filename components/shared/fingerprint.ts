import { createHash, scryptSync } from "node:crypto";

/** Made once each, as they are slow on purpose. */
const fingerprints = new Map<string, string>();

/**
 * Names a secret's content without giving it away: slow to guess (scrypt), different in every application.
 * It appears in paths and release names, which are not secret.
 */
export function fingerprint(content: string, application: string): string {
  const asked = JSON.stringify([content, application]);
  const known = fingerprints.get(asked);
  if (known !== undefined) return known;
  const key = scryptSync(content, `slipway ${application}`, 16, { N: 4096, r: 8, p: 1 });
  const name = createHash("sha256").update(key).digest("hex").slice(0, 16);
  fingerprints.set(asked, name);
  return name;
}
