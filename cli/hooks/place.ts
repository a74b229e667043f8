/** Where git looks for the hooks of a repository, and what is there. Nothing is changed. */
import { existsSync, lstatSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import type { Git } from "../version/git.ts";
import type { HookName } from "./config.ts";
import { BEFORE, parseHook, type Written } from "./script.ts";

export interface Place {
  /** Folder of the hooks, absolute. */
  folder: string;
  /** Whose it is, in words. */
  whose: string;
  /** Whether whoever clones the repository has it, too. */
  isShared: boolean;
  runner?: "sh";
  /** The folder that all repositories have, by a configuration outside of this one. */
  outer?: string;
}

/** Of our own, in git's folder, where the hooks of all repositories must stay as they are. */
export const OWN_FOLDER = "slipway-hooks";

/** The folder of the repository that its worktrees have together. */
export const commonDir = (git: Git): string => resolve(git.root, git.run(["rev-parse", "--git-common-dir"]).trim());

/** @throws Error where hooks that are put there would not run */
export function placeOf(git: Git): Place {
  const common = commonDir(git);
  const own = join(common, OWN_FOLDER);
  const [scope, path] = configured(git);
  if (scope === "command")
    throw new Error("core.hooksPath is set by the environment (GIT_CONFIG_…), and would be again; unset it there");
  if (path === undefined) {
    refuseUnprepared(git);
    return { folder: join(common, "hooks"), whose: "git's own", isShared: false };
  }
  const folder = resolve(git.root, path);
  if (folder === own) return { folder, whose: "of `slipway hooks`", isShared: false, ...outerOf(folder) };
  if (scope === "global" || scope === "system")
    return { folder: own, whose: `of \`slipway hooks\`, before it those of ${folder}`, isShared: false, outer: folder };
  const isHusky = basename(folder) === "_" && existsSync(join(folder, "h"));
  const used = isHusky ? dirname(folder) : folder;
  return {
    folder: used,
    whose: isHusky ? "husky's" : "by core.hooksPath",
    isShared: !isAbsolute(relative(git.root, used)) && !relative(git.root, used).startsWith(".."),
    ...(isHusky ? { runner: "sh" as const } : {}),
  };
}

/** The value that counts, and where it is from. */
function configured(git: Git): [string | undefined, string | undefined] {
  const { stdout } = git.try(["config", "--show-scope", "--type=path", "--get", "core.hooksPath"]);
  const [scope, ...path] = stdout.replace(/\n$/, "").split("\t");
  return path.length === 0 || path.join("") === "" ? [undefined, undefined] : [scope, path.join("\t")];
}

function outerOf(folder: string): Pick<Place, "outer"> {
  const hook = readHook(join(folder, "post-commit"));
  return hook?.ours?.written.outer === undefined ? {} : { outer: hook.ours.written.outer };
}

/** husky takes the hooks' place as soon as `npm install` has run. */
function refuseUnprepared(git: Git): void {
  const file = join(git.root, "package.json");
  if (!existsSync(join(git.root, ".husky")) || !existsSync(file)) return;
  if (/"husky"\s*:/.test(readFileSync(file, "utf8")))
    throw new Error("husky is part of this repository and not set up in this clone; run npm install first");
}

export interface Hook {
  path: string;
  /** Undefined where somebody else has written it. */
  ours: { written: Written; isAsWritten: boolean } | undefined;
}

/** Undefined where there is no such file. */
export function readHook(path: string): Hook | undefined {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  // A link that leads nowhere, and a program, are somebody else's.
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  return { path, ours: isFile ? parseHook(readFileSync(path, "utf8")) : undefined };
}

export interface Slot {
  name: HookName;
  /** What git runs. */
  hook: Hook | undefined;
  /** What was there before ours. */
  before: Hook | undefined;
  /** Ours, where pre-commit has put itself before it. */
  legacy: Hook | undefined;
}

export function slotOf({ folder }: Pick<Place, "folder">, name: HookName): Slot {
  const legacy = readHook(join(folder, `${name}.legacy`));
  return {
    name,
    hook: readHook(join(folder, name)),
    before: readHook(join(folder, `${name}${BEFORE}`)),
    legacy: legacy?.ours === undefined ? undefined : legacy,
  };
}

/** Ours, whoever runs it. */
export const oursIn = ({ hook, legacy }: Slot): Hook | undefined => (hook?.ours === undefined ? legacy : hook);
