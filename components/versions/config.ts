/** What a repository says of its versions, in `.slipway/version.json`. */
import { posix } from "node:path";
import { z } from "../shared/zod.ts";
import { STYLES } from "./commits.ts";
import { IDENTIFIER, RULES, type Rules } from "./next.ts";
import type { Place } from "./places.ts";

export const CONFIG_FILE = ".slipway/version.json";

export const path = z
  .string()
  .regex(
    /^(?![/~])(?!.*(?:^|\/)\.\.(?:\/|$))[^\p{Cc}]+$/u,
    "is no path within the repository; write it from its root, like services/api",
  )
  .describe("from the repository's root");

const pattern = z
  .string()
  .regex(/^[^{}]*\{version\}[^{}]*$/, 'does not have {version} in it, once; write it like "release = {version}"');

const file = z.union([path, z.strictObject({ path, pattern })]);

const tag = z
  .string()
  .regex(/^(?![-./])[\w./-]*\{version\}[\w.-]*$/, 'is no name of tags; write it like "v{version}" or "api-v{version}"');

const branch = z.string().regex(/^[\w./*-]+$/, 'is no branch, nor a pattern of branches like "release/*"');

/** One branch, no pattern; git refuses what else cannot be its name. */
const branchName = z.string().regex(/^(?![-.])[\w./-]+$/, 'is no branch; write its name, like "develop"');

const shared = {
  tag: tag.optional().describe("How tags are called. Default: v{version}; of a package, its name and -v{version}."),
  files: z.array(file).optional().describe("Files with the version. Default: those of the usual ones that have one."),
  changelog: z
    .union([z.boolean(), path])
    .optional()
    .describe(
      "Whether a version's commit has its section of the changelog, too; another file than CHANGELOG.md in the folder. Default: false.",
    ),
};

const tagsOf = (packages: Record<string, { tag?: string | undefined }>): string[] =>
  Object.entries(packages).map(([name, one]) => one.tag ?? tagOfPackage(name));

const tagOfPackage = (name: string): string => `${name}-${RULES.tag}`;

export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  ...shared,
  commits: z
    .enum(STYLES)
    .default(RULES.commits)
    .describe("How commits say what they are: [major] and [minor], Conventional Commits, or both."),
  prereleases: z
    .record(branch, z.string().regex(IDENTIFIER, 'is no identifier of a pre-release; write one like "rc"'))
    .default(RULES.prereleases)
    .describe("Identifiers of pre-releases, by branch or pattern of branches."),
  branches: z.array(branch).default(RULES.branches).describe("Branches whose versions are tagged."),
  flow: z
    .strictObject({
      main: branchName.optional().describe("What is released. Default: main, or master where there is no main."),
      develop: branchName.optional().describe("What is worked on. Default: develop."),
    })
    .optional()
    .describe("Branches of `slipway release`."),
  packages: z
    .record(
      z.string().regex(/^[\w.-]+$/, "is no name; use letters, digits, . and -"),
      z.strictObject({ path, ...shared }),
    )
    .refine((packages) => Object.keys(packages).length > 0, "is empty; name a package, or leave it out")
    .refine(
      (packages) => new Set(tagsOf(packages)).size === Object.keys(packages).length,
      "has two packages whose tags are called the same; give each a tag of its own",
    )
    .optional()
    .describe("Packages that have versions of their own, by name."),
});

export type Config = z.infer<typeof configSchema>;

/** Something that has a version: the repository, or a package in it. */
export interface Unit {
  /** Undefined for the repository. */
  name?: string;
  /** Folder whose commits count; "." for all. */
  path: string;
  rules: Rules;
  /** Undefined where nobody named any. */
  files?: Place[];
  /** The changelog, from the root, and whether each version's commit has its section. */
  changelog: { path: string; isKept: boolean };
}

const placesOf = (files: z.infer<typeof file>[]): Place[] =>
  files.map((one) => (typeof one === "string" ? { path: one } : one));

export function unitsOf({ commits, prereleases, branches, packages, flow: _, ...whole }: Config): Unit[] {
  const unit = (
    name: string | undefined,
    folder: string,
    { tag, files, changelog }: Pick<Config, "tag" | "files" | "changelog">,
  ): Unit => ({
    ...(name === undefined ? {} : { name }),
    path: folder,
    rules: { tag: tag ?? (name === undefined ? RULES.tag : tagOfPackage(name)), commits, prereleases, branches },
    ...(files === undefined ? {} : { files: placesOf(files) }),
    changelog: {
      path: typeof changelog === "string" ? changelog : posix.join(folder, "CHANGELOG.md"),
      isKept: changelog !== undefined && changelog !== false,
    },
  });
  return packages === undefined
    ? [unit(undefined, ".", whole)]
    : Object.entries(packages).map(([name, one]) => unit(name, one.path, one));
}

export const configJsonSchema = (): object => ({
  title: `What ${CONFIG_FILE} may say`,
  ...z.toJSONSchema(configSchema, { io: "input" }),
});
