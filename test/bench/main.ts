/** `script/bench`: sets everything up, measures, cleans up, prints one JSON document. */
import { cpus, loadavg, totalmem } from "node:os";
import { ensureBuilt } from "../support/built.ts";
import { expectOk } from "../support/run.ts";
import { ensureSandbox } from "../support/sandbox.ts";
import { host } from "../support/ssh.ts";
import { deploy, deployUnderLoad, deployVersion, type Scene } from "./deploys.ts";
import { previewNoop, upNoop } from "./engine.ts";
import { growth, hosts } from "./growth.ts";
import { type BenchOptions, HELP, type Measurement, readOptions, UsageError } from "./options.ts";
import { benchProject, clean, say, Versions } from "./place.ts";
import { repositories } from "./repositories.ts";
import { rollbackAutomatic, rollbackManual } from "./rollbacks.ts";
import { status } from "./status.ts";

const HOSTS = 3;

/** Versions that are deployed for the first time, so that their image has to be pulled. */
const needed = ({ runs, only }: BenchOptions): number =>
  1 +
  (only.includes("deploy") ? runs : 0) +
  (only.includes("deploy_under_load") ? runs : 0) +
  (only.includes("rollback_manual") ? 2 : 0) +
  2;

type Measurements = Partial<Record<Measurement, unknown>>;

/** Those that need hosts. */
async function measure(options: BenchOptions, scene: Scene, numbers: number[]): Promise<Measurements> {
  const { project, versions, runs } = scene;
  const pair = (): [string, string] => [versions.list.at(-2)!, versions.list.at(-1)!];
  const work: Partial<Record<Measurement, () => Promise<unknown>>> = {
    deploy: () => deploy(scene),
    deploy_under_load: () => deployUnderLoad(scene),
    preview_noop: () => previewNoop(project, runs),
    up_noop: () => upNoop(project, runs),
    rollback_manual: () => rollbackManual(scene),
    rollback_automatic: () => rollbackAutomatic(scene),
    growth: () => growth(project, scene.host.number, options.sizes, pair(), runs),
    hosts: () => hosts(project, numbers, pair(), runs),
    status: () => status(project, numbers, versions.list.at(-1)!, runs),
  };
  const found: Measurements = {};
  const end = performance.now() + options.minutes * 60_000;
  for (const name of options.only.filter((one) => work[one])) {
    found[name] =
      performance.now() < end
        ? await work[name]!()
        : { left_out: `the ${options.minutes} minutes of --minutes were over` };
  }
  return found;
}

async function bench(options: BenchOptions): Promise<unknown> {
  const started = new Date();
  const load = loadavg()[0]!;
  const measurements: Measurements = {};
  ensureBuilt();
  if (options.only.some((name) => name !== "repository")) Object.assign(measurements, await onHosts(options));
  if (options.only.includes("repository"))
    measurements.repository = await repositories(options.repositories, options.runs);
  return {
    started: started.toISOString(),
    seconds: Math.round((Date.now() - started.getTime()) / 1000),
    runs: options.runs,
    machine: {
      cores: cpus().length,
      memory_mib: Math.round(totalmem() / 2 ** 20),
      load_before: load,
      node: process.version,
    },
    unit: "seconds, where nothing else is said",
    measurements,
  };
}

async function onHosts(options: BenchOptions): Promise<Measurements> {
  const numbers = Array.from({ length: HOSTS }, (_, index) => options.firstHost + index);
  say("bringing up the sandbox");
  await ensureSandbox({ hosts: numbers.at(-1)! });
  await clean(numbers);
  const versions = new Versions(needed(options));
  await versions.push();
  const target = host(numbers[0]!);
  const project = await benchProject({});
  try {
    const scene = { project, host: target, versions, runs: options.runs };
    say("first deployment");
    expectOk(await deployVersion(scene, versions.take()));
    return await measure(options, scene, numbers);
  } finally {
    say("cleaning up");
    await clean(numbers);
    await versions.remove();
    project.dispose();
  }
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(HELP);
  else process.stdout.write(`${JSON.stringify(await bench(options), null, 2)}\n`);
} catch (error) {
  const usage = error instanceof UsageError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  process.stderr.write(`bench: ${usage ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = usage ? 2 : 1;
}
