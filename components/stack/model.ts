/** What rendering works on: every shorthand resolved, plain values only. */
import type { ComposeDocument } from "../application/spec.ts";

export interface Stack {
  application: string;
  environment: string;
  /** The application's folder on the host. */
  directory: string;
  version: string;
  /** The Compose document with digest-pinned images, before Slipway's own additions. */
  document: ComposeDocument;
  services: Service[];
  accessories: string[];
  /** The tag each accessory's image was written with, by service. */
  tags: Record<string, string>;
  variables: Record<string, string>;
  secrets: Record<string, string>;
  secretFiles: { service: string; name: string; owner: number }[];
  domains: Domain[];
  /** Milliseconds. */
  hold: number;
  observe: number;
  migration?: OneOff;
  backup?: OneOff;
  verification: Verification;
  preflight: {
    freeMiB: number;
    variables: string[];
    ports: number[];
    window?: { days: number[]; from: string; until: string };
  };
}

/** One of the application's own services. */
export interface Service {
  name: string;
  strategy: "rolling" | "recreate";
  port?: number;
  path?: string;
  replicas: number;
  /** `interval` and `timeout` in milliseconds. */
  health: { path?: string; port?: number; interval: number; successes: number; timeout: number };
  /** Milliseconds. */
  drain: number;
}

export interface Domain {
  host: string;
  scheme: "http" | "https";
}

export interface OneOff {
  service: string;
  command: string[];
  /** Milliseconds. */
  timeout: number;
}

export interface Verification {
  version?: { path: string; field?: string; equals: string };
  checks: { path: string; status: number }[];
  responseTime?: { path: string; milliseconds: number };
}

/** The files of a release, and what the commands need to know of it. */
export interface Release {
  /** 12 hexadecimal digits: the hash of everything in it. */
  id: string;
  version: string;
  files: Record<string, string>;
  secretFiles: Record<string, { content: string; owner: number }>;
}
