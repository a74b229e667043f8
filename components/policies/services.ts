/** The services of a release, as rules judge them. */
import { parseReference, referenceProblem } from "../image/reference.ts";
import type { Plain } from "../shared/records.ts";
import { type FactsOf, LATER, mapAt, type ServiceFacts } from "./facts.ts";

/** @throws Later where the review is known later */
export function servicesOf(application: FactsOf<"application">): ServiceFacts[] {
  return Object.entries(mapAt(application.review, "services")).map(([name, shown]) => {
    const image = imageOf(shown, application.images[name]);
    return { name, shown, application, ...(image === undefined ? {} : { image }) };
  });
}

/** The image with its tag: as it is written, unless a transform has put another in its place. */
function imageOf(shown: Plain, written: string | undefined): string | undefined {
  const runs = mapAt(shown).image;
  if (typeof runs !== "string" || runs === LATER || referenceProblem(runs) !== undefined) return written;
  if (written !== undefined && nameOf(written) === nameOf(runs)) return written;
  return parseReference(runs).digest === undefined ? runs : undefined;
}

function nameOf(image: string): string {
  if (referenceProblem(image) !== undefined) return image;
  const { registry, repository } = parseReference(image);
  return `${registry}/${repository}`;
}
