/** Puts hooks where git finds them, and takes them away again, with all that was there as it was. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Git } from "../version/git.ts";
import { HOOK_NAMES, type HookName } from "./config.ts";
import { type Hook, oursIn, type Place, readHook, type Slot, slotOf } from "./place.ts";
import { BEFORE, renderHook, renderStub, type Written } from "./script.ts";

/** Hooks that mean nothing where they do nothing: of others, to be there is to say something. */
const HARMLESS = (
  "applypatch-msg commit-msg post-applypatch post-checkout post-commit post-merge post-rewrite pre-applypatch pre-auto-gc " +
  "pre-commit pre-merge-commit pre-push pre-rebase prepare-commit-msg"
).split(" ");

/** @returns whether anything was changed  @throws Error before anything is touched */
export function putHooks(git: Git, place: Place, how: Pick<Written, "slipway" | "node">): boolean {
  const { folder, outer, runner } = place;
  const slots = HOOK_NAMES.map((name) => slotOf(place, name));
  for (const slot of slots) refuse(slot);
  const isNew = !existsSync(folder) || slots.some((slot) => oursIn(slot)?.ours?.written.madeFolder);
  const written: Written = {
    ...how,
    ...(runner === undefined ? {} : { runner }),
    ...(outer === undefined ? {} : { outer }),
    ...(isNew ? { madeFolder: true } : {}),
  };
  const texts: [string, string][] = slots.map((slot) => [
    oursIn(slot)?.path ?? join(folder, slot.name),
    renderHook(slot.name, written),
  ]);
  if (outer !== undefined)
    for (const name of stubsOf(outer)) texts.push([join(folder, name), renderStub(name, written)]);
  const due = texts.filter(([path, text]) => !existsSync(path) || readFileSync(path, "utf8") !== text);
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of due) {
    const ready = `${path}.slipway-new`;
    writeFileSync(ready, text);
    chmodSync(ready, 0o755);
    const slot = slots.find((one) => join(folder, one.name) === path);
    if (slot?.hook !== undefined && slot.hook.ours === undefined) renameSync(path, `${path}${BEFORE}`);
    renameSync(ready, path);
  }
  if (outer === undefined || pathIn(git) === folder) return due.length > 0;
  git.run(["config", "--local", "core.hooksPath", folder]);
  return true;
}

const pathIn = (git: Git): string => git.try(["config", "--local", "--get", "core.hooksPath"]).stdout.trim();

function stubsOf(outer: string): string[] {
  const there = existsSync(outer) ? readdirSync(outer).filter((name) => /^[a-z0-9-]+$/.test(name)) : [];
  return [...new Set([...HARMLESS, ...there])].filter((name) => !HOOK_NAMES.includes(name as HookName));
}

function refuse(slot: Slot): void {
  const { hook, before, legacy } = slot;
  const ours = oursIn(slot);
  if (ours !== undefined) refuseEdited(ours);
  else if (hook !== undefined && before !== undefined && legacy === undefined)
    throw new Error(
      `${hook.path} and ${before.path} are both there, and only one can be the hook before; join them, and remove the second`,
    );
}

function refuseEdited({ path, ours }: Hook): void {
  if (!ours!.isAsWritten)
    throw new Error(
      `${path} was edited since it was written; move the lines that are yours to ${path}${BEFORE}, and remove it`,
    );
}

/** @returns whether anything was changed  @throws Error before anything is touched */
export function takeHooks(git: Git, folders: string[], ownFolder: string): boolean {
  const all = folders.filter((folder) => folder !== ownFolder).map((folder) => slotsOf(folder));
  for (const slot of all.flat()) {
    const ours = oursIn(slot);
    if (ours !== undefined) refuseEdited(ours);
  }
  const own = existsSync(ownFolder) ? readdirSync(ownFolder).map((name) => join(ownFolder, name)) : [];
  for (const path of own) {
    const hook = readHook(path);
    if (hook?.ours === undefined) throw new Error(`${path} is not of slipway hooks; move it to where hooks are to be`);
    refuseEdited(hook);
  }
  if (resolve(git.root, pathIn(git)) === ownFolder) git.run(["config", "--local", "--unset", "core.hooksPath"]);
  rmSync(ownFolder, { recursive: true, force: true });
  return all.flat().map(takeHook).some(Boolean) || own.length > 0;
}

const slotsOf = (folder: string): Slot[] => HOOK_NAMES.map((name) => slotOf({ folder }, name));

const isPreCommit = (path: string): boolean =>
  existsSync(path) && readFileSync(path, "utf8").includes("pre-commit.com");

function takeHook(slot: Slot): boolean {
  const { name, hook, before } = slot;
  const ours = oursIn(slot);
  if (ours === undefined) {
    // Ended half-way, after it was moved and before ours was there.
    if (before === undefined || hook !== undefined) return false;
    renameSync(before.path, join(dirname(before.path), name));
    return true;
  }
  if (before === undefined) rmSync(ours.path);
  else if (ours === slot.legacy && isPreCommit(before.path)) {
    // It was installed once more: it is the hook already, and would refuse to be the one below itself.
    rmSync(ours.path);
    rmSync(before.path);
  } else renameSync(before.path, ours.path);
  const folder = dirname(ours.path);
  if (ours.ours!.written.madeFolder && readdirSync(folder).length === 0) rmdirSync(folder);
  return true;
}
