/** The update itself: the settings are written, `pulumi up` runs, and the settings then say what the hosts say. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Begun } from "./begun.ts";
import { type Recorded, record } from "./git.ts";
import type { Interrupts } from "./interrupts.ts";
import { common, type Ran, runPulumi, whyOf } from "./pulumi.ts";
import { type Values, withValues } from "./settingsFile.ts";
import { lookAtLast, type Sight } from "./sight.ts";
import { again, holds, type Outcome, recordedText, wayOut } from "./told.ts";

export async function update(begun: Begun, interrupts: Interrupts): Promise<Outcome> {
  const { wanted, stack, packs } = begun;
  write(begun);
  let ran: Ran;
  try {
    ran = await runPulumi(["up", "--yes", "--skip-preview", ...common(wanted.env, packs)], interrupts);
  } catch (error) {
    restore(begun, begun.values.before);
    throw error;
  }
  const sight = await lookAtLast(stack, wanted.application, interrupts);
  return ran.code === 0 ? succeeded(begun, sight) : failed(begun, ran, sight, interrupts.count > 0);
}

/** @throws Error if somebody has changed the settings since the plan was made */
function write({ wanted: { file }, text, next }: Begun): void {
  if (readFileSync(file, "utf8") !== text)
    throw new Error(`${file} was changed since the plan was made, so nothing is deployed; run this again`);
  if (next !== text) writeFileSync(file, next);
}

/** Takes back what was written; what others changed meanwhile stays. */
function restore({ wanted: { file, application }, text, next, values }: Begun, to: Values): void {
  const now = readFileSync(file, "utf8");
  const own = Object.fromEntries(Object.keys(values.next).map((key) => [key, to[key as keyof Values]]));
  const wanted = now === next && to === values.before ? text : withValues(now, file, application, own);
  if (wanted !== now) writeFileSync(file, wanted);
}

/** The settings stay; but to go back, and to go outside of the window, is meant once. */
function keep(begun: Begun): void {
  const { before, next } = begun.values;
  const { allowDowngrade, outsideWindow } = before;
  restore(begun, { ...before, ...next, allowDowngrade, outsideWindow });
}

function commit({ commits, tracked, wanted }: Begun): Recorded | undefined {
  if (!commits || tracked === undefined) return undefined;
  return record(tracked, `Deploy ${wanted.application}${wanted.version ? ` ${wanted.version}` : ""} to ${wanted.env}`);
}

/** The version that is to serve; where none is named, one that hosts agree on. */
const versionOf = ({ wanted }: Begun, sight: Sight): string | undefined =>
  wanted.version ?? sight.flatMap((one) => ("value" in one ? (one.value.version ?? []) : []))[0];

const isProblem = (recorded: Recorded | undefined): boolean => recorded !== undefined && "problem" in recorded;

function succeeded(begun: Begun, sight: Sight): Outcome {
  const { wanted, tracked } = begun;
  keep(begun);
  const isOther = sight.some(
    (one) => "value" in one && (one.value.version !== versionOf(begun, sight) || one.value.differences.length > 0),
  );
  if (isOther)
    return {
      code: 1,
      what: "confirmed, but that is not what serves now",
      sight,
      reasons: ["somebody has changed it since"],
      settings: recordedText(wanted.file, undefined),
      next: [`slipway history, then ${again(wanted)}`],
    };
  const recorded = commit(begun);
  const isPushed = recorded !== undefined && "commit" in recorded && tracked?.git.remote !== undefined;
  return {
    code: isProblem(recorded) ? 1 : 0,
    what: "deployed, and confirmed by its hosts",
    sight,
    reasons: [],
    settings: recordedText(wanted.file, recorded),
    next: [...(isPushed ? ["git push"] : []), ...back(begun)],
  };
}

/** The way back to what served before. */
function back({ wanted, sight }: Begun): string[] {
  const before = new Set(sight.map((one) => ("value" in one ? one.value.version : undefined)));
  const [version] = before;
  if (before.size !== 1 || version === undefined || version === wanted.version) return [];
  return [`to go back: ${again({ ...wanted, version })} --allow-downgrade`];
}

function failed(begun: Begun, { said }: Ran, sight: Sight, isInterrupted: boolean): Outcome {
  const { wanted, sight: before, text, next } = begun;
  const why = whyOf(said);
  const held = holds(sight, versionOf(begun, sight));
  const isNew = next !== text && holds(before, wanted.version) !== "all";
  const common = {
    code: isInterrupted ? 130 : why.isLocked ? 2 : 1,
    sight,
    reasons: isInterrupted && why.reasons.length === 0 ? ["interrupted"] : why.reasons,
    next: wayOut(wanted, why),
  } as const;
  if (held === "none" || (next === text && held !== "unknown") || why.isLocked) {
    restore(begun, begun.values.before);
    return { ...common, what: "not deployed", settings: `${wanted.file} is as it was` };
  }
  keep(begun);
  const { version } = wanted;
  if (held === "all" && isNew) {
    const recorded = commit(begun);
    const settings = recordedText(wanted.file, recorded);
    return { ...common, what: "confirmed by its hosts, but the update did not end well", settings };
  }
  const settings = `${wanted.file} says ${version}, not committed, as ${held === "unknown" ? "nobody knows what serves" : "it serves on a host"}`;
  return { ...common, what: held === "unknown" ? "failed" : "deployed on a part of its hosts", settings };
}
