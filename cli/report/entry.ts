/** What `slipway history --json` wrote, read again: one file of it, or several. */
import { z } from "zod";

const words = z.string().optional();
/** The lower bound keeps a clock that was never set out of the plots. */
const TIME = /^2\d{3}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/;

/** A line of a ledger, with the host and the application whose ledger it is. `slipway history` has the same. */
export const entrySchema = z.object({
  time: z.string().refine((text) => TIME.test(text) && !Number.isNaN(Date.parse(text))),
  /** The environment; what `slipway history` wrote names it once for all entries. */
  stack: words,
  host: z.string(),
  application: z.string(),
  action: z.string(),
  result: z.string(),
  version: words,
  release: words,
  previous: words,
  who: words,
  token: words,
  reason: words,
  /** Seconds of each step; none where the host recorded none. */
  steps: z.record(z.string(), z.number().nonnegative().max(31_536_000)).default({}),
});

export type Entry = z.infer<typeof entrySchema>;

export interface Read {
  /** Without those that another file has, too. */
  entries: Entry[];
  /** Lines that are none of a ledger's: here, and on the hosts when the file was written. */
  damaged: number;
  /** Hosts that could not be asked when the file was written. */
  unread: string[];
}

const writtenSchema = z.object({
  stack: words,
  entries: z.array(z.unknown()),
  damaged: z.array(z.object({ lines: z.int().nonnegative() })).default([]),
  unread: z.array(z.object({ host: z.string() })).default([]),
});

/**
 * @param files their names and texts: each the document that `slipway history --json` prints, or entries of it, one a line
 * @throws Error that names the file in which there is no entry that can be read
 */
export function readEntries(files: { name: string; text: string }[]): Read {
  const all = files.map(({ name, text }) => readFile(name, text));
  const byText = new Map(all.flatMap(({ entries }) => entries).map((entry) => [JSON.stringify(entry), entry]));
  return {
    entries: [...byText.values()],
    damaged: all.reduce((sum, { damaged }) => sum + damaged, 0),
    unread: [...new Set(all.flatMap(({ unread }) => unread))].sort(),
  };
}

const ASK = "write it by slipway history --limit 100000 --json";

function readFile(name: string, text: string): Read {
  const values = valuesOf(text);
  const read: Read = { entries: [], damaged: 0, unread: [] };
  for (const value of values) {
    const { data: written } = writtenSchema.safeParse(value);
    if (written !== undefined) {
      for (const entry of written.entries) add(read, entry, written.stack);
      read.damaged += written.damaged.reduce((sum, { lines }) => sum + lines, 0);
      read.unread.push(...written.unread.map(({ host }) => host));
    } else if (isOfOneHost(value))
      throw new Error(`${name}: these are the lines of one host's ledger, without host and application; ${ASK}`);
    else add(read, value, undefined);
  }
  if (read.entries.length === 0 && read.damaged > 0)
    throw new Error(`${name}: none of its ${read.damaged} lines is one of a ledger; ${ASK}`);
  return read;
}

function add(read: Read, value: unknown, stack: string | undefined): void {
  const { data } = entrySchema.safeParse(value);
  if (data === undefined) {
    read.damaged += 1;
    return;
  }
  // In one order, however it was written: the same entry of two files has the same text.
  const { stack: own, ...rest } = data;
  const named = stack ?? own;
  read.entries.push(named === undefined ? rest : { ...rest, stack: named });
}

const isOfOneHost = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "run" in value && "result" in value && !("application" in value);

/** One document, or one a line; what is no JSON is undefined. */
function valuesOf(text: string): unknown[] {
  const whole = parsed(text);
  if (whole !== undefined) return [whole];
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(parsed);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
