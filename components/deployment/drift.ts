/**
 * Drift. A token names a deployment; the host remembers the one it confirmed last. While host and declaration agree the
 * program repeats the host's token, so nothing changes; where they do not, a fresh one makes the plan show an update.
 */
import type { Seen } from "../protocol/inspect.ts";

export interface Decision {
  token: string;
  /** What the plan should tell, a sentence each; `drift` for what nobody declared. */
  notes: { kind: "change" | "drift" | "busy"; text: string }[];
}

/** How the token of `slipway rollback` on the host begins. */
const BY_HAND = "by hand: ";

/**
 * @param seen the application on the host; undefined: it is not there
 * @param fresh the token of a new deployment
 */
export function decide(release: { id: string; version: string }, seen: Seen | undefined, fresh: string): Decision {
  if (seen === undefined) return { token: fresh, notes: [] };
  const notes: Decision["notes"] = seen.differences.map((text) => ({ kind: "drift", text }));
  if (seen.underway) {
    const { version, by, since } = seen.underway;
    notes.push({
      kind: "busy",
      text:
        version === undefined
          ? "a deployment is about to begin"
          : `version ${version} is being deployed by ${by} since ${since}`,
    });
  }
  if (seen.release !== release.id && seen.token.startsWith(BY_HAND)) {
    const text = `runs ${seen.version} (release ${seen.release}), put there by hand (${seen.token.slice(BY_HAND.length)}); will run ${release.version} again`;
    return { token: fresh, notes: [...notes, { kind: "drift", text }] };
  }
  if (seen.release !== release.id) {
    const text =
      seen.version === release.version
        ? `runs ${seen.version} with other settings (release ${seen.release})`
        : `runs ${seen.version}, will run ${release.version}`;
    return { token: fresh, notes: [...notes, { kind: "change", text }] };
  }
  return { token: seen.differences.length > 0 ? fresh : seen.token, notes };
}
