/** One table of all applications and hosts, and below it what is wrong. */
import { proven } from "../backups/render.ts";
import { age, type Paint, plain, renderTable, UNKNOWN } from "../hosts/table.ts";
import type { ApplicationStatus, HostStatus, StatusReport } from "./report.ts";

const HEADINGS = [
  "APPLICATION",
  "HOST",
  "VERSION",
  "HEALTH",
  "SINCE",
  "DRIFT",
  "BACKUP",
  "CERTIFICATE",
  "LOCK",
  "DISK",
];

const COLOURS = {
  healthy: "green",
  runs: "green",
  starting: "yellow",
  unhealthy: "red",
  absent: "yellow",
  unknown: "yellow",
} as const;

export function renderStatus({ stack, time, hosts, applications }: StatusReport, paint: Paint): string {
  const now = Date.parse(time);
  const rows = [
    ...applications.map((one) => rowOf(one, hosts.find(({ name }) => name === one.host)!, now, paint)),
    ...hosts.filter(({ name }) => !applications.some(({ host }) => host === name)).map((host) => emptyRow(host, paint)),
  ];
  const wrong = [
    ...hosts.flatMap(({ name, wrong: all }) => all.map((one) => `${name}: ${plain(one)}`)),
    ...applications.flatMap(({ application, host, wrong: all }) =>
      all.map((one) => `${application} on ${host}: ${plain(one)}`),
    ),
  ];
  const locked = applications.flatMap(({ application, host, frozen }) =>
    frozen === undefined ? [] : [`${application} on ${host}: ${plain(frozen.reason ?? "nobody knows why")}`],
  );
  return [
    `${paint("bold", stack)}, ${time.replace("T", " ").replace(/Z$/, " UTC")}\n`,
    renderTable(withJobs([HEADINGS, ...rows], applications, paint)),
    ...hosts.flatMap(({ name, others }) =>
      others.length === 0 ? [] : [`${name} also runs what is not this stack's: ${others.map(plain).join(", ")}\n`],
    ),
    ...applications.flatMap(({ application, host, backups = [] }) =>
      backups.length === 0 ? [] : [`${application} on ${host}: ${proven(application, backups, now, paint)}\n`],
    ),
    ...applications.flatMap(({ application, host, maintenance }) =>
      maintenance === undefined ? [] : [paint("yellow", maintained(application, host, maintenance, now))],
    ),
    ...(locked.length === 0 ? [] : ["\nLocked:\n", ...locked.map((line) => `  ${paint("yellow", line)}\n`)]),
    ...(wrong.length === 0 ? [] : ["\nWrong:\n", ...wrong.map((line) => `  ${paint("red", line)}\n`)]),
  ].join("");
}

/** With a column more, before the last, where an application has jobs. Applications are the first rows below the headings. */
function withJobs(rows: string[][], applications: ApplicationStatus[], paint: Paint): string[][] {
  if (!applications.some(({ jobs }) => jobs)) return rows;
  return rows.map((row, index) => {
    const cell = index === 0 ? "JOBS" : jobsIn(applications[index - 1], paint);
    return [...row.slice(0, -1), cell, ...row.slice(-1)];
  });
}

/** @example "3 good", "1 of 3 wrong" */
function jobsIn(status: ApplicationStatus | undefined, paint: Paint): string {
  const jobs = status?.jobs;
  if (jobs === undefined) return UNKNOWN;
  const wrong = jobs.filter((job) => job.wrong.length > 0).length;
  return wrong === 0 ? `${jobs.length} good` : paint("red", `${wrong} of ${jobs.length} wrong`);
}

function rowOf(status: ApplicationStatus, host: HostStatus, now: number, paint: Paint): string[] {
  const { application, version, wanted, health, since, differences, backup, certificate, backups } = status;
  const ago = (moment: string | undefined): string => {
    const seconds = moment === undefined ? Number.NaN : (now - Date.parse(moment)) / 1000;
    return Number.isNaN(seconds) ? UNKNOWN : age(seconds);
  };
  const drift = differences.length + (wanted === undefined ? 0 : 1);
  const days = certificate && `${Math.max(0, certificate.days)} d`;
  return [
    application,
    host.name,
    plain(version ?? UNKNOWN),
    paint(COLOURS[health], health),
    ago(since),
    health === "absent" ? UNKNOWN : drift === 0 ? "none" : paint("yellow", String(drift)),
    ago(backups === undefined ? backup : oldest(backups)),
    days === undefined ? UNKNOWN : certificate!.isLate ? paint("red", days) : days,
    lockOf(status, ago, paint),
    diskOf(host),
  ];
}

/** When the last backup was taken, of all of an application's data; undefined where one is missing or did not end well. */
function oldest(backups: NonNullable<ApplicationStatus["backups"]>): string | undefined {
  const times = backups.map(({ last }) => (last?.result === "succeeded" ? last.time : undefined));
  return times.includes(undefined) ? undefined : times.sort()[0];
}

/** Who deploys it, and who lets nobody. */
function lockOf(
  { lock, frozen }: ApplicationStatus,
  ago: (moment: string | undefined) => string,
  paint: Paint,
): string {
  const held = (by: string, since: string | undefined): string => `${plain(by)} ${ago(since)}`.replace(/ -$/, "");
  const all = [
    ...(lock === undefined ? [] : [held(lock.by ?? "held", lock.since)]),
    ...(frozen === undefined ? [] : [`locked by ${held(frozen.by ?? "somebody", frozen.since)}`]),
  ];
  return all.length === 0 ? "free" : paint("yellow", all.join(", "));
}

/** @example "shop on web-1 is in maintenance for 12 min, by anna@desk; let in: 192.0.2.7" */
function maintained(
  application: string,
  host: string,
  { since, by, allow }: NonNullable<ApplicationStatus["maintenance"]>,
  now: number,
): string {
  const seconds = since === undefined ? Number.NaN : (now - Date.parse(since)) / 1000;
  return [
    `${application} on ${host} is in maintenance`,
    ...(Number.isNaN(seconds) ? [] : [` for ${age(seconds)}`]),
    ...(by === undefined ? [] : [`, by ${plain(by)}`]),
    ...(allow.length === 0 ? [] : [`; let in: ${allow.map(plain).join(", ")}`]),
    "\n",
  ].join("");
}

const emptyRow = (host: HostStatus, paint: Paint): string[] => [
  UNKNOWN,
  host.name,
  UNKNOWN,
  host.answers ? UNKNOWN : paint("red", "no answer"),
  ...HEADINGS.slice(4, -1).map(() => UNKNOWN),
  diskOf(host),
];

/** @example "57 GiB free" */
const diskOf = ({ disk }: HostStatus): string =>
  disk === undefined
    ? UNKNOWN
    : `${disk.free < 10_240 ? (disk.free / 1024).toFixed(1) : Math.floor(disk.free / 1024)} GiB free`;
