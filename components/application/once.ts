/** Services that run to their end once: init containers, seeds, migrations of an existing Compose file. */
import type { ComposeDocument } from "../compose/schema.ts";
import type { Problems } from "../shared/problems.ts";
import type { ApplicationSpec, ServiceSpec } from "./declaration.ts";
import { conditionsOf } from "./dependencies.ts";
import type { Once } from "./model.ts";

const LIMIT = 600_000;

type Services = ComposeDocument["services"];

const COMPLETED = "service_completed_successfully";

/** Whether a service runs once: as it is declared, as others wait for its end, or as it is not to be started again. */
export function runsOnce(name: string, hint: ServiceSpec, services: Services): boolean {
  if (hint.once !== undefined) return hint.once !== false;
  if (hint.accessory === true || hint.port !== undefined) return false;
  const { restart, ports, healthcheck } = services[name]!;
  // What answers others goes on, whatever becomes of it.
  const answers = ports !== undefined || healthcheck !== undefined;
  return (
    (restart === "no" && !answers) ||
    Object.values(services).some((other) => conditionsOf(other)[name]?.condition === COMPLETED)
  );
}

/** @param names of the services that run once */
export function onceOf(problems: Problems, spec: ApplicationSpec, services: Services, names: string[]): Once[] {
  return names.map((name) => {
    const { once, port } = spec.services?.[name] ?? {};
    if (port !== undefined)
      problems.add(`services.${name}.once`, once, "is of a service that takes requests; take its port out, or `once`");
    const later = Object.keys(conditionsOf(services[name]!)).filter(
      (other) => services[other] !== undefined && !names.includes(other) && isOwn(spec, other),
    );
    if (later.length > 0)
      problems.add(
        `services.${name}.depends_on`,
        later,
        `are started only after ${name} has ended; let ${name} wait for accessories alone, or run its command as verification.command`,
      );
    const { each = false, timeout } = typeof once === "object" ? once : {};
    return { name, each, timeout: problems.time(`services.${name}.once.timeout`, timeout, LIMIT) };
  });
}

const isOwn = (spec: ApplicationSpec, name: string): boolean => spec.services?.[name]?.port !== undefined;

/**
 * In which order accessories are started and the others run to their end: all accessories that wait for nobody else, then
 * the next one that runs once, and so on. Empty where nothing runs once.
 */
export function startOrder(problems: Problems, services: Services, accessories: string[], once: string[]): string[][] {
  if (once.length === 0) return [];
  const order: string[][] = [];
  let left = Object.keys(services).filter((name) => accessories.includes(name) || once.includes(name));
  const ready = (name: string, started: string[] = []): boolean =>
    Object.keys(conditionsOf(services[name]!)).every((other) => !left.includes(other) || started.includes(other));
  const begin = (names: string[]): void => {
    order.push(names);
    left = left.filter((name) => !names.includes(name));
  };
  while (left.length > 0) {
    const group: string[] = [];
    for (let before = -1; before < group.length; ) {
      before = group.length;
      group.push(...left.filter((name) => accessories.includes(name) && !group.includes(name) && ready(name, group)));
    }
    const next = left.find((name) => once.includes(name) && ready(name, group));
    if (group.length > 0) begin(group.sort());
    if (next !== undefined) begin([next]);
    if (group.length === 0 && next === undefined) {
      problems.add("depends_on", left, "wait for each other; take one of these conditions out");
      return order;
    }
  }
  return order;
}
