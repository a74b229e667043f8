/** Steps that run the Pulumi program. */

import { isShared } from "./elsewhere.ts";
import type { Step } from "./model.ts";
import type { DeploySpec } from "./spec.ts";
import { CHECKOUT, inDirectory, script, setupNode } from "./steps.ts";

/** The Node version that the program needs. */
const NODE = "24";

export const setupSteps = (program: string | undefined): Step[] => [
  CHECKOUT,
  setupNode(NODE),
  { name: "Install the program's packages", run: "npm ci --omit=dev --no-audit --no-fund", ...inDirectory(program) },
];

/** What Pulumi needs to open a stack; an empty variable counts as unset. */
export const STATE = {
  PULUMI_ACCESS_TOKEN: "${{ secrets.PULUMI_ACCESS_TOKEN }}",
  PULUMI_BACKEND_URL: "${{ vars.PULUMI_BACKEND_URL }}",
  PULUMI_CONFIG_PASSPHRASE: "${{ secrets.PULUMI_CONFIG_PASSPHRASE }}",
};

export interface UpOptions {
  environment: string;
  /** Expressions: what to deploy. */
  version: string;
  digest?: string;
  /** Allows an older version. */
  rollback?: true;
}

/** `pulumi up` for one version in one environment. The host finishes or rolls back even if the job is cancelled. */
export function upSteps(spec: DeploySpec, { environment, version, digest, rollback }: UpOptions): Step[] {
  const { application, program } = spec;
  const set = (key: string, value: string): string =>
    `npx pulumi config set --path "slipway:applications.$APPLICATION.${key}" ${value}`;
  return [
    {
      name: "Deploy",
      id: "deploy",
      ...inDirectory(program),
      env: {
        ...STATE,
        SLIPWAY_GITHUB: "off",
        SSH_PRIVATE_KEY: "${{ secrets.SSH_PRIVATE_KEY }}",
        STACK: environment,
        APPLICATION: typeof application === "string" ? application : "${{ inputs.application }}",
        VERSION: version,
        ...(digest ? { DIGEST: digest } : {}),
      },
      run: script(
        'eval "$(ssh-agent -s)" >/dev/null',
        "trap 'ssh-agent -k >/dev/null' EXIT",
        "printf '%s\\n' \"$SSH_PRIVATE_KEY\" | ssh-add -q -",
        'npx pulumi stack select "$STACK"',
        // A push to a program of several applications sets none.
        ...(isShared(spec) && !rollback
          ? [`[ -z "$VERSION" ] || ${set("version", '"$VERSION"')}`]
          : [set("version", '"$VERSION"')]),
        // A version that was chosen by hand comes without a digest.
        ...(digest ? [`[ -z "$DIGEST" ] || ${set("digest", '"$DIGEST"')}`] : []),
        ...(rollback ? [set("allowDowngrade", "true")] : []),
        // GitHub resources are left alone, because the job has no token for them.
        "npx pulumi up --yes --skip-preview --exclude '**slipway:repository:**'",
      ),
    },
    {
      name: "Unlock the state after a cancelled deployment",
      if: "${{ cancelled() && steps.deploy.outcome == 'cancelled' }}",
      ...inDirectory(program),
      env: { ...STATE, STACK: environment },
      run: 'npx pulumi cancel --yes --stack "$STACK"',
    },
  ];
}

/** Joins the network of hosts that are not on the internet. */
export function networkSteps(kind: DeploySpec["network"]): Step[] {
  if (kind === "tailscale") {
    return [
      {
        name: "Join the private network",
        uses: "tailscale/github-action",
        with: {
          "oauth-client-id": "${{ secrets.TS_OAUTH_CLIENT_ID }}",
          "oauth-secret": "${{ secrets.TS_OAUTH_SECRET }}",
          tags: "tag:ci",
          "use-cache": false,
        },
      },
    ];
  }
  if (kind === "wireguard") {
    return [
      {
        name: "Join the private network",
        env: { WIREGUARD_CONFIG: "${{ secrets.WIREGUARD_CONFIG }}" },
        run: script(
          "if ! command -v wg-quick >/dev/null; then",
          "  sudo apt-get update --quiet",
          "  sudo apt-get install --yes --no-install-recommends wireguard-tools",
          "fi",
          "printf '%s\\n' \"$WIREGUARD_CONFIG\" | sudo install -D -m 600 /dev/stdin /etc/wireguard/slipway.conf",
          "sudo wg-quick up slipway",
        ),
      },
    ];
  }
  return [];
}

/** Leaves the private network when the job ends, also on a self-hosted runner. */
export const leaveNetworkSteps = (kind: DeploySpec["network"]): Step[] =>
  kind === "wireguard"
    ? [
        {
          name: "Leave the private network",
          if: "${{ always() }}",
          run: script("sudo wg-quick down slipway || true", "sudo rm -f /etc/wireguard/slipway.conf"),
        },
      ]
    : [];
