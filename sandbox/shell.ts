import { existsSync } from "node:fs";
import { everyHost, secretFile } from "./places.ts";
import { attempt, Failure } from "./run.ts";

/** Logs in to a host with ssh, or runs a command there; returns its exit code. */
export async function openShell(name: string, command: string[]): Promise<number> {
  const host = everyHost.find((host) => host.name === name);
  if (!host) throw new Failure(`"${name}" is not a host of the sandbox; write one like host-1`);
  if (!existsSync(secretFile("known_hosts")))
    throw new Failure("The sandbox was never up; start it with: node sandbox/main.ts up");
  const options = [
    "IdentitiesOnly=yes",
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "GlobalKnownHostsFile=none",
    `UserKnownHostsFile=${secretFile("known_hosts")}`,
  ].flatMap((option) => ["-o", option]);
  const target = ["-i", secretFile("id_ed25519"), `deploy@${host.ip}`];
  return (await attempt("ssh", [...options, ...target, "--", ...command], { inherit: true })).code;
}
