/** Releases for the host's scripts, rendered as a program renders them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ApplicationSpec } from "../../../components/application/declaration.ts";
import { parseReference } from "../../../components/image/reference.ts";
import { findDigest } from "../../../components/image/registry.ts";
import type { Release } from "../../../components/release/model.ts";
import { renderRelease } from "../../../components/release/render.ts";
import { resolve } from "../../../components/release/resolve.ts";
import { type Given, planOf } from "../../fixtures/application.ts";
import { REGISTRY, SHOP } from "../../support/sandbox.ts";
import { SANDBOX } from "../../support/ssh.ts";

export const APPLICATION = "hand";
/** At the sandbox's registry. */
export const login = () => ({
  server: REGISTRY,
  username: "slipway",
  password: readFileSync(join(SANDBOX, "registry-password"), "utf8").trim(),
});

/** A release of a declaration, its images pinned to what the sandbox's registry has. */
export async function releaseOf(spec: ApplicationSpec, given: Given): Promise<Release> {
  const plan = planOf(spec, given);
  const pinned = Object.values(plan.images).map(async ({ repository, version }) => {
    const tag = `${repository}:${version}`;
    return [tag, `${repository}@${await digestOf(tag)}`];
  });
  return renderRelease(resolve(plan, Object.fromEntries(await Promise.all(pinned)), given.secrets ?? {}));
}

async function digestOf(tag: string): Promise<string> {
  const digest = await findDigest(parseReference(tag), { ...login(), insecureSkipVerify: true });
  if (digest === undefined) throw new Error(`the registry does not name the digest of ${tag}`);
  return digest;
}

/** The sample application with one service, and what `more` adds or replaces. */
export const sample = (name: string, more: Partial<ApplicationSpec> = {}): ApplicationSpec => ({
  name,
  image: SHOP,
  domain: `http://${name}.example.test`,
  services: { web: { port: 8000, health: { path: "/health", interval: "100ms", successes: 2 }, drain: "1s" } },
  verification: { version: "/api/v1/version" },
  ...more,
});
