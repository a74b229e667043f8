/** What a prune removes, or has removed, and what it keeps, for people and for scripts. */
import { z } from "../../components/shared/zod.ts";

const thing = {
  kind: z
    .enum(["release", "image", "files", "secrets", "run"])
    .describe(
      "files and secrets: those that go with releases, below release-files/ and secrets/. run: a deployment's log",
    ),
  name: z.string(),
  bytes: z.number().describe("Of an image as Docker tells it: what other images share with it is not freed"),
};

const removable = z.object(thing);

/** As a host prints it. */
export const hostPruneSchema = z.object({
  application: z.string(),
  release: z.string().describe("The one that serves."),
  keep: z.number().describe("Releases that are kept: keepReleases."),
  removes: z.array(removable).describe("What a prune removes now; after one, what it could not."),
  keeps: z.array(z.object({ ...thing, why: z.string() })),
  removed: z.array(removable).optional().describe("What is gone; absent where only the plan was asked for."),
});

export const pruneReportSchema = z.object({
  stack: z.string(),
  applications: z.array(hostPruneSchema.extend({ host: z.string() })),
  unread: z
    .array(z.object({ host: z.string(), application: z.string().optional(), problem: z.string() }))
    .describe("What could not be asked or done, and why."),
});

export type HostPrune = z.output<typeof hostPruneSchema>;
export type PruneReport = z.output<typeof pruneReportSchema>;

/** @throws Error where a host prints something else */
export function parsePrune(output: string): HostPrune {
  const { data, error } = hostPruneSchema.safeParse(JSON.parse(output));
  if (data !== undefined) return data;
  const [first] = error.issues;
  throw new Error(`slipway prune printed something this version does not understand: ${first!.path.join(".")}`);
}

/** 1 where something could not be asked, or was to go and is still there. */
export const pruneExitCode = ({ applications, unread }: PruneReport): number =>
  unread.length > 0 || applications.some(({ removed, removes }) => removed !== undefined && removes.length > 0) ? 1 : 0;

export const pruneJsonSchema = (): object => ({
  title: "What `slipway prune --json` prints",
  ...z.toJSONSchema(pruneReportSchema, { io: "input" }),
});
