/** The applications of the cases, and their releases: one image, whose version and behaviour are told by its environment. */
import type { ApplicationSpec } from "../../../components/application/declaration.ts";
import { deployInput } from "../../../components/protocol/commands.ts";
import { renderRelease } from "../../../components/release/render.ts";
import { stackOf } from "../../fixtures/application.ts";
import type { Place } from "./place.ts";

export const SCENES = ["rolling", "recreate", "whole"] as const;
export type Scene = (typeof SCENES)[number];
export const NEIGHBOUR = "neighbour";

/** Good ones; a deployment goes from the one to the other. */
export const GOOD = ["1.0.0", "1.1.0"] as const;
/** It fails its verification. */
export const BAD = "6.6.6";
export const other = (version: string): string => (version === GOOD[0] ? GOOD[1] : GOOD[0]);

export const domainOf = (application: string): string => `${application}.example.test`;

const SECRET = "TOKEN";
const HEALTH = { path: "/health", interval: "100ms", successes: 1, timeout: "10s" } as const;
const web = (strategy: "rolling" | "recreate") =>
  ({ port: 8000, health: HEALTH, drain: "1s", stopGrace: "2s", strategy }) as const;

/**
 * Services of each scene; `whole` has accessory, migration, backup, a volume and a secret file, and its accessory, its
 * secret and its route change with the version.
 */
function servicesOf(name: string, version: string, redis: string): Partial<ApplicationSpec> {
  if (name !== "whole") return { services: { web: web(name === "recreate" ? "recreate" : "rolling") } };
  return {
    services: {
      web: { ...web("rolling"), secretFiles: [SECRET] },
      jobs: {
        image: redis,
        accessory: false,
        command: ["redis-server", "--save", ""],
        volumes: ["jobs:/data"],
        stopGrace: "2s",
        health: { command: ["test", "-w", "/data"], interval: "100ms", successes: 1 },
      },
      store: {
        image: redis,
        accessory: true,
        environment: { GENERATION: version },
        stopGrace: "2s",
        // What is asked once, as the number of the calls would depend on the moment.
        health: { command: ["true"] },
      },
    },
    // The migration of the one that fails has to be taken back.
    backup: { service: "jobs", command: ["true"], ...(version === BAD ? { restore: ["true"] } : {}) },
    migration: { service: "jobs", up: ["true"], compatible: version !== BAD },
    domain: [`http://${domainOf(name)}`, `http://v${version.replaceAll(".", "-")}.${domainOf(name)}`],
  };
}

function releaseOf(name: string, version: string, images: Place["images"]) {
  const spec: ApplicationSpec = {
    name,
    image: "example.test/shop",
    domain: `http://${domainOf(name)}`,
    environment: { APP_VERSION: version, APP_BEHAVIOUR: version === BAD ? "wrong-version" : "ok" },
    verification: { version: "/api/v1/version", checks: ["/"] },
    preflight: { freeMiB: 1 },
    ...servicesOf(name, version, images.redis),
  };
  const secrets: Record<string, string> = name === "whole" ? { [SECRET]: `of version ${version}` } : {};
  const stack = stackOf(spec, { settings: { version }, secrets });
  for (const [service, definition] of Object.entries(stack.document.services))
    definition.image = service === "web" ? images.shop : images.redis;
  return renderRelease(stack);
}

/** Files for onHost.sh, by name. */
export function releasesOf(name: string, images: Place["images"]): Record<string, string> {
  return Object.fromEntries(
    [...GOOD, BAD].flatMap((version) => {
      const release = releaseOf(name, version, images);
      return [
        [`${version}.json`, deployInput(release, [])],
        [`${version}.id`, release.id],
      ];
    }),
  );
}
