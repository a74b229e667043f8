/** Which Compose file of a repository can be deployed as it is, and which of its services takes the traffic. */
import { basename, posix } from "node:path";
import { neededVariables } from "../../components/compose/interpolate.ts";
import { loadCompose } from "../../components/compose/load.ts";
import { portsOf, readPort } from "../../components/compose/ports.ts";
import { activeServices } from "../../components/compose/profiles.ts";
import type { ComposeDocument } from "../../components/compose/schema.ts";
import type { ComposeService } from "../../components/compose/serviceSchema.ts";
import { volumesOf } from "../../components/compose/volumes.ts";
import type { Checkout } from "./checkout.ts";
import { healthIn } from "./dockerfile.ts";

export interface ComposeFile {
  /** One, or what is for production on top of what is for all. */
  paths: [string, ...string[]];
  /** The service that takes the traffic. */
  routed?: { name: string; port: number; health?: string };
  /** Repository of the image that it builds, or that a service is built for; absent where it builds none, or does not say. */
  image?: string;
  /** Whether one of its services is built from here. */
  isBuilt: boolean;
  /** Tag of the image that takes the traffic, where that is somebody else's. */
  tag?: string;
  /** Variables that have no value without a setting. */
  variables: string[];
  /** Files of variables that its services get. */
  environmentFiles: string[];
  /** The `.env` beside it, of whose values none was read. */
  dotenv?: string;
  /** Image of a Postgres in it. */
  postgres?: string;
  /** Why it is for development alone. */
  development?: string;
}

const NAME = /^(docker-)?compose([.-](prod|production))?\.ya?ml$/;

/** Databases, caches, and what people use to look at them: none of them is what users ask. */
const BESIDE =
  /^(postgres|postgis|timescaledb|pgvector|mysql|mariadb|mongo|redis|valkey|keydb|dragonfly|memcached|rabbitmq|nats|kafka|zookeeper|elasticsearch|opensearch|clickhouse-server|adminer|pgadmin4?|phpmyadmin|mailhog|mailpit|maildev|minio|watchtower|traefik|docker-socket-proxy)$/;

const nameOf = (image = ""): string =>
  image
    .replace(/[:@][^/]*$/, "")
    .split("/")
    .at(-1)!;
const isProduction = (path: string): boolean => /prod/.test(basename(path));

/** What says most of production; a file that only changes another's services comes with that one. */
export function composeFileOf(checkout: Checkout): ComposeFile | undefined {
  const rank = (path: string): string => `${path.split("/").length}${isProduction(path) ? 0 : 1}${path}`;
  const candidates = checkout.paths
    .filter((path) => NAME.test(basename(path)))
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  for (const path of candidates) {
    const base = candidates.find((other) => !isProduction(other) && posix.dirname(other) === posix.dirname(path));
    const sets: ComposeFile["paths"][] = [
      [path],
      ...(base && isProduction(path) ? [[base, path] as [string, string]] : []),
    ];
    for (const paths of sets) {
      const document = read(checkout, paths);
      if (document !== undefined && isWhole(document)) return described(checkout, paths, document);
    }
  }
  return undefined;
}

/** Undefined for what is no Compose file, or part of another; what is wrong with one that is taken, the preview tells. */
function read({ texts }: Checkout, paths: string[]): ComposeDocument | undefined {
  const readFile = (file: string): string => {
    const text = texts[file];
    if (text === undefined) throw new Error(`${file} was not read`);
    return text;
  };
  try {
    return loadCompose(paths, { readFile, variables: {} });
  } catch {
    return undefined;
  }
}

/** An overlay alone changes services that another file declares. */
const isWhole = ({ services }: ComposeDocument): boolean =>
  Object.values(services).every(({ image, build, extends: base }) => image ?? build ?? base);

function described(checkout: Checkout, paths: ComposeFile["paths"], document: ComposeDocument): ComposeFile {
  const services = Object.fromEntries(activeServices(document, []).map((name) => [name, document.services[name]!]));
  const routed = routedIn(services);
  const built = Object.values(services).filter(({ build }) => build !== undefined);
  const image = built.map((service) => service.image).find((one) => one !== undefined && !/\$/.test(repositoryIn(one)));
  const foreign = routed && built.length === 0 ? services[routed.name]!.image : undefined;
  const tag = /:([\w.-]+)$/.exec(foreign ?? "")?.[1];
  const postgres = Object.values(services).find((service) => nameOf(service.image) === "postgres")?.image;
  const development = developmentIn(checkout, paths[0], services);
  const environmentFiles = Object.values(services).flatMap(({ env_file: files = [] }) =>
    [files].flat().map((file) => (typeof file === "string" ? file : file.path)),
  );
  const dotenv = posix.join(posix.dirname(paths[0]), ".env");
  return {
    paths,
    ...(checkout.paths.includes(dotenv) && { dotenv }),
    isBuilt: built.length > 0,
    variables: variablesIn({ ...document, services }),
    environmentFiles: [...new Set(environmentFiles)],
    ...(routed && { routed }),
    ...(image && { image: repositoryIn(image) }),
    ...(tag && { tag }),
    ...(postgres && { postgres }),
    ...(development && { development }),
  };
}

const repositoryIn = (image: string): string => image.replace(/:(\$\{[^}]*\}|[^/:]*)$|@.*$/, "");

function routedIn(services: Record<string, ComposeService>): ComposeFile["routed"] {
  const candidates = Object.entries(services)
    .filter(([, { image, build }]) => build !== undefined || !BESIDE.test(nameOf(image)))
    .flatMap(([name, service]) => {
      const published = portsOf(service).flatMap((port) => readPort(port)?.target[0] ?? [])[0];
      const exposed = [service.expose ?? []].flat().map((port) => Number.parseInt(String(port), 10))[0];
      const port = published ?? exposed;
      return port === undefined ? [] : [{ name, port, service, isPublished: published !== undefined }];
    });
  const [best] = candidates.sort((a, b) => Number(b.isPublished) - Number(a.isPublished));
  if (best === undefined) return undefined;
  const test = best.service.healthcheck?.test;
  const health = test === undefined ? undefined : healthIn([test].flat().join(" "));
  return { name: best.name, port: best.port, ...(health && { health }) };
}

function variablesIn(document: ComposeDocument): string[] {
  const services = Object.values(document.services).map(({ build: _, ...service }) => service);
  const { networks, volumes, configs, secrets } = document;
  return neededVariables({ services, networks, volumes, configs, secrets }, []).filter((name) => name !== "VERSION");
}

/** A service that mounts the sources of this repository runs what is on a developer's disk. */
function developmentIn(
  { paths }: Checkout,
  path: string,
  services: Record<string, ComposeService>,
): string | undefined {
  for (const [name, service] of Object.entries(services)) {
    if (service.build === undefined) continue;
    for (const volume of volumesOf(service)) {
      const source = typeof volume === "string" ? volume.split(":")[0]! : (volume.source ?? "");
      if (!/^\.\.?(\/|$)/.test(source)) continue;
      const folder = posix.join(posix.dirname(path), source).replace(/\/$/, "");
      const isSources = folder === "." || paths.some((file) => file.startsWith(`${folder}/`) && /\.\w+$/.test(file));
      if (isSources) return `${name} mounts ${source}`;
    }
  }
  return undefined;
}
