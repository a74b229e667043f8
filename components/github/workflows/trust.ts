/** What the other side of OpenID Connect must be told: which jobs of which repository it may believe. */
import type { StateStorage, WorkflowsSpec } from "./spec.ts";

/** A GitHub environment whose jobs log in. */
export interface TrustedEnvironment {
  name: string;
  /** Its variables as declared, and those of the repository. */
  variables: Record<string, string>;
  /** Whether its jobs reach hosts. */
  deploys: boolean;
}

/** Numbers that GitHub gave the owner and the repository. */
export interface RepositoryIds {
  owner: string;
  repository: string;
}

const ISSUER = "https://token.actions.githubusercontent.com";

/**
 * The subject of an environment's jobs. Repositories made or renamed since 15 July 2026, and those that chose so, have the
 * numbers in it, which a later repository of the same name does not get.
 * @see https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
 */
function subjectOf(fullName: string, environment: string, ids: RepositoryIds | undefined): string {
  const [owner, repository] = fullName.split("/");
  const name = ids ? `${owner}@${ids.owner}/${repository}@${ids.repository}` : fullName;
  return `repo:${name}:environment:${environment.replaceAll(":", "%3A")}`;
}

/** One text per environment: what to paste where, with its placeholders in angle brackets. */
export function trustOf(
  { state, deploy }: WorkflowsSpec,
  fullName: string,
  environments: TrustedEnvironment[],
  ids?: RepositoryIds,
): string[] {
  return environments.map((environment) => {
    const subject = subjectOf(fullName, environment.name, ids);
    const value = (name: string): string => environment.variables[name] ?? `<${name}>`;
    return [
      `# ${environment.name}: ${subject}`,
      ...(state ? POLICIES[state](subject, value) : []),
      ...(deploy?.network === "tailscale" && environment.deploys ? tailscale(subject, value) : []),
      "",
    ].join("\n");
  });
}

type Policy = (subject: string, value: (name: string) => string) => string[];

const POLICIES: Record<StateStorage, Policy> = {
  "pulumi-cloud": (subject, value) => [
    "Pulumi Cloud, Settings, Access Management, OIDC Issuers: register",
    `  URL       ${ISSUER}`,
    "  policy    Allow",
    `  aud       urn:pulumi:org:${value("PULUMI_ORGANIZATION")}`,
    `  sub       ${subject}`,
  ],
  s3: (subject, value) => {
    const role = value("AWS_ROLE_ARN");
    const account = /^arn:[\w-]+:iam::(\d+):/.exec(role)?.[1] ?? "<ACCOUNT>";
    const policy = {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com` },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: {
              "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
              "token.actions.githubusercontent.com:sub": subject,
            },
          },
        },
      ],
    };
    return [`AWS, trust policy of the role ${role}:`, JSON.stringify(policy, undefined, 2)];
  },
  gs: (subject, value) => {
    const pool = value("GOOGLE_WORKLOAD_IDENTITY_PROVIDER").replace(/\/providers\/.*$/, "");
    return [
      "Google Cloud, once for the provider:",
      `  gcloud iam workload-identity-pools providers create-oidc <PROVIDER> --workload-identity-pool <POOL> --location global --issuer-uri ${ISSUER} --attribute-mapping google.subject=assertion.sub --attribute-condition "assertion.repository == '${repositoryIn(subject)}'"`,
      "and for this environment:",
      `  gcloud iam service-accounts add-iam-policy-binding ${value("GOOGLE_SERVICE_ACCOUNT")} --role roles/iam.workloadIdentityUser --member "principal://iam.googleapis.com/${pool}/subject/${subject}"`,
    ];
  },
  azblob: (subject, value) => [
    "Azure:",
    `  az ad app federated-credential create --id ${value("AZURE_CLIENT_ID")} --parameters '${JSON.stringify({
      name: subject.replaceAll(/[^A-Za-z0-9]+/g, "-"),
      issuer: ISSUER,
      subject,
      audiences: ["api://AzureADTokenExchange"],
    })}'`,
  ],
};

const tailscale: Policy = (subject, value) => [
  "Tailscale, Settings, Trust credentials: OpenID Connect, GitHub",
  `  subject   ${subject}`,
  "  scopes    auth_keys (write), with the tag tag:ci",
  `  then its client id is TS_OAUTH_CLIENT_ID (${value("TS_OAUTH_CLIENT_ID")}), its audience TS_AUDIENCE (${value("TS_AUDIENCE")})`,
];

/** As it is called, without numbers. */
const repositoryIn = (subject: string): string =>
  subject
    .replace(/^repo:/, "")
    .replace(/:environment:.*$/, "")
    .replaceAll(/@\d+/g, "");
