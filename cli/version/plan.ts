/** Which versions come next, and what would be written for them. Nothing is changed. */
import compare from "semver/functions/compare.js";
import inc from "semver/functions/inc.js";
import parse from "semver/functions/parse.js";
import valid from "semver/functions/valid.js";
import { shown } from "../../components/shared/text.ts";
import type { Asked, Bump } from "../../components/versions/commits.ts";
import { CONFIG_FILE, type Config, configSchema, type Unit, unitsOf } from "../../components/versions/config.ts";
import { IDENTIFIER, isReleaseBranch, lineOf, tagOf } from "../../components/versions/next.ts";
import { type Due, refuseShared, sectionOf } from "../changelog/section.ts";
import { readConfig } from "../readConfig.ts";
import { decide, requireAll } from "./decide.ts";
import { type FileChange, Files, type Found, put } from "./files.ts";
import type { Git } from "./git.ts";

export interface Wanted {
  /** The version, instead of the next one. */
  set?: string;
  /** How the version is named, as errors say it. @default "--set" */
  option?: string;
  /** The part that is raised, whatever the commits ask for. */
  level?: Bump;
  /** Identifier of a pre-release; "none" for none. @default by the branch */
  prerelease?: string;
  /** Of several packages, this one alone. */
  package?: string;
  /** Of these packages alone, these versions; the repository's own is under undefined. */
  versions?: ReadonlyMap<string | undefined, string>;
}

export interface Planned {
  name?: string;
  rules: Unit["rules"];
  before?: string;
  /** Undefined where nothing is to be done, for the reason. */
  version?: string;
  tag?: string;
  because?: Asked;
  nothing?: string;
  /** Where the version is written, or will be. */
  places: Found[];
  /** Where the repository keeps one, the file with the version's section, and how it gets that. */
  changelog?: { change: FileChange; with: (text: string | undefined) => string };
  /** Tags whose commits are part of a version already. */
  released: string[];
  /** The tag is there, on the newest commit, and only to be pushed. */
  isTagged?: true;
}

/** @throws Error with every problem of the file, a line each */
export const readVersionConfig = (git: Git): Config =>
  readConfig(git.root, CONFIG_FILE, configSchema) ?? configSchema.parse({});

/** @throws Error with every problem of the file, a line each */
export const readUnits = (git: Git): Unit[] => unitsOf(readVersionConfig(git));

/** @throws Error where the clone does not have all that the next version depends on, or what is wanted cannot be */
export function plan(git: Git, units: Unit[], wanted: Wanted): Planned[] {
  requireAll(git);
  const chosen = units.filter(
    ({ name }) => (wanted.package === undefined || name === wanted.package) && (wanted.versions?.has(name) ?? true),
  );
  if (chosen.length === 0) throw new Error(`there is no package ${shown(wanted.package)}; ${known(units)}`);
  const single = wanted.set !== undefined ? "--set" : wanted.level !== undefined ? "--level" : undefined;
  if (single !== undefined && chosen.length > 1)
    throw new Error(`${single} is of one package; add --package, ${known(units)}`);
  if (wanted.set !== undefined && wanted.prerelease !== undefined)
    throw new Error(`--set names the whole version; leave out --prerelease, or write --set 1.5.0-rc.1`);
  refuseShared(chosen.filter(({ changelog }) => changelog.isKept));
  const files = new Files(git);
  return chosen.map((unit) => planOf(git, files, unit, wanted));
}

const known = (units: Unit[]): string => {
  const names = units.flatMap(({ name }) => name ?? []);
  return names.length === 0 ? `${CONFIG_FILE} names none` : `one of ${names.join(", ")}`;
};

function planOf(git: Git, files: Files, unit: Unit, wanted: Wanted): Planned {
  const { prerelease, level, versions, option = "--set" } = wanted;
  const { rules, name } = unit;
  const tags = git.tags;
  if (name !== undefined && !git.hasFolder(unit.path))
    throw new Error(`the newest commit has no ${unit.path}, which is the folder of ${name}; correct ${CONFIG_FILE}`);
  const places = files.placesOf(unit);
  const found = lineOf(git.branch, tags, rules);
  const line = prerelease === undefined ? found : withPrerelease(found, prerelease);
  const common = {
    ...(name === undefined ? {} : { name }),
    rules,
    released: line.released,
    ...(line.before === undefined ? {} : { before: line.before }),
  };
  const raised = level === undefined ? undefined : inc(line.before ?? "0.0.0", level)!;
  const set = wanted.set ?? versions?.get(name) ?? raised;
  const version = set === undefined ? undefined : checked(set, line.before, tags, rules, option);
  const due = (version: string) => {
    for (const place of places) put(place, version, { option, isReleasing: isReleaseBranch(git.branch) });
    const changelog = unit.changelog.isKept ? sectionIn(git, files, unit, { ...line, version }) : {};
    return { version, tag: tagOf(version, rules.tag), places, ...changelog };
  };
  if (version !== undefined) return { ...common, ...due(version) };
  const decided = decide(git, unit, line);
  if ("nothing" in decided) return { ...common, ...decided, places: [] };
  const tag = tagOf(decided.version, rules.tag);
  if (tags.includes(tag))
    throw new Error(
      `${tag} is there already, on a commit that ${git.branch ?? "what is checked out"} does not have (${git.commitOf(tag)?.slice(0, 7)}): merge it, or name another version by --set`,
    );
  return { ...common, ...decided, ...due(decided.version) };
}

/** Puts the version's section into the text of the changelog. */
function sectionIn(git: Git, files: Files, unit: Unit, due: Due): Pick<Planned, "changelog"> {
  const change = files.changelogOf(unit);
  const section = sectionOf(git, unit, due, change);
  change.text = section.text;
  return { changelog: { change, with: section.with } };
}

function withPrerelease(line: ReturnType<typeof lineOf>, id: string): ReturnType<typeof lineOf> {
  const { prerelease: _, ...rest } = line;
  if (id === "none") return rest;
  if (!IDENTIFIER.test(id)) throw new Error(`--prerelease: ${shown(id)} is no identifier; write one like rc, or none`);
  return { ...rest, prerelease: id };
}

/** @throws Error where it is no version, or cannot come now */
function checked(
  set: string,
  before: string | undefined,
  tags: string[],
  rules: Unit["rules"],
  option: string,
): string {
  const bare = set.replace(/^v/, "");
  if (valid(bare) !== bare || parse(bare)!.build.length > 0)
    throw new Error(`${option}: ${shown(set)} is not a semantic version; write one like 1.5.0 or 1.5.0-rc.1`);
  const tag = tagOf(bare, rules.tag);
  if (tags.includes(tag)) throw new Error(`${option}: ${tag} is there already; a version is released once`);
  if (before !== undefined && compare(bare, before) < 0)
    throw new Error(`${option}: ${bare} comes before ${before}, which is released; write a later one`);
  return bare;
}
