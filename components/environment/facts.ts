/** What rules judge of a whole environment, from its settings, plans and reviews: pure. */
import type { ApplicationPlan } from "../application/model.ts";
import { exceptionsOf, imagesOf } from "../deployment/exceptions.ts";
import { applicationFacts } from "../deployment/judged.ts";
import { isBelow } from "../deployment/signatures.ts";
import { shareFacts } from "../github/repository/judged.ts";
import type { Shares } from "../github/repository/shares.ts";
import { hostFacts } from "../host/judged.ts";
import { type Circumstances, type Facts, LATER } from "../policies/facts.ts";
import { givenOf } from "../policies/levels.ts";
import { signaturesSchema, UNSIGNED } from "../policies/rules/signatures.ts";
import { circumstancesOf } from "../policies/schema.ts";
import type { Settings } from "../settings/types.ts";
import { mapValues, type Plain } from "../shared/records.ts";

export interface Foreseen {
  settings: Pick<Settings<unknown>, "hosts" | "protected" | "policies">;
  plans: Record<string, ApplicationPlan>;
  /** By application; absent where a release cannot be rendered. */
  reviews: Record<string, Plain | undefined>;
  shares: Shares["plans"];
}

/** Everything that declarations and settings alone tell of a stack. */
export const factsOfStack = ({ settings, plans, reviews, shares }: Foreseen): Facts[] => [
  ...Object.entries(settings.hosts).map(([name, host]) =>
    hostFacts(name, host, circumstancesOf(settings, "host", name)),
  ),
  ...Object.entries(plans).map(([name, plan]) => {
    const circumstances = circumstancesOf(settings, "application", name);
    return applicationFacts(
      plan,
      reviews[name],
      circumstances,
      exceptionsOf(plan, {}, { unproven: {}, unsigned: unasked(plan, circumstances) }),
    );
  }),
  ...shares.flatMap(({ spec, plan }) =>
    shareFacts(plan, circumstancesOf(settings, "repository", plan.key), spec.transform),
  ),
];

/** Images that must be signed, by service: nobody was asked whether they are. */
function unasked(plan: ApplicationPlan, { settings }: Circumstances): Record<string, string> {
  const { repositories } = signaturesSchema.parse(givenOf(UNSIGNED, settings));
  const images = imagesOf(
    plan,
    mapValues(plan.images, ({ repository }) => repository),
  );
  const asked = Object.keys(images).filter((service) => isBelow(images[service]!, repositories));
  return Object.fromEntries(asked.map((service) => [service, LATER]));
}
