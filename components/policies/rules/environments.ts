/** What stands between a repository and the hosts of a protected stack. */
import { z } from "../../shared/zod.ts";
import { EVERYTHING } from "../gitHubFacts.ts";
import type { WholeRule } from "../rule.ts";

type EnvironmentRule = WholeRule<"environment">;

/** The one of `release` has no reviewers by design: its secret goes to the released branches alone. */
const unreviewed: EnvironmentRule = {
  id: "environment-unreviewed",
  subject: "environment",
  severity: "high",
  title: "A protected stack's GitHub environment has reviewers",
  reason:
    "They are the last to see a deployment, and what keeps the stack's secrets from whoever may push. Private repositories are judged only if the rule is told so, as GitHub offers reviewers for them with Enterprise alone; the preset solo, without others who may write, is not.",
  remedy: "name who approves in its reviewers (for a preview: preview.reviewers)",
  known: [],
  settings: z.object({
    private: z
      .boolean()
      .default(false)
      .describe("Judge private repositories too, as their owner has GitHub Enterprise"),
  }),
  *whole({ protected: isProtected, review: { use, reviewers, solo, visibility } }, given) {
    const isOffered = visibility !== "private" || given.private === true;
    if (isProtected && use !== "release" && reviewers === 0 && !solo && isOffered)
      yield use === "preview"
        ? "nobody approves a preview, which has the secrets that open the stack"
        : "nobody approves a deployment to it";
  },
};

const isAnyBranch = (what: string): boolean => what === EVERYTHING || /^branch \*+(\/\*+)*$/.test(what);

/** A preview is for branches that nobody knows yet. */
const open: EnvironmentRule = {
  id: "environment-open",
  subject: "environment",
  severity: "high",
  title: "A protected stack's GitHub environment says which branches and tags deploy to it",
  reason:
    "Any branch may otherwise bring a workflow of its own, which gets the environment's secrets and with them the hosts.",
  remedy: 'name them in its branches and tags, like branches: ["main"]',
  known: [],
  *whole({ protected: isProtected, review: { use, deploys } }) {
    if (isProtected && use !== "preview" && Object.keys(deploys).some(isAnyBranch))
      yield "every branch may deploy to it";
  },
};

const selfReview: EnvironmentRule = {
  id: "environment-self-review",
  subject: "environment",
  severity: "medium",
  title: "Nobody approves a deployment of their own to a protected stack",
  reason: "An approval by whoever started the deployment is no second pair of eyes. The preset solo is not judged.",
  remedy: "leave preventSelfReview out",
  known: [],
  *whole({ protected: isProtected, review: { reviewers, selfReview: allowed, solo } }) {
    if (isProtected && reviewers > 0 && allowed && !solo) yield "whoever starts a deployment may approve it";
  },
};

const adminBypass: EnvironmentRule = {
  id: "environment-admin-bypass",
  subject: "environment",
  severity: "medium",
  title: "Administrators keep to a protected stack's reviewers and wait timer",
  reason: "One account of an administrator is enough to deploy anything where they need not.",
  remedy: "leave adminBypass out",
  known: [],
  *whole({ protected: isProtected, review: { adminBypass: allowed, reviewers, waitTimer } }) {
    if (isProtected && allowed && (reviewers > 0 || waitTimer > 0))
      yield "administrators may pass over its reviewers and its wait timer";
  },
};

const changed: EnvironmentRule = {
  id: "environment-transformed",
  subject: "environment",
  severity: "low",
  title: "What guards a GitHub environment is judged as it is declared",
  reason: "A `transform` may change what was judged here, and nothing judges the result.",
  remedy: "say it by the declaration's own fields where they can, and take the transform out",
  known: [],
  *whole({ protected: isProtected, review: { transformed = {} } }) {
    if (!isProtected) return;
    for (const kind of Object.keys(transformed))
      yield `transform.${kind} has the last word on what rules have judged before it`;
  },
};

export const ENVIRONMENT_RULES = [unreviewed, open, selfReview, adminBypass, changed];
