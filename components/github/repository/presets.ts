import type { ReviewSpec } from "./branchSpec.ts";
import type { Preset } from "./spec.ts";

/** What a preset decides; everything else is the same for all presets. */
export interface PresetValues {
  visibility: "public" | "private";
  reviews: Required<ReviewSpec>;
  preventSelfReview: boolean;
}

const STRICT: Required<ReviewSpec> = {
  required: 1,
  codeOwners: true,
  lastPush: true,
  dismissStale: true,
  conversations: true,
};

/** Chosen to match the tiers of OpenSSF Scorecard's Branch-Protection check; see docs/scorecard.md. */
export const PRESETS: Record<Preset, PresetValues> = {
  "open-source": { visibility: "public", reviews: { ...STRICT, required: 2 }, preventSelfReview: true },
  team: { visibility: "private", reviews: STRICT, preventSelfReview: true },
  solo: {
    visibility: "private",
    reviews: { ...STRICT, required: 0, codeOwners: false, lastPush: false },
    preventSelfReview: false,
  },
};
