/** What a host says of itself and its applications, and what of that is wrong. */
import type { HostSeen, InspectedApplication } from "../../components/protocol/inspect.ts";
import { defined } from "../../components/shared/records.ts";
import { backupsOf, proofOf } from "../backups/judge.ts";
import { age } from "../hosts/table.ts";
import { jobsOf } from "../jobs/judge.ts";
import { type Certificate, firstToEnd, readCertificate } from "./certificates.ts";
import type { ApplicationStatus, HostStatus } from "./report.ts";

/** What is looked for on a host. */
export interface Wanted {
  host: string;
  /** Applications that the settings name for it, with the version where they say one. */
  applications: Record<string, { version?: string | undefined }>;
  /** Owners of an application that are this stack begin so. */
  owner: string;
}

export interface Judged {
  host: HostStatus;
  applications: ApplicationStatus[];
}

/** Below it, a deployment may not find room for its images. */
const LEAST_FREE_MIB = 1024;
const LEAST_FREE_SHARE = 0.05;
/** No deployment of ours holds a lock for that long. */
export const LONG_S = 3600;

export function judge(
  { host: name, applications, owner }: Wanted,
  { host, applications: there, frozen = {} }: HostSeen,
): Judged {
  const now = host.time * 1000;
  const certificates = (host.certificates ?? []).flatMap(readCertificate);
  const disk = fullest(host.disks ?? []);
  const wrong = [
    ...(disk !== undefined && isFull(disk) ? [`only ${disk.free} MiB of ${disk.path} are free`] : []),
    ...(!host.proxyRuns && Object.values(there).some(({ domains = [] }) => domains.length > 0)
      ? ["its proxy does not run; docker logs slipway-proxy says why, and pulumi up starts it"]
      : []),
    ...(host.watched === false ? ["cron does not look for interrupted deployments; pulumi up mends it"] : []),
  ];
  const names = new Set([
    ...Object.keys(applications),
    ...Object.keys(there).filter((one) => there[one]!.owner.startsWith(owner)),
  ]);
  return {
    host: {
      name,
      answers: true,
      ...defined({ disk }),
      proxy: host.proxyRuns,
      others: Object.keys(there).filter((one) => !names.has(one)),
      wrong,
    },
    applications: [...names].sort().map((one) => {
      const seen = there[one];
      const freeze = frozen[one];
      const from = { application: one, host: name, ...(freeze === undefined ? {} : { frozen: defined(freeze) }) };
      if (seen === undefined)
        return {
          ...from,
          health: "absent",
          differences: [],
          wrong: ["is in the settings, and was never deployed here"],
        };
      const judged = judgeApplication(one, seen, applications[one]?.version, certificates, now);
      if (!(one in applications)) judged.wrong.push("runs here, and is in the settings no more; pulumi up removes it");
      return { ...from, ...judged };
    }),
  };
}

function judgeApplication(
  application: string,
  seen: InspectedApplication,
  wanted: string | undefined,
  certificates: Certificate[],
  now: number,
): Omit<ApplicationStatus, "application" | "host"> {
  const { version, release, confirmed, differences, backup, domains = [], maintenance } = seen;
  const certificate = firstToEnd(domains, certificates, now);
  const lock = lockOf(seen);
  const since = lock?.since === undefined ? Number.NaN : (now - Date.parse(lock.since)) / 1000;
  const isOther = wanted !== undefined && version !== "" && wanted !== version;
  const health = healthOf(seen);
  const jobs = jobsOf(seen.jobs ?? [], now);
  const backups = backupsOf(application, seen, now);
  const { asOf, seconds } = proofOf(backups);
  return {
    ...(version === "" ? {} : { version, release }),
    ...defined({ wanted: isOther ? wanted : undefined }),
    health,
    ...defined({ since: confirmed ?? undefined, certificate, lock }),
    ...(jobs.length === 0 ? {} : { jobs }),
    ...(backups.length === 0 ? {} : { backups }),
    ...(asOf === undefined ? {} : { restorable: defined({ asOf, seconds }) }),
    differences,
    ...(maintenance ? { maintenance: defined(maintenance) } : {}),
    ...(typeof backup === "number" ? { backup: new Date(backup * 1000).toISOString().replace(/\.\d+/, "") } : {}),
    wrong: [
      ...differences,
      ...(health === "unhealthy" && differences.length === 0 ? ["a container is unhealthy"] : []),
      ...(isOther ? [`${version} runs, and the settings say ${wanted}; pulumi up deploys it`] : []),
      ...(certificate?.isLate ? [`the certificate of ${certificate.domain} ${ends(certificate.days)}`] : []),
      ...jobs.flatMap((job) => job.wrong),
      ...backups.flatMap((backup) => backup.wrong),
      ...(since > LONG_S ? [`its lock is held by ${lock?.by ?? "somebody"} for ${age(since)}`] : []),
    ],
  };
}

const ends = (days: number): string =>
  days < 0 ? "has ended; docker logs slipway-proxy says why" : `ends in ${days} d; docker logs slipway-proxy says why`;

/** A deployment tells more of itself than the lock that it holds. */
function lockOf({ lock, underway }: InspectedApplication): { by?: string; since?: string } | undefined {
  const held = lock ?? undefined;
  if (held === undefined && underway === null) return undefined;
  return defined({ by: underway?.by ?? held?.by, since: underway?.since ?? held?.since });
}

function healthOf({ containers, differences, version }: InspectedApplication): ApplicationStatus["health"] {
  if (version === "") return "absent";
  if (differences.includes("Docker does not answer")) return "unknown";
  if (containers === undefined) return differences.length === 0 ? "runs" : "unknown";
  const states = containers.map(({ state, health }) => (state === "running" ? health : "ended"));
  // The same containers, gone altogether, are a difference.
  if (differences.some((one) => / (does not run|is unhealthy|is paused|keeps ending)/.test(one))) return "unhealthy";
  if (states.includes("unhealthy")) return "unhealthy";
  if (states.includes("starting")) return "starting";
  return states.includes("healthy") ? "healthy" : "runs";
}

type Disk = NonNullable<HostSeen["host"]["disks"]>[number];

export const fullest = (disks: Disk[]): Disk | undefined =>
  disks.toSorted((a, b) => a.free / a.size - b.free / b.size)[0];

export const isFull = ({ free, size }: Disk): boolean => free < Math.min(LEAST_FREE_MIB, size * LEAST_FREE_SHARE);
