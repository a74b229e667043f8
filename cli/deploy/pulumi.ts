/** `pulumi preview` and `pulumi up`, shown as they run, and what they said. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { isBuilt, ownFolder } from "../../components/shared/ownPackage.ts";
import type { Interrupts } from "./interrupts.ts";

export interface Ran {
  code: number;
  /** All of it, without colours. */
  said: string;
}

/** The most of it that is kept: its end. */
const MOST = 4 * 1024 * 1024;
const GITHUB = "**slipway:repository:**";

/** What preview and update have in common. @param packs folders of policies beside Slipway's own */
export const common = (stack: string, packs: string[]): string[] => [
  "--stack",
  stack,
  "--suppress-progress",
  ...[join(ownFolder(), isBuilt ? "dist/policies" : "policies"), ...packs].flatMap((pack) => ["--policy-pack", pack]),
  // As in the workflows: resources on GitHub stay as they are where there is no token for them.
  ...(process.env.SLIPWAY_GITHUB === "off" ? ["--exclude", GITHUB] : []),
];

/** @throws Error if there is no `pulumi` */
export function runPulumi(words: string[], interrupts: Interrupts): Promise<Ran> {
  const coloured = process.stdout.isTTY && !process.env.NO_COLOR;
  const all = [...words, "--non-interactive", "--color", coloured ? "always" : "never"];
  // A group of its own: Ctrl-C at a terminal reaches this process alone, and `pulumi` gets one interrupt of it.
  const child = spawn("pulumi", all, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const [from, to] of [[child.stdout, process.stdout] as const, [child.stderr, process.stderr] as const])
    from.setEncoding("utf8").on("data", (text: string) => {
      to.write(text);
      said = (said + text).slice(-MOST);
    });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "ENOENT"
          ? new Error("there is no `pulumi` on PATH; install the project's packages, and run this by npm exec")
          : error,
      ),
    );
    // Not when it exits, but when nothing speaks any more: npm's wrapper may end before what it started.
    child.once("close", (code) => resolve({ code: code ?? 1, said: stripVTControlCharacters(said) }));
  });
  return interrupts.during(() => {
    process.stderr.write("slipway: interrupted; waiting for pulumi to end, and for what the hosts then say\n");
    if (child.pid !== undefined) process.kill(-child.pid, "SIGINT");
  }, ended);
}

/** Whether a preview has nothing to do. */
export function isEmpty(said: string): boolean {
  const [, counts] = /^Resources:\n((?: +\S.*\n?)+)/m.exec(said) ?? [];
  const lines = counts?.trim().split("\n") ?? [];
  return lines.length > 0 && lines.every((line) => /^ *\d+ unchanged$/.test(line));
}

export interface Why {
  /** A line each, the most telling first. */
  reasons: string[];
  isLocked: boolean;
  /** It goes back to an older version, which must be meant. */
  isDowngrade: boolean;
}

/** What a preview warned of because hosts would let no deployment begin, a line each. */
export const refusalsIn = (said: string): string[] => [
  ...new Set(
    said
      .split("\n")
      .flatMap(
        (line) =>
          /^\s*warning: (.+: (?:is locked|its deployment window is closed) .+, so no deployment begins; .+)$/.exec(
            line,
          )?.[1] ?? [],
      ),
  ),
];

/** Why it failed, by what it said. */
export function whyOf(said: string): Why {
  const lines = said.split("\n").map((line) => line.trim());
  const told = (pattern: RegExp): string[] => lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
  const reverted = told(/^reverted: .* Reason: (.+)$/);
  const found = told(/^- \[mandatory\] +(?:\[severity: \w+\] +)?(.+)$/);
  const errors = told(
    /^error: (?!update failed|preview failed|Process exited|one or more policies|running program)(.+)$/,
  );
  return {
    reasons: [...new Set([...(reverted.length > 0 ? reverted : errors), ...found])].slice(0, 5),
    isLocked: /the stack is currently locked by|Another update is currently in progress/.test(said),
    isDowngrade: /set \S+\.allowDowngrade to true/.test(said),
  };
}
