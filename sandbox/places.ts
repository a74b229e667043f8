import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** Every fixed name and address of the sandbox. */
export const checkout = dirname(import.meta.dirname);
export const label = "slipway.sandbox";
export const prefix = "slipway-sandbox";

export const network = { name: prefix, subnet: "10.213.77.0/24", gateway: "10.213.77.1" };
export const registry = {
  container: `${prefix}-registry`,
  ip: "10.213.77.2",
  address: "10.213.77.2:5000",
  user: "slipway",
};
export const maxHosts = 20;

/** Volumes have the checkout's mark in their names, so that two checkouts never share a host's disk. */
const mark = createHash("sha256").update(checkout).digest("hex").slice(0, 8);
export const volume = (part: string): string => `${prefix}-${mark}-${part}`;

export interface Host {
  name: string;
  container: string;
  ip: string;
}

/** The host with the given number, counted from 1. */
export const host = (number: number): Host => ({
  name: `host-${number}`,
  container: `${prefix}-host-${number}`,
  ip: `10.213.77.${10 + number}`,
});

export const everyHost: Host[] = Array.from({ length: maxHosts }, (_, index) => host(index + 1));

/** Generated files of this checkout: keys, certificates, the registry's password. */
export const secretsFolder = join(checkout, ".sandbox");
export const secretFile = (...names: string[]): string => join(secretsFolder, ...names);

/** The folder for built and downloaded programs, by name and version. */
export const cacheFolder =
  process.env.SLIPWAY_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "slipway");

/** Where this machine's Docker Engine looks for the registry's CA. */
export const machineTrust = `/etc/docker/certs.d/${registry.address}/ca.crt`;
