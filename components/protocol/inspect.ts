/** What `slipway inspect` prints: what a host runs, and where that differs from what was confirmed. */
import { z } from "zod";

/** A host may be prepared by an older or a newer version: what only one of them knows is absent, or ignored. */
const applicationSchema = z.object({
  release: z.string(),
  version: z.string(),
  token: z.string().describe("Of the deployment that was confirmed last"),
  owner: z.string(),
  pins: z.record(z.string(), z.string()).optional().describe("Images of its accessories, by reference with tag"),
  differences: z.array(z.string()).describe("What is not as it was confirmed, a sentence each"),
  underway: z
    .object({ release: z.string(), version: z.string(), by: z.string(), since: z.string() })
    .partial()
    .nullable()
    .describe("A deployment that holds the lock; empty before it has written its journal"),
});

export const inspectSchema = z.object({
  host: z.object({
    token: z.string().describe("Of the preparation that ended last"),
    scripts: z.string().describe("Name of the scripts' folder"),
    proxyRuns: z.boolean(),
    time: z.number().describe("Seconds since 1970, by the host's clock"),
    deployKeys: z.array(z.string()).optional().describe("Lines of authorized_keys that are some stack's"),
  }),
  applications: z.record(z.string(), applicationSchema),
});

/** An application as a host runs it. */
export type Seen = z.output<typeof applicationSchema>;
export type HostSeen = z.output<typeof inspectSchema>;

/** @throws Error that names what is not as it should be: what a host says is checked like any other input */
export function parseInspect(output: string): HostSeen {
  let raw: unknown;
  try {
    raw = JSON.parse(output);
  } catch {
    throw new Error(`slipway inspect printed something other than JSON: ${JSON.stringify(output.slice(0, 80))}`);
  }
  const { data, error } = inspectSchema.safeParse(raw);
  if (data !== undefined) return data;
  const [first] = error.issues;
  throw new Error(
    `slipway inspect printed what this version does not understand: ${first!.path.join(".")}: ${first!.message}`,
  );
}
