/** The keys that a schema allows at a place: what a mistyped key can have meant. */
import type { z } from "./zod.ts";

interface Definition {
  shape?: Record<string, z.core.$ZodType>;
  valueType?: z.core.$ZodType;
  element?: z.core.$ZodType;
  innerType?: z.core.$ZodType;
  options?: z.core.$ZodType[];
}

/** What it may be, without what only surrounds it. */
function variants(schema: z.core.$ZodType): Definition[] {
  const definition = schema._zod.def as Definition;
  if (definition.innerType) return variants(definition.innerType);
  return definition.options ? definition.options.flatMap(variants) : [definition];
}

export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  let here = variants(schema);
  for (const key of path)
    here = here.flatMap(({ shape, valueType, element }) => {
      const next = shape?.[String(key)] ?? valueType ?? element;
      return next ? variants(next) : [];
    });
  return [...new Set(here.flatMap(({ shape = {} }) => Object.keys(shape)))];
}
