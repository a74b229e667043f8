/**
 * Which hosts of the sandbox a test has: those of its worker. No test names a host, so a new file shares none with
 * what runs beside it.
 */
import { checkout, label, registry } from "../../sandbox/places.ts";
import { run } from "./run.ts";
import { ensureSandbox } from "./sandbox.ts";
import { type Host, host } from "./ssh.ts";

/** Slow test files that run at the same time, each in a worker of its own. */
export const WORKERS = 4;
const EACH = 2;
/** Hosts of them all. */
export const HOSTS = WORKERS * EACH;

/** Numbers of a worker's hosts; workers count from 1. */
export const numbersOf = (worker: number): [number, number] => [EACH * worker - 1, EACH * worker];

/** The two hosts of this worker. */
export const own = numbersOf(Number(process.env.VITEST_POOL_ID ?? 1)).map((number) => host(number)) as [Host, Host];

/** The name in `slipway:hosts` of a host. */
export const nameOf = ({ number }: Pick<Host, "number">): string => `host-${number}`;

let beginning: Promise<void> | undefined;

/** Sees that the hosts of this worker run, and the registry; those of others, which a test may have stopped, stay as they are. */
export function ensureHosts(): Promise<void> {
  // Who asks at the same time waits for the same start.
  return (beginning ??= begin().finally(() => (beginning = undefined)));
}

async function begin(): Promise<void> {
  const names = [...own.map(({ container }) => container), registry.container];
  const format = `{{.State.Status}} {{index .Config.Labels "${label}"}}`;
  const { stdout } = await run("docker", ["inspect", "--format", format, ...names]);
  const states = stdout.trim().split("\n");
  if (states.length === names.length && states.every((state) => state === `running ${checkout}`)) return;
  await ensureSandbox({ hosts: Math.max(...own.map(({ number }) => number)) });
}

// For script/test, which starts them.
if (import.meta.main) console.log(HOSTS);
