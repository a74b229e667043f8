/** A stack and hosts that the version before made: everything that a host or a repository can have, in small. */

import type { TestGithub } from "../../sandbox/support/server.ts";
import { nameOf, own } from "../../support/hosts.ts";
import { renderProgram } from "../../support/program.ts";
import { REGISTRY, SHOP, settings } from "../../support/sandbox.ts";
import type { Host } from "../../support/ssh.ts";
import { settingsOf } from "./repository.ts";

/** Which of the two hosts has which application. */
export const ON = {
  /** A web service beside a Postgres, with a migration. */
  "takeover-shop": [0],
  /** May not run twice; on both hosts. */
  "takeover-once": [0, 1],
  /** An existing Compose file with a cache, volumes and a secret file. */
  "takeover-file": [0],
  /** Its rollout was killed beside the running release. */
  "takeover-cut": [1],
  /** Its rollout was killed when its one process had stopped. */
  "takeover-swap": [1],
};
export type Name = keyof typeof ON;
export const NAMES = Object.keys(ON) as Name[];
/** Whose last deployment by the version before was interrupted. */
export const INTERRUPTED: Name[] = ["takeover-cut", "takeover-swap"];
export const UNTOUCHED = NAMES.filter((name) => !INTERRUPTED.includes(name));
export const domainOf = (name: Name): string => `${name}.example.test`;

export const COMPOSE_FILE = `services:
  app:
    image: ${SHOP}:latest
    restart: unless-stopped
    environment:
      - REDIS_URL=redis://cache:6379/0
      - API_KEY=\${API_KEY}
    volumes:
      - files:/files
      - ./data:/data
    depends_on: [cache]
  cache:
    image: ${REGISTRY}/redis:7
    restart: unless-stopped
    volumes:
      - cache:/data
volumes:
  files:
  cache:
`;

const WEB = { port: 8000, health: "/health" };
const PARTS: Record<Name, Record<string, unknown>> = {
  "takeover-shop": {
    services: { web: { ...WEB, secretFiles: ["KEY"], volumes: ["./data:/data", "files:/files"] }, worker: {} },
    database: "postgres:15",
    migration: ["/app", "migrate"],
  },
  "takeover-once": { services: { web: { ...WEB, strategy: "recreate" } } },
  "takeover-file": { compose: "compose.yaml", services: { app: { ...WEB, secretFiles: ["KEY"] } } },
  "takeover-cut": { services: { web: WEB } },
  "takeover-swap": { services: { web: { ...WEB, strategy: "recreate" } } },
};

const REPOSITORY = {
  name: "takeover",
  stack: "dev",
  protect: false,
  archiveOnDestroy: false,
  secrets: ["API_TOKEN"],
  variables: { REGION: "eu" },
  webhooks: { ci: { url: "https://ci.example.com/hook", events: ["push"], secret: "HOOK" } },
  environments: { dev: { branches: ["main"], deployKey: true, host: nameOf(own[0]), secrets: ["LOGIN"] } },
  files: { content: { "NOTICE.md": "# Kept\n" } },
};

/** The same program for either version of the library: default is the checkout's. */
export const programFor = (library?: string): string =>
  renderProgram({
    applications: NAMES.map((name) => ({
      name,
      image: SHOP,
      domain: `http://${domainOf(name)}`,
      verification: { version: "/api/v1/version" },
      ...PARTS[name],
    })),
    repositories: [REPOSITORY],
    ...(library === undefined ? {} : { library }),
  });

/** The stack's settings; `versions` names those that are not 1.0.0. */
export function settingsFor(
  hosts: Host[],
  github: TestGithub,
  versions: Partial<Record<Name, string>> = {},
): Record<string, unknown> {
  const applications = Object.fromEntries(
    NAMES.map((name) => [
      name,
      {
        version: versions[name] ?? "1.0.0",
        hosts: ON[name].map((index) => `host-${hosts[index]!.number}`),
        removeData: true,
        ...(name === "takeover-shop" ? { images: { db: `${REGISTRY}/postgres:15` } } : {}),
      },
    ]),
  );
  return settings(
    hosts.map(({ number }) => number),
    applications,
    {
      "slipway:secrets": {
        "takeover-shop": { DATABASE_PASSWORD: "p4ss $ word", KEY: "the key\n" },
        "takeover-file": { API_KEY: "sk-0815", KEY: "the key" },
      },
      ...settingsOf(github, {
        takeover: { secrets: { API_TOKEN: "api-value", HOOK: "hook-value", LOGIN: "login-value" } },
      }),
    },
  );
}

/** What a host has of an application, or of the proxy, that a takeover must leave as it is. */
export interface Kept {
  /** Each container with the moment that it was started. */
  containers: string[];
  /** What was confirmed last; its owner without the stack, which the version before did not write. */
  deployment: Record<string, unknown>;
  ledger: string;
  files: string;
}

/** The applications of a host by name, and the proxy. */
export async function keptOn(target: Host, names: Name[]): Promise<Record<string, Kept>> {
  const script = `cd /opt
for name in ${names.join(" ")}; do
  jq -cn --arg name "$name" --arg ids "$(docker ps -aq --filter "label=com.docker.compose.project=$name" | xargs -r docker inspect --format '{{.Name}} {{.Id}} {{.State.StartedAt}} {{.RestartCount}}' | sort)" \\
    --slurpfile deployment "$name/deployment.json" --rawfile ledger "$name/ledger.jsonl" \\
    --arg files "$(readlink "$name/current"; cat "$name/current/manifest.json" "$name/current/compose.yaml" slipway/proxy/routes/"$name".* slipway/proxy/upstreams/"$name".*)" \\
    '{key: $name, value: {containers: ($ids / "\\n"), deployment: ($deployment[0] | {release, version, token, owner: (.owner | ltrimstr("dev::")), confirmed}), ledger: $ledger, files: $files}}'
done
jq -cn --arg ids "$(docker inspect --format '{{.Name}} {{.Id}} {{.State.StartedAt}} {{.RestartCount}}' slipway-proxy)" \\
  '{key: "proxy", value: {containers: [$ids], deployment: {}, ledger: "", files: ""}}'`;
  const lines = (await target.ask("bash -s", { input: script })).trim().split("\n");
  return Object.fromEntries(
    lines.map((line) => JSON.parse(line) as { key: string; value: Kept }).map(({ key, value }) => [key, value]),
  );
}

/** Stops or continues what looks every minute for interrupted deployments. */
export const cron = (target: Host, signal: "STOP" | "CONT"): Promise<string> =>
  target.ask(`sudo kill -${signal} "$(cat /run/crond.pid)"`);
