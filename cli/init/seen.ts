/** What a repository tells of how it is to be deployed. */
import { NAME, RESERVED } from "../../components/shared/names.ts";
import type { Checkout } from "./checkout.ts";
import { type ComposeFile, composeFileOf } from "./compose.ts";
import { type Dockerfile, dockerfileOf } from "./dockerfile.ts";
import { sourcesOf } from "./language.ts";
import { imageInWorkflows, remoteOf, usualImage } from "./remote.ts";

export interface Seen {
  /** A name for the application. */
  name: string;
  /** What was found, for people: a line each. */
  found: string[];
  /** Repository of the application's own image; absent where it is not known, or none is needed. */
  image?: string;
  needsImage: boolean;
  /** The Compose file to take as it is. */
  compose?: ComposeFile;
  dockerfile?: Dockerfile;
  port?: number;
  health?: string;
  /** Image of a Postgres, and of a Redis, to run beside it. */
  database?: string;
  cache?: string;
  migration?: string[];
  /** Whether a workflow of the repository builds an image. */
  isBuiltByWorkflow: boolean;
}

const POSTGRES = "postgres:17";
const REDIS = "redis:7";

export function recognise(checkout: Checkout): Seen {
  const remote = remoteOf(checkout.gitConfig);
  const dockerfile = dockerfileOf(checkout);
  const file = composeFileOf(checkout);
  const compose = file?.development !== undefined && dockerfile !== undefined ? undefined : file;
  const sources = sourcesOf(checkout);
  const pushed = imageInWorkflows(checkout, remote);
  const needsImage = compose === undefined || compose.isBuilt;
  const image = needsImage ? (compose?.image ?? pushed ?? usualImage(remote)) : undefined;
  const health = compose
    ? (compose.routed?.health ?? (compose.isBuilt ? (dockerfile?.health ?? sources.health) : undefined))
    : (dockerfile?.health ?? sources.health);
  const port = compose?.routed?.port ?? (compose ? undefined : (dockerfile?.port ?? file?.routed?.port));
  const database = compose || !(sources.usesPostgres || file?.postgres) ? undefined : (file?.postgres ?? POSTGRES);
  const migration = needsImage ? sources.migration : undefined;
  return {
    name: applicationName(remote?.name ?? checkout.folder),
    found: [
      ...(sources.language ? [`${sources.language} sources`] : []),
      ...(dockerfile ? [`${dockerfile.path}${dockerfile.port ? `, which exposes port ${dockerfile.port}` : ""}`] : []),
      ...(file ? [composeLine(file, compose)] : []),
      ...(health ? [`${health} tells whether it is well`] : []),
      ...(database ? [`it keeps its data in Postgres (${database})`] : []),
      ...(sources.otherDatabase && !compose
        ? [`it keeps its data in ${sources.otherDatabase}: declare that as a service of its own`]
        : []),
      ...(migration ? [`its schema is migrated by: ${migration.join(" ")}`] : []),
      ...(pushed ? [`a workflow pushes ${pushed}`] : []),
    ],
    needsImage,
    isBuiltByWorkflow: pushed !== undefined,
    ...(image && { image }),
    ...(compose && { compose }),
    ...(dockerfile && { dockerfile }),
    ...(port && { port }),
    ...(health && { health }),
    ...(database && { database }),
    ...(!compose && sources.usesRedis && { cache: REDIS }),
    ...(migration && { migration }),
  };
}

function composeLine(file: ComposeFile, taken: ComposeFile | undefined): string {
  const name = file.paths.join(" and ");
  if (taken === undefined) return `${name} is for development (${file.development}), so it is not deployed`;
  const { routed } = file;
  return `${name}, taken as it is${routed ? `; ${routed.name} takes the traffic at port ${routed.port}` : ""}`;
}

/** A name that a folder, a container and a Compose project can have. */
export function applicationName(text: string): string {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 40)
    .replace(/-+$/, "");
  return NAME.test(name) && !RESERVED.includes(name) ? name : "app";
}
