import type { Args, ChildKind, Transform } from "./partSpecs.ts";

/** A resource's arguments after the declaration's `transform`, which has the last word. */
export function transformed<T extends object>(
  transform: Transform | undefined,
  kind: ChildKind,
  args: T,
  name: string,
): T {
  const change = transform?.[kind];
  return change ? (change(args as Args, name) as T) : args;
}
