import type { LoadOptions, LoadReport } from "../../sandbox/load/index.ts";
import type { Host } from "./ssh.ts";

/** Of the load's parts only the steady requests for the version. */
export const VERSIONS_ONLY = {
  slowRate: 0,
  downloadBytes: 0,
  uploadBytes: 0,
  websocketMs: 0,
} satisfies Partial<LoadOptions>;

/** Most connections that one reload of the proxy may lose under the loads here. */
const LOST_BY_RELOAD = 4;

/**
 * The failures of a load during which a route changed, without those that the reload of the proxy explains: Caddy opens
 * its sockets anew, and a new connection whose request it has not read at that instant is closed without an answer
 * (docs/operations.md, Limits). Nothing that had begun is.
 * @param reloads how many there were; see `reloadsOf`
 */
export function failuresBesideReload(report: LoadReport, reloads = 1): LoadReport["failuresByKind"] {
  const kinds = ["newConnection: ECONNRESET", "slow: ECONNRESET"].filter((kind) => kind in report.failuresByKind);
  const failed = kinds.map((kind) => report.failuresByKind[kind]!);
  const soon = failed.every(({ samples }) => samples.every(({ afterMs }) => afterMs < 3000));
  if (!soon || failed.reduce((sum, { count }) => sum + count, 0) > LOST_BY_RELOAD * reloads)
    return report.failuresByKind;
  return Object.fromEntries(Object.entries(report.failuresByKind).filter(([kind]) => !kinds.includes(kind)));
}

/** How often the proxy of a host has loaded another configuration since it started, by its log. */
export const reloadsOf = async (target: Host): Promise<number> =>
  Number(await target.ask("sudo docker logs slipway-proxy 2>&1 | grep -c 'load complete'; true"));
