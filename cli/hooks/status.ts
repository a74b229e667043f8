/** What is there of the hooks, read from the repository. Nothing is changed. */
import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Git } from "../version/git.ts";
import { doings, HOOK_NAMES, HOOKS_FILE, type HooksConfig, readHooksConfig } from "./config.ts";
import { commonDir, oursIn, type Place, placeOf, slotOf } from "./place.ts";
import type { HooksReport } from "./report.ts";
import { dotenvProblem } from "./run/dotenv.ts";

/** @throws Error where hooks could not run */
export function readStatus(git: Git, done: HooksReport["done"] = "nothing"): HooksReport {
  const place = placeOf(git);
  const slots = HOOK_NAMES.map((name) => slotOf(place, name));
  const [config, wrong] = configIn(git);
  const shown = (path: string): string => (place.isShared ? relative(git.root, path) : path);
  const hooks = slots.map((slot): HooksReport["hooks"][number] => {
    const { name, hook, before } = slot;
    const ours = oursIn(slot);
    const outer = ours?.ours?.written.outer;
    const first = before?.path ?? (outer && existsSync(join(outer, name)) ? join(outer, name) : undefined);
    return {
      name,
      state: ours === undefined ? (hook ? "other" : "missing") : stateOf(ours.ours!.isAsWritten, ours === hook),
      path: shown(join(place.folder, name)),
      ...(first !== undefined && ours !== undefined ? { before: shown(first) } : {}),
      does: config === undefined ? [] : doings(config, name),
    };
  });
  const written = slots.map((slot) => oursIn(slot)?.ours?.written).find((one) => one !== undefined);
  const slipway = written && { path: written.slipway, isThere: isThere(git, written.slipway) };
  return {
    done,
    folder: shown(place.folder),
    whose: place.whose,
    ...(slipway === undefined ? {} : { slipway }),
    hooks,
    problems: [...wrong, ...problemsOf(git, hooks, slipway, config), ...elsewhere(git, place)],
    notes: notesOf(place, written !== undefined),
  };
}

const stateOf = (isAsWritten: boolean, isFirst: boolean) => (!isAsWritten ? "edited" : isFirst ? "installed" : "below");

/** The configuration, and what is wrong with it. */
function configIn(git: Git): [HooksConfig | undefined, string[]] {
  try {
    const config = readHooksConfig(git.root);
    const given = config?.env === undefined ? undefined : dotenvProblem(git, config.env);
    return [config, given === undefined ? [] : [given]];
  } catch (error) {
    return [undefined, (error as Error).message.split("\n")];
  }
}

const isThere = (git: Git, path: string): boolean =>
  [git.root, dirname(commonDir(git))].some((root) => existsSync(resolve(root, path)));

function problemsOf(
  git: Git,
  hooks: HooksReport["hooks"],
  slipway: HooksReport["slipway"],
  config: HooksConfig | undefined,
): string[] {
  const lacking = hooks.filter(({ state, does }) => ["other", "missing"].includes(state) && does.length > 0);
  return [
    ...(lacking.length === 0
      ? []
      : [
          `${lacking.map(({ name }) => name).join(", ")} will not run what ${HOOKS_FILE} says; run slipway hooks install`,
        ]),
    ...(slipway === undefined || slipway.isThere
      ? []
      : [`${slipway.path} is not there; run npm install, or slipway hooks install from where it is now`]),
    ...(config === undefined && slipway !== undefined && !existsSync(join(git.root, HOOKS_FILE))
      ? [`${HOOKS_FILE} is not there, so the hooks do nothing; slipway hooks install writes it`]
      : []),
  ];
}

/** Ours in git's own folder, where git does not look any more. */
function elsewhere(git: Git, { folder }: Place): string[] {
  const own = join(commonDir(git), "hooks");
  if (own === folder) return [];
  const left = HOOK_NAMES.filter((name) => oursIn(slotOf({ folder: own }, name)) !== undefined);
  return left.length === 0
    ? []
    : [
        `${left.join(", ")} in ${own} are left from before core.hooksPath was set; slipway hooks uninstall takes them away`,
      ];
}

function notesOf({ isShared, folder }: Place, isInstalled: boolean): string[] {
  return isShared && isInstalled
    ? [`${folder} is part of the repository: commit what was written there, and others have the hooks, too`]
    : [];
}
