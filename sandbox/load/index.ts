import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULTS, type LoadOptions, toArguments, validate } from "./options.ts";
import type { LoadReport } from "./report.ts";

export type { LoadOptions, LoadReport };

export interface Load {
  pid: number;
  /** Resolves when requests have started to flow. */
  started: Promise<void>;
  /** Stops sending, lets exchanges in flight finish (slow ones take seconds) and returns the report. */
  stop(): Promise<LoadReport>;
  /** Waits for the whole duration and returns the report. */
  done(): Promise<LoadReport>;
}

/**
 * Starts the load generator as a separate process. Throws at once on wrong options; `started`, `stop` and `done` reject
 * with the generator's output if it ends without a report.
 *
 * @example
 * const load = startLoad({ url: "http://10.213.77.11", hostHeader: "shop.example.test" });
 * await load.started;
 * const report = await load.stop();
 */
export function startLoad(options: Partial<LoadOptions> & { url: string }): Load {
  validate({ ...DEFAULTS, ...options });
  const folder = mkdtempSync(join(tmpdir(), "slipway-load-"));
  const file = join(folder, "report.json");
  const main = join(import.meta.dirname, "main.ts");
  const child = spawn(process.execPath, [main, ...toArguments(options), `--report=${file}`], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const endWithParent = (): void => void child.kill("SIGKILL");
  process.once("exit", endWithParent);

  let errors = "";
  const started = new Promise<void>((resolve) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
      if (errors.includes("started\n")) resolve();
    });
  });
  const report = ended(child).then((code) => {
    process.removeListener("exit", endWithParent);
    try {
      return JSON.parse(readFileSync(file, "utf8")) as LoadReport;
    } catch {
      throw new Error(`the load generator ended with ${code} and without a report: ${errors.trim()}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  report.catch(() => undefined);
  const flowing = Promise.race([started, report.then(() => undefined)]);
  flowing.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    started: flowing,
    done: () => report,
    stop: async () => {
      await flowing;
      child.kill("SIGTERM");
      return report;
    },
  };
}

function ended(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
}
