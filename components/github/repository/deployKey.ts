/**
 * A key pair for one environment, derived from a seed whenever it is needed, so that no private key is stored anywhere.
 * Libraries put random numbers into a private key's file, so the secret would change at every update.
 * Formats: RFC 8032 (Ed25519), RFC 5869 (HKDF), openssh-key-v1 as in OpenSSH's PROTOCOL.key.
 */
import { createPrivateKey, createPublicKey, hkdfSync } from "node:crypto";

export interface DeployKey {
  /** OpenSSH's own format, without a password. */
  privateKey: string;
  /** "ssh-ed25519 AAAA… comment" */
  publicKey: string;
  /** The public key as a line of authorized_keys: commands only; no terminal, no forwarding, no agent. */
  authorizedKey: string;
}

/** PKCS #8 of an Ed25519 key up to its 32 bytes. Source: RFC 8410. */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");
const TYPE = "ssh-ed25519";

/**
 * @param seed `slipway:github.keySeed`: any text that cannot be guessed; a different seed gives different keys
 * @param repository name of the repository in this program, which a renamed repository keeps
 * @param environment name of the GitHub environment
 */
export function deployKeyOf(seed: string, owner: string, repository: string, environment: string): DeployKey {
  const info = `slipway deploy key ${owner}/${repository} ${environment}`;
  const secret = Buffer.from(hkdfSync("sha256", seed, "", info, 32));
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, secret]), format: "der", type: "pkcs8" });
  const point = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32);
  const comment = `slipway-${owner}-${repository}-${environment}`.replaceAll(/[^\w.-]+/g, "-");
  const blob = Buffer.concat([text(TYPE), text(point)]);
  const publicKey = `${TYPE} ${blob.toString("base64")} ${comment}`;
  return { privateKey: openssh(secret, point, blob, comment), publicKey, authorizedKey: `restrict ${publicKey}` };
}

function openssh(secret: Buffer, point: Buffer, blob: Buffer, comment: string): string {
  // Two equal numbers show that the password was right; without a password they may be anything.
  const check = point.subarray(0, 4);
  const open = Buffer.concat([
    check,
    check,
    text(TYPE),
    text(point),
    text(Buffer.concat([secret, point])),
    text(comment),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (open.length % 8)) % 8 }, (_, index) => index + 1));
  const whole = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    text("none"),
    text("none"),
    text(""),
    number(1),
    text(blob),
    text(Buffer.concat([open, padding])),
  ]);
  const lines = whole.toString("base64").match(/.{1,70}/g)!;
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
}

/** SSH's `string`: length, then bytes. */
function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([number(bytes.length), bytes]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
