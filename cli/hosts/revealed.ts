/** Settings with what is encrypted in them, by the `pulumi` command: for a key that stands in them. */
import { execFile } from "node:child_process";

/** A stack whose passphrase is a cloud's key asks that cloud. */
const LIMIT_MS = 60_000;
const PREFIX = "slipway:";

/**
 * @returns what stands below `slipway:`, by name, as the engine hands it over
 * @throws Error with what `pulumi` says, which names no value
 */
export async function revealed(stack: string): Promise<Record<string, string>> {
  const words = ["config", "--show-secrets", "--json", "--stack", stack, "--non-interactive", "--color", "never"];
  const output = await new Promise<string>((resolve, reject) => {
    execFile("pulumi", words, { timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(why(error, stderr)));
    });
  });
  const all = JSON.parse(output) as Record<string, { value?: string }>;
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, { value }]) =>
      key.startsWith(PREFIX) && value !== undefined ? [[key.slice(PREFIX.length), value]] : [],
    ),
  );
}

function why(error: { code?: unknown; killed?: boolean | undefined }, stderr: string): string {
  if (error.code === "ENOENT")
    return "slipway:hosts has encrypted values, and there is no `pulumi` on PATH to read them; install the project's packages, and run this by npm exec";
  const said = error.killed ? `it did not end within ${LIMIT_MS / 1000} s` : stderr.trim();
  return `slipway:hosts has encrypted values, which pulumi config cannot read: ${said}; mend that (PULUMI_CONFIG_PASSPHRASE), and run this again`;
}
