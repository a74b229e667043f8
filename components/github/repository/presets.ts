import type { ReviewSpec } from "./branchSpec.ts";
import type { Preset, RepositorySpec } from "./spec.ts";

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

/** Whether nobody but its maintainer may write, as far as it is declared. */
export const isSolo = ({ preset, collaborators = {}, teams = {} }: RepositorySpec): boolean =>
  preset === "solo" && [collaborators, teams].flatMap(Object.values).every((may) => may === "pull" || may === "triage");

/** An unknown one is told elsewhere. */
export const presetOf = ({ preset = "team" }: { preset?: Preset }): PresetValues => PRESETS[preset] ?? PRESETS.team;
