/** A document and a route as an application's own `transform` changed them. */
import type { Route } from "../application/route.ts";
import { composeProblems, isComposeDocument } from "../compose/check.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import { receivedRoute } from "../protocol/received.ts";
import { at, isMap, place } from "../shared/issues.ts";
import { Problems } from "../shared/problems.ts";
import { shown } from "../shared/text.ts";
import type { Stack } from "./model.ts";

const DIGEST = /@sha256:[0-9a-f]{64}$/;

function compareServices(
  problems: Problems,
  before: ComposeDocument["services"],
  after: ComposeDocument["services"],
): void {
  for (const name of Object.keys(after).filter((added) => !Object.hasOwn(before, added))) {
    problems.add("transform.compose", name, "is a service that nobody would start; add it to the declaration instead");
  }
  for (const [name, { image = "" }] of Object.entries(before)) {
    const changed = after[name]?.image;
    if (!Object.hasOwn(after, name))
      problems.add(
        "transform.compose",
        name,
        "is missing in what it returns; leave it in, or take it out of the declaration",
      );
    else if (DIGEST.test(image) && !DIGEST.test(changed ?? "")) {
      problems.add(
        `transform.compose: services.${name}.image`,
        changed,
        `has no digest, so it could be another image tomorrow; leave the one that was given, or name it with its digest: "${image.replace(/:[^:]*$/, ":…")}"`,
      );
    }
  }
}

/** @throws DeclarationError for a document that the rollout would not deploy as it stands */
export function transformed(
  stack: Stack,
  before: ComposeDocument,
  transform: (document: ComposeDocument) => unknown,
): ComposeDocument {
  const after = transform(structuredClone(before));
  const problems = Problems.ofApplication(stack.application);
  if (!isMap(after) || !isMap(after.services))
    problems.add(
      "transform.compose",
      after,
      "is not a Compose document; return the one that it was given, with your changes",
    );
  else if (isComposeDocument(after)) {
    compareServices(problems, before.services, after.services);
    if (problems.found.length === 0) return after;
  } else
    for (const { path, message } of composeProblems(after)) problems.at(`transform.compose: ${place(path)}`, message);
  throw problems.error();
}

/** @throws DeclarationError for a route that a host would not take */
export function transformedRoute(stack: Stack, before: Route, transform: (route: Route) => unknown): Route {
  const after = transform(structuredClone(before));
  const problems = Problems.ofApplication(stack.application);
  const { success, data, error } = receivedRoute.safeParse(after);
  if (!success) {
    for (const { path } of error.issues)
      problems.at(
        `transform.route${path.length > 0 ? `: ${place(path)}` : ""}`,
        `${shown(at(after, path))} cannot be part of a route; return the one that it was given, with your changes`,
      );
    throw problems.error();
  }
  for (const { name, upstream, replicas } of data.services) {
    const known = before.services.find((one) => one.name === name && one.upstream === upstream);
    if (!known)
      problems.add(
        "transform.route: services",
        name,
        "is not one of its services that take traffic, with its upstream",
      );
    else if (known.replicas !== replicas)
      problems.add(
        `transform.route: services.${name}.replicas`,
        replicas,
        `is not the number of its containers; leave ${known.replicas ?? "it out"}, as it was given`,
      );
  }
  if (problems.found.length > 0) throw problems.error();
  return data;
}
