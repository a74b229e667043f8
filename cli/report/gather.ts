/** What a report is about: files, or the ledgers of a stack's hosts. */
import { type Read, readEntries } from "./entry.ts";
import { readFiles } from "./report.ts";

/** As many as a ledger can have. */
const ALL = "999999999";

/** @throws Error where neither can be read */
export async function gather({ from, stack }: { from?: string[]; stack?: string }): Promise<Read> {
  if (from !== undefined && stack !== undefined)
    throw new Error("name files by --from, or a stack by --stack, not both");
  if (from !== undefined) return readFiles(from);
  const { history } = await import("../history/history.ts");
  const asked = await history(undefined, { limit: ALL, ...(stack === undefined ? {} : { stack }) });
  return readEntries([{ name: `the hosts of ${asked.stack}`, text: JSON.stringify(asked) }]);
}
