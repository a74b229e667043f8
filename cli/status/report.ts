/** What came of it, for scripts, and whether something is wrong. */
import { z } from "zod";
import { backupStatusSchema } from "../backups/report.ts";
import { jobStatusSchema } from "../jobs/report.ts";

const words = z.array(z.string());

const hostStatusSchema = z.strictObject({
  name: z.string(),
  answers: z.boolean().describe("Whether it could be asked."),
  disk: z
    .strictObject({ path: z.string(), free: z.number(), size: z.number() })
    .optional()
    .describe("The fullest of those of applications and of Docker, in MiB; absent where the host does not say."),
  proxy: z.boolean().optional().describe("Whether the proxy runs."),
  others: words.describe("Applications of other stacks."),
  wrong: words.describe("What is wrong with it, a sentence each."),
});

const applicationStatusSchema = z.strictObject({
  application: z.string(),
  host: z.string(),
  version: z.string().optional().describe("The one that was confirmed last; absent where none was."),
  release: z.string().optional(),
  wanted: z.string().optional().describe("What the settings say, where that is another version."),
  health: z
    .enum(["healthy", "runs", "starting", "unhealthy", "absent", "unknown"])
    .describe(
      "healthy: its health checks say so. runs: it has none. absent: nothing was confirmed here. unknown: the host does not say.",
    ),
  since: z.string().optional().describe("When the version was confirmed."),
  differences: words.describe("Drift: what is not as it was confirmed, a sentence each."),
  backup: z.string().optional().describe("When the newest file in the application's backups/ was written."),
  certificate: z
    .strictObject({ domain: z.string(), days: z.int(), isLate: z.boolean() })
    .optional()
    .describe("The one that ends first, and in how many days; late where the proxy should have renewed it."),
  jobs: z.array(jobStatusSchema).optional().describe("Those that run on this host; absent where there is none."),
  backups: z.array(backupStatusSchema).optional().describe("Of its data; absent where none is declared."),
  restorable: z
    .strictObject({ asOf: z.string(), seconds: z.number().optional() })
    .optional()
    .describe(
      "What the last drills have proven: as of when all of its data can be restored, and how long that takes; absent where one of its backups is not proven.",
    ),
  lock: z
    .strictObject({ by: z.string().optional(), since: z.string().optional() })
    .optional()
    .describe("Who deploys it just now; absent where nobody does."),
  frozen: z
    .strictObject({ by: z.string().optional(), since: z.string().optional(), reason: z.string().optional() })
    .optional()
    .describe("Who holds its deployments by `slipway lock`, and why; absent where nobody does."),
  maintenance: z
    .strictObject({ since: z.string().optional(), by: z.string().optional(), allow: words })
    .optional()
    .describe(
      "Users get a page in its place, but for those from these addresses; absent where they get the application.",
    ),
  wrong: words.describe("What is wrong with it, a sentence each."),
});

export const statusReportSchema = z.strictObject({
  stack: z.string(),
  time: z.string().describe("When the hosts were asked, by this machine's clock."),
  hosts: z.array(hostStatusSchema),
  applications: z.array(applicationStatusSchema).describe("By name, and by host, of the hosts that answer."),
});

export type HostStatus = z.infer<typeof hostStatusSchema>;
export type ApplicationStatus = z.infer<typeof applicationStatusSchema>;
export type StatusReport = z.infer<typeof statusReportSchema>;

export const statusExitCode = ({ hosts, applications }: StatusReport): number =>
  [...hosts, ...applications].some(({ wrong }) => wrong.length > 0) ? 1 : 0;

export const statusJsonSchema = (): object => ({
  title: "What `slipway status --json` prints",
  ...z.toJSONSchema(statusReportSchema, { io: "input" }),
});
