/**
 * Puts a Compose document on top of another, by the rules of the Compose specification ("Merge",
 * https://github.com/compose-spec/compose-spec/blob/main/13-merge.md) and what Compose 2.40 makes of them.
 */
import { isMap } from "../shared/issues.ts";
import { byPlace, lookUp, MergeProblem } from "./places.ts";
import { unique } from "./unique.ts";

type Tree = Record<string, unknown>;
type Merge = (base: unknown, other: unknown, path: string[], variables: Record<string, string>) => unknown;

const replaced: Merge = (_, other) => other;

/** Names by themselves, or with what is said of each. */
const named =
  (each: unknown): Merge =>
  (base, other, path, variables) => {
    const map = (value: unknown): Tree =>
      Array.isArray(value) ? Object.fromEntries(value.map((name) => [String(name), each])) : ((value ?? {}) as Tree);
    return mergedMaps(map(base), map(other), path, variables);
  };

/** `NAME=value` of each; a name alone has none. */
const lines = (value: unknown): unknown[] => {
  if (Array.isArray(value)) return value;
  if (!isMap(value)) return value === null || value === undefined ? [] : [value];
  return Object.entries(value)
    .flatMap(([key, entry]) => [entry].flat().map((each) => (each === null ? key : `${key}=${each}`)))
    .sort();
};

/** Two maps stay one; anything else becomes a list. */
const listed: Merge = (base, other) => {
  if (other === null || other === undefined) return base;
  return isMap(base) && isMap(other) ? { ...base, ...other } : [...lines(base), ...lines(other)];
};

const hosts: Merge = (base, other) => {
  const below = lines(base);
  return [...below, ...lines(other).filter((line) => !below.includes(line))];
};

const build: Merge = (base, other, path, variables) => {
  const map = (value: unknown): Tree => (typeof value === "string" ? { context: value } : ((value ?? {}) as Tree));
  return mergedMaps(map(base), map(other), path, variables);
};

/** Options belong to a driver. */
const logging: Merge = (base, other, path, variables) => {
  if (!isMap(base) || !isMap(other)) return other ?? base;
  const isSame = base.driver === undefined || other.driver === undefined || base.driver === other.driver;
  return isSame ? mergedMaps(base, other, path, variables) : other;
};

/** Subnets of a network. */
const subnets: Merge = (base, other, path, variables) => {
  if (!Array.isArray(base) || !Array.isArray(other)) return other ?? base;
  const found: Tree[] = [];
  for (const below of base as Tree[]) {
    for (const above of other as Tree[]) {
      const isOther = above.subnet !== below.subnet;
      if (isOther && found.some(({ subnet }) => subnet === above.subnet)) continue;
      const one = isOther ? above : mergedMaps(below, above, path, variables);
      const at = found.findIndex(({ subnet }) => subnet === one.subnet);
      if (at < 0) found.push(one);
      else found[at] = one;
    }
  }
  return found;
};

/** What is below may be "all", which is short for a list. */
const devices: Merge = (base, other, path, variables) =>
  plain(typeof base === "string" ? [{ count: base }] : base, other, path, variables);

const external: Merge = (base, other, path, variables) => {
  const flat = (value: unknown): unknown => {
    if (!isMap(value) || !isMap(value.external)) return value;
    const { external, ...rest } = value;
    return { ...(external.name === undefined ? {} : { name: external.name }), ...rest, external: true };
  };
  return plain(flat(base), flat(other), path, variables);
};

const SPECIAL = byPlace<Merge>({
  "networks.*": external,
  "volumes.*": external,
  "configs.*": external,
  "secrets.*": external,
  "networks.*.ipam.config": subnets,
  "networks.*.labels": listed,
  "volumes.*.labels": listed,
  "services.*.annotations": listed,
  "services.*.build": build,
  "services.*.build.additional_contexts": listed,
  "services.*.build.args": listed,
  "services.*.build.extra_hosts": hosts,
  "services.*.build.labels": listed,
  "services.*.command": replaced,
  "services.*.depends_on": named({ condition: "service_started", required: true }),
  "services.*.deploy.labels": listed,
  "services.*.dns": listed,
  "services.*.dns_opt": listed,
  "services.*.dns_search": listed,
  "services.*.entrypoint": replaced,
  "services.*.env_file": listed,
  "services.*.environment": listed,
  "services.*.extra_hosts": hosts,
  "services.*.gpus": devices,
  "services.*.healthcheck.test": replaced,
  "services.*.label_file": listed,
  "services.*.labels": listed,
  "services.*.logging": logging,
  "services.*.models": named(null),
  "services.*.networks": named(null),
  "services.*.sysctls": listed,
  "services.*.tmpfs": listed,
  "services.*.ulimits.*": replaced,
});

const plain: Merge = (base, other, path, variables) => {
  if (other === null || other === undefined) return base;
  if (isMap(base)) {
    if (isMap(other)) return mergedMaps(base, other, path, variables);
    throw new MergeProblem(path, "is not a map, as it is in what it is put on top of; write a map");
  }
  if (Array.isArray(base)) {
    if (Array.isArray(other)) return [...base, ...other];
    throw new MergeProblem(path, "is not a list, as it is in what it is put on top of; write a list");
  }
  return other;
};

function mergedMaps(base: Tree, other: Tree, path: string[], variables: Record<string, string>): Tree {
  const merged = { ...base };
  for (const [key, value] of Object.entries(other)) {
    merged[key] = Object.hasOwn(base, key) ? merge(base[key], value, [...path, key], variables) : value;
  }
  return merged;
}

/**
 * @param path of both within their documents
 * @param variables those that are known, for entries that are the same once they are replaced
 * @throws MergeProblem
 */
export function merge(base: unknown, other: unknown, path: string[], variables: Record<string, string>): unknown {
  const merged = (lookUp(SPECIAL, path) ?? plain)(base, other, path, variables);
  return Array.isArray(merged) ? unique(merged, path, variables) : merged;
}

/** A document without what another's `!reset` and `!override` take out of it. */
export function without(value: unknown, cleared: readonly string[][], path: string[] = []): unknown {
  if (cleared.length === 0 || !isMap(value)) return value;
  const left = Object.entries(value).flatMap(([key, entry]) => {
    const at = [...path, key];
    const isCleared = cleared.some((place) => place.length === at.length && place.every((part, i) => part === at[i]));
    return isCleared ? [] : [[key, without(entry, cleared, at)]];
  });
  return Object.fromEntries(left);
}
