import { newVault } from "./boxes.ts";
import { nextId, now } from "./state.ts";
import type { Environment, State } from "./types.ts";

/** An environment without any protection, as GitHub makes one that a job names. */
export const newEnvironment = (state: State, name: string): Environment => ({
  ...newVault(),
  id: nextId(state),
  name,
  waitTimer: 0,
  preventSelfReview: false,
  canAdminsBypass: true,
  reviewers: [],
  branchPolicy: null,
  policies: [],
  createdAt: now(),
  updatedAt: now(),
});
