/** Lines of logs, as a host's Docker Compose prints them, and as they are shown. */
import { type Paint, plain } from "../hosts/table.ts";

export interface LogLine {
  host: string;
  application: string;
  /** The container, by its service and number: web-1. */
  from: string;
  /** As Docker noted it, in UTC; empty for what Compose itself says. */
  time: string;
  text: string;
}

/** `web-1  | 2026-11-28T02:21:01.123456789Z GET /`: with --timestamps and --no-color. */
const PRINTED = /^(\S+) +\| (\d{4}-\d\d-\d\dT\S+Z) ?(.*)$/s;

export function readLine(host: string, application: string, line: string): LogLine {
  const [, from, time, text] = PRINTED.exec(line.replace(/\r$/, "")) ?? [];
  if (from === undefined) return { host, application, from: "", time: "", text: line };
  return { host, application, from, time: time!, text: text! };
}

/** In the order in which they were printed; what has no time comes where its host said it. */
export function inOrder(lines: LogLine[]): LogLine[] {
  const last = new Map<string, string>();
  const keyed = lines.map((line) => {
    const source = `${line.host}/${line.application}`;
    const time = line.time === "" ? (last.get(source) ?? "") : line.time;
    last.set(source, time);
    return { line, time };
  });
  return keyed.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)).map(({ line }) => line);
}

/** Lines that are kept in mind of each source. */
const REMEMBERED = 1000;

/** @returns whether a line was not there before: the same text of the same moment is the same line */
export function remember(): (line: LogLine) => boolean {
  const seen = new Map<string, Set<string>>();
  return ({ host, application, from, time, text }) => {
    if (time === "") return true;
    const source = `${host} ${application} ${from}`;
    const own = seen.get(source) ?? new Set();
    seen.set(source, own);
    const line = `${time} ${text}`;
    if (own.has(line)) return false;
    own.add(line);
    if (own.size > REMEMBERED) own.delete(own.values().next().value!);
    return true;
  };
}

const SOURCE_STYLES = ["cyan", "yellow", "magenta", "green", "blue"] as const;

/** Shows lines, each with where it is from: a source has the same colour throughout. */
export function painter(paint: Paint): (line: LogLine) => string {
  const styles = new Map<string, (typeof SOURCE_STYLES)[number]>();
  return ({ host, application, from, time, text }) => {
    const source = [host, application, plain(from)].filter((part) => part !== "").join(" ");
    if (!styles.has(source)) styles.set(source, SOURCE_STYLES[styles.size % SOURCE_STYLES.length]!);
    const moment = time === "" ? "" : `${plain(time).slice(0, 19).replace("T", " ")} `;
    return `${moment}${paint(styles.get(source)!, source)} | ${plain(text)}\n`;
  };
}
