/** Fills in what is known last: digests and secrets. */

import type { ApplicationPlan } from "../application/model.ts";
import { connectionVariables } from "../application/variables.ts";
import type { Stack } from "./model.ts";

/**
 * An accessory stays at the digest that its host runs until its tag is changed: a tag that moves in the registry must
 * not restart a database.
 * @param pins what the host runs, or was given last, by reference with tag
 */
export function keepPins(
  plan: ApplicationPlan,
  images: Record<string, string>,
  pins: Record<string, string> | undefined,
): Record<string, string> {
  const tags = Object.values(accessoryTags(plan));
  return Object.fromEntries(
    Object.entries(images).map(([tag, image]) => [tag, (tags.includes(tag) ? pins?.[tag] : undefined) ?? image]),
  );
}

/** What keepPins is given the next time. */
export function pinsOf(plan: ApplicationPlan, images: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.values(accessoryTags(plan)).map((tag) => [tag, images[tag]!]));
}

/** Of accessories, and of what runs once in another image: a tag that moves must not make it run again. */
const accessoryTags = ({ stack, images, imageOf }: ApplicationPlan): Record<string, string> =>
  Object.fromEntries(
    [...stack.accessories, ...stack.once.map(({ name }) => name)].flatMap((name) => {
      const tag = imageOf[name];
      const moves = tag !== undefined && (stack.accessories.includes(name) || !images[tag]!.own);
      return moves ? [[name, tag]] : [];
    }),
  );

export function resolve(plan: ApplicationPlan, images: Record<string, string>, secrets: Record<string, string>): Stack {
  const services = Object.fromEntries(
    Object.entries(plan.stack.document.services).map(([name, service]) => {
      const key = plan.imageOf[name];
      // Both would make Compose get an image by itself instead of running what was released, and staged with a login.
      const { build: _, pull_policy: __, ...rest } = service;
      return [name, { ...rest, image: key === undefined ? service.image : images[key] }];
    }),
  );
  return {
    ...plan.stack,
    document: { ...plan.stack.document, services },
    tags: accessoryTags(plan),
    secrets: { ...connectionVariables(plan, secrets.DATABASE_PASSWORD), ...secrets },
  };
}
