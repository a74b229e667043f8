/** What the name of an image says of what it keeps. */
import { parseReference, referenceProblem } from "../image/reference.ts";

const lastPart = (image: string): string =>
  referenceProblem(image) === undefined ? parseReference(image).repository.split("/").at(-1)! : "";

const DATABASE =
  /^(?:postgres|postgresql|postgis|pgvector|pgvecto|vchord|timescaledb|timescale|mysql|mariadb|percona|mongo|mongodb|couchdb|cockroach|clickhouse|clickhouse-server|influxdb|neo4j|cassandra|mssql|mssql-server|oracle-free|elasticsearch|opensearch|meilisearch|surrealdb|etcd)(?:[-.].*)?$/;
/** What they keep can be made again. */
const CACHE = /^(?:redis|valkey|keydb|memcached|dragonfly|varnish)(?:-.*)?$/;

export const isDatabase = (image: string): boolean => DATABASE.test(lastPart(image));

export const isCache = (image: string): boolean => CACHE.test(lastPart(image));
