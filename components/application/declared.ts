/** Renders the Compose document of an application that is declared by services, with safe defaults. */

import { composeProblems, isComposeDocument } from "../compose/check.ts";
import { LOGGING } from "../compose/logging.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import type { ComposeService } from "../compose/serviceSchema.ts";
import { shortParts } from "../compose/shortNotation.ts";
import { place } from "../shared/issues.ts";
import type { Problems } from "../shared/problems.ts";
import { defined, mapValues } from "../shared/records.ts";
import type { ApplicationSpec, ServiceSpec } from "./declaration.ts";
import { isAccessory } from "./ownership.ts";
import { routedPorts } from "./routing.ts";
import { environmentOf, literal } from "./variables.ts";

/** A user that exists in no image: files of the image are readable, nothing is writable but volumes. */
const USER = "10001:10001";

/** A check starts a program in the container for as long as that lives. Deployments do not wait for it: they run it themselves. */
const SELDOM = { interval: "30s", timeout: "5s", retries: 3 };

/** Names of the volumes among what is mounted; the shape is checked later. */
const volumeNames = ({ volumes = [] }: ServiceSpec): string[] =>
  [volumes]
    .flat()
    .map((volume) => shortParts(String(volume))[0]!)
    .filter((name) => /^[A-Za-z0-9]/.test(name));

function dependencies(spec: ApplicationSpec): ComposeService["depends_on"] {
  const names = [...(spec.database ? ["db"] : []), ...(spec.cache ? ["cache"] : [])];
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.map((name) => [name, { condition: "service_healthy" }]));
}

function service(spec: ApplicationSpec, own: ServiceSpec, environment: Record<string, string>): ComposeService {
  const health = typeof own.health === "object" ? own.health.command : undefined;
  const asImage = own.user === "image";
  return {
    ...defined({
      command: own.command?.map(literal),
      environment,
      user: asImage ? undefined : (own.user ?? USER),
      init: true,
      security_opt: ["no-new-privileges:true"],
      cap_drop: asImage ? undefined : ["ALL"],
      mem_limit: own.memory ?? "512m",
      pids_limit: 512,
      cpus: own.cpus,
      restart: "always",
      stop_grace_period: own.stopGrace,
      healthcheck: health && { test: ["CMD", ...health.map(literal)], ...SELDOM },
      logging: LOGGING,
      expose: own.port === undefined ? undefined : routedPorts(own).map(String),
      ports: own.publish,
      volumes: own.volumes,
      depends_on: isAccessory(spec, own) ? undefined : dependencies(spec),
    }),
    ...own.compose,
  };
}

const database = (image: string): ComposeService => ({
  image,
  environment: { POSTGRES_DB: "app", POSTGRES_PASSWORD: "${DATABASE_PASSWORD}", POSTGRES_USER: "app" },
  volumes: ["db:/var/lib/postgresql/data"],
  healthcheck: { test: ["CMD", "pg_isready", "-U", "app", "-h", "127.0.0.1"], ...SELDOM },
  shm_size: "128m",
  mem_limit: "1g",
  security_opt: ["no-new-privileges:true"],
  restart: "always",
  logging: LOGGING,
});

const cache = (image: string): ComposeService => ({
  image,
  volumes: ["cache:/data"],
  healthcheck: { test: ["CMD", "redis-cli", "ping"], ...SELDOM },
  mem_limit: "256m",
  security_opt: ["no-new-privileges:true"],
  restart: "always",
  logging: LOGGING,
});

/**
 * The document without the images of the application's own services: those come with their digest. Undefined where its
 * shape is wrong: what would follow from it is not known.
 */
export function declaredDocument(
  problems: Problems,
  spec: ApplicationSpec,
  variables: Record<string, string>,
  secrets: string[],
): ComposeDocument | undefined {
  const services = {
    ...mapValues(spec.services ?? {}, (own) => service(spec, own, environmentOf(spec, own, variables, secrets))),
    ...defined({
      db: spec.database ? database(spec.database) : undefined,
      cache: spec.cache ? cache(spec.cache) : undefined,
    }),
  };
  const volumes = [
    ...Object.values(spec.services ?? {}).flatMap(volumeNames),
    ...(spec.database ? ["db"] : []),
    ...(spec.cache ? ["cache"] : []),
  ];
  const document = defined({
    services,
    volumes: volumes.length > 0 ? Object.fromEntries(volumes.map((name) => [name, {}])) : undefined,
  });
  for (const { path, message } of composeProblems(document)) problems.at(declaredPlace(spec, path), message);
  return isComposeDocument(document) ? document : undefined;
}

/** Where a part of the document is declared. */
function declaredPlace({ services = {} }: ApplicationSpec, path: readonly PropertyKey[]): string {
  const [part, name = "", key = "", ...rest] = path.map((step) => (typeof step === "number" ? step : String(step)));
  const extra = services[name]?.compose;
  if (part === "services" && extra && Object.hasOwn(extra, key)) return place([part, name, "compose", key, ...rest]);
  return place(key === "ports" ? ["services", name, "publish", ...rest] : path);
}
