/** The public key of a server: as this machine knows it already, or as the network tells it. */
import { spawnSync } from "node:child_process";
import { parseHostKey } from "../../components/settings/files.ts";

/** @returns undefined where neither knows one; then it is left to be filled in */
export function hostKeyOf(address: string, port = 22): string | undefined {
  const known = port === 22 ? address : `[${address}]:${port}`;
  const scan = ["-T", "5", "-p", `${port}`, "-t", "ecdsa,ed25519", "--", address];
  return keyIn("ssh-keygen", ["-F", known]) ?? keyIn("ssh-keyscan", scan);
}

function keyIn(command: string, words: string[]): string | undefined {
  const { status, stdout } = spawnSync(command, words, { encoding: "utf8", timeout: 15_000 });
  if (status !== 0 || !stdout) return undefined;
  const lines = stdout.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const found = parseHostKey((lines.find((line) => line.includes("ecdsa-sha2")) ?? lines[0] ?? "").trim());
  return "content" in found ? found.content : undefined;
}
