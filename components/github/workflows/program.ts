/** Steps that run the Pulumi program. */

import { credentialsOf } from "./credentials.ts";
import { isShared } from "./elsewhere.ts";
import type { Step } from "./model.ts";
import { packsOf } from "./policies.ts";
import type { DeploySpec, WorkflowsSpec } from "./spec.ts";
import { CHECKOUT, inDirectory, NODE, script, setupNode } from "./steps.ts";

export const setupSteps = (program: string | undefined): Step[] => [
  CHECKOUT,
  setupNode(NODE),
  { name: "Install the program's packages", run: "npm ci --omit=dev --no-audit --no-fund", ...inDirectory(program) },
];

export interface UpOptions {
  environment: string;
  /** Expressions: what to deploy. */
  version: string;
  digest?: string;
  /** Allows an older version. */
  rollback?: true;
}

/** `pulumi up` for one version in one environment. The host finishes or rolls back even if the job is cancelled. */
export function upSteps(
  spec: DeploySpec,
  workflows: WorkflowsSpec,
  { environment, version, digest, rollback }: UpOptions,
): Step[] {
  const { application, program } = spec;
  const { steps: login, env: state } = credentialsOf(workflows);
  // No rule keeps anybody from the way back.
  const packs = rollback ? [] : packsOf(workflows);
  const set = (key: string, value: string): string =>
    `npx pulumi config set --path "slipway:applications.$APPLICATION.${key}" ${value}`;
  return [
    ...login,
    {
      name: "Deploy",
      id: "deploy",
      ...inDirectory(program),
      env: {
        ...state,
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
        `npx pulumi up --yes --skip-preview${packs.map((pack) => ` --policy-pack ${pack}`).join("")} --exclude '**slipway:repository:**'`,
      ),
    },
    {
      name: "Unlock the state after a cancelled deployment",
      if: "${{ cancelled() && steps.deploy.outcome == 'cancelled' }}",
      ...inDirectory(program),
      env: { ...state, STACK: environment },
      run: 'npx pulumi cancel --yes --stack "$STACK"',
    },
  ];
}

/** Joins the network of hosts that are not on the internet. */
export function networkSteps({ network: kind }: DeploySpec, { oidc = false }: WorkflowsSpec): Step[] {
  if (kind === "tailscale") {
    return [
      {
        name: "Join the private network",
        uses: "tailscale/github-action",
        with: {
          ...(oidc
            ? { "oauth-client-id": "${{ vars.TS_OAUTH_CLIENT_ID }}", audience: "${{ vars.TS_AUDIENCE }}" }
            : {
                "oauth-client-id": "${{ secrets.TS_OAUTH_CLIENT_ID }}",
                "oauth-secret": "${{ secrets.TS_OAUTH_SECRET }}",
              }),
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
export const leaveNetworkSteps = ({ network: kind }: DeploySpec): Step[] =>
  kind === "wireguard"
    ? [
        {
          name: "Leave the private network",
          if: "${{ always() }}",
          run: script("sudo wg-quick down slipway || true", "sudo rm -f /etc/wireguard/slipway.conf"),
        },
      ]
    : [];
