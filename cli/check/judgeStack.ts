/** What rules say of one stack, from its settings and the declarations alone. */
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import type { ApplicationPlan } from "../../components/application/model.ts";
import { factsOfStack } from "../../components/environment/facts.ts";
import { type PlannedSettings, planApplications, undeclared } from "../../components/environment/planned.ts";
import { sharesOf } from "../../components/github/repository/shares.ts";
import type { RepositorySpec } from "../../components/github/repository/spec.ts";
import { pin } from "../../components/image/reference.ts";
import { LATER } from "../../components/policies/facts.ts";
import { type Judgement, judgeAll } from "../../components/policies/judgeAll.ts";
import { renderRelease } from "../../components/release/render.ts";
import { resolve } from "../../components/release/resolve.ts";
import { type Review, reviewOf } from "../../components/release/review.ts";
import { withFingerprints } from "../../components/shared/fingerprint.ts";
import { DeclarationError } from "../../components/shared/problems.ts";
import { mapValues } from "../../components/shared/records.ts";
import { checkedSettings } from "./checkedSettings.ts";
import type { StackSettings } from "./stackSettings.ts";

export interface Declarations {
  applications: ApplicationSpec[];
  repositories: RepositorySpec[];
}

export interface JudgedStack extends Judgement {
  protected: boolean;
  /** Of settings and declarations, as a plan has them; then nothing is judged. */
  problems: string[];
  /** What is not in the settings, and so is not judged: a line each. */
  open: string[];
}

/** Stands for a version that is looked up when it is deployed. */
const SOME_VERSION = "1.0.0";
/** Stands for a digest that is looked up when it is deployed: a release names no image without one. */
const SOME_DIGEST = `sha256:${"0".repeat(64)}`;

const refused = (problems: string[]): JudgedStack => ({
  protected: false,
  problems: problems.flatMap((problem) => problem.split("\n")),
  open: [],
  findings: [],
  exempted: [],
  later: [],
});

export async function judgeStack(
  read: StackSettings,
  { applications: specs, repositories }: Declarations,
): Promise<JudgedStack> {
  const { stack, problems: unread } = read;
  const { settings: checked, problems } = checkedSettings(read);
  if (unread.length > 0 || checked === undefined) return refused([...unread, ...problems]);
  const missing = undeclared(specs, checked);
  if (missing.length > 0) return refused(missing);
  const settings: typeof checked & PlannedSettings = {
    ...checked,
    applications: mapValues(checked.applications, (one) => ({ ...one, version: one.version ?? SOME_VERSION })),
  };
  const { plans, problems: ofApplications } = planApplications(specs, settings, stack);
  const { plans: shares, problems: ofRepositories } = sharesOf(repositories, settings, stack);
  const reviews = await Promise.all(
    Object.entries(plans).map(async ([name, plan]) => {
      const { transform } = specs.find((spec) => spec.name === name)!;
      return [name, await review(plan, Object.keys(settings.secrets[name] ?? {}), transform)] as const;
    }),
  );
  const unrendered = reviews.flatMap(([, one]) => (one instanceof DeclarationError ? [one.message] : []));
  const found = [...ofApplications, ...ofRepositories, ...unrendered];
  if (found.length > 0) return refused(found);
  const facts = factsOfStack({
    settings,
    plans,
    reviews: Object.fromEntries(reviews) as Record<string, Review>,
    shares,
  });
  return {
    protected: settings.protected,
    problems: [],
    open: Object.entries(checked.applications)
      .filter(([, { version }]) => version === undefined)
      .map(([name]) => `slipway:applications.${name}.version: is the one that the hosts run, so its tag is not judged`),
    ...judgeAll(facts),
  };
}

/** As a plan shows it, with what is known last taken for known later. */
async function review(
  plan: ApplicationPlan,
  secretNames: string[],
  transform: ApplicationSpec["transform"],
): Promise<Review | DeclarationError> {
  const { digest } = plan.stack.settings;
  const images = mapValues(plan.images, ({ repository, own }) => pin(repository, (own && digest) || SOME_DIGEST));
  const stack = resolve(plan, images, Object.fromEntries(secretNames.map((name) => [name, LATER])));
  try {
    return await withFingerprints(() => reviewOf(stack, renderRelease(stack, transform), LATER));
  } catch (error) {
    if (error instanceof DeclarationError) return error;
    if (transform === undefined) throw error;
    return new DeclarationError(`apps: ${plan.stack.application}.transform: fails; ${(error as Error).message}`);
  }
}
