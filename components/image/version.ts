import coerce from "semver/functions/coerce.js";
import lt from "semver/functions/lt.js";
import parse from "semver/functions/parse.js";
import { defined } from "../shared/records.ts";
import { isTag } from "./reference.ts";

/**
 * A version is a semantic version ("1.4.0") or any other tag ("sha-3f2c1ab", "v1.4.0").
 * It is the image's tag exactly as written: nothing is added or taken away.
 */
const MOVING = new Set(["latest", "edge", "nightly", "main", "master"]);

/** "1", "1.4", "v1.4", "1.04.0"; a long number alone is a tag of its own kind: a date, a build number. */
const INCOMPLETE = /^v?\d{1,3}$|^v?\d+(\.\d+)+$/;

/** What is wrong with a version, to be put after its value; undefined if nothing is. */
export function versionProblem(version: string, rules: { protected: boolean }): string | undefined {
  if (version.includes("+") && parse(version)) {
    return `has build metadata, which an image tag cannot carry; write "${version.replace("+", "-")}"`;
  }
  if (INCOMPLETE.test(version) && !parse(version)) {
    return `is not a semantic version; write "${suggestion(version)}", or a tag like "sha-3f2c1ab"`;
  }
  if (!isTag(version)) {
    return "is not a version; write a semantic version like \"1.4.0\", or a tag like \"sha-3f2c1ab\" (letters, digits, '_', '.', '-', at most 128)";
  }
  if (rules.protected && MOVING.has(version)) {
    return 'is a tag that moves, and this environment is protected; write the version it stands for, like "1.4.0" or "sha-3f2c1ab"';
  }
  return undefined;
}

function suggestion(version: string): string {
  return (version.startsWith("v") ? "v" : "") + (coerce(version)?.version ?? "1.4.0");
}

/** "v1.4.0" and "1.4.0" both as "1.4.0"; any other tag as it is. */
export function plainVersion(version: string): string {
  return parse(version)?.version ?? version;
}

/** Says whether a version is a semantic version, with or without a leading "v". */
export const isSemantic = (version: string): boolean => parse(version) !== null;

export interface DeployRules {
  /** Whether the environment is protected. */
  protected: boolean;
  /** Whether going back is meant. */
  allowDowngrade?: boolean;
  /** Where the version is set, for the error: `slipway:applications.shop`. */
  configPath?: string;
}

/**
 * Whether `next` may follow `previous`: in a protected environment an older semantic version may not, unless it is
 * meant. Tags that are not semantic versions have no order and may follow each other.
 * @returns undefined if it may, otherwise the error's text.
 */
export function deployable(previous: string | undefined, next: string, rules: DeployRules): string | undefined {
  if (previous === undefined || !rules.protected || rules.allowDowngrade) return undefined;
  const [before, after] = [parse(previous), parse(next)];
  if (!before || !after || !lt(after, before)) return undefined;
  const path = rules.configPath ?? "slipway:applications.<name>";
  return (
    `${path}.version: "${next}" is older than "${previous}", which this protected environment runs; ` +
    `to go back on purpose, set ${path}.allowDowngrade to true`
  );
}

export interface BuildIdentity {
  /** The semantic version that is built, if it is one. */
  version?: string;
  /** The full commit. */
  commit?: string;
  /** Where the source lies, for the label `source`. */
  source?: string;
}

/** The tags a build pushes, by what they say; the one that never moves comes first. */
export function tagsByPart(build: BuildIdentity & { isDefaultBranch?: boolean }): Record<string, string> {
  const semantic = build.version === undefined ? undefined : parse(build.version);
  return defined({
    commit: build.commit && `sha-${build.commit.slice(0, 7)}`,
    version: semantic ? `v${semantic.version}` : build.version,
    latest: build.isDefaultBranch && !semantic?.prerelease.length ? "latest" : undefined,
  });
}

/** `sha-<commit>`, `vX.Y.Z` and, for the default branch and no pre-release, `latest`. */
export const tags = (build: BuildIdentity & { isDefaultBranch?: boolean }): string[] =>
  Object.values(tagsByPart(build));

/** Build arguments `VERSION` and `COMMIT`; a Dockerfile that wants them declares them with ARG. */
export function buildArguments(build: BuildIdentity): Record<string, string> {
  return defined({ COMMIT: build.commit, VERSION: build.version && plainVersion(build.version) });
}

/**
 * The labels of https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md that say what an image is.
 * No time among them: the same source gives the same image.
 */
export function labels(build: BuildIdentity): Record<string, string> {
  return defined({
    "org.opencontainers.image.revision": build.commit,
    "org.opencontainers.image.source": build.source,
    "org.opencontainers.image.version": build.version && plainVersion(build.version),
  });
}
