/** The lines of a ledger, as a host wrote them. */
import { z } from "zod";
import { defined } from "../../components/shared/records.ts";

export const entrySchema = z.strictObject({
  time: z.string().describe("When it ended, in UTC by the host's clock, like 2026-11-21T10:02:11Z."),
  host: z.string(),
  application: z.string(),
  action: z.string().describe("deploy, destroy, lock, unlock, migration, drill or restore."),
  result: z
    .string()
    .describe(
      "confirmed, reverted, refused, removed, locked, unlocked, or what became of a migration, a drill or a restore.",
    ),
  version: z.string().optional(),
  release: z.string().optional(),
  previous: z.string().optional().describe("The release that ran before."),
  who: z.string().optional().describe("Whoever asked for it."),
  token: z.string().optional().describe("What identifies the deployment, on all its hosts."),
  reason: z.string().optional().describe("Why it was refused, reverted or locked."),
  outsideWindow: z.string().optional().describe("Why it was deployed although its window was closed."),
  backup: z.string().optional().describe("Name of the backup that a drill or a restore was of."),
  point: z.string().optional().describe("The point that it restored."),
  pointTime: z.string().optional().describe("Of when that is."),
  value: z.string().optional().describe("What the declared query answered."),
  seconds: z.number().describe("How long its steps took together."),
  steps: z.record(z.string(), z.number()).describe("Seconds of each."),
});

export type Entry = z.infer<typeof entrySchema>;

const words = z.string().optional();
const lineSchema = z.object({
  time: z.string(),
  action: z.string(),
  result: z.string(),
  version: words,
  release: words,
  previous: words,
  by: words,
  reason: words,
  outsideWindow: words,
  name: words,
  point: words,
  pointTime: words,
  value: words,
  steps: z.record(z.string(), z.number()).default({}),
});

/** `2026-11-21T10:02:11Z anna@laptop 3f2c` is a program's, `by hand: deploy 2026-…` a person's on the host. */
const TOKEN = /^\d{4}-\d\d-\d\dT\S+ (\S+) [0-9a-f]{4}( https:\/\/\S+)*$/;
const BY_HAND = /^by hand: (\S+) \S+$/;

export function whoOf(by: string): string {
  const [program, hand] = [TOKEN.exec(by)?.[1], BY_HAND.exec(by)?.[1]];
  return program ?? (hand === undefined ? by : `${hand}, by hand`);
}

export interface Read {
  entries: Entry[];
  /** Lines that are none of a ledger's. */
  damaged: number;
}

export function readLedger(host: string, application: string, text: string): Read {
  const lines = text.split("\n").filter((line) => line !== "");
  const entries = lines.flatMap((line) => entryOf(host, application, line) ?? []);
  return { entries, damaged: lines.length - entries.length };
}

function entryOf(host: string, application: string, line: string): Entry | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { data } = lineSchema.safeParse(raw);
  if (data === undefined) return undefined;
  const { time, action, result, by, steps, name: backup, ...rest } = data;
  const seconds = Object.values(steps).reduce((sum, one) => sum + one, 0);
  return {
    time,
    host,
    application,
    action,
    result,
    ...defined({ ...rest, backup }),
    ...(by === undefined ? {} : { who: whoOf(by), token: by }),
    seconds: Math.round(seconds * 1000) / 1000,
    steps,
  };
}

/** The newest of all, the newest last; what ended in the same second stays in the order of its own ledger. */
export const newest = (entries: Entry[], limit: number): Entry[] =>
  entries.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)).slice(-limit);
