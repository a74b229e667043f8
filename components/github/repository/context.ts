/** The part of a stack's settings that repositories need. */
export interface RepositoryContext {
  stack: string;
  /** `slipway:github.owner` */
  owner?: string;
  hasKeySeed: boolean;
  /** The stack's settings for the repository; absent: none. */
  settings?: {
    secretNames: string[];
    variables: Record<string, string>;
    reviewers?: { users?: string[]; teams?: string[] };
    waitTimer?: number;
    host?: string;
  };
  hosts: Record<string, { address: string; port: number; user: string; hostKey?: string }>;
}
