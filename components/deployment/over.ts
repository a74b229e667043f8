/** What was out of the ordinary about the last deployment, and is over. */
import * as pulumi from "@pulumi/pulumi";
import { exceptionPath } from "../policies/facts.ts";
import type { Release } from "../release/model.ts";
import { keptStack } from "../state/lastState.ts";
import type { Judged } from "./judged.ts";
import { known } from "./outputs.ts";

/**
 * Property paths of what the state holds of the release that is wanted, and is over. Rules judge none of it, and the
 * state keeps it until another release takes its place: that it is over would be a change of nothing.
 */
export async function overSince(
  name: string,
  policies: Promise<Judged>,
  release: pulumi.Output<Release>,
): Promise<string[]> {
  const [{ exceptions }, wanted, kept] = await Promise.all([policies, known(release), keptStack(name)]);
  if (wanted === undefined || wanted.id !== kept.release) return [];
  return (kept.exceptions ?? []).filter((exception) => !Object.hasOwn(exceptions, exception)).map(exceptionPath);
}

/** Options of a component of which changes at these paths are none. The engine's mocks know no transforms, and get none. */
export function ignoringLater(
  type: string,
  paths: Promise<string[]>,
  options: pulumi.ComponentResourceOptions = {},
): pulumi.ComponentResourceOptions {
  if (!pulumi.runtime.hasEngine()) return options;
  const ignoring: pulumi.ResourceTransform = async ({ type: asked, props, opts }) => {
    // Its children are asked about too.
    if (asked !== type) return undefined;
    const ignoreChanges = await paths;
    return ignoreChanges.length === 0
      ? undefined
      : { props, opts: { ...opts, ignoreChanges: [...(opts.ignoreChanges ?? []), ...ignoreChanges] } };
  };
  return { ...options, transforms: [...(options.transforms ?? []), ignoring] };
}
