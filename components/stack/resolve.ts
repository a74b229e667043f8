/** Fills in what is known last: digests and secrets. */
import { connectionVariables } from "../application/document.ts";
import type { Plan } from "../application/normalise.ts";
import type { Stack } from "./model.ts";

export function resolve(plan: Plan, images: Record<string, string>, secrets: Record<string, string>): Stack {
  const services = Object.fromEntries(Object.entries(plan.stack.document.services).map(([name, service]) => {
    const key = plan.imageOf[name];
    // A build section would make Compose build instead of running what was released.
    const { build: _, ...rest } = service;
    return [name, { image: key === undefined ? service.image : images[key], ...withoutImage(rest) }];
  }));
  return {
    ...plan.stack,
    document: { ...plan.stack.document, services },
    secrets: { ...connectionVariables(plan.database, secrets["DATABASE_PASSWORD"]), ...secrets },
  } as Stack;
}

function withoutImage<T extends { image?: unknown }>({ image: _, ...rest }: T): Omit<T, "image"> {
  return rest;
}
