/** Names that a document gives to containers. */
import { interpolate } from "./interpolate.ts";
import type { ComposeDocument } from "./schema.ts";

export function containerNames(
  { services }: ComposeDocument,
  of: string[],
  variables: Record<string, string>,
): string[] {
  return of.flatMap((name) => {
    const given = services[name]?.container_name;
    return typeof given === "string" ? [interpolate(given, variables)] : [];
  });
}
