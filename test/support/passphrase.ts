/**
 * What `pulumi stack init` and `pulumi config set --secret` write for a passphrase: a process less for each stack and each
 * value, of which there are a hundred.
 */
import { createCipheriv, createHash, pbkdf2Sync, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** That wrote the state, as it says. */
const ENGINE = "v3.250.0";
export const PASSPHRASE = "slipway-test";
let derived: Buffer | undefined;

/** The engine's own number of rounds, which take a fifth of a second. */
const key = (): Buffer =>
  (derived ??= pbkdf2Sync(PASSPHRASE, Buffer.from(ENCRYPTION_SALT.split(":")[1]!, "base64"), 1_000_000, 32, "sha256"));

/** A value as the engine keeps it encrypted. */
export function encrypt(value: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key(), nonce);
  const sealed = Buffer.concat([cipher.update(value, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
}

/** For a stack's settings: by it the engine sees that the passphrase is the right one. */
export const ENCRYPTION_SALT = "v1:c2xpcHdheTA=:v1:NOdTAnmXH3OwdHCt:bfGPxvDTcrXFKaxAXXacM0aQ20tJwQ==";

/** A stack without resources, in a folder of states. */
export function writeStack(state: string, project: string, stack: string): void {
  const stacks = join(state, ".pulumi/stacks", project);
  mkdirSync(stacks, { recursive: true });
  writeFileSync(join(state, ".pulumi/meta.yaml"), "version: 1\n");
  const latest = {
    manifest: {
      time: new Date().toISOString(),
      magic: createHash("sha256").update(ENGINE).digest("hex"),
      version: ENGINE,
    },
    secrets_providers: { type: "passphrase", state: { salt: ENCRYPTION_SALT } },
    metadata: {},
  };
  const checkpoint = { stack: `organization/${project}/${stack}`, latest };
  writeFileSync(join(stacks, `${stack}.json`), JSON.stringify({ version: 3, checkpoint }));
}
