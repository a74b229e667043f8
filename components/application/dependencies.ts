/** What services of a Compose file need of each other. */
import { interpolate } from "../compose/interpolate.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import type { ComposeService } from "../compose/serviceSchema.ts";
import type { Problems } from "../shared/problems.ts";
import { omit } from "../shared/records.ts";
import { didYouMean } from "../shared/text.ts";

type Services = ComposeDocument["services"];

/** `depends_on` in its long form. */
export type Conditions = Exclude<ComposeService["depends_on"], string[] | undefined>;

interface Dependency {
  /** Key of the service that says so. */
  key: string;
  name: string;
  required: boolean;
}

/** Keys by which a service uses what is another's. */
const JOINS = ["network_mode", "ipc", "pid", "uts", "cgroup"];

/** What a service names in `depends_on`, each with its condition, as the long form has it. */
export const conditionsOf = ({ depends_on: given = {} }: ComposeService): Conditions =>
  Array.isArray(given) ? Object.fromEntries(given.map((name) => [name, { condition: "service_started" }])) : given;

/** Whether one of these services waits until another is healthy. */
export const isAwaited = (name: string, by: string[], services: Services): boolean =>
  by.some((other) => conditionsOf(services[other]!)[name]?.condition === "service_healthy");

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Services that one needs, with the key that says so. */
function dependenciesOf(service: ComposeService, variables: Record<string, string>): Dependency[] {
  const ordered = Object.entries(conditionsOf(service)).map(([name, { required = true }]) => ({
    key: "depends_on",
    name,
    required: interpolate(String(required), variables) !== "false",
  }));
  const joined = JOINS.flatMap((key) => {
    const name = /^service:(.+)$/.exec(String(service[key] ?? ""))?.[1];
    return name === undefined ? [] : [{ key, name, required: true }];
  });
  const others = ["links", "volumes_from"].flatMap((key) =>
    texts(service[key])
      .filter((entry) => !entry.startsWith("container:"))
      .map((entry) => ({ key, name: entry.split(":")[0]!, required: true })),
  );
  return [...ordered, ...joined, ...others];
}

/**
 * The services without what they can do without: Compose forgives a dependency on a service of an inactive profile, as
 * long as it is told that there is one, but a release has only those that run.
 * @param all with the inactive ones
 */
export function withActiveDependencies(
  problems: Problems,
  all: Services,
  active: Services,
  variables: Record<string, string>,
): Services {
  return Object.fromEntries(
    Object.entries(active).map(([name, service]) => {
      const missing = dependenciesOf(service, variables).filter((needed) => !Object.hasOwn(active, needed.name));
      const dispensable = missing.filter((needed) => !needed.required && Object.hasOwn(all, needed.name));
      for (const needed of missing.filter((one) => !dispensable.includes(one)))
        problems.add(`services.${name}.${needed.key}`, needed.name, `${whyMissing(needed, all)}, or take it out there`);
      return [
        name,
        without(
          service,
          dispensable.map((needed) => needed.name),
        ),
      ];
    }),
  );
}

/** Services that one needs, and that those need. */
export function neededBy(name: string, services: Services, variables: Record<string, string>): string[] {
  const found: string[] = [];
  const visit = (from: string): void => {
    for (const needed of dependenciesOf(services[from] ?? {}, variables)) {
      if (found.includes(needed.name)) continue;
      found.push(needed.name);
      visit(needed.name);
    }
  };
  visit(name);
  return found;
}

/** Own services that one needs itself. */
export const neededOwn = (
  name: string,
  services: Services,
  own: string[],
  variables: Record<string, string>,
): string[] => {
  const needed = dependenciesOf(services[name]!, variables).map((other) => other.name);
  return own.filter((other) => needed.includes(other));
};

/** What starts when, by its part. */
interface Parts {
  own: string[];
  once: string[];
  accessories: string[];
}

/** An accessory that is not started after the own service that it needs, as something needs it before that. */
export interface NotAwaited {
  name: string;
  other: string;
  neededBy: string;
}

/** Accessories that start after the application's own services: those that need one of them, or an accessory that does. */
export function laterThanOwn(
  services: Services,
  { own, once, accessories }: Parts,
  variables: Record<string, string>,
): { late: string[]; notAwaited: NotAwaited[] } {
  const firstToNeed = (name: string): string | undefined =>
    [...own, ...once].find((first) => neededBy(first, services, variables).includes(name));
  const late: string[] = [];
  const notAwaited: NotAwaited[] = [];
  for (const name of accessories) {
    if (!neededBy(name, services, variables).some((other) => own.includes(other))) continue;
    const first = firstToNeed(name);
    if (first === undefined) {
      late.push(name);
      continue;
    }
    const needed = new Set(dependenciesOf(services[name]!, variables).map((other) => other.name));
    for (const other of own.filter((one) => needed.has(one))) notAwaited.push({ name, other, neededBy: first });
  }
  return { late, notAwaited };
}

/** Of these the ones that use the network or other namespaces of an own service, each with that. */
export function joinedToOwn(
  services: Services,
  names: string[],
  own: string[],
  variables: Record<string, string>,
): { name: string; key: string; other: string }[] {
  return names.flatMap((name) =>
    dependenciesOf(services[name]!, variables)
      .filter((needed) => JOINS.includes(needed.key) && own.includes(needed.name))
      .map(({ key, name: other }) => ({ name, key, other })),
  );
}

function whyMissing({ key, name }: Dependency, all: Services): string {
  if (Object.hasOwn(all, name)) {
    const [profile = ""] = all[name]!.profiles ?? [];
    const optional = key === "depends_on" ? ", write `required: false`" : "";
    return `runs with none of the active profiles; add \`profiles: [${JSON.stringify(profile)}]\` to the declaration${optional}`;
  }
  const names = Object.keys(all);
  const meant = didYouMean(name, names);
  return `is no service of this file; write ${meant ? JSON.stringify(meant) : `one of ${names.join(", ")}`}`;
}

function without(service: ComposeService, names: string[]): ComposeService {
  const { depends_on: needed = [] } = service;
  if (names.length === 0 || Array.isArray(needed)) return service;
  const left = omit(needed, ...names);
  return Object.keys(left).length > 0 ? { ...service, depends_on: left } : omit(service, "depends_on");
}

/** Services in the order that they are started in: after what they need, else as they are written. */
export function inOrder(
  problems: Problems,
  names: string[],
  services: Services,
  variables: Record<string, string>,
): string[] {
  const done: string[] = [];
  const circles: string[][] = [];
  const visit = (name: string, from: string[]): void => {
    if (done.includes(name)) return;
    if (from.includes(name)) {
      circles.push([...from.slice(from.indexOf(name)), name]);
      return;
    }
    for (const needed of dependenciesOf(services[name] ?? {}, variables)) {
      if (Object.hasOwn(services, needed.name)) visit(needed.name, [...from, name]);
    }
    if (!done.includes(name)) done.push(name);
  };
  for (const name of Object.keys(services)) visit(name, []);
  const [circle] = circles;
  if (circle)
    problems.add(
      `services.${circle[0]}.depends_on`,
      circle[1],
      `waits for ${circle[0]} itself: ${circle.join(" → ")}; take one of them out`,
    );
  return done.filter((name) => names.includes(name));
}
