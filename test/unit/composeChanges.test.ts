/** docs/compose.md says what is changed in a Compose file: no more and no less. */
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { expect, it } from "vitest";
import { parse, stringify } from "yaml";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { serviceSchema } from "../../components/compose/serviceSchema.ts";
import { releaseOf } from "../fixtures/application.ts";

const table = /\| in the file.*?\n\n/s.exec(readFileSync("docs/compose.md", "utf8"))![0];
const named = Array.from(table.matchAll(/^\| (?:`[^`]+`, )*`services\.\*\.(\w+)`/gm), ([, key]) => key!);
const ofDocument = Array.from(table.matchAll(/^\| `(name|version)`/gm), ([, key]) => key!);

/** Something for every key, so that a change of it shows. */
const SERVICE = {
  image: "ghcr.io/anna/shop:1",
  build: ".",
  pull_policy: "always",
  ports: ["8000:8000"],
  container_name: "shop",
  profiles: ["on"],
  depends_on: { absent: { condition: "service_started", required: false } },
  volumes: ["./data:/data"],
  environment: { A: "${VERSION}" },
  command: ["a"],
  entrypoint: "b",
  expose: ["8000"],
  tmpfs: "/x",
  networks: { default: { aliases: ["x"] } },
  env_file: [".env", "a.env"],
  healthcheck: { test: "true", start_period: "5m" },
  deploy: { resources: { limits: { memory: "1g" } } },
  configs: ["c"],
  secrets: ["s"],
  user: "1",
  labels: ["a=1"],
  hostname: "x",
  "x-own": { a: 1 },
};
/** Of these a file says something else, or nothing is taken of them. */
const ELSEWHERE = ["network_mode", "scale", "extends", "pre_start", "post_start", "pre_stop"];
const SPEC: ApplicationSpec = {
  name: "app",
  image: "ghcr.io/anna/shop",
  compose: "compose.yaml",
  profiles: ["on"],
  services: { web: { port: 8000 } },
};

it("what is rendered of a Compose file differs from it in what docs/compose.md lists, and in nothing else", () => {
  const file = {
    name: "mine",
    version: "3",
    services: { web: SERVICE, absent: { image: "x", profiles: ["off"] }, db: { image: "kv:1" } },
    volumes: { data: {} },
    configs: { c: { file: "/etc/c" } },
    secrets: { s: { file: "/etc/s" } },
    "x-note": "kept",
  };
  const after = parse(releaseOf(SPEC, { compose: stringify(file), beside: { "a.env": "A=1" } }).files["compose.yaml"]);
  const differing = (before: Record<string, unknown>, now: Record<string, unknown>): string[] =>
    [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
      (key) => !isDeepStrictEqual(before[key], now[key]),
    );
  expect(differing(SERVICE, after.services.web).sort()).toEqual([...new Set(named)].sort());
  expect(differing(file, after).sort()).toEqual(["services", ...ofDocument].sort());
  const seen = [...Object.keys(SERVICE), "restart", "logging", ...ELSEWHERE];
  expect(Object.keys(serviceSchema.shape).filter((key) => !seen.includes(key))).toEqual([]);
});
