/** What the check declares: everything that a repository without colleagues and hosts can have. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { RepositorySpec } from "../../components/github/repository/spec.ts";
import type { Plan } from "./options.ts";

/** The one stack, and its environment. */
export const STACK = "check";

/** What a plan has for a repository; the rest is left out of the declaration, and told as lacking. */
export interface Features {
  reviewers: boolean;
}

export const featuresOf = (plan: Plan, visibility: "public" | "private"): Features => ({
  reviewers: visibility === "public" || plan === "enterprise",
});

export interface Declared {
  marker: string;
  owner: string;
  administrator: string;
  writer: string | undefined;
  visibility: "public" | "private";
  features: Features;
  deployKey: string;
}

export const descriptionOf = (marker: string): string => `${marker}: a check of Slipway made this; it may be deleted`;

/** Marked values: they are worth nothing. */
export const valuesOf = (marker: string): Record<"HOOK" | "SHARED" | "OWN", string> => ({
  HOOK: `${marker}-hook`,
  SHARED: `${marker}-shared`,
  OWN: `${marker}-own`,
});

/** A public key as OpenSSH writes it; the private one is thrown away. GitHub takes every key only once. */
export function newPublicKey(): string {
  const { x } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  const part = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  return `ssh-ed25519 ${Buffer.concat([part(Buffer.from("ssh-ed25519")), part(Buffer.from(x!, "base64url"))]).toString("base64")}`;
}

export const newMarker = (): string => `slipway-check-${randomBytes(4).toString("hex")}`;

/** A `pulumi` that only says what it was asked, for `npx pulumi` in the generated jobs. */
const STUB: Record<string, string> = {
  "package.json": `${JSON.stringify({ name: "slipway-check", private: true, dependencies: { pulumi: "file:stub" } }, null, 2)}\n`,
  "package-lock.json": `${JSON.stringify(
    {
      name: "slipway-check",
      lockfileVersion: 3,
      requires: true,
      packages: {
        "": { name: "slipway-check", dependencies: { pulumi: "file:stub" } },
        "node_modules/pulumi": { resolved: "stub", link: true },
        stub: { name: "pulumi", version: "0.0.0", bin: { pulumi: "pulumi.mjs" } },
      },
    },
    null,
    2,
  )}\n`,
  "stub/package.json": `${JSON.stringify({ name: "pulumi", version: "0.0.0", bin: { pulumi: "pulumi.mjs" } }, null, 2)}\n`,
  "stub/pulumi.mjs": "#!/usr/bin/env node\nconsole.log(`stub: pulumi ${process.argv.slice(2).join(' ')}`);\n",
};

/** A file that lets the check of a pull request fail. */
export const FAILS = "fails.txt";

export function declarationOf(of: Declared): RepositorySpec {
  const { marker, owner, administrator, writer, visibility, features, deployKey } = of;
  const people = writer === undefined ? [administrator] : [administrator, writer];
  return {
    name: `${owner}/${marker}`,
    stack: STACK,
    visibility,
    description: descriptionOf(marker),
    homepage: "https://example.com/",
    topics: ["check", "slipway"],
    features: { issues: true, wiki: false, projects: false, discussions: false },
    merge: {
      squash: true,
      mergeCommit: false,
      rebase: false,
      autoMerge: false,
      deleteBranch: true,
      updateBranch: true,
    },
    security: { alerts: true, fixes: true },
    bypass: { roles: ["admin"], mode: "pull-request" },
    exclusive: true,
    actions: { approve: false },
    labels: [
      { name: "bug", color: "d73a4a", description: "Does not work" },
      { name: "later", color: "ffffff" },
    ],
    // Switched off, so that nothing is delivered to anybody.
    webhooks: { off: { url: "https://example.com/hook", events: ["release"], secret: "HOOK", active: false } },
    ...(writer === undefined ? {} : { collaborators: { [writer]: "push" } }),
    deployKeys: { mirror: { key: deployKey } },
    secrets: ["SHARED"],
    variables: { REGION: "eu" },
    environments: {
      [STACK]: {
        exclusive: true,
        ...(features.reviewers ? { reviewers: { users: people } } : {}),
        secrets: ["OWN"],
        variables: { LEVEL: "info" },
        deployKey: true,
      },
    },
    workflows: {
      ci: { commands: { check: `test ! -e ${FAILS}` }, push: ["main"] },
      // Without `build`, as images would be left behind in the owner's registry.
      deploy: { application: "hello", environments: { [STACK]: { on: "tag" } } },
      rollback: true,
      release: true,
    },
    community: { security: {} },
    files: { content: STUB },
  };
}
