/** A Compose document, as far as Slipway reads it (https://docs.docker.com/reference/compose-file/). */
import { z } from "../shared/zod.ts";
import { serviceSchema } from "./serviceSchema.ts";

const external = z
  .union([z.boolean(), z.string(), z.looseObject({ name: z.string().optional() })])
  .optional()
  .describe("Whether it is there already; in the old notation with its name");

const options = z.record(z.string(), z.union([z.string(), z.number()])).optional();

const network = z
  .looseObject({
    name: z.string().optional().describe("Its name in Docker, in place of one with the project's"),
    external,
    driver: z.string().optional(),
    driver_opts: options,
  })
  .nullable();

const volume = z
  .looseObject({
    name: z.string().optional().describe("Its name in Docker, in place of one with the project's"),
    external,
    driver: z.string().optional(),
    driver_opts: options.describe('With `o: bind` and a `device` of the driver "local" it is a folder of the host'),
  })
  .nullable();

const definition = z.looseObject({
  file: z.string().optional().describe("Path of a file with its content"),
  environment: z.string().optional().describe("Name of a variable with its content"),
  external,
});

const include = z.union([
  z.string().describe("Path of another Compose file"),
  z.looseObject({ path: z.union([z.string(), z.array(z.string())]).optional() }),
  z.null(),
]);

export const composeSchema = z.looseObject({
  name: z.string().optional().describe("Name of the project; the application's takes its place"),
  services: z.record(z.string(), serviceSchema),
  networks: z.record(z.string(), network).optional(),
  volumes: z.record(z.string(), volume).optional(),
  configs: z.record(z.string(), definition.extend({ content: z.string().optional() })).optional(),
  secrets: z.record(z.string(), definition).optional(),
  include: z.array(include).nullish(),
});

export interface ComposeDocument extends z.output<typeof composeSchema> {}
export type VolumeDefinition = z.output<typeof volume>;
