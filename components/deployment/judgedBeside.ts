/** What rules judge beside the review, as an input of a stack's component. */
import type * as pulumi from "@pulumi/pulumi";
import type { ApplicationPlan } from "../application/model.ts";
import type { DockerHost } from "../host/dockerHost.ts";
import { type Circumstances, LATER } from "../policies/facts.ts";
import { givenOf } from "../policies/levels.ts";
import { signaturesSchema, UNSIGNED } from "../policies/rules/signatures.ts";
import type { Release } from "../release/model.ts";
import { mapValues } from "../shared/records.ts";
import { imagesConfirmedIn, keptStack } from "../state/lastState.ts";
import { exceptionsOf, imagesOf, type Running, unprovenIn } from "./exceptions.ts";
import { applicationFacts, type Judged, judged } from "./judged.ts";
import { known } from "./outputs.ts";
import { unsignedOf } from "./signatures.ts";

interface Asked {
  plan: ApplicationPlan;
  hosts: Record<string, DockerHost>;
  circumstances: Circumstances;
  /** The stack that must have confirmed an image before. @default none */
  after?: string;
}

/**
 * Nothing of it is secret.
 * @param images digest-pinned references, by reference with tag
 */
export async function judgedBeside(
  name: string,
  { plan, hosts, circumstances, after }: Asked,
  images: pulumi.Output<Record<string, string>>,
  release: pulumi.Output<Release>,
): Promise<Judged> {
  const pinned = imagesOf(plan, (await known(images)) ?? mapValues(plan.images, () => LATER));
  const signatures = signaturesSchema.parse(givenOf(UNSIGNED, circumstances.settings));
  const [running, unproven, unsigned] = await Promise.all([
    runningOn(plan.stack.application, hosts),
    after === undefined ? {} : unprovenImages(name, plan, after, pinned, release),
    unsignedOf(pinned, signatures),
  ]);
  return judged(applicationFacts(plan, undefined, circumstances, exceptionsOf(plan, running, { unproven, unsigned })));
}

async function runningOn(application: string, hosts: Record<string, DockerHost>): Promise<Running> {
  const seen = Object.entries(hosts).map(async ([host, machine]) => {
    const inspected = await known(machine.seen);
    return [host, inspected?.applications[application]] as const;
  });
  return Object.fromEntries(await Promise.all(seen));
}

/** What this stack's hosts confirmed before needs no other proof. */
async function unprovenImages(
  name: string,
  plan: ApplicationPlan,
  after: string,
  pinned: Record<string, string>,
  release: pulumi.Output<Release>,
): Promise<Record<string, string>> {
  const [wanted, kept] = await Promise.all([known(release), keptStack(name)]);
  if (wanted !== undefined && wanted.id === kept.release) return {};
  return unprovenIn(plan, pinned, { name: after, confirmed: await imagesConfirmedIn(after, plan.stack.application) });
}
