/**
 * Drift detection. A token names a deployment, and the host remembers the token that it confirmed last. While host and
 * declaration agree, the program repeats the host's token, so nothing changes; if they differ, a fresh token makes the
 * plan show an update.
 */
import type { HostSeen, InspectedApplication } from "../protocol/inspect.ts";

export interface Decision {
  token: string;
  /** What the plan should report, one sentence each; `drift` for differences that nobody declared. */
  notes: { kind: "change" | "drift" | "busy"; text: string }[];
}

/** Prefix of the token that `slipway rollback` on the host leaves. */
const BY_HAND = "by hand: ";

/**
 * @param seen the application as inspected on the host; undefined if it is not there
 * @param fresh the token of a new deployment
 */
export function decideToken(
  release: { id: string; version: string },
  seen: InspectedApplication | undefined,
  fresh: string,
): Decision {
  if (seen === undefined) return { token: fresh, notes: [] };
  const notes: Decision["notes"] = seen.differences.map((text) => ({ kind: "drift", text }));
  if (seen.underway) {
    const { version, by, since } = seen.underway;
    notes.push({
      kind: "busy",
      text:
        version === undefined
          ? "a deployment is about to start"
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

/** What is said where hosts of an application run different versions; undefined where they do not, or are not known. */
export function differentVersions(
  application: string,
  hosts: string[],
  inspected: (HostSeen | undefined)[],
): string | undefined {
  const versions = hosts.flatMap((host, index) => {
    const version = inspected[index]?.applications[application]?.version;
    return version ? [{ host, version }] : [];
  });
  if (new Set(versions.map(({ version }) => version)).size < 2) return undefined;
  const list = versions.map(({ host, version }) => `${host} ${version}`).join(", ");
  return `${application}: hosts run different versions (${list}); pulumi up makes them agree`;
}
