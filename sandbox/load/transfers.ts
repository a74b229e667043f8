import { createHash, randomBytes } from "node:crypto";
import type { ClientRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { ExchangeError, type Target } from "./exchange.ts";
import type { LoadOptions } from "./options.ts";
import type { Part, Recorder } from "./report.ts";
import type { Activity } from "./steady.ts";

const PAUSE_AFTER_FAILURE_MS = 500;
const CHUNK = 32_768;

/** One transfer after the other until stopped; the last one is finished, not cut. */
function repeat(recorder: Recorder, part: Part, enabled: boolean, transfer: () => Promise<void>): Activity {
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    while (enabled && !stopping.signal.aborted) {
      const dueAt = recorder.now();
      try {
        await transfer();
        recorder.succeeded(part, dueAt);
      } catch (error) {
        recorder.failed(part, dueAt, (error as ExchangeError).what ?? "error", (error as Error).message);
        await sleep(PAUSE_AFTER_FAILURE_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };
  return { stop: () => stopping.abort(), stopped: run() };
}

/** Large downloads; the full length must arrive. */
export function downloads(target: Target, options: LoadOptions, recorder: Recorder): Activity {
  const { downloadBytes, downloadSeconds, timeoutSeconds } = options;
  const path = `/download?bytes=${downloadBytes}&seconds=${downloadSeconds}`;
  return repeat(recorder, "downloads", downloadBytes > 0, async () => {
    const timeout = (downloadSeconds + timeoutSeconds) * 1000;
    const { bytes } = await target.exchange({ path, timeout, countOnly: true });
    if (bytes !== downloadBytes)
      throw new ExchangeError("length", `GET ${path}: ${bytes} bytes came instead of ${downloadBytes}`);
  });
}

/** Uploads spread over time; the answer must carry the SHA-256 of what was sent. */
export function uploads(target: Target, options: LoadOptions, recorder: Recorder): Activity {
  const { uploadBytes, uploadSeconds, timeoutSeconds } = options;
  return repeat(recorder, "uploads", uploadBytes > 0, async () => {
    const hash = createHash("sha256");
    const { body } = await target.exchange({
      path: "/upload",
      method: "POST",
      length: uploadBytes,
      timeout: (uploadSeconds + timeoutSeconds) * 1000,
      send: (request) => trickle(request, uploadBytes, uploadSeconds * 1000, (chunk) => hash.update(chunk)),
    });
    const expected = hash.digest("hex");
    if (!body.includes(expected)) {
      throw new ExchangeError(
        "sha256",
        `POST /upload: expected sha256 ${expected}, the answer was ${JSON.stringify(body.slice(0, 200))}`,
      );
    }
  });
}

/** Writes `total` bytes at an even pace over `ms`, stopping when the request is abandoned. */
function trickle(request: ClientRequest, total: number, ms: number, onWrite: (chunk: Buffer) => void): void {
  const seed = randomBytes(CHUNK);
  const startedAt = performance.now();
  let sent = 0;
  const step = (): void => {
    if (request.destroyed) return;
    const due = ms <= 0 ? total : Math.min(total, (total * (performance.now() - startedAt)) / ms);
    while (sent < due) {
      const chunk = Buffer.from(seed.subarray(0, Math.min(CHUNK, total - sent)));
      chunk.writeUInt8((sent / CHUNK) & 0xff, 0);
      onWrite(chunk);
      request.write(chunk);
      sent += chunk.length;
    }
    if (sent >= total) request.end();
    else setTimeout(step, 50);
  };
  step();
}
