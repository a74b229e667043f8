/** Releases for the host's scripts, rendered as a program renders them. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Release } from "../../../components/release/model.ts";
import { renderRelease } from "../../../components/release/render.ts";
import { resolve } from "../../../components/release/resolve.ts";
import { planOf } from "../../fixtures/application.ts";
import { REGISTRY } from "../../support/sandbox.ts";
import { SANDBOX } from "../../support/ssh.ts";

export const APPLICATION = "hand";
export const DOMAIN = "hand.example.test";
const PASSWORD = readFileSync(join(SANDBOX, "registry-password"), "utf8").trim();
export const LOGIN = { server: REGISTRY, username: "slipway", password: PASSWORD };

async function digest(image: string): Promise<string> {
  const accept =
    "Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.index.v1+json";
  const [repository, tag] = image.split(":");
  const headers = execFileSync(
    "curl",
    [
      "-sSfI",
      "--cacert",
      join(SANDBOX, "ca.crt"),
      "--user",
      `slipway:${PASSWORD}`,
      "-H",
      accept,
      `https://${REGISTRY}/v2/${repository}/manifests/${tag}`,
    ],
    { encoding: "utf8" },
  );
  return /docker-content-digest: (\S+)/i.exec(headers)![1]!;
}

/** A release of the sample application, pinned to what the sandbox's registry has. */
export async function releaseOf(
  version: string,
  secrets: Record<string, string> = {},
  name = APPLICATION,
  volumes: string[] = [],
): Promise<Release> {
  const plan = planOf(
    {
      name,
      image: `${REGISTRY}/shop`,
      domain: `http://${DOMAIN}`,
      services: {
        web: { port: 8000, health: { path: "/health", interval: "100ms", successes: 2 }, drain: "1s", volumes },
      },
      verification: { version: "/api/v1/version" },
    },
    { settings: { version }, secrets },
  );
  const image = `${REGISTRY}/shop@${await digest(`shop:${version}`)}`;
  return renderRelease(resolve(plan, Object.fromEntries(Object.keys(plan.images).map((key) => [key, image])), secrets));
}
