/** What ports that are published past the proxy mean for the host. */
import { isOneOf, type PublishedPort, portsOf, readPort } from "../compose/ports.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import type { Port } from "../compose/serviceSchema.ts";
import type { Problems } from "../shared/problems.ts";
import { mapValues } from "../shared/records.ts";
import type { ApplicationSpec } from "./declaration.ts";
import type { Service } from "./model.ts";
import { routedPorts } from "./routing.ts";

/** What the proxy answers for. */
type Routed = Pick<Service, "name" | "ports">;

interface Published {
  service: string;
  port: Port;
  read: PublishedPort;
}

/** Those that can be read, without those that the proxy answers for. */
function published({ services }: ComposeDocument, own: Routed[], variables: Record<string, string>): Published[] {
  return Object.entries(services).flatMap(([service, given]) => {
    const targets = own.find(({ name }) => name === service)?.ports ?? [];
    return portsOf(given).flatMap((port) => {
      const read = readPort(port, variables);
      return read === undefined || isOneOf(port, targets, variables) ? [] : [{ service, port, read }];
    });
  });
}

/** A port as it is written. */
const asWritten = (port: Port): string =>
  typeof port === "object" ? `${port.published ?? ""}:${port.target}` : String(port);

const keyOf = (spec: ApplicationSpec): string => (spec.compose === undefined ? "publish" : "ports");

/** The port of the host that the proxy has, of those that a port asks for. */
function takenBy(proxy: string[], { published, protocol }: PublishedPort): string | undefined {
  const [from, to] = published ?? [0, 0];
  return proxy
    .map((one) => one.split("/"))
    .find(([number, its]) => from <= Number(number) && Number(number) <= to && its === protocol)?.[0];
}

/**
 * The document without what services that the proxy answers for publish on its own ports: many files publish 80 and 443
 * for a certificate of their own.
 * @param proxy ports that the proxy takes on the application's hosts, like "443/udp"
 */
export function withoutProxyPorts(
  problems: Problems,
  warnings: string[],
  spec: ApplicationSpec,
  document: ComposeDocument,
  variables: Record<string, string>,
  proxy: string[],
): ComposeDocument {
  const services = mapValues(document.services, (service, name) => {
    const targets = routedPorts(spec.services?.[name] ?? {});
    const kept = portsOf(service).filter((port) => {
      const read = readPort(port, variables);
      const taken = read && !isOneOf(port, targets, variables) && takenBy(proxy, read);
      if (taken === undefined || taken === false) return true;
      const place = `services.${name}.${keyOf(spec)}`;
      const answers = `is port ${taken} of the host, where the proxy answers for all applications`;
      if (targets.length === 0)
        problems.add(
          place,
          asWritten(port),
          `${answers}; take it out, or give the service its requests by the proxy: \`port\` in the declaration`,
        );
      else
        warnings.push(
          `apps: ${spec.name}.${place}: ${JSON.stringify(asWritten(port))} ${answers}, for this service with a certificate of its own; it is left out`,
        );
      return targets.length === 0;
    });
    return kept.length === portsOf(service).length ? service : { ...service, ports: kept };
  });
  return { ...document, services };
}

/** Services in the host's network, whose ports are open past the proxy. */
export function openOnHost(
  problems: Problems,
  spec: ApplicationSpec,
  own: Pick<Service, "name" | "ports" | "hostNetwork">[],
  proxy: string[],
): string[] {
  return own
    .filter(({ hostNetwork }) => hostNetwork)
    .map(({ name, ports }) => {
      const taken = ports.find((port) => proxy.includes(`${port}/tcp`));
      if (taken !== undefined)
        problems.add(
          `services.${name}.port`,
          taken,
          "is the proxy's own port of the host, whose network the service shares; let it listen at another one",
        );
      const at = ports.length === 1 ? `port ${ports[0]}` : `ports ${ports.join(", ")}`;
      return `apps: ${spec.name}.services.${name}.network_mode: "host" opens ${at} of the host to everybody who reaches it, past the proxy, its logins and its TLS; two of its containers cannot run at once, so requests are held while it is exchanged`;
    });
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
  own: Routed[],
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
