import { BlockList, isIP } from "node:net";
import { parseArgs } from "node:util";

/** What the load generator does. Names give the unit of times; 0 switches a part off. */
export interface LoadOptions {
  /** Base URL, such as `http://10.213.77.11`. Only loopback and 10.213.77.0/24 are accepted. */
  url: string;
  /** The `Host` header and TLS server name; empty means the address itself. */
  hostHeader: string;
  /** Requests per second for the version path, sent on schedule whether or not earlier ones were answered. */
  rate: number;
  /** Share (0 to 1) of requests that open their own connection; the others use the pool. */
  newShare: number;
  /** Keep-alive connections that stay open. */
  pool: number;
  versionPath: string;
  /** Longest run, after which the generator stops on its own. At most 3600. */
  durationSeconds: number;
  /** Upper bound of requests to the version path. */
  maxRequests: number;
  slowRate: number;
  slowSeconds: number;
  downloadBytes: number;
  downloadSeconds: number;
  uploadBytes: number;
  uploadSeconds: number;
  websocketMs: number;
  /** An answer later than this is a failure; the intended duration of an exchange is added to it. */
  timeoutSeconds: number;
  /**
   * Repeat an idempotent request once, on a new connection, when a reused connection closed before
   * any answer (RFC 9110 section 9.2.2, RFC 9112 section 9.3.1). Such events are counted as
   * `idleCloseRaces` either way; without this option they are failures as well.
   */
  retryIdleClose: boolean;
  /** Accept any TLS certificate. */
  insecure: boolean;
}

export const DEFAULTS: LoadOptions = {
  url: "",
  hostHeader: "",
  rate: 100,
  newShare: 0.5,
  pool: 8,
  versionPath: "/api/v1/version",
  durationSeconds: 60,
  maxRequests: 500_000,
  slowRate: 2,
  slowSeconds: 5,
  downloadBytes: 20_000_000,
  downloadSeconds: 4,
  uploadBytes: 3_000_000,
  uploadSeconds: 3,
  websocketMs: 500,
  timeoutSeconds: 20,
  retryIdleClose: false,
  insecure: false,
};

/** Flags whose name is not the option's name in kebab case. */
const SHORT: Record<string, string> = { durationSeconds: "duration" };

function flag(key: string): string {
  return SHORT[key] ?? key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Command line of the given options; those left out keep their defaults. */
export function toArguments(options: Partial<LoadOptions>): string[] {
  return Object.entries(options).flatMap(([key, value]) => {
    if (value === undefined || value === false) return [];
    return value === true ? [`--${flag(key)}`] : [`--${flag(key)}=${String(value)}`];
  });
}

/** Options and report path from a command line. Throws with the flag, its value and the remedy. */
export function fromArguments(args: string[]): { options: LoadOptions; report: string } {
  const keys = Object.keys(DEFAULTS) as (keyof LoadOptions)[];
  const declared = Object.fromEntries(
    keys.map((key) => [flag(key), { type: typeof DEFAULTS[key] === "boolean" ? "boolean" : "string" } as const]),
  );
  const parsed = parseArgs({ args, options: { ...declared, report: { type: "string" } }, strict: true });
  const values = parsed.values as Record<string, string | boolean | undefined>;
  const read = (key: keyof LoadOptions): unknown => {
    const value = values[flag(key)];
    if (value === undefined || typeof DEFAULTS[key] !== "number") return value ?? DEFAULTS[key];
    const number = value === "" ? Number.NaN : Number(value);
    if (Number.isFinite(number) && number >= 0) return number;
    throw new Error(`--${flag(key)}: "${String(value)}" is not a number; write 0 or more`);
  };
  const options = Object.fromEntries(keys.map((key) => [key, read(key)])) as unknown as LoadOptions;
  return { options: validate(options), report: String(values.report ?? "") };
}

/** Refuses a target that is not this machine's or the sandbox's, and a run without bounds. */
export function validate(options: LoadOptions): LoadOptions {
  const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Error(`--url: "${options.url}" is not an http or https address; write one like http://10.213.77.11`);
  }
  const name = url.hostname.replace(/^\[|\]$/g, "");
  const family = isIP(name);
  const allowed = name === "localhost" || (family !== 0 && TARGETS.check(name, family === 6 ? "ipv6" : "ipv4"));
  if (!allowed) {
    throw new Error(`--url: "${options.url}" is refused; load goes to loopback or 10.213.77.0/24 only, by address`);
  }
  if (options.durationSeconds <= 0 || options.durationSeconds > 3600) {
    throw new Error(`--duration: ${options.durationSeconds} is out of range; write 1 to 3600 seconds`);
  }
  if (options.rate > 2000) throw new Error(`--rate: ${options.rate} is out of range; write at most 2000`);
  return options;
}

const TARGETS = new BlockList();
TARGETS.addSubnet("127.0.0.0", 8, "ipv4");
TARGETS.addAddress("::1", "ipv6");
TARGETS.addSubnet("10.213.77.0", 24, "ipv4");
