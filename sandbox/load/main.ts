import { writeFileSync } from "node:fs";
import { Target } from "./exchange.ts";
import { fromArguments, type LoadOptions } from "./options.ts";
import { type LoadReport, Recorder } from "./report.ts";
import { websocket } from "./socket.ts";
import { type Activity, slowRequests, versionRequests } from "./steady.ts";
import { downloads, uploads } from "./transfers.ts";

const HELP = `Sends load to one address, on schedule, until the duration is over or SIGTERM arrives.

  node sandbox/load/main.ts --url http://10.213.77.11 --host-header shop.example.test \\
    --rate 100 --duration 60 --report file.json

Every option of LoadOptions (options.ts) is a flag in kebab case. The report goes to --report or stdout.
Exit code: 0 no failures, 1 failures, 2 wrong usage.
`;

/** Runs the whole mix until the duration is over or `stop` is aborted; exchanges in flight are finished. */
export async function generate(options: LoadOptions, stop: AbortSignal): Promise<LoadReport> {
  const recorder = new Recorder();
  const target = new Target(options);
  const activities: Activity[] = [
    versionRequests(target, options, recorder),
    slowRequests(target, options, recorder),
    downloads(target, options, recorder),
    uploads(target, options, recorder),
    websocket(options, recorder),
  ];
  const end = (): void => activities.forEach((activity) => activity.stop());
  const timer = setTimeout(end, options.durationSeconds * 1000);
  stop.addEventListener("abort", end);
  await Promise.all(activities.map((activity) => activity.stopped));
  clearTimeout(timer);
  return recorder.report(options.url);
}

async function main(args: string[]): Promise<number> {
  if (args.includes("--help")) {
    process.stdout.write(HELP);
    return 0;
  }
  const stop = new AbortController();
  process.on("SIGTERM", () => stop.abort());
  process.on("SIGINT", () => stop.abort());
  let given: ReturnType<typeof fromArguments>;
  try {
    given = fromArguments(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 2;
  }
  process.stderr.write("started\n");
  const report = await generate(given.options, stop.signal);
  const text = `${JSON.stringify(report, null, 2)}\n`;
  if (given.report === "") process.stdout.write(text);
  else writeFileSync(given.report, text);
  return report.failures === 0 ? 0 : 1;
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
