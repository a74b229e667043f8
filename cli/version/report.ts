/** What came of it, for people and for scripts. */
import { z } from "zod";
import { printable } from "../../components/shared/text.ts";
import type { Act } from "./apply.ts";
import { changesOf } from "./files.ts";
import type { Planned } from "./plan.ts";

export const change = z.strictObject({
  name: z.string().optional().describe("The package; absent for the repository as a whole."),
  before: z.string().optional().describe("The version before; absent where there is none."),
  version: z.string().optional().describe("The next version; absent where there is nothing to release."),
  tag: z.string().optional().describe("Its tag."),
  bump: z.enum(["major", "minor", "patch"]).optional().describe("What the commits ask for."),
  because: z.string().optional().describe("The commit that asks for it: its hash and its first line."),
  nothing: z.string().optional().describe("Why there is nothing to release."),
  files: z.array(z.string()).describe("Files that get another version, and the changelog that gets its section."),
});

export const versionReportSchema = z.strictObject({
  done: z
    .enum(["nothing", "written", "tagged", "pushed"])
    .describe("What was done; nothing without --write or --tag, and where there is nothing to release."),
  commit: z.string().optional().describe("The commit that is tagged."),
  versions: z.array(change),
});

export type VersionReport = z.infer<typeof versionReportSchema>;

export function reportOf(planned: Planned[], { write, tag, push }: Act, commit: string | undefined): VersionReport {
  const isDue = planned.some(({ version }) => version !== undefined);
  const done = !isDue || !write ? "nothing" : !tag ? "written" : push ? "pushed" : "tagged";
  return {
    done,
    ...(commit === undefined ? {} : { commit }),
    versions: changesIn(planned),
  };
}

export const changesIn = (planned: Planned[]): z.infer<typeof change>[] =>
  planned.map(({ because, places, changelog, rules: _, released: __, isTagged: ___, ...one }) => ({
    ...one,
    ...(because && {
      bump: because.bump,
      because: `${because.commit.hash.slice(0, 7)} ${firstLine(because.commit.message)}`,
    }),
    files: changesOf([{ places, ...(changelog && { changelog }) }]).map(({ path }) => path),
  }));

const firstLine = (message: string): string => printable(message.split(/\r?\n/, 1)[0]!);

const DONE = { nothing: "would be written", written: "written", tagged: "written", pushed: "written" } as const;

export const renderVersions = ({ done, commit, versions }: VersionReport): string =>
  versions
    .flatMap((one) => [
      ...renderChanges([one], DONE[done]),
      ...(one.version === undefined || commit === undefined ? [] : [`  ${done} ${one.tag} on ${commit.slice(0, 7)}`]),
    ])
    .map((line) => `${line}\n`)
    .join("");

/** Each version with its reason and its files, as lines. @param done what becomes of the files */
export const renderChanges = (versions: VersionReport["versions"], done: string): string[] =>
  versions.flatMap(({ name, before, version, bump, because, nothing, files }) => {
    const of = name === undefined ? "" : `${name}: `;
    if (version === undefined) return [`${of}${before ?? "no version"}: ${nothing}`];
    const why = because === undefined ? "" : ` (${bump}: ${because})`;
    return [
      `${of}${before === undefined ? "" : `${before} => `}${version}${why}`,
      ...(files.length > 0 ? [`  ${files.join(", ")}: ${done}`] : []),
    ];
  });

export const versionJsonSchema = (): object => ({
  title: "What `slipway version --json` prints",
  ...z.toJSONSchema(versionReportSchema, { io: "input" }),
});
