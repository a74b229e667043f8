import { createHash } from "node:crypto";
import sodium from "libsodium-wrappers";
import type { BoxKey, Sealed, Vault } from "./types.ts";

/** Must be awaited once before anything else in this file is used. */
export const boxesReady = sodium.ready;

const base64 = sodium.base64_variants?.ORIGINAL ?? 1;

/** A key pair for sealed boxes (X25519, XSalsa20-Poly1305), named by its content, like GitHub's are by number. */
function newKey(): BoxKey {
  const pair = sodium.crypto_box_keypair();
  const publicKey = sodium.to_base64(pair.publicKey, base64);
  const id = BigInt(`0x${createHash("sha256").update(publicKey).digest("hex").slice(0, 15)}`).toString();
  return { id, publicKey, privateKey: sodium.to_base64(pair.privateKey, base64) };
}

export const newVault = (): Vault => ({ key: newKey(), secrets: {}, variables: {} });

/** Seals a text for the key. */
export const seal = (key: BoxKey, text: string): string =>
  sodium.to_base64(sodium.crypto_box_seal(text, sodium.from_base64(key.publicKey, base64)), base64);

/** The text in a sealed box; undefined when the key does not open it. */
export function open(key: BoxKey, box: string): string | undefined {
  try {
    const opened = sodium.crypto_box_seal_open(
      sodium.from_base64(box, base64),
      sodium.from_base64(key.publicKey, base64),
      sodium.from_base64(key.privateKey, base64),
    );
    return sodium.to_string(opened);
  } catch {
    return undefined;
  }
}

/** Every secret of a vault in clear text. */
export const openAll = (vault: Vault): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(vault.secrets).map(([name, { box }]: [string, Sealed]) => [name, open(vault.key, box)]),
  );
