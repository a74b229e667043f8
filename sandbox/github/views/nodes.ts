const prefixes = {
  User: "U",
  Organization: "O",
  Bot: "BOT",
  Team: "T",
  Repository: "R",
  BranchProtectionRule: "BPR",
  Ref: "REF",
  Commit: "C",
  Label: "LA",
  RepositoryRuleset: "RRS",
  Environment: "EN",
  ProtectionRule: "GA",
  BranchPolicy: "GBP",
  PullRequest: "PR",
  IssueComment: "IC",
  Status: "SC",
  Invitation: "RI",
  PullRequestReview: "PRR",
  CheckRun: "CR",
  WorkflowRun: "WFR",
  Workflow: "W",
  Deployment: "DE",
  DeploymentStatus: "DES",
  App: "A",
} as const;

type NodeKind = keyof typeof prefixes;

/** The global id of an object, in GitHub's form: a kind and an opaque rest. */
export const nodeId = (kind: NodeKind, id: number | string): string =>
  `${prefixes[kind]}_kg${Buffer.from(`${kind}:${id}`).toString("base64url")}`;

/** Kind and id from a global id; undefined if it is not one. */
export function parseNodeId(text: string): { kind: NodeKind; id: string } | undefined {
  const encoded = /^[A-Z]+_kg([\w-]+)$/.exec(text)?.[1];
  const [kind, ...rest] = Buffer.from(encoded ?? "", "base64url")
    .toString("utf8")
    .split(":");
  return kind !== undefined && kind in prefixes && rest.length > 0
    ? { kind: kind as NodeKind, id: rest.join(":") }
    : undefined;
}
