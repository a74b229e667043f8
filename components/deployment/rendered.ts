/** The release of a stack, from what is known last. */
import * as pulumi from "@pulumi/pulumi";
import type { ApplicationPlan } from "../application/model.ts";
import type { DockerHost } from "../host/dockerHost.ts";
import type { Release } from "../release/model.ts";
import { renderRelease, type Transform } from "../release/render.ts";
import { resolve } from "../release/resolve.ts";
import { withFingerprints } from "../shared/fingerprint.ts";
import { DeclarationError } from "../shared/problems.ts";
import { keptStack } from "../state/lastState.ts";

interface Given {
  plan: ApplicationPlan;
  hosts: Record<string, DockerHost>;
  secrets: Record<string, pulumi.Input<string>>;
  transform?: Transform;
}

/** The digests of accessories that a host runs, or was last given. */
export function pinsFor(
  name: string,
  { plan, hosts }: Pick<Given, "plan" | "hosts">,
): pulumi.Output<Record<string, string> | undefined> {
  return pulumi.all(Object.values(hosts).map((machine) => machine.seen)).apply(async (inspected) => {
    const pins = inspected.map((host) => host?.applications[plan.stack.application]?.pins).find((found) => found);
    return pins ?? (await keptStack(name)).pins;
  });
}

/** @throws RunError with every problem of the document */
export function rendered(args: Given, images: pulumi.Output<Record<string, string>>): pulumi.Output<Release> {
  return pulumi.all([images, args.secrets]).apply(async ([all, secrets]) => {
    try {
      return await withFingerprints(() => renderRelease(resolve(args.plan, all, secrets), args.transform));
    } catch (error) {
      throw error instanceof DeclarationError ? new pulumi.RunError(error.message) : error;
    }
  }) as pulumi.Output<Release>;
}
