/** How a job gets at the state: by what its environment stores, or by short-lived credentials of OpenID Connect. */
import { patternsWithout } from "./actions.ts";
import type { Permissions, Step } from "./model.ts";
import type { StateStorage, WorkflowsSpec } from "./spec.ts";

export interface Credentials {
  /** Logs in; after the program's packages are installed, whose scripts then find nothing. */
  steps: Step[];
  /** Of steps that run Pulumi; an empty variable counts as unset. */
  env: Record<string, string>;
  permissions: Permissions;
}

interface Storage {
  /** Names of what an environment stores without OpenID Connect. */
  stored: { secrets: string[]; variables: string[] };
  /** With it: a step, and what it leaves to be passed on. */
  federated: { step: Step; variables: string[] };
}

const variable = (name: string): string => `\${{ vars.${name} }}`;

const STORAGES: Record<StateStorage, Storage> = {
  "pulumi-cloud": {
    stored: { secrets: ["PULUMI_ACCESS_TOKEN"], variables: [] },
    federated: {
      step: {
        name: "Log in to Pulumi Cloud",
        uses: "pulumi/auth-actions",
        with: {
          organization: variable("PULUMI_ORGANIZATION"),
          // A team's token opens the team's stacks alone; a person's own account has neither teams nor tokens of an organisation.
          "requested-token-type":
            "${{ format('urn:pulumi:token-type:access_token:{0}', vars.PULUMI_TEAM && 'team' || vars.PULUMI_USER && 'personal' || 'organization') }}",
          scope:
            "${{ vars.PULUMI_TEAM && format('team:{0}', vars.PULUMI_TEAM) || vars.PULUMI_USER && format('user:{0}', vars.PULUMI_USER) || '' }}",
        },
      },
      variables: [],
    },
  },
  s3: {
    stored: { secrets: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"], variables: ["AWS_REGION"] },
    federated: {
      step: {
        name: "Log in to AWS",
        uses: "aws-actions/configure-aws-credentials",
        with: { "role-to-assume": variable("AWS_ROLE_ARN"), "aws-region": variable("AWS_REGION") },
      },
      variables: [],
    },
  },
  gs: {
    stored: { secrets: ["GOOGLE_CREDENTIALS"], variables: [] },
    federated: {
      step: {
        name: "Log in to Google Cloud",
        uses: "google-github-actions/auth",
        with: {
          workload_identity_provider: variable("GOOGLE_WORKLOAD_IDENTITY_PROVIDER"),
          service_account: variable("GOOGLE_SERVICE_ACCOUNT"),
        },
      },
      variables: [],
    },
  },
  azblob: {
    stored: { secrets: ["AZURE_STORAGE_KEY"], variables: ["AZURE_STORAGE_ACCOUNT"] },
    federated: {
      step: {
        name: "Log in to Azure",
        uses: "azure/login",
        with: {
          "client-id": variable("AZURE_CLIENT_ID"),
          "tenant-id": variable("AZURE_TENANT_ID"),
          "allow-no-subscriptions": true,
        },
      },
      variables: ["AZURE_STORAGE_ACCOUNT"],
    },
  },
};

export const STATE_STORAGES = Object.keys(STORAGES);

/** Without `state` a job takes what is set: Pulumi Cloud's token, or a storage that its runner may use. */
export function credentialsOf({ state, oidc = false }: WorkflowsSpec): Credentials {
  const storage = state && STORAGES[state];
  const isCloud = state === "pulumi-cloud";
  const stored = storage && !oidc ? storage.stored : { secrets: [], variables: [] };
  const secrets = ["PULUMI_CONFIG_PASSPHRASE", ...(state ? stored.secrets : ["PULUMI_ACCESS_TOKEN"])];
  const variables = [
    ...(isCloud ? [] : ["PULUMI_BACKEND_URL"]),
    ...(storage && oidc ? storage.federated.variables : stored.variables),
  ];
  return {
    steps: storage && oidc ? [storage.federated.step] : [],
    env: {
      ...Object.fromEntries(secrets.map((name) => [name, `\${{ secrets.${name} }}`])),
      ...Object.fromEntries(variables.map((name) => [name, variable(name)])),
      // A runner of one's own keeps nothing of it.
      PULUMI_HOME: "${{ runner.temp }}/pulumi",
    },
    permissions: { contents: "read", ...(oidc ? { "id-token": "write" as const } : {}) },
  };
}

/** Patterns for the actions a repository must allow; of those that log in, only the one that its workflows use. */
export const allowedPatterns = ({ state, oidc = false }: WorkflowsSpec = {}): string[] =>
  patternsWithout(
    Object.entries(STORAGES)
      .filter(([name]) => !oidc || name !== state)
      .map(([, { federated }]) => federated.step.uses!),
  );
