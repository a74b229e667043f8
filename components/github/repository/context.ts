/** What a stack's settings say, as far as repositories need it. */
export interface RepositoryContext {
  stack: string;
  /** `slipway:github.owner` */
  owner?: string;
  hasKeySeed: boolean;
  /** What the stack's settings say of the repository; absent: nothing. */
  settings?: {
    secretNames: string[];
    variables: Record<string, string>;
    reviewers?: { users?: string[]; teams?: string[] };
    waitTimer?: number;
    host?: string;
  };
  hosts: Record<string, { address: string; port: number; user: string; hostKey?: string }>;
}
