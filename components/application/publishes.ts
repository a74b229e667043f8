/** What ports that are published past the proxy mean for the host. */
import { isTarget, type PublishedPort, portsOf, readPort } from "../compose/ports.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import type { Port } from "../compose/serviceSchema.ts";
import type { Problems } from "../shared/problems.ts";
import type { ApplicationSpec } from "./declaration.ts";
import type { Service } from "./model.ts";

interface Published {
  service: string;
  port: Port;
  read: PublishedPort;
}

/** Those that can be read, without those that the proxy answers for. */
function published({ services }: ComposeDocument, own: Service[], variables: Record<string, string>): Published[] {
  return Object.entries(services).flatMap(([service, given]) => {
    const target = own.find(({ name }) => name === service)?.port;
    return portsOf(given).flatMap((port) => {
      const read = readPort(port, variables);
      return read === undefined || isTarget(port, target, variables) ? [] : [{ service, port, read }];
    });
  });
}

/** A port as it is written. */
const asWritten = (port: Port): string =>
  typeof port === "object" ? `${port.published ?? ""}:${port.target}` : String(port);

const keyOf = (spec: ApplicationSpec): string => (spec.compose === undefined ? "publish" : "ports");

/** @param proxy ports that the proxy takes on the application's hosts, like "443/udp" */
export function checkProxyPorts(
  problems: Problems,
  spec: ApplicationSpec,
  document: ComposeDocument,
  own: Service[],
  variables: Record<string, string>,
  proxy: string[],
): void {
  for (const { service, port, read } of published(document, own, variables)) {
    const [from, to] = read.published ?? [0, 0];
    const taken = proxy
      .map((one) => one.split("/"))
      .find(([number, protocol]) => from <= Number(number) && Number(number) <= to && protocol === read.protocol);
    if (taken === undefined) continue;
    problems.add(
      `services.${service}.${keyOf(spec)}`,
      asWritten(port),
      `is port ${taken[0]} of the host, where the proxy answers for all applications; take it out: requests reach the service by its domain (\`port\` in the declaration), with a certificate`,
    );
  }
}

/** Ports of databases and caches, which often ask for no password. */
const DATABASES: Record<number, string> = {
  1433: "SQL Server",
  2379: "etcd",
  3306: "MySQL",
  5432: "PostgreSQL",
  5984: "CouchDB",
  6379: "Redis",
  7687: "Neo4j",
  8086: "InfluxDB",
  9042: "Cassandra",
  9200: "Elasticsearch",
  11211: "Memcached",
  27017: "MongoDB",
};

/** Databases that everybody reaches. */
export function openDatabases(
  spec: ApplicationSpec,
  document: ComposeDocument,
  own: Service[],
  variables: Record<string, string>,
): string[] {
  return published(document, own, variables).flatMap(({ service, port, read }) => {
    const database = DATABASES[read.target[0]];
    const isOpen = ["0.0.0.0", "::", undefined].includes(read.ip);
    if (database === undefined || !isOpen || read.published === undefined) return [];
    return [
      `apps: ${spec.name}.services.${service}.${keyOf(spec)}: ${JSON.stringify(asWritten(port))} opens ${database} to everybody who reaches the host, past its firewall; ` +
        `the application's own services need no port for it: take it out, or write "127.0.0.1:${read.published[0]}:${read.target[0]}"`,
    ];
  });
}
