/**
 * A service of a Compose document, as far as Slipway reads it (https://docs.docker.com/reference/compose-file/services/).
 * Whatever else there is stays as it is. Before its variables are replaced, a number may be text like "${N}".
 */
import { z } from "../shared/zod.ts";

const NOT_A_SCALAR = "is not a single value; write text, a number, true or false";

const isScalar = (value: unknown): boolean => value === null || typeof value !== "object";

const count = z.union([z.int(), z.string()]);
const texts = z.array(z.string());
const values = z.record(z.string(), z.custom<string | number | boolean | null | undefined>(isScalar, NOT_A_SCALAR));

const build = z.union([
  z.string().describe("Folder of the build context"),
  z.looseObject({
    context: z.string().optional(),
    dockerfile: z.string().optional(),
    dockerfile_inline: z.string().optional(),
    target: z.string().optional(),
    args: z.union([values, texts]).optional(),
  }),
]);

const port = z.union([
  z.int().describe("Port of the container"),
  z.string().describe('"[[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]", each port may be a range'),
  z.looseObject({
    target: count.describe("Port of the container"),
    published: count.optional().describe("Port of the host, or a range of them"),
    host_ip: z.string().optional(),
    protocol: z.string().optional(),
  }),
]);

const volume = z.union([
  z.string().describe('"[SOURCE:]TARGET[:OPTIONS]"'),
  z.looseObject({
    type: z.string().describe('"bind", "volume", "tmpfs" and so on'),
    source: z.string().optional().describe("Path on the host, or name of a volume"),
    target: z.string().optional().describe("Path in the container"),
    read_only: z.union([z.boolean(), z.string()]).optional(),
  }),
]);

const environmentFile = z.union([
  z.string().describe("Path"),
  z.looseObject({
    path: z.string(),
    required: z.union([z.boolean(), z.string()]).optional().describe("Whether it has to exist; by default it has"),
  }),
]);

const grant = z.union([
  z.string().describe("Name of a config or secret"),
  z.looseObject({
    source: z.string().optional().describe("Name of a config or secret"),
    target: z.string().optional().describe("Path in the container"),
  }),
]);

const hook = z.looseObject({
  command: z.union([z.string(), z.array(z.string()), z.null()]),
  user: z.string().optional(),
  privileged: z.union([z.boolean(), z.string()]).optional(),
  working_dir: z.string().optional(),
  environment: z.union([values, texts]).optional(),
});

/** It may say whatever a service may; what it does not say is its service's. */
const initContainer = z.looseObject({
  command: z.union([z.string(), z.array(z.string()), z.null()]).optional(),
  image: z.string().optional().describe("Else the service's"),
  user: z.string().optional(),
  environment: z.union([values, texts]).optional(),
  per_replica: z.union([z.boolean(), z.string()]).optional(),
});

export const serviceSchema = z.looseObject({
  image: z.string().optional().describe("Reference of the image; absent for the application's own"),
  build: build.optional(),
  ports: z.array(port).optional().describe("Ports that are published on the host"),
  expose: z.array(count).optional(),
  volumes: z.array(volume).optional(),
  tmpfs: z.union([z.string(), texts]).optional(),
  networks: z
    .union([texts, z.record(z.string(), z.looseObject({}).nullable())])
    .optional()
    .describe('Names of networks, or options by name; "default" without any'),
  network_mode: z.string().optional(),
  env_file: z
    .union([z.string(), z.array(environmentFile)])
    .optional()
    .describe("Files of variables"),
  environment: z
    .union([values, texts])
    .optional()
    .describe('Variables by name, or a list of "NAME=value"; a name alone hands its value on'),
  depends_on: z
    .union([texts, z.record(z.string(), z.looseObject({ condition: z.string() }))])
    .optional()
    .describe("Names of services that are started before, or conditions by name"),
  healthcheck: z
    .looseObject({ test: z.union([z.string(), texts]).optional() })
    .optional()
    .describe("Docker's own check"),
  deploy: z.looseObject({ replicas: count.optional() }).nullish(),
  scale: count.optional().describe("Number of containers; goes before deploy.replicas"),
  profiles: texts.optional().describe("The service runs with one of these active; always without any"),
  extends: z.union([z.string(), z.looseObject({ service: z.string(), file: z.string().optional() })]).optional(),
  configs: z.array(grant).optional(),
  secrets: z.array(grant).optional(),
  restart: z.string().optional(),
  user: z.string().optional(),
  logging: z
    .looseObject({
      driver: z.string().optional(),
      options: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).optional(),
    })
    .optional(),
  pre_start: z.array(initContainer).optional().describe("Containers that run to their end before the service starts"),
  post_start: z.array(hook).optional().describe("Commands within a container that was started"),
  pre_stop: z.array(hook).optional().describe("Commands within a container that is about to be stopped"),
});

export interface ComposeService extends z.output<typeof serviceSchema> {}
export type Hook = z.output<typeof hook>;
export type Port = z.output<typeof port>;
export type Volume = z.output<typeof volume>;
export type EnvironmentFile = z.output<typeof environmentFile>;
/** What a service names of the document's configs or secrets. */
export type Grant = z.output<typeof grant>;
