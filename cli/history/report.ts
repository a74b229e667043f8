/** What came of it, for people and for scripts. */
import { z } from "zod";
import { lasted, type Paint, plain, renderTable, UNKNOWN } from "../hosts/table.ts";
import { type Entry, entrySchema } from "./ledger.ts";

export const historyReportSchema = z.strictObject({
  stack: z.string(),
  application: z.string().optional().describe("The one that was asked for; absent for all."),
  entries: z.array(entrySchema).describe("Of all hosts, by time, the newest last."),
  damaged: z
    .array(z.strictObject({ host: z.string(), application: z.string(), lines: z.int() }))
    .describe("Ledgers with lines that cannot be read."),
  unread: z
    .array(z.strictObject({ host: z.string(), problem: z.string() }))
    .describe("Hosts that could not be asked, and why."),
});

export type HistoryReport = z.infer<typeof historyReportSchema>;

const HEADINGS = ["TIME (UTC)", "HOST", "APPLICATION", "WHAT", "VERSION", "WHO", "TOOK", "OUTCOME", "WHY"];
const GOOD = ["confirmed", "removed", "locked", "unlocked", "succeeded"];

export function renderHistory(report: HistoryReport, paint: Paint): string {
  const { stack, application, entries, damaged, unread } = report;
  const rows = entries.map((entry) => rowOf(entry, paint));
  return [
    rows.length === 0
      ? `No deployment ${application === undefined ? "" : `of ${application} `}is recorded on the hosts of ${stack} that answered.\n`
      : renderTable([HEADINGS, ...rows]),
    ...damaged.map(
      ({ host, application, lines }) =>
        `${host}: ${lines} of the ledger's lines of ${application} cannot be read; its ledger.jsonl on the host shows them\n`,
    ),
    ...unread.map(({ host, problem }) => `${paint("red", `${host}: ${plain(problem)}`)}\n`),
  ].join("");
}

function rowOf(
  { time, host, application, action, version, who, seconds, result, reason, outsideWindow, backup, pointTime }: Entry,
  paint: Paint,
): string[] {
  const outcome = plain(result);
  return [
    plain(time).replace("T", " ").replace(/Z$/, ""),
    host,
    application,
    plain(action),
    plain(version ?? UNKNOWN),
    plain(who ?? UNKNOWN),
    seconds === 0 ? UNKNOWN : lasted(seconds),
    GOOD.includes(result) ? outcome : paint("yellow", outcome),
    [
      backup && (pointTime ? `${backup} of ${pointTime}` : backup),
      reason,
      outsideWindow && `outside of its window: ${outsideWindow}`,
    ]
      .flatMap((one) => (one ? plain(one) : []))
      .join("; "),
  ];
}

/** 1 where not all could be read, and where what was asked for by its name was never deployed. */
export const historyExitCode = ({ application, entries, damaged, unread }: HistoryReport): number =>
  damaged.length > 0 || unread.length > 0 || (application !== undefined && entries.length === 0) ? 1 : 0;

export const historyJsonSchema = (): object => ({
  title: "What `slipway history --json` prints",
  ...z.toJSONSchema(historyReportSchema, { io: "input" }),
});
