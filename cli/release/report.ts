/** What came of a release, for people and for scripts. */
import { z } from "zod";
import type { Planned } from "../version/plan.ts";
import { change, changesIn, renderChanges } from "../version/report.ts";
import type { Flow } from "./flow.ts";

const hash = z.string().describe("A commit.");

export const releaseReportSchema = z.strictObject({
  done: z
    .enum(["nothing", "started", "finished", "pushed", "aborted"])
    .describe("What holds now; nothing with --dry-run, and where there was nothing to do."),
  branch: z.string().optional().describe("The release branch; absent where none is under way."),
  main: z.string().describe("The branch that is released."),
  develop: z.string().describe("The branch that is worked on."),
  versions: z.array(change).describe("What is released; of a finished release, what was written last."),
  tags: z.array(z.string()).describe("Tags of the release."),
  commit: hash.optional().describe("The commit with the version, or of main the one that is tagged."),
  back: hash.optional().describe("The commit of develop that has it."),
  left: z.string().optional().describe("What is left to do, and why: the next finish does it."),
  notes: z.array(z.string()).describe("What could not be asked."),
  nothing: z.string().optional().describe("Why there is nothing to do."),
});

export type ReleaseReport = z.infer<typeof releaseReportSchema>;

interface Told extends Omit<ReleaseReport, "versions" | "main" | "develop" | "tags"> {
  flow: Flow;
  planned: Planned[];
  tags?: string[];
}

export const reportOf = ({ flow, planned, tags, ...told }: Told): ReleaseReport => ({
  ...flow,
  ...told,
  versions: changesIn(planned),
  tags: tags ?? planned.flatMap(({ tag }) => tag ?? []),
});

const short = (commit: string | undefined): string => (commit === undefined ? "" : ` (${commit.slice(0, 7)})`);

/** @param verb "start" or "finish" */
export function renderRelease(report: ReleaseReport, verb: "start" | "finish", dryRun: boolean): string {
  const { done, branch, main, develop, versions, tags, commit, back, left, notes, nothing } = report;
  const changes = renderChanges(versions, dryRun ? "would be written" : "written");
  const named = tags.join(", ");
  const lines =
    nothing !== undefined
      ? [nothing]
      : done === "aborted"
        ? [`${main} and ${develop} are as they were before the release was finished; ${branch} stays`]
        : verb === "start"
          ? [
              dryRun
                ? `  ${branch} would begin on ${develop}`
                : `  ${branch} is under way${short(commit)}${done === "pushed" ? ", and pushed" : ""}; slipway release finish ends it`,
            ]
          : [
              `  ${branch ?? named}: ${dryRun ? "would be merged" : "merged"} into ${main}${short(commit)}, tagged ${named}`,
              `  ${main}: ${dryRun ? "would be merged" : "merged"} back into ${develop}${short(back)}`,
              ...(done === "pushed" ? ["  pushed"] : []),
            ];
  return [...changes, ...lines, ...(left === undefined ? [] : [`  left: ${left}`]), ...notes.map((note) => `  ${note}`)]
    .map((line) => `${line}\n`)
    .join("");
}

export const releaseJsonSchema = (): object => ({
  title: "What `slipway release start --json` and `slipway release finish --json` print",
  ...z.toJSONSchema(releaseReportSchema, { io: "input" }),
});
