/** The manifest of a release: what the host's scripts need to know of it, in one readable JSON file. */
import { z } from "zod";

const seconds = z.number().min(0);
const wholeSeconds = z.int().min(0);

const oneOff = z.strictObject({
  service: z.string(),
  command: z.array(z.string()),
  timeout: seconds.describe("Seconds"),
});

const service = z.strictObject({
  name: z.string(),
  strategy: z.string().describe("A file of that name in the host's scripts carries it out"),
  replicas: z.int().min(1),
  port: z.int().optional().describe("Takes traffic from the proxy; absent without traffic"),
  upstream: z.string().optional().describe("File in which the proxy looks up the container that takes the traffic"),
  network: z.string().optional().describe("Docker network on which the proxy reaches it"),
  health: z.strictObject({
    path: z.string().optional(),
    port: z.int().optional(),
    interval: seconds.describe("Seconds between checks"),
    successes: z.int().min(1).describe("Good checks in a row"),
    timeout: wholeSeconds.describe("Seconds"),
  }),
  drain: wholeSeconds.describe("Seconds that requests in flight are given"),
});

const verification = z.strictObject({
  host: z.string(),
  scheme: z.enum(["http", "https"]),
  version: z.strictObject({ path: z.string(), field: z.string().optional(), equals: z.string() }).optional(),
  checks: z.array(z.strictObject({ path: z.string(), status: z.int() })),
  responseTime: z.strictObject({ path: z.string(), milliseconds: z.number() }).optional(),
});

export const manifestSchema = z.strictObject({
  application: z.string(),
  environment: z.string().describe("Name of the environment: the Pulumi stack"),
  release: z.string().describe("12 hexadecimal digits"),
  version: z.string(),
  images: z.array(z.string()).describe("All that are pulled, by digest"),
  accessories: z.array(z.string()).describe("Services that a deployment does not restart"),
  pins: z.record(z.string(), z.string()).describe("Images of accessories, by reference with tag"),
  accessoriesHash: z.string().describe("Changes exactly when an accessory's definition changes"),
  mounted: z.array(z.string()).describe("Own services with a mount that they may write to"),
  services: z.array(service).describe("The application's own services"),
  secrets: z.array(z.string()).describe("Names of variables in .env whose values are never shown"),
  backup: oneOff.optional(),
  migration: oneOff.optional(),
  verification: verification.optional().describe("Absent for an application without a domain"),
  observe: z.number().min(0).describe("MILLISECONDS in which the new containers are watched"),
  preflight: z.strictObject({
    freeMiB: z.number(),
    variables: z.array(z.string()),
    ports: z.array(z.int()).describe("Host ports that are published past the proxy"),
    window: z
      .strictObject({ days: z.array(z.int().min(1).max(7)), from: z.string(), until: z.string() })
      .optional()
      .describe("When deployments are allowed, UTC; days from Monday, 1"),
  }),
});
export type Manifest = z.output<typeof manifestSchema>;
