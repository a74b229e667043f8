/** What the words of `slipway maintenance on` mean. All that is wrong is said before a host is asked. */
import { readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { type Maintenance, PAGE_LIMIT } from "../../components/protocol/received.ts";
import { parseDuration } from "../../components/shared/duration.ts";
import { shown } from "../../components/shared/text.ts";
import { renderPage } from "./page.ts";

export interface MaintenanceWords {
  message?: string;
  page?: string;
  retryAfter?: string;
  allow?: string[];
}

const DEFAULT_SECONDS = 600;
const MOST_SECONDS = 31 * 86_400;

/** @param by who asks for it @throws Error that names the option, its value and the remedy */
export function maintenanceOf({ message, page, retryAfter, allow = [] }: MaintenanceWords, by: string): Maintenance {
  if (message !== undefined && page !== undefined)
    throw new Error("--message stands on the default page, and --page is another; give one of them");
  if (message?.trim() === "") throw new Error("--message is empty; write what users are to read, or leave it out");
  const text = page === undefined ? renderPage(message) : readPage(page);
  if (text.length > PAGE_LIMIT)
    throw new Error(
      `${page === undefined ? "--message" : page} is too long: the page may have ${PAGE_LIMIT} characters, and has ${text.length}; take images out of it`,
    );
  return {
    by: by.replace(/\p{Cc}/gu, " ").slice(0, 200),
    retryAfter: retryAfter === undefined ? DEFAULT_SECONDS : secondsOf(retryAfter),
    allow: allow.map(networkOf),
    page: text,
  };
}

function readPage(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    throw new Error(`--page: there is no file ${shown(path)}; name a file of HTML`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    throw new Error(
      error instanceof TypeError
        ? `--page: ${path} is not UTF-8, as which it is served; save it as that`
        : `--page: ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`,
    );
  }
  if (text.trim() === "") throw new Error(`--page: ${path} is empty; write what users are to see`);
  if (text.includes("\0"))
    throw new Error(`--page: ${path} has a NUL character, so it is no page; name a file of HTML`);
  return text;
}

function secondsOf(text: string): number {
  const seconds = Math.ceil((parseDuration(text) ?? Number.NaN) / 1000);
  if (seconds >= 1 && seconds <= MOST_SECONDS) return seconds;
  throw new Error(
    `--retry-after: ${shown(text)} is no time from 1 s to 31 days; write a number and a unit (s, m, h), like 10m`,
  );
}

/** An address stands for itself. */
function networkOf(text: string): string {
  const [, address = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  // A zone (fe80::1%eth0) is this machine's own.
  if (version !== 0 && !address.includes("%") && (bits === undefined || Number(bits) <= most)) return text;
  throw new Error(
    `--allow: ${shown(text)} is neither an address nor a network; write one like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32`,
  );
}
