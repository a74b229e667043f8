/** Ports that a service publishes (https://docs.docker.com/reference/compose-file/services/#ports). */
import { interpolate, isKnown } from "./interpolate.ts";
import type { ComposeService, Port } from "./serviceSchema.ts";

export const portsOf = (service: ComposeService): Port[] => service.ports ?? [];

/** From one port to another, which may be the same. */
export type Range = [from: number, to: number];

/** A port as Docker is asked for it. */
export interface PublishedPort {
  /** Address of the host; absent: all of them. */
  ip?: string;
  /** Ports of the host; absent: any that is free. */
  published?: Range;
  /** Ports of the container. */
  target: Range;
  protocol: string;
}

function range(text: string): Range | undefined {
  const [, from, to] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  return from === undefined ? undefined : [Number(from), Number(to ?? from)];
}

/** `[[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]` without variables. */
function short(text: string): PublishedPort | undefined {
  const [ports = "", protocol = "tcp"] = text.split("/");
  const parts = ports.split(":");
  const target = range(parts.pop() ?? "");
  const host = parts.pop() ?? "";
  const published = range(host);
  const ip = parts.join(":").replace(/^\[|\]$/g, "");
  if (target === undefined || (published === undefined && host !== "")) return undefined;
  return { ...(ip && { ip }), ...(published && { published }), target, protocol: protocol.toLowerCase() };
}

/** What a port asks for, in any of Compose's notations; undefined where only a host knows. */
export function readPort(port: Port, variables: Record<string, string> = {}): PublishedPort | undefined {
  if (typeof port !== "object") {
    const text = String(port);
    return isKnown(text, variables) ? short(interpolate(text, variables)) : undefined;
  }
  if (
    ![port.target, port.published, port.host_ip, port.protocol].every((text) => isKnown(String(text ?? ""), variables))
  )
    return undefined;
  const read = (text: unknown): string => interpolate(String(text ?? ""), variables);
  const [target, published, ip] = [range(read(port.target)), range(read(port.published)), read(port.host_ip)];
  if (target === undefined) return undefined;
  const protocol = read(port.protocol).toLowerCase() || "tcp";
  return { ...(ip && { ip }), ...(published && { published }), target, protocol };
}

/** The fixed port of the host that a port takes; of a range the first. */
export const publishedPort = (port: Port, variables: Record<string, string> = {}): number | undefined =>
  readPort(port, variables)?.published?.[0];

/** Whether a port is that of the proxy: its requests come by TCP. */
export const isTarget = (port: Port, target: number | undefined, variables: Record<string, string> = {}): boolean => {
  const read = readPort(port, variables);
  return read?.protocol === "tcp" && target !== undefined && read.target[0] === target && read.target[1] === target;
};

export const isOneOf = (port: Port, targets: readonly number[], variables: Record<string, string> = {}): boolean =>
  targets.some((target) => isTarget(port, target, variables));

/** A range as its ports, one by one; everything else as it is. */
export function singlePorts(port: Port, variables: Record<string, string> = {}): Port[] {
  const read = typeof port === "string" ? readPort(port, variables) : undefined;
  if (read === undefined) return [port];
  const { ip, published, target, protocol } = read;
  const count = target[1] - target[0];
  // A container's one port may get any of a range of the host's.
  if (count <= 0 || (published && published[1] - published[0] !== count)) return [port];
  const address = ip === undefined ? "" : `${ip.includes(":") ? `[${ip}]` : ip}:`;
  const host = (index: number): string => (published ? `${published[0] + index}:` : ip === undefined ? "" : ":");
  return Array.from({ length: count + 1 }, (_, index) => {
    const end = protocol === "tcp" ? "" : `/${protocol}`;
    return `${address}${host(index)}${target[0] + index}${end}`;
  });
}

/** A service's ports without the one that the proxy answers for; a range keeps its others. */
export function withoutTarget(ports: Port[], target: number, variables: Record<string, string>): Port[] {
  return ports.flatMap((port) => {
    const read = readPort(port, variables);
    const has = read?.protocol === "tcp" && read.target[0] <= target && target <= read.target[1];
    return has ? singlePorts(port, variables).filter((single) => !isTarget(single, target, variables)) : [port];
  });
}

/** The service with its ports as they can be read: variables of the short notation are replaced where they are known. */
export function withReadablePorts(service: ComposeService, variables: Record<string, string>): ComposeService {
  if (service.ports === undefined) return service;
  return {
    ...service,
    ports: service.ports.map((port) =>
      typeof port === "string" && isKnown(port, variables) ? interpolate(port, variables) : port,
    ),
  };
}
