/** `slipway rollback --state`: the state, the versions in the settings, and the hosts go back to a kept export. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { versionsOf } from "../../components/state/exportFile.ts";
import type { StackState } from "../../components/state/stateFile.ts";
import { readProject, readStack } from "../check/stackSettings.ts";
import { confirmed } from "../deploy/ask.ts";
import { Interrupts } from "../deploy/interrupts.ts";
import { common, runPulumi, whyOf } from "../deploy/pulumi.ts";
import { type Values, valuesIn, withValues } from "../deploy/settingsFile.ts";
import { stateNow } from "../deploy/state.ts";
import { exportsFolder, importState, keepReplaced, newestExport, readExport } from "./exports.ts";

export interface StateOptions {
  env: string;
  /** The export. @default the newest that the program kept */
  file?: string;
  yes?: boolean;
  /** Folders of policies beside Slipway's own. */
  policyPack?: string[];
}

const say = (...lines: string[]): void => {
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
};

/** @returns the exit code @throws Error where it cannot begin; nothing is changed then */
export async function rollbackState({ env, file, yes = false, policyPack = [] }: StateOptions): Promise<number> {
  const ask = confirmed(yes);
  const project = readProject();
  const settings = readStack(project, env);
  if (settings.problems.length > 0) throw new Error(settings.problems.join("\n"));
  const folder = exportsFolder(settings);
  const chosen = file ?? newestExport(folder);
  const wanted = versionsOf(readExport(chosen, project.name, settings.stack));
  const text = readFileSync(settings.file, "utf8");
  const next = withVersions(text, settings.file, wanted, () => true);
  const before = stateNow(settings.stack);
  const now = versionsOf(JSON.parse(before) as StackState);
  const replaced = keepReplaced(before, folder);
  say(
    `${settings.stack} goes back to ${chosen}`,
    ...changes(now, wanted),
    `  the state as it is now is kept: ${replaced}`,
    "",
  );
  const interrupts = new Interrupts();
  try {
    importState(chosen, settings.stack);
    const flags = common(settings.stack, policyPack);
    let isWanted = false;
    try {
      isWanted =
        (await planned(next, settings.file, flags, interrupts)) && (await agreed(ask, settings.stack, interrupts));
    } finally {
      if (!isWanted) importState(replaced, settings.stack);
    }
    if (!isWanted) {
      say("", whatIs(before, stateNow(settings.stack), readFileSync(settings.file, "utf8") === text, settings.file));
      return interrupts.count > 0 ? 130 : 2;
    }
    if (readFileSync(settings.file, "utf8") !== text) {
      importState(replaced, settings.stack);
      throw new Error(
        `${settings.file} was changed since the plan was made, so nothing is rolled back; run this again`,
      );
    }
    writeFileSync(settings.file, next);
    const ran = await runPulumi(["up", "--yes", "--skip-preview", ...flags], interrupts);
    // To go back is meant once.
    const meant = (name: string): Values["allowDowngrade"] => valuesIn(text, settings.file, name).allowDowngrade;
    writeFileSync(settings.file, withVersions(readFileSync(settings.file, "utf8"), settings.file, wanted, meant));
    const holds = versionsOf(JSON.parse(stateNow(settings.stack)) as StackState);
    return told({
      code: interrupts.count > 0 ? 130 : ran.code === 0 ? 0 : 1,
      reasons: whyOf(ran.said).reasons,
      holds,
      wanted,
      replaced,
      file: settings.file,
    });
  } finally {
    interrupts.close();
  }
}

/** @param allow whether an older version may follow; undefined: it stands nowhere */
const withVersions = (
  text: string,
  file: string,
  versions: Record<string, string>,
  allow: (application: string) => Values["allowDowngrade"],
): string =>
  Object.entries(versions).reduce(
    (written, [name, version]) =>
      withValues(written, file, name, { version, digest: undefined, allowDowngrade: allow(name) }),
    text,
  );

/** What was read after the state before was imported again. */
function whatIs(before: string, now: string, isSame: boolean, file: string): string {
  const resources = (text: string): unknown => (JSON.parse(text) as StackState).deployment?.resources;
  const holds = isDeepStrictEqual(resources(before), resources(now));
  if (holds && isSame) return `nothing was changed: the state is the one of before, and so is ${file}`;
  return [
    holds ? "the state is the one of before" : "the state is not the one of before: somebody has changed it meanwhile",
    isSame ? `${file} is as it was` : `${file} was changed meanwhile`,
  ].join("; ");
}

const changes = (now: Record<string, string>, wanted: Record<string, string>): string[] =>
  [...new Set([...Object.keys(now), ...Object.keys(wanted)])].sort().map((name) => {
    const [before, after] = [now[name] ?? "not there", wanted[name] ?? "not there"];
    return before === after ? `  ${name}: ${after}, as now` : `  ${name}: ${before} => ${after}`;
  });

async function planned(next: string, file: string, flags: string[], interrupts: Interrupts): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-rollback-"));
  try {
    const config = join(folder, basename(file));
    writeFileSync(config, next, { mode: 0o600 });
    const { code } = await runPulumi(["preview", ...flags, "--config-file", config], interrupts);
    return code === 0 && interrupts.count === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const agreed = async (ask: ReturnType<typeof confirmed>, stack: string, interrupts: Interrupts): Promise<boolean> =>
  (await ask(`Roll ${stack} back to this?`)) === "yes" && interrupts.count === 0;

interface Ended {
  code: number;
  reasons: string[];
  /** Versions that hosts confirmed, by the state after it. */
  holds: Record<string, string>;
  wanted: Record<string, string>;
  replaced: string;
  file: string;
}

function told({ code, reasons, holds, wanted, replaced, file }: Ended): number {
  const names = Object.keys(wanted).sort();
  const other = names.filter((name) => holds[name] !== wanted[name]);
  say(
    "",
    other.length === 0
      ? "rolled back, by what the hosts confirmed:"
      : "not rolled back as a whole; the hosts confirmed last:",
    ...names.map(
      (name) => `  ${name}: ${holds[name] ?? "nothing"}${other.includes(name) ? `, not ${wanted[name]}` : ""}`,
    ),
    ...reasons.map((line) => `  why: ${line}`),
    `  ${file} has these versions, not committed; the declarations are those of today`,
    `  to go forward again: slipway rollback --state ${replaced}`,
  );
  return code === 0 && other.length > 0 ? 1 : code;
}
