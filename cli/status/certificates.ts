/** How long the certificates of an application's domains are good for. */
import { X509Certificate } from "node:crypto";

export interface Certificate {
  /** Names that it is for, as it has them: *.example.com, too. */
  covers: (domain: string) => boolean;
  from: number;
  /** Milliseconds since 1970. */
  until: number;
}

/** What is none, a host's proxy does not serve either. */
export function readCertificate(pem: string): Certificate[] {
  try {
    const read = new X509Certificate(pem);
    return [
      {
        covers: (domain) => read.checkHost(domain) !== undefined || read.checkHost(`x${domain.slice(1)}`) !== undefined,
        from: read.validFromDate.getTime(),
        until: read.validToDate.getTime(),
      },
    ];
  } catch {
    return [];
  }
}

export interface Validity {
  /** The domain whose certificate ends first. */
  domain: string;
  days: number;
  /** Whether the proxy should have renewed it: it does so when a third of its time is left. */
  isLate: boolean;
}

const DAY_MS = 86_400_000;
/** A proxy that could renew it did so long before. */
const LATE = 0.2;

/** @returns undefined where no certificate is for any of the domains: without TLS, or as the host does not say */
export function firstToEnd(domains: readonly string[], all: readonly Certificate[], now: number): Validity | undefined {
  const held = domains.flatMap((domain) => {
    const own = all.filter(({ covers }) => covers(domain));
    const [latest] = own.toSorted((a, b) => b.until - a.until);
    return latest === undefined ? [] : [{ domain, ...latest }];
  });
  const [first] = held.toSorted((a, b) => a.until - b.until);
  if (first === undefined) return undefined;
  const left = first.until - now;
  return { domain: first.domain, days: Math.floor(left / DAY_MS), isLate: left < LATE * (first.until - first.from) };
}
