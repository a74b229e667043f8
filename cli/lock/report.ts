/** What came of locking or unlocking, for people and for scripts. */
import { z } from "zod";
import { type Paint, plain } from "../hosts/table.ts";

const outcomeSchema = z.strictObject({
  application: z.string(),
  host: z.string(),
  locked: z.boolean().optional().describe("Whether it is locked there now; absent where the host does not say."),
  by: z.string().optional().describe("Who locked it; of one that was unlocked, who had."),
  since: z.string().optional().describe("Since when, in UTC by the host's clock."),
  reason: z.string().optional().describe("Why."),
  underway: z
    .boolean()
    .optional()
    .describe("Whether a deployment ran while it was locked, which goes on to its end all the same."),
  problem: z.string().optional().describe("Why it is not as it was asked for."),
});

export const lockReportSchema = z.strictObject({
  stack: z.string(),
  action: z.enum(["lock", "unlock"]),
  applications: z.array(outcomeSchema).describe("By name, and by host."),
});

export type LockOutcome = z.infer<typeof outcomeSchema>;
export type LockReport = z.infer<typeof lockReportSchema>;

export const renderLock = ({ action, applications }: LockReport, paint: Paint): string =>
  applications.map((one) => `${one.application} on ${one.host}: ${sentence(action, one, paint)}\n`).join("");

function sentence(action: LockReport["action"], { by, since, reason, ...one }: LockOutcome, paint: Paint): string {
  if (one.problem !== undefined) return paint("red", plain(one.problem));
  const who = `by ${plain(by ?? "somebody")} since ${plain(since ?? "some time")}: ${plain(reason ?? "nobody knows why")}`;
  if (action === "lock")
    return `${paint("yellow", "locked")} ${who}${one.underway ? "; the deployment that runs there goes on" : ""}`;
  return by === undefined ? "was not locked" : `${paint("green", "unlocked")}; it was locked ${who}`;
}

/** 1 where something is not as it was asked for. */
export const lockExitCode = ({ applications }: LockReport): number =>
  applications.some(({ problem }) => problem !== undefined) ? 1 : 0;

export const lockJsonSchema = (): object => ({
  title: "What `slipway lock --json` and `slipway unlock --json` print",
  ...z.toJSONSchema(lockReportSchema, { io: "input" }),
});
