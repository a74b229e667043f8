/** Backups and points in time, as people read them. */
import { sizeInWords } from "../../components/shared/size.ts";
import { age, lasted, type Paint, plain, renderTable, UNKNOWN } from "../hosts/table.ts";
import { proofOf } from "./judge.ts";
import type { ActReport, BackupStatus, PointsReport } from "./report.ts";
import type { Intent } from "./restore.ts";

/** @example "2026-11-28 03:12 UTC" */
export const moment = (time: string): string => {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? plain(time) : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
};

export function agoOf(time: string | undefined, now: number): string {
  const seconds = time === undefined ? Number.NaN : (now - Date.parse(time)) / 1000;
  return Number.isNaN(seconds) ? UNKNOWN : `${age(seconds)} ago`;
}

/** @example "restorable as of 2026-11-28 03:12 UTC (9 h ago), takes 4.0 s" */
export function proven(application: string, backups: readonly BackupStatus[], now: number, paint: Paint): string {
  const { asOf, seconds, unproven } = proofOf(backups);
  if (asOf === undefined) {
    const failed = backups.filter(({ name, drill }) => drill !== undefined && unproven.includes(name));
    const names = (failed.length > 0 ? failed.map(({ name }) => name) : unproven).map(plain).join(", ");
    const why =
      failed.length > 0
        ? `the last drill of ${names} did not end well`
        : `there is no drill of ${names || "its data"} yet`;
    return paint("yellow", `not proven to be restorable: ${why}; slipway drill ${application} makes one`);
  }
  const takes = seconds === undefined ? "" : `, takes ${lasted(seconds)}`;
  return `restorable as of ${moment(asOf)} (${agoOf(asOf, now)})${takes}`;
}

const HEADINGS = ["APPLICATION", "HOST", "BACKUP", "TO", "TAKEN", "SIZE", "RESULT", "DRILL", "AS OF", "TOOK", "RESULT"];

export function renderActs({ act, applications, unread }: ActReport, now: number, paint: Paint): string {
  const result = (one: { result: string } | undefined): string =>
    one === undefined ? UNKNOWN : paint(one.result === "succeeded" ? "green" : "red", plain(one.result));
  const rows = applications.flatMap(({ application, host, backups }) =>
    backups.map(({ name, to, last, drill }) => [
      application,
      host,
      name,
      plain(to),
      agoOf(last?.time, now),
      last?.bytes === undefined ? UNKNOWN : sizeInWords(last.bytes),
      result(last),
      agoOf(drill?.time, now),
      agoOf(drill?.pointTime, now),
      drill?.seconds === undefined ? UNKNOWN : lasted(drill.seconds),
      result(drill),
    ]),
  );
  return [
    rows.length === 0 ? "" : renderTable([HEADINGS, ...rows]),
    ...applications.map(({ application, host, backups, problem }) =>
      problem === undefined
        ? `${application} on ${host}: ${proven(application, backups, now, paint)}\n`
        : `${application} on ${host}: ${paint("red", `the ${act} did not end well: ${plain(problem)}`)}\n`,
    ),
    ...unread.map(({ host, problem }) => `${paint("red", `${host}: ${plain(problem)}`)}\n`),
  ].join("");
}

export function renderPoints({ application, time, points, unread }: PointsReport, paint: Paint): string {
  const now = Date.parse(time);
  const rows = points.map((point) => [
    point.host,
    point.name,
    point.id.slice(0, 8),
    moment(point.time),
    agoOf(point.time, now),
    plain(point.version ?? UNKNOWN),
    plain(point.release ?? UNKNOWN),
    point.bytes === undefined ? UNKNOWN : sizeInWords(point.bytes),
    point.suspect ? paint("red", "suspect") : "good",
  ]);
  return [
    rows.length === 0
      ? `No backup of ${application} is there yet, on the hosts that answered; slipway backup ${application} takes one.\n`
      : renderTable([["HOST", "BACKUP", "POINT", "TAKEN", "", "VERSION", "RELEASE", "SIZE", ""], ...rows]),
    ...unread.map(({ host, problem }) => `${paint("red", `${host}: ${plain(problem)}`)}\n`),
  ].join("");
}

/** What a restore overwrites and loses, before anybody is asked. */
export function renderIntent(
  { application, host, name, act, point, running, aside, now }: Intent,
  paint: Paint,
): string {
  const which = `${name} of ${application} on ${host}`;
  const kept =
    aside === undefined ? "what the last restore kept aside" : `what the restore of ${moment(aside)} kept aside`;
  const command = `slipway restore ${application} --name ${name}`;
  if (act === "drop") return `Removes ${kept} of ${which}: nothing can put it back then.\n`;
  if (act === "back")
    return `Puts ${kept} of ${which} back, in the place of what is there now, which is kept aside instead; what was written since that restore is gone from the application.\n`;
  const { id, time, version, suspect } = point!;
  const lost = agoOf(time, now).replace(/ ago$/, "");
  return [
    `Restores ${which} to the point ${id.slice(0, 8)}, taken ${moment(time)} (${agoOf(time, now)}) from ${plain(version ?? "a version that nobody knows")}.`,
    `It takes the place of what is there now: what was written in the last ${lost} is gone from the application.`,
    `What is there now is kept aside: ${command} --back puts it back, --drop removes it.`,
    ...(version !== undefined && running !== "" && version !== running
      ? [paint("yellow", `${plain(running)} serves, and may expect another schema than that of ${plain(version)}.`)]
      : []),
    ...(suspect ? [paint("red", "This point is suspect: it is empty, or much smaller than the one before it.")] : []),
    "",
  ].join("\n");
}
