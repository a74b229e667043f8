/** Numbers and times as people read them. */

import type { Deployment } from "./deployments.ts";
import { visible } from "./html.ts";

export const UNKNOWN = "not known";

/** @example "2026-11-28 02:21 UTC" */
export const moment = (time: number): string => `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** @example "8.5 s", "2 min 5 s", "3 h 10 min", "4.2 days" */
export function lasted(seconds: number | undefined): string {
  if (seconds === undefined) return UNKNOWN;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 2880) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${(seconds / 86_400).toFixed(1)} days`;
}

/** @example "12 %" */
export const percent = (share: number | undefined): string =>
  share === undefined ? UNKNOWN : `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;

/** @example "1 host", "3 hosts" */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

const LONGEST = 300;

/** One line, of which the end is left out where it is long. */
export function short(text: string | undefined): string {
  const line = visible(text ?? UNKNOWN).trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}…`;
}

/** The step in which it failed, as far as its reason says so. */
export const stepOf = ({ reason }: Deployment): string | undefined => /\bstep ([a-z]+)\b/.exec(reason ?? "")?.[1];
