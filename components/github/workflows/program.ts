/** Steps that run the Pulumi program. */

import type { Step } from "./model.ts";
import type { DeploySpec } from "./spec.ts";
import { CHECKOUT, inDirectory, script, setupNode } from "./steps.ts";

/** Node as the program needs it. */
const NODE = "24";

export const prepare = (program: string | undefined): Step[] => [
  CHECKOUT,
  setupNode(NODE),
  { name: "The program's packages", run: "npm ci --omit=dev --no-audit --no-fund", ...inDirectory(program) },
];

/** What Pulumi needs to open a stack; an empty one is as if it were not set. */
export const STATE = {
  PULUMI_ACCESS_TOKEN: "${{ secrets.PULUMI_ACCESS_TOKEN }}",
  PULUMI_BACKEND_URL: "${{ vars.PULUMI_BACKEND_URL }}",
  PULUMI_CONFIG_PASSPHRASE: "${{ secrets.PULUMI_CONFIG_PASSPHRASE }}",
};

export interface Wanted {
  environment: string;
  /** Expressions: what to deploy. */
  version: string;
  digest?: string;
  /** An older version is meant. */
  back?: true;
}

/** `pulumi up` for one version in one environment. The host finishes, or goes back, also when the job is cancelled. */
export function up({ application, program }: DeploySpec, { environment, version, digest, back }: Wanted): Step[] {
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
        APPLICATION: application,
        VERSION: version,
        ...(digest ? { DIGEST: digest } : {}),
      },
      run: script(
        'eval "$(ssh-agent -s)" >/dev/null',
        "trap 'ssh-agent -k >/dev/null' EXIT",
        "printf '%s\\n' \"$SSH_PRIVATE_KEY\" | ssh-add -q -",
        'npx pulumi stack select "$STACK"',
        set("version", '"$VERSION"'),
        // A version that was chosen by hand comes without one.
        ...(digest ? [`[ -z "$DIGEST" ] || ${set("digest", '"$DIGEST"')}`] : []),
        ...(back ? [set("allowDowngrade", "true")] : []),
        // What belongs to GitHub is left alone, as the job has no token for it.
        "npx pulumi up --yes --skip-preview --exclude '**slipway:repository:**'",
      ),
    },
    {
      name: "Free the state that a cancelled deployment left locked",
      if: "${{ cancelled() && steps.deploy.outcome == 'cancelled' }}",
      ...inDirectory(program),
      env: { ...STATE, STACK: environment },
      run: 'npx pulumi cancel --yes --stack "$STACK"',
    },
  ];
}

/** The way to hosts that are not on the internet. */
export function network(kind: DeploySpec["network"]): Step[] {
  if (kind === "tailscale") {
    return [
      {
        name: "Private network",
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
        name: "Private network",
        env: { WIREGUARD_CONFIG: "${{ secrets.WIREGUARD_CONFIG }}" },
        run: script(
          "command -v wg-quick >/dev/null || sudo apt-get install --yes --no-install-recommends wireguard-tools",
          "printf '%s\\n' \"$WIREGUARD_CONFIG\" | sudo install -D -m 600 /dev/stdin /etc/wireguard/slipway.conf",
          "sudo wg-quick up slipway",
        ),
      },
    ];
  }
  return [];
}

/** A private network ends with the job, also on a runner that stays. */
export const leaveNetwork = (kind: DeploySpec["network"]): Step[] =>
  kind === "wireguard"
    ? [
        {
          name: "Leave the private network",
          if: "${{ always() }}",
          run: script("sudo wg-quick down slipway || true", "sudo rm -f /etc/wireguard/slipway.conf"),
        },
      ]
    : [];
