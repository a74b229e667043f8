/** What rules judge of an application: its plan and the review of its release, in plain values. */
import type { ApplicationPlan } from "../application/model.ts";
import type { ApplicationFacts, Circumstances, Exceptions } from "../policies/facts.ts";
import { defined, omit, type Plain } from "../shared/records.ts";

export const applicationFacts = (
  { stack, imageOf, confirmWithin, exemptions: own }: ApplicationPlan,
  review: Plain | undefined,
  { exemptions, ...circumstances }: Circumstances,
  exceptions: Exceptions = {},
): ApplicationFacts => ({
  subject: "application",
  name: stack.application,
  ...circumstances,
  ...defined({ review }),
  images: imageOf,
  hosts: stack.settings.hosts.length,
  confirmWithin,
  exceptions,
  exemptions: { ...own, ...exemptions },
});

/** The facts beside the review, as an input of the stack's component. */
export type Judged = Omit<ApplicationFacts, "subject" | "name" | "review">;

export const judged = (facts: ApplicationFacts): Judged => omit(facts, "subject", "name", "review");
