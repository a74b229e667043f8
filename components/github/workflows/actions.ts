/** The actions that workflows use, each pinned by a full commit: a tag can be moved, a commit cannot. */

export interface Pin {
  /** 40 hexadecimal digits. */
  commit: string;
  /** The release at that commit, for people and for Dependabot. */
  version: string;
}

export const PINS = {
  "actions/attest": { commit: "1e69f48acb82d1966a394da916b4c1698aa569d6", version: "v4.2.2" },
  "actions/checkout": { commit: "3d3c42e5aac5ba805825da76410c181273ba90b1", version: "v7.0.1" },
  "actions/dependency-review-action": { commit: "a1d282b36b6f3519aa1f3fc636f609c47dddb294", version: "v5.0.0" },
  "actions/setup-go": { commit: "4a3601121dd01d1626a1e23e37211e3254c1c06c", version: "v6.4.0" },
  "actions/setup-node": { commit: "820762786026740c76f36085b0efc47a31fe5020", version: "v7.0.0" },
  "actions/setup-python": { commit: "a309ff8b426b58ec0e2a45f0f869d46889d02405", version: "v6.2.0" },
  "actions/upload-artifact": { commit: "043fb46d1a93c77aae656e7c1c64a875d1fc6a0a", version: "v7.0.1" },
  "actions/create-github-app-token": { commit: "bcd2ba49218906704ab6c1aa796996da409d3eb1", version: "v3.2.0" },
  "aquasecurity/trivy-action": { commit: "ed142fd0673e97e23eac54620cfb913e5ce36c25", version: "v0.36.0" },
  "aws-actions/configure-aws-credentials": { commit: "d979d5b3a71173a29b74b5b88418bfda9437d885", version: "v6.1.1" },
  "azure/login": { commit: "532459ea530d8321f2fb9bb10d1e0bcf23869a43", version: "v3.0.0" },
  "docker/build-push-action": { commit: "53b7df96c91f9c12dcc8a07bcb9ccacbed38856a", version: "v7.3.0" },
  "docker/login-action": { commit: "4907a6ddec9925e35a0a9e82d7399ccc52663121", version: "v4.1.0" },
  "docker/metadata-action": { commit: "dc802804100637a589fabce1cb79ff13a1411302", version: "v6.2.0" },
  "docker/setup-buildx-action": { commit: "37fe631027851001ddb9b187196cc803df7f5f0e", version: "v4.3.0" },
  "github/codeql-action": { commit: "8aad20d150bbac5944a9f9d289da16a4b0d87c1e", version: "v4.36.2" },
  "google-github-actions/auth": { commit: "7c6bc770dae815cd3e89ee6cdf493a5fab2cc093", version: "v3.0.0" },
  "pulumi/actions": { commit: "8e5e406f4007fca908480587cb9893c07090f58d", version: "v7.0.0" },
  "pulumi/auth-actions": { commit: "141415910c3beb54e03b48e9057c204c97b956f2", version: "v2.1.0" },
  "tailscale/github-action": { commit: "306e68a486fd2350f2bfc3b19fcd143891a4a2d8", version: "v4.1.2" },
} as const satisfies Record<string, Pin>;

export type Repository = keyof typeof PINS;

/** An action's repository, or a folder in it: `github/codeql-action/init`. */
export type Action = Repository | `${Repository}/${string}`;

/** Actions that those actions use themselves. GitHub requires the same permission for them, before a job's first step; each is pinned there. */
const USED_BY_ACTIONS = ["aquasecurity/setup-trivy"];

/**
 * Patterns for the actions a repository must allow: all that are not GitHub's own.
 * @param unused repositories of actions that are left out
 */
export const patternsWithout = (unused: string[]): string[] =>
  [...Object.keys(PINS), ...USED_BY_ACTIONS]
    .filter((name) => !/^(actions|github)\//.test(name) && !unused.includes(name))
    .sort()
    .map((name) => `${name}@*`);

/** Commits to use instead of the built-in ones, by the action's repository. */
export type PinOverrides = Partial<Record<Repository, Pin>>;

export function pinOf(action: Action, overrides: PinOverrides = {}): Pin {
  const repository = action.split("/", 2).join("/") as Repository;
  return overrides[repository] ?? PINS[repository];
}

/**
 * Version of Trivy's scanner, which is separate from its action. Never "latest": versions 0.69.4 to 0.69.6 contained
 * injected code (CVE-2026-33634).
 */
export const TRIVY_VERSION = "v0.69.3";
