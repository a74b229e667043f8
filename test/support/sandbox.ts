import { join } from "node:path";
import { CHECKOUT, expectOk, type Result, run } from "./run.ts";
import { type Host, host, SANDBOX } from "./ssh.ts";

export const REGISTRY = "10.213.77.2:5000";
/** The proxy's image, and those of the sample application. */
export const CADDY = `${REGISTRY}/caddy:2.11.9`;
export const SHOP = `${REGISTRY}/shop`;

type Config = Record<string, unknown>;

const MAIN = join(CHECKOUT, "sandbox/main.ts");
const START_SECONDS = 1200;

/** Brings up the registry and hosts 1 to N (those that run stay as they are) and gives the hosts. */
export async function ensureSandbox({ hosts = 1 }: { hosts?: number } = {}): Promise<Host[]> {
  expectOk(await sandbox("up", "--hosts", String(hosts)));
  return Array.from({ length: hosts }, (_, index) => host(index + 1));
}

export interface Seed {
  /** Repository and tag, such as `shop:1.2.0`. */
  image: string;
  /** Such as `exit` or `dies-after:10`. */
  behaviours?: string[];
}

/** Puts images of the sample application into the registry, which has 1.0.0, 1.1.0 and 3.0.0 (`wrong-version`) from its start; a plain string is a good one. */
export async function seed(...images: (string | Seed)[]): Promise<void> {
  const seeds = images.map((entry) => (typeof entry === "string" ? { image: entry } : entry));
  const alike = Object.groupBy(seeds, ({ behaviours = [] }) => behaviours.join(" "));
  for (const [behaviours, group = []] of Object.entries(alike)) {
    const flags = behaviours.split(" ").flatMap((behaviour) => (behaviour === "" ? [] : ["--behaviour", behaviour]));
    expectOk(await sandbox("seed", ...group.map(({ image }) => image), ...flags));
  }
}

/** Runs one of the sandbox's commands. */
export function sandbox(...args: string[]): Promise<Result> {
  return run(process.execPath, [MAIN, ...args], { timeoutSeconds: START_SECONDS });
}

/** Acts on the machine that a host is: `restart`, `kill`, `start`, `stop`, `pause`, `unpause`. */
export async function machine(
  target: Host,
  action: "restart" | "kill" | "start" | "stop" | "pause" | "unpause",
): Promise<void> {
  expectOk(await run("docker", [action, target.container], { timeoutSeconds: 120 }));
}

/** The `slipway:hosts` entry of host N. */
export function connection(number: number): Config {
  return {
    address: host(number).address,
    port: 22,
    user: "deploy",
    privateKeyFile: join(SANDBOX, "id_ed25519"),
    hostKeyFile: join(SANDBOX, `host-${number}.pub`),
  };
}

/** The `slipway:hosts` entry of host N with its proxy; `more` adds or replaces keys. */
export function hostEntry(number: number, more: Config = {}): Config {
  return { ...connection(number), proxy: { image: CADDY, localCertificates: true }, ...more };
}

/**
 * Stack configuration for hosts of the sandbox by their numbers, its registry and the given applications
 * (`slipway:applications`); `more` adds or replaces whole keys.
 */
export function settings(hosts: readonly number[], applications: Config, more: Config = {}): Config {
  return {
    "slipway:hosts": Object.fromEntries(hosts.map((number) => [`host-${number}`, hostEntry(number)])),
    "slipway:registries": {
      [REGISTRY]: { username: "slipway", passwordFile: join(SANDBOX, "registry-password"), insecureSkipVerify: true },
    },
    "slipway:applications": applications,
    ...more,
  };
}
