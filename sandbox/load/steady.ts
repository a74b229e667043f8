import type { Agent } from "node:http";
import type { Answer, ExchangeError, Target } from "./exchange.ts";
import type { LoadOptions } from "./options.ts";
import type { Part, Recorder } from "./report.ts";

/** Something that runs until `stop` is called; `stopped` resolves once nothing is in flight. */
export interface Activity {
  stop(): void;
  stopped: Promise<void>;
}

/** Calls `fire(index, dueAt)` at an even rate, catching up after a late wake-up, never waiting for results. */
function schedule(
  recorder: Recorder,
  rate: number,
  limit: number,
  fire: (index: number, dueAt: number) => Promise<void>,
): Activity {
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const origin = recorder.now();
  let index = 0;
  let inFlight = 0;
  let running = rate > 0 && limit > 0;
  let timer: NodeJS.Timeout | undefined;
  const settle = (): void => {
    if (!running && inFlight === 0) resolve();
  };
  const tick = (): void => {
    let due = origin + (index * 1000) / rate;
    for (const now = recorder.now(); running && due <= now; due = origin + (index * 1000) / rate) {
      inFlight += 1;
      void fire(index, due).finally(() => {
        inFlight -= 1;
        settle();
      });
      index += 1;
      if (index >= limit) running = false;
    }
    if (running) timer = setTimeout(tick, Math.max(1, due - recorder.now()));
  };
  if (running) tick();
  settle();
  return {
    stopped,
    stop: () => {
      running = false;
      clearTimeout(timer);
      settle();
    },
  };
}

/** The steady requests for the version, alternating between pool and new connections. */
export function versionRequests(target: Target, options: LoadOptions, recorder: Recorder): Activity {
  const agents = Array.from({ length: Math.max(1, options.pool) }, () => target.agent());
  const timeout = options.timeoutSeconds * 1000;
  let pooled = 0;
  return schedule(recorder, options.rate, options.maxRequests, async (index, dueAt) => {
    const fresh = Math.floor((index + 1) * options.newShare) > Math.floor(index * options.newShare);
    const part: Part = fresh ? "newConnection" : "keepAlive";
    const agent = fresh ? undefined : agents[pooled++ % agents.length];
    await attempt(target, options, recorder, part, dueAt, agent, (sendAgent) =>
      target.exchange({ path: options.versionPath, agent: sendAgent, timeout }),
    );
  });
}

async function attempt(
  target: Target,
  options: LoadOptions,
  recorder: Recorder,
  part: Part,
  dueAt: number,
  agent: Agent | undefined,
  send: (agent: Agent | undefined) => Promise<Answer>,
): Promise<void> {
  const sentAt = recorder.now();
  try {
    const { body } = await send(agent);
    const version = versionOf(body);
    if (version === undefined)
      return recorder.failed(part, dueAt, "no version", `answer was ${JSON.stringify(body.slice(0, 200))}`);
    recorder.versions.answered(version, sentAt, recorder.now());
    recorder.succeeded(part, dueAt);
  } catch (error) {
    const { what, message, reusedAndSilent } = error as ExchangeError;
    if (reusedAndSilent) recorder.raced(dueAt, sentAt);
    if (reusedAndSilent && options.retryIdleClose)
      return attempt(target, options, recorder, part, dueAt, undefined, send);
    recorder.failed(part, dueAt, what, message);
  }
}

function versionOf(body: string): string | undefined {
  try {
    const value = (JSON.parse(body) as { version?: unknown } | null)?.version;
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Requests whose answer takes its time, each on a new connection. */
export function slowRequests(target: Target, options: LoadOptions, recorder: Recorder): Activity {
  const timeout = (options.timeoutSeconds + options.slowSeconds) * 1000;
  const path = `/slow?seconds=${options.slowSeconds}`;
  return schedule(recorder, options.slowRate, options.maxRequests, async (_, dueAt) => {
    try {
      const { body } = await target.exchange({ path, timeout });
      if (body.startsWith("done")) recorder.succeeded("slow", dueAt);
      else recorder.failed("slow", dueAt, "body", `answer was ${JSON.stringify(body.slice(0, 200))}`);
    } catch (error) {
      recorder.failed("slow", dueAt, (error as ExchangeError).what, (error as Error).message);
    }
  });
}
