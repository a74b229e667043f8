/** Pipelines' keys on a host: they may deploy the stack's applications, and nothing else. */
import type { DeployKeys } from "../protocol/input.ts";
import { quote } from "../shared/shell.ts";

/** Whether a host has exactly these keys of the stack. */
export const hasKeys = (seen: string[] = [], { stack, lines }: DeployKeys): boolean =>
  seen.filter((line) => line.endsWith(` stack=${stack}`)).join("\n") === lines.join("\n");

/**
 * @param publicKeys like "ssh-ed25519 AAAA… comment"
 * @param applications that the stack runs on the host
 */
export function deployKeysOf(root: string, stack: string, applications: string[], publicKeys: string[]): DeployKeys {
  const gate = `${quote(`${root}/slipway/bin/slipway`)} gate ${[...applications].sort().join(" ")}`;
  return {
    stack,
    lines: publicKeys.map((key) => `restrict,command="${gate.replaceAll('"', '\\"')}" ${key} stack=${stack}`),
  };
}
