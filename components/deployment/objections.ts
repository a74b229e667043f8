/** What speaks against deploying an application to a host, as the plan sees it: everything at once, before anything is touched. */
import type { WantedVolume } from "../compose/volumes.ts";
import type { HostSeen } from "../protocol/inspect.ts";
import type { VersionedSettings } from "../settings/types.ts";
import { adoption } from "./adoption.ts";
import { dataLeft, type Site } from "./dataLeft.ts";
import { domainsTaken } from "./domainsTaken.ts";
import { claim } from "./owner.ts";

export interface Intent {
  application: string;
  /** Its owner on the host. */
  own: string;
  settings: Pick<VersionedSettings, "takeOver" | "adopt">;
  /** Host names of its routes. */
  domains: string[];
  /** Whether this stack runs the host's proxy. */
  proxied: boolean;
  /** What its release will mount. */
  mounts: WantedVolume[];
  ports: number[];
  /** That its containers will have, as its Compose file gives them. */
  names: string[];
  /** Hosts by application, of all that the stack deploys. */
  declared: Record<string, string[]>;
}

/** A line each: `problems` end the plan, `warnings` and `notes` are told. */
export interface Objections {
  problems: string[];
  warnings: string[];
  notes: string[];
}

/** @param elsewhere the environment's other hosts, where the application may have run before */
export function objections(intent: Intent, here: Site, elsewhere: Site[]): Objections {
  const wanted = { ...intent, ...intent.settings, host: here.host };
  const running = here.seen?.applications ?? {};
  const claimed = claim({ ...wanted, there: running[wanted.application]?.owner });
  const left = dataLeft(wanted, here, elsewhere);
  const adopted = adoption(wanted, here.seen);
  const said = (text: string | undefined): string[] => (text === undefined ? [] : [text]);
  return {
    problems: [
      ...said(claimed.refusal),
      ...said(unreachable(wanted, here.seen)),
      ...domainsTaken(wanted, running),
      ...left.problems,
      ...adopted.problems,
    ],
    warnings: left.perhaps,
    notes: [...said(adopted.note), ...said(claimed.note)],
  };
}

/** Another stack may run the proxy of a host that they share. */
function unreachable(
  { application, domains, proxied, host }: Pick<Intent, "application" | "domains" | "proxied"> & { host: string },
  seen: HostSeen | undefined,
): string | undefined {
  if (proxied || domains.length === 0 || seen === undefined || seen.host.proxyRuns) return undefined;
  return `slipway:hosts.${host}.proxy.enabled: false, and no proxy runs there, so nobody leads ${domains.join(", ")} to ${application}; leave it out, or take domain and port out of the declaration and publish a port`;
}
