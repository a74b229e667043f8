/** What became of backups, for scripts. */
import { z } from "zod";

const words = z.string().optional();

export const backupStatusSchema = z.strictObject({
  name: z.string(),
  what: z.string().describe("postgres, sqlite or volume."),
  to: z.string().describe("Name of its destination in slipway:backups."),
  last: z
    .strictObject({
      time: z.string().describe("When it ended, like 2026-11-28T03:12:09Z."),
      point: words.describe("Names it: slipway restore <application> <point>."),
      bytes: z.number().optional(),
      result: z.string().describe("succeeded, or what became of it."),
      reason: words,
    })
    .optional()
    .describe("The last that was tried; absent where none was yet."),
  drill: z
    .strictObject({
      time: z.string().describe("When it ended."),
      result: z.string().describe("succeeded, or what became of it."),
      pointTime: words.describe("Of when the data is that was restored aside."),
      seconds: z.number().optional().describe("How long restoring and checking took."),
      value: words.describe("What the declared query answered."),
      reason: words,
    })
    .optional()
    .describe("The last that was tried; absent where none was yet."),
  aside: z
    .strictObject({ time: words, point: words })
    .optional()
    .describe("What the last restore keeps of what was there before; absent where nothing is kept."),
  wrong: z.array(z.string()).describe("What is wrong with it, a sentence each."),
});
export type BackupStatus = z.infer<typeof backupStatusSchema>;

const unread = z
  .array(z.strictObject({ host: z.string(), problem: z.string() }))
  .describe("Hosts that could not be asked, and why.");

export const actReportSchema = z.strictObject({
  stack: z.string(),
  act: z.enum(["backup", "drill"]),
  applications: z
    .array(
      z.strictObject({
        application: z.string(),
        host: z.string(),
        problem: words.describe("Why not all of it ended well; absent where it did."),
        backups: z.array(backupStatusSchema).describe("As they are afterwards."),
      }),
    )
    .describe("By name, and by host."),
  unread,
});
export type ActReport = z.infer<typeof actReportSchema>;

export const pointSchema = z.strictObject({
  host: z.string(),
  name: z.string().describe("Of the backup."),
  id: z.string(),
  time: z.string().describe("When it was taken."),
  release: words,
  version: words.describe("The version that served."),
  bytes: z.number().optional(),
  suspect: z
    .boolean()
    .optional()
    .describe(
      "It is empty, shrunk by half, dated in the future, or of other data: never restored without being named.",
    ),
});
export type Point = z.infer<typeof pointSchema>;

export const pointsReportSchema = z.strictObject({
  stack: z.string(),
  application: z.string(),
  time: z.string().describe("When the hosts were asked, by this machine's clock."),
  points: z.array(pointSchema).describe("By host and backup, the newest first."),
  unread,
});
export type PointsReport = z.infer<typeof pointsReportSchema>;

export const restoreReportSchema = z.strictObject({
  stack: z.string(),
  application: z.string(),
  host: z.string(),
  name: z.string().describe("Of the backup."),
  act: z.enum(["restore", "back", "drop"]),
  point: pointSchema.omit({ host: true, name: true }).optional().describe("What was restored."),
  done: z.boolean(),
  problem: words.describe("Why it is not done."),
});
export type RestoreReport = z.infer<typeof restoreReportSchema>;

/** 1 where something did not end well, or a host could not be asked. */
export const actExitCode = ({ applications, unread: hosts }: ActReport): number =>
  hosts.length > 0 || applications.some(({ problem }) => problem !== undefined) ? 1 : 0;

export const pointsExitCode = ({ unread: hosts }: PointsReport): number => (hosts.length > 0 ? 1 : 0);

const schema = (command: string, of: z.ZodType): object => ({
  title: `What \`${command}\` prints`,
  ...z.toJSONSchema(of, { io: "input" }),
});

/** By the names of their files. */
export const backupSchemas = (): Record<string, object> => ({
  backups: schema("slipway backup --json` and `slipway drill --json", actReportSchema),
  points: schema("slipway points --json", pointsReportSchema),
  restore: schema("slipway restore --json", restoreReportSchema),
});
