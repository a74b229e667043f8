import { VersionWatch } from "./versions.ts";

export interface Sample {
  /** Milliseconds since the start of the run, when the request was due. */
  at: number;
  /** Milliseconds from then to the failure. */
  afterMs: number;
  kind: string;
  message: string;
}

export interface Latency {
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

export interface PartReport {
  requests: number;
  failures: number;
  /** Milliseconds from the scheduled moment to the last byte, of successful exchanges. */
  latency: Latency;
}

/** The outcome of a run. Times are milliseconds; `at` and the timeline count from `startedAt`. */
export interface LoadReport {
  startedAt: string;
  seconds: number;
  url: string;
  /** All HTTP exchanges: version, slow, downloads, uploads. WebSocket echoes are counted separately. */
  requests: number;
  /** All failures, including the WebSocket's. */
  failures: number;
  /** By kind, `<part>: <what>`, with the first five of each. */
  failuresByKind: Record<string, { count: number; samples: Sample[] }>;
  /** Reused connections that closed before any answer; failures too unless repeated by `retryIdleClose`. */
  idleCloseRaces: { count: number; samples: { at: number; afterMs: number }[] };
  byVersion: Record<string, number>;
  /** Only changes of the answering version. */
  versionTimeline: [number, string][];
  /** Answers of a former version to requests sent after a newer one had answered; see VersionWatch. */
  mixedAfterSwitch: number;
  /** Of the version path. */
  latency: Latency;
  keepAlive: PartReport;
  newConnection: PartReport;
  slow: PartReport;
  downloads: PartReport;
  uploads: PartReport;
  websocket: { echoes: number; reconnects: number; failures: number; unansweredAtClose: number; latency: Latency };
  websocketReconnects: number;
  /** By the second in which the exchange was due. */
  perSecond: { requests: number; failures: number }[];
  /** Processor seconds that the generator itself used. */
  cpuSeconds: number;
}

export type Part = "keepAlive" | "newConnection" | "slow" | "downloads" | "uploads" | "websocket";
const SAMPLES = 5;

/** Collects what happens during a run; every time is in milliseconds of `now()`. */
export class Recorder {
  readonly versions = new VersionWatch();
  reconnects = 0;
  unansweredAtClose = 0;
  private readonly startedAt = new Date();
  private readonly origin = performance.now();
  private readonly parts = new Map<Part, { done: number[]; failures: number }>();
  private readonly kinds: LoadReport["failuresByKind"] = {};
  private readonly races: LoadReport["idleCloseRaces"] = { count: 0, samples: [] };
  private readonly perSecond: LoadReport["perSecond"] = [];

  /** Milliseconds since the start of the run. */
  now(): number {
    return performance.now() - this.origin;
  }

  succeeded(part: Part, dueAt: number): void {
    this.part(part).done.push(this.now() - dueAt);
    if (part !== "websocket") this.second(dueAt).requests += 1;
  }

  failed(part: Part, dueAt: number, what: string, message: string): void {
    this.part(part).failures += 1;
    if (part !== "websocket") this.second(dueAt).requests += 1;
    this.second(dueAt).failures += 1;
    const kind = `${part}: ${what}`;
    const entry = (this.kinds[kind] ??= { count: 0, samples: [] });
    entry.count += 1;
    if (entry.samples.length < SAMPLES)
      entry.samples.push({ at: Math.round(dueAt), afterMs: Math.round(this.now() - dueAt), kind, message });
  }

  raced(dueAt: number, sentAt: number): void {
    this.races.count += 1;
    const afterMs = Math.round((this.now() - sentAt) * 10) / 10;
    if (this.races.samples.length < SAMPLES) this.races.samples.push({ at: Math.round(dueAt), afterMs });
  }

  report(url: string): LoadReport {
    const [keepAlive, newConnection, slow, downloads, uploads, websocket] = (
      ["keepAlive", "newConnection", "slow", "downloads", "uploads", "websocket"] as const
    ).map((part) => this.summary([part])) as [PartReport, PartReport, PartReport, PartReport, PartReport, PartReport];
    const http = [keepAlive, newConnection, slow, downloads, uploads];
    const requests = http.reduce((sum, part) => sum + part.requests, 0);
    const failures = http.reduce((sum, part) => sum + part.failures, websocket.failures);
    const { user, system } = process.cpuUsage();
    return {
      startedAt: this.startedAt.toISOString(),
      seconds: Math.round(this.now()) / 1000,
      url,
      requests,
      failures,
      failuresByKind: this.kinds,
      idleCloseRaces: this.races,
      byVersion: this.versions.byVersion,
      versionTimeline: this.versions.timeline,
      mixedAfterSwitch: this.versions.mixed,
      latency: this.summary(["keepAlive", "newConnection"]).latency,
      keepAlive,
      newConnection,
      slow,
      downloads,
      uploads,
      websocket: {
        echoes: websocket.requests - websocket.failures,
        reconnects: this.reconnects,
        failures: websocket.failures,
        unansweredAtClose: this.unansweredAtClose,
        latency: websocket.latency,
      },
      websocketReconnects: this.reconnects,
      perSecond: Array.from(this.perSecond, (entry) => entry ?? { requests: 0, failures: 0 }),
      cpuSeconds: (user + system) / 1e6,
    };
  }

  private summary(parts: Part[]): PartReport {
    const done = parts.flatMap((part) => this.part(part).done);
    const failures = parts.reduce((sum, part) => sum + this.part(part).failures, 0);
    return { requests: done.length + failures, failures, latency: percentiles(done) };
  }

  private part(part: Part): { done: number[]; failures: number } {
    const known = this.parts.get(part) ?? { done: [], failures: 0 };
    this.parts.set(part, known);
    return known;
  }

  private second(at: number): { requests: number; failures: number } {
    return (this.perSecond[Math.max(0, Math.floor(at / 1000))] ??= { requests: 0, failures: 0 });
  }
}

/** Nearest-rank percentiles, rounded to a tenth; all 0 for an empty list. */
export function percentiles(values: number[]): Latency {
  const sorted = Float64Array.from(values).sort();
  const rank = (share: number): number =>
    Math.round((sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0) * 10) / 10;
  return { p50: rank(0.5), p95: rank(0.95), p99: rank(0.99), max: rank(1) };
}
