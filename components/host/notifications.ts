/** Who is notified of a stack's applications on a host, as the host is told it. */
import type { HostRequest } from "../protocol/input.ts";
import type { Settings } from "../settings/types.ts";
import { fingerprint, withFingerprints } from "../shared/fingerprint.ts";
import { defined } from "../shared/records.ts";

type Notifications = NonNullable<HostRequest["notifications"]>;

/** Whether a host was told exactly this for the stack. @param seen lines of a stack and a fingerprint */
export const isTold = (seen: string[] = [], stack: string, wanted: string | undefined): boolean =>
  seen.filter((line) => line.startsWith(`${stack} `)).join("\n") === (wanted === undefined ? "" : `${stack} ${wanted}`);

/**
 * @param host its name in the settings
 * @param applications that the stack runs there
 * @param targets with their addresses
 * @returns undefined where nobody is to be told of what runs there
 */
export function notificationsOf(
  host: string,
  applications: readonly string[],
  targets: Settings["notifications"],
): Promise<Notifications | undefined> {
  const told = Object.entries(targets)
    .filter(([, target]) => applications.some((name) => target.applications?.includes(name) ?? true))
    .map(([name, { url, on, applications: only }]) => ({
      name,
      url: String(url),
      on,
      ...defined({ applications: only }),
    }));
  const content = { host, applications: [...applications].sort(), targets: told };
  return withFingerprints(() =>
    told.length === 0
      ? undefined
      : { fingerprint: fingerprint(JSON.stringify(content), "slipway-notifications"), ...content },
  );
}
