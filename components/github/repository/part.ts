import type { Args, ChildKind, Transform } from "./partSpecs.ts";

/** Lets the declaration have the last word on the arguments of a resource. */
export function shaped<T extends object>(transform: Transform | undefined, kind: ChildKind, args: T, name: string): T {
  const change = transform?.[kind];
  return change ? (change(args as Args, name) as T) : args;
}
