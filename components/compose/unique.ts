/**
 * Which entries of a list stand for the same thing, so that the later one takes the earlier one's place ("Unique
 * resources" in https://github.com/compose-spec/compose-spec/blob/main/13-merge.md, and Compose 2.40).
 */
import { posix } from "node:path";
import { isMap } from "../shared/issues.ts";
import { interpolate } from "./interpolate.ts";
import { byPlace, lookUp } from "./places.ts";
import { readPort, singlePorts } from "./ports.ts";
import type { Port } from "./serviceSchema.ts";

/** Undefined for an entry that stays by itself. */
type Key = (entry: unknown, variables: Record<string, string>) => string | undefined;

const written = (entry: unknown, variables: Record<string, string>): string | undefined =>
  typeof entry === "string" || typeof entry === "number" ? interpolate(String(entry), variables) : undefined;

const name: Key = (entry, variables) => written(entry, variables)?.split("=")[0];

const volume: Key = (entry, variables) => {
  if (isMap(entry)) return written(entry.target, variables);
  const parts = written(entry, variables)?.split(":");
  return parts && posix.normalize(parts[1] ?? parts[0]!).replace(/(?<=.)\/$/, "");
};

const device: Key = (entry, variables) => {
  if (isMap(entry)) return written(entry.target, variables);
  const parts = written(entry, variables)?.split(":");
  return parts?.[1] ?? parts?.[0];
};

const file: Key = (entry, variables) => written(isMap(entry) ? entry.path : entry, variables);

const mount =
  (folder: string): Key =>
  (entry, variables) => {
    if (!isMap(entry)) return `${folder}/${written(entry, variables)}`;
    return written(entry.target, variables) ?? `${folder}/${written(entry.source, variables)}`;
  };

/** Compose tells a number from a text there. */
const port: Key = (entry, variables) => {
  const read = readPort(entry as Port, variables);
  if (read === undefined) return typeof entry === "object" ? JSON.stringify(entry) : String(entry);
  const { ip = "0.0.0.0", published, target, protocol } = read;
  const isNumber = isMap(entry) && typeof entry.published === "number";
  return JSON.stringify([ip, isNumber, published, target, protocol]);
};

const KEYS = byPlace<Key>({
  "networks.*.ipam.options": name,
  "networks.*.labels": name,
  "services.*.annotations": name,
  "services.*.build.additional_contexts": name,
  "services.*.build.args": name,
  "services.*.build.labels": name,
  "services.*.build.tags": name,
  "services.*.cap_add": name,
  "services.*.cap_drop": name,
  "services.*.configs": mount(""),
  "services.*.deploy.labels": name,
  "services.*.devices": device,
  "services.*.dns": name,
  "services.*.dns_opt": name,
  "services.*.dns_search": name,
  "services.*.env_file": file,
  "services.*.environment": name,
  "services.*.expose": name,
  "services.*.labels": name,
  "services.*.links": name,
  "services.*.networks.*.aliases": name,
  "services.*.networks.*.link_local_ips": name,
  "services.*.ports": port,
  "services.*.profiles": name,
  "services.*.secrets": mount("/run/secrets"),
  "services.*.sysctls": name,
  "services.*.tmpfs": name,
  "services.*.volumes": volume,
});

const PORTS = byPlace({ "services.*.ports": true });

export function unique(list: unknown[], path: string[], variables: Record<string, string>): unknown[] {
  const keyOf = lookUp(KEYS, path);
  if (keyOf === undefined) return list;
  const found = new Map<string, unknown>();
  // A range is all of its ports: one of them may be another entry's.
  const entries = lookUp(PORTS, path) ? list.flatMap((entry) => singlePorts(entry as Port, variables)) : list;
  for (const [index, entry] of entries.entries()) found.set(keyOf(entry, variables) ?? `\0${index}`, entry);
  return [...found.values()];
}
