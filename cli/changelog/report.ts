/** What came of it, for people and for scripts. */
import { z } from "zod";
import { KINDS } from "../../components/versions/changes.ts";

const entry = z.strictObject({
  kind: z.enum(KINDS),
  text: z.string().describe("Markdown, one line."),
  commit: z.string().describe("The hash of the commit that says it."),
});

const one = z.strictObject({
  name: z.string().optional().describe("The package; absent for the repository as a whole."),
  version: z
    .string()
    .optional()
    .describe("Whose section it is; absent where it is [Unreleased], and where there is nothing to release."),
  tag: z.string().optional().describe("The tag that was asked about, or that the next version gets."),
  path: z.string().optional().describe("The changelog, from the repository's root."),
  heading: z.string().optional().describe("The section's heading, as it stands in the file or would."),
  notes: z.string().optional().describe("What stands below the heading, or would: Markdown."),
  link: z.url().optional().describe("Where all changes are shown; absent where the repository's page is not known."),
  entries: z.array(entry).describe("What commits say that did not stand there before, the oldest first."),
  isWritten: z.boolean().optional().describe("Whether the file was changed."),
  nothing: z.string().optional().describe("Why there is nothing to release."),
});

export const changelogReportSchema = z.strictObject({ changelogs: z.array(one) });

export type ChangelogReport = z.infer<typeof changelogReportSchema>;

/** The sections as they stand in the file. */
export const renderSections = ({ changelogs }: ChangelogReport): string =>
  changelogs
    .map(({ name, heading, notes, nothing, path, isWritten }) => {
      const of = name === undefined ? "" : `${name}: `;
      if (heading === undefined) return `${of}${nothing}\n`;
      return [
        ...(name === undefined ? [] : [`<!-- ${name} -->`]),
        heading,
        ...(notes ? ["", notes] : []),
        ...(isWritten ? ["", `written into ${path}`] : []),
        "",
      ].join("\n");
    })
    .join("\n");

/** For a GitHub release, which has a title of its own. */
export const renderNotes = ({ changelogs }: ChangelogReport): string =>
  changelogs
    .flatMap(({ notes, link }) => [
      ...(notes ? [`${notes}\n`] : []),
      ...(link === undefined ? [] : [`**Full changelog**: ${link}\n`]),
    ])
    .join("\n");

export const changelogJsonSchema = (): object => ({
  title: "What `slipway changelog --json` prints",
  ...z.toJSONSchema(changelogReportSchema, { io: "input" }),
});
