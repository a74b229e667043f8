/** The review of a stack's release, as an input of its component: what a plan shows of a change. */
import * as pulumi from "@pulumi/pulumi";
import type { ApplicationPlan } from "../application/model.ts";
import type { Release, Stack } from "../release/model.ts";
import { renderRelease, type Transform } from "../release/render.ts";
import { keepPins, resolve } from "../release/resolve.ts";
import { type Review, reviewOf } from "../release/review.ts";
import { withFingerprints } from "../shared/fingerprint.ts";
import { knownOr } from "./outputs.ts";

/** The engine takes this text for a value that is known later. */
const LATER = pulumi.runtime.unknownValue;

interface Reviewed {
  plan: ApplicationPlan;
  /** Digest-pinned references, by reference with tag. */
  images: Record<string, pulumi.Input<string>>;
  secrets: Record<string, pulumi.Input<string>>;
  transform?: Transform;
}

const opened = async (record: Record<string, pulumi.Input<string>>): Promise<Record<string, string>> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(record).map(async ([name, value]) => [name, await knownOr(value, LATER)] as const),
    ),
  );

/** The stack and its release, with what is known later left open. */
async function foreseen(
  { plan, images, secrets, transform }: Reviewed,
  pins: pulumi.Output<Record<string, string> | undefined>,
  release: pulumi.Output<Release>,
): Promise<[Stack, Release]> {
  const [references, kept, values] = await Promise.all([opened(images), knownOr(pins, undefined), opened(secrets)]);
  const stack = resolve(plan, keepPins(plan, references, kept), values);
  const known = await knownOr(release, undefined);
  return [stack, known ?? (await withFingerprints(() => renderRelease(stack, transform)))];
}

/**
 * Never secret as a whole, as no secret is in it. Where something is known later, only its own leaves are. A release that
 * cannot be rendered has none: what is wrong with it is said where it is deployed.
 * @param pins of accessories, as the host runs them
 * @param release as it is deployed
 */
export async function reviewed(
  args: Reviewed,
  pins: pulumi.Output<Record<string, string> | undefined>,
  release: pulumi.Output<Release>,
): Promise<Review | undefined> {
  const [stack, rendered] = await foreseen(args, pins, release).catch(() => []);
  return stack && rendered && withFingerprints(() => reviewOf(stack, rendered, LATER));
}
