/** The shape of a repository's declaration: its keys, and the types that everything else relies on. */

import { repositoryExemptionSchema } from "../../policies/schema.ts";
import { fromIssues, type Path } from "../../shared/issues.ts";
import { Problems } from "../../shared/problems.ts";
import { keysAt } from "../../shared/schemaKeys.ts";
import { flag, list, number, object, text, texts } from "../../shared/shapes.ts";
import { didYouMean } from "../../shared/text.ts";
import { z } from "../../shared/zod.ts";
import { communityShape, workflowsShape } from "../workflows/shape.ts";
import type { BranchModel, BranchRuleSpec, BypassSpec, ReviewSpec, RulesSpec } from "./branchSpec.ts";
import type { EnvironmentSpec, PreviewGuardSpec, ReviewersSpec } from "./environmentSpec.ts";
import type { ActionsSpec, DeployKeySpec, FilesSpec, LabelSpec, WebhookSpec } from "./partSpecs.ts";
import type { FeaturesSpec, MergeSpec, RepositorySpec, SecuritySpec } from "./spec.ts";

const named = <T extends z.ZodType>(value: T) => z.record(z.string(), value).optional();

const features = object<FeaturesSpec>({ issues: flag, wiki: flag, projects: flag, discussions: flag, downloads: flag });
const merge = object<MergeSpec>({
  squash: flag,
  mergeCommit: flag,
  rebase: flag,
  autoMerge: flag,
  deleteBranch: flag,
  updateBranch: flag,
  squashTitle: text,
  squashMessage: text,
});
const security = object<SecuritySpec>({
  secretScanning: flag,
  pushProtection: flag,
  advancedSecurity: flag,
  alerts: flag,
  fixes: flag,
});

const checks = z.array(z.union([z.string(), z.strictObject({ name: z.string(), app: z.number() })])).optional();
const reviews = object<ReviewSpec>({
  required: number,
  codeOwners: flag,
  lastPush: flag,
  dismissStale: flag,
  conversations: flag,
});
const rules = object<RulesSpec>({
  checks,
  strict: flag,
  reviews: z.union([z.number(), z.literal(false), reviews]).optional(),
  linearHistory: flag,
  mergeQueue: flag,
  signedCommits: flag,
  forcePush: flag,
  deletion: flag,
});
const branchRule = object<BranchRuleSpec>({ ...rules.shape, name: z.string(), patterns: list });
const branches = object<BranchModel>({ default: text, create: texts, rules: z.array(branchRule) });
const bypass = object<BypassSpec>({ users: texts, teams: texts, apps: texts, roles: texts, mode: text });

const actions = object<ActionsSpec>({
  enabled: flag,
  allowed: text,
  githubOwned: flag,
  verified: flag,
  patterns: texts,
  pinned: flag,
  token: text,
  approve: flag,
});
const label = object<LabelSpec>({ name: z.string(), color: z.string(), description: text });
const webhook = object<WebhookSpec>({ url: z.string(), events: list, secret: text, contentType: text, active: flag });
const deployKey = object<DeployKeySpec>({ key: z.string(), readOnly: flag });
const files = object<FilesSpec>({ content: named(z.string()), through: text, message: text });

const reviewers = object<ReviewersSpec>({ users: texts, teams: texts });
const environment = object<EnvironmentSpec>({
  name: text,
  reviewers: reviewers.optional(),
  waitTimer: number,
  preventSelfReview: flag,
  adminBypass: flag,
  branches: z.union([z.string(), list]).optional(),
  tags: texts,
  secrets: texts,
  variables: named(z.string()),
  host: text,
  deployKey: flag,
  preview: object<PreviewGuardSpec>({ reviewers: reviewers.optional(), variables: named(z.string()) }).optional(),
  exclusive: flag,
});

const change = z.custom((value) => typeof value === "function", "is not a function; write one").optional();

const repository = object<RepositorySpec>({
  name: z.string(),
  stack: z.string(),
  preset: text,
  key: text,
  description: text,
  visibility: text,
  homepage: text,
  topics: texts,
  template: flag,
  features: features.optional(),
  merge: merge.optional(),
  security: security.optional(),
  branches: z.union([z.string(), branches]).optional(),
  checks,
  rules: rules.optional(),
  protection: text,
  bypass: bypass.optional(),
  tags: texts,
  tagCreators: object<Omit<BypassSpec, "mode">>({ users: texts, teams: texts, apps: texts, roles: texts }).optional(),
  actions: z.union([z.literal(false), actions]).optional(),
  labels: z.array(label).optional(),
  webhooks: named(webhook),
  collaborators: named(z.string()),
  teams: named(z.string()),
  deployKeys: named(deployKey),
  secrets: texts,
  variables: named(z.string()),
  environments: named(environment),
  workflows: workflowsShape.optional(),
  community: communityShape.optional(),
  files: files.optional(),
  adopt: flag,
  protect: flag,
  archiveOnDestroy: flag,
  exclusive: flag,
  exemptions: z.array(repositoryExemptionSchema).optional(),
  transform: z.record(z.string(), change).optional(),
});

function unknownKey(path: Path, key: string): string {
  const candidates = keysAt(repository, path);
  const meant = didYouMean(key, candidates);
  return `is nothing that can be declared here; ${meant ? `did you mean ${JSON.stringify(meant)}?` : `known: ${candidates.join(", ")}`}`;
}

/** How a declaration is called, whatever it is. */
const nameOf = (spec: Partial<Record<"key" | "name", unknown>> | null): string =>
  String(spec?.key ?? spec?.name ?? "?")
    .split("/")
    .at(-1)!;

/** @returns what is wrong with its shape: all further checks rely on it */
export function shapeProblems(spec: RepositorySpec): string[] {
  const { success, error } = repository.safeParse(spec);
  if (success) return [];
  const problems = Problems.ofRepository(nameOf(spec));
  for (const { path, message } of fromIssues(error.issues, spec, { unknownKey })) problems.at(path, message);
  return problems.found;
}
