/** What a review says of one service of the finished Compose document. */
import { isDeepStrictEqual } from "node:util";
import { readsAllVariables } from "../compose/files.ts";
import { LOGGING } from "../compose/logging.ts";
import { networkNames } from "../compose/networks.ts";
import { portsOf } from "../compose/ports.ts";
import type { ComposeService, Port, Volume } from "../compose/serviceSchema.ts";
import { shortParts } from "../compose/shortNotation.ts";
import { volumesOf } from "../compose/volumes.ts";
import { isHidden } from "../policies/facts.ts";
import { defined, omit, type Plain } from "../shared/records.ts";
import { environmentOf } from "./envFile.ts";
import type { Shown } from "./hidden.ts";
import type { Stack } from "./model.ts";
import { byName, line, plain } from "./plain.ts";

/** Compose's words for limits, and those of a review. */
const LIMITS = {
  mem_limit: "memory",
  mem_reservation: "memoryReservation",
  memswap_limit: "memoryAndSwap",
  cpus: "cpus",
  cpu_shares: "cpuShares",
  pids_limit: "pids",
  shm_size: "sharedMemory",
  ulimits: "ulimits",
} as const;

/** They give rights: what they say is shown whole, and by its entries where it is a list. */
const RIGHTS = [
  ...["devices", "device_cgroup_rules", "security_opt", "configs", "secrets", "group_add", "volumes_from"],
  ...["network_mode", "pid", "ipc"],
];

/** What is shown in words of its own; all else is shown in Compose's. */
const OWN_WORDS = [
  ...Object.keys(LIMITS),
  ...["image", "user", "cap_add", "cap_drop", "command", "entrypoint", "environment", "env_file", "labels", "networks"],
  ...["healthcheck", "ports", "volumes", "logging", "build", "pull_policy", "expose"],
];

/** What Compose would refuse is shown, too: a host says so, and everything else is judged all the same. */
function command(words: unknown, shown: Shown): Plain | undefined {
  if (words === undefined || words === null) return undefined;
  if (!Array.isArray(words)) return plain(words, (text) => shown.composed(text));
  return shown.text(line(words.map((word) => shown.literal(String(word)))));
}

/** Pairs of `environment` or `labels`, in either notation; without a value it is handed on by its name. */
function pairs(given: unknown, shown: Shown): Record<string, string> {
  const entries = Array.isArray(given)
    ? given.map((entry): [string, unknown] => {
        const [name = "", ...rest] = String(entry).split("=");
        return [name, rest.length > 0 ? rest.join("=") : undefined];
      })
    : Object.entries(given ?? {});
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      value === undefined || value === null ? shown.variable(name) : shown.literal(String(value)),
    ]),
  );
}

function environment(service: ComposeService, stack: Stack, shown: Shown): Record<string, string> {
  const fromFile = readsAllVariables(service) ? Object.keys(environmentOf(stack)) : [];
  return {
    ...Object.fromEntries(fromFile.map((name) => [name, shown.variable(name)])),
    ...pairs(service.environment, shown),
  };
}

/** The secret of the application that a mount brings: a file of the release. */
function secretOf({ source = "", target = "" }: Exclude<Volume, string>, stack: Stack): string | undefined {
  const folder = `${stack.directory}/secrets/`;
  const [, name] = (source.startsWith(folder) && /^\w+\/(\w+)$/.exec(source.slice(folder.length))) || [];
  return name !== undefined && target === `/run/secrets/${name}` && Object.hasOwn(stack.secrets, name)
    ? name
    : undefined;
}

function mounts(service: ComposeService, stack: Stack, shown: Shown): Record<string, Plain> {
  const one = (volume: Volume): [string, Plain] => {
    if (typeof volume !== "string") {
      const { target = "", ...rest } = volume;
      const secret = secretOf(volume, stack);
      if (secret !== undefined) return [target, shown.secret(secret)];
      return [shown.composed(target), plain(rest, (text) => shown.whole(text))];
    }
    const parts = shortParts(volume).map((part) => shown.whole(part));
    const [source = "", target, options] = parts;
    return target === undefined ? [source, "anonymous volume"] : [target, [source, options].filter(Boolean).join(" ")];
  };
  return byName(volumesOf(service).map(one));
}

/** What the host publishes, by the container's port. */
function ports(service: ComposeService, shown: Shown): Record<string, Plain> {
  const one = (port: Port): [string, Plain] => {
    if (typeof port === "number") return [String(port), "any port"];
    if (typeof port === "string") {
      const meant = shown.composed(port);
      // A part that is secret hides no other.
      const parts = isHidden(meant) ? shortParts(port).map((part) => shown.composed(part)) : shortParts(meant);
      return [parts.at(-1)!, parts.slice(0, -1).join(":") || "any port"];
    }
    const { target, ...rest } = port;
    return [shown.composed(String(target)), plain(rest, (text) => shown.composed(text))];
  };
  return byName(portsOf(service).map(one));
}

function limits(service: ComposeService, shown: Shown): Record<string, Plain> {
  const given = service as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(LIMITS)
      .filter(([name]) => given[name] !== undefined)
      .map(([name, word]) => [word, plain(given[name], (text) => shown.composed(text))]),
  );
}

const named = (names: unknown, word: string, shown: Shown): Record<string, string> =>
  Object.fromEntries((Array.isArray(names) ? names : []).map((name) => [shown.composed(String(name)), word]));

function rights(given: Record<string, unknown>, shown: Shown): Record<string, Plain> {
  const there = Object.fromEntries(RIGHTS.flatMap((key) => (key in given ? [[key, given[key]]] : [])));
  return plain(there, (text) => shown.whole(text)) as Record<string, Plain>;
}

/** Leaves out what is empty. */
const filled = <T extends object>(value: T): T | undefined => (Object.keys(value).length > 0 ? value : undefined);

export function reviewService(name: string, service: ComposeService, stack: Stack, shown: Shown): Plain {
  const given = service as Record<string, unknown>;
  const { test, ...check } = service.healthcheck ?? {};
  const all = service.networks;
  const logging = service.logging ? plain(service.logging, (text) => shown.composed(text)) : "of the host";
  return {
    ...(plain(omit(given, ...OWN_WORDS, ...RIGHTS), (text) => shown.composed(text)) as Record<string, Plain>),
    ...rights(given, shown),
    ...defined({
      accessory: stack.accessories.includes(name) ? true : undefined,
      image: service.image === undefined ? undefined : shown.name(service.image),
      user: service.user === undefined ? "of the image" : shown.composed(service.user),
      capabilities: filled({
        ...named(given.cap_drop, "dropped", shown),
        ...named(given.cap_add, "added", shown),
      }),
      command: command(given.command, shown),
      entrypoint: command(given.entrypoint, shown),
      environment: filled(environment(service, stack, shown)),
      environmentFiles: service.env_file && plain([service.env_file].flat(), (text) => shown.composed(text)),
      labels: filled(pairs(given.labels, shown)),
      mounts: filled(mounts(service, stack, shown)),
      ports: filled(ports(service, shown)),
      limits: filled(limits(service, shown)),
      networks:
        all !== undefined && !Array.isArray(all)
          ? plain(all, (text) => shown.composed(text))
          : Object.fromEntries(networkNames(service).map((network) => [shown.name(network), true])),
      healthCheck: service.healthcheck && {
        ...defined({ test: command(test, shown) }),
        ...(plain(check, (text) => shown.composed(text)) as Record<string, Plain>),
      },
      logging: isDeepStrictEqual(service.logging, LOGGING) ? undefined : logging,
    }),
  };
}
