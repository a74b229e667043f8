/** Where backups of a stack's applications go, as a host is told it. */
import type { HostRequest } from "../protocol/input.ts";
import type { Settings } from "../settings/types.ts";
import { fingerprint, withFingerprints } from "../shared/fingerprint.ts";
import { defined } from "../shared/records.ts";

type Backups = NonNullable<HostRequest["backups"]>;

/** By name. */
export type BackupDestinations<S = string> = Settings<S>["backups"];

/**
 * @param host its name in the settings
 * @param applications that the stack runs there
 * @param destinations with their passwords, those alone that the applications name
 * @returns undefined where nothing of what runs there is backed up
 */
export function backupsOf(
  host: string,
  applications: readonly string[],
  destinations: BackupDestinations,
): Promise<Backups | undefined> {
  const all = Object.entries(destinations)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { repository, password, environment, limitUpload, limitDownload }]) => ({
      name,
      repository: String(repository),
      password: String(password),
      ...(Object.keys(environment).length === 0 ? {} : { environment: environment as Record<string, string> }),
      ...defined({ limitUpload, limitDownload }),
    }));
  const content = { host, applications: [...applications].sort(), destinations: all };
  return withFingerprints(() =>
    all.length === 0 ? undefined : { fingerprint: fingerprint(JSON.stringify(content), "slipway-backups"), ...content },
  );
}
