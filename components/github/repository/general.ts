/** The repository itself: features, merging, security. */

import type { Problems } from "../../shared/problems.ts";
import { defined } from "../../shared/records.ts";
import { presetOf } from "./presets.ts";
import type { RepositorySpec } from "./spec.ts";

/** Arguments of the provider's Repository. */
export interface GeneralPlan {
  name: string;
  description?: string;
  homepageUrl?: string;
  visibility: "public" | "private" | "internal";
  topics?: string[];
  isTemplate: boolean;
  hasIssues: boolean;
  hasWiki: boolean;
  hasProjects: boolean;
  hasDiscussions: boolean;
  hasDownloads?: boolean;
  allowSquashMerge: boolean;
  allowMergeCommit: boolean;
  allowRebaseMerge: boolean;
  allowAutoMerge: boolean;
  allowUpdateBranch: boolean;
  deleteBranchOnMerge: boolean;
  squashMergeCommitTitle?: string;
  squashMergeCommitMessage?: string;
  securityAndAnalysis?: Record<string, { status: "enabled" | "disabled" }>;
  archiveOnDestroy: boolean;
  /** Creates a first commit, so that there are branches. An adopted repository has its own. */
  autoInit?: boolean;
}

export function generalOf(problems: Problems, spec: RepositorySpec, name: string): GeneralPlan {
  const { features = {}, merge = {} } = spec;
  const visibility = spec.visibility ?? presetOf(spec).visibility;
  if (!["public", "private", "internal"].includes(visibility))
    problems.add("visibility", visibility, 'is unknown; write "public", "private" or "internal"');
  checkTexts(problems, spec);
  const gitflow = spec.branches === "gitflow";
  const squash = merge.squash ?? true;
  const [mergeCommit, rebase] = [merge.mergeCommit ?? gitflow, merge.rebase ?? false];
  if (!squash && !mergeCommit && !rebase)
    problems.add(
      "merge",
      "squash, mergeCommit and rebase",
      "are all false, so nothing could be merged; allow one of them",
    );
  const security = securityOf(problems, spec, visibility);
  return {
    name,
    ...defined({ description: spec.description, homepageUrl: spec.homepage }),
    visibility,
    ...(spec.topics ? { topics: [...spec.topics].sort() } : {}),
    isTemplate: spec.template ?? false,
    hasIssues: features.issues ?? true,
    hasWiki: features.wiki ?? false,
    hasProjects: features.projects ?? false,
    hasDiscussions: features.discussions ?? false,
    ...defined({ hasDownloads: features.downloads }),
    allowSquashMerge: squash,
    allowMergeCommit: mergeCommit,
    allowRebaseMerge: rebase,
    allowAutoMerge: merge.autoMerge ?? true,
    allowUpdateBranch: merge.updateBranch ?? true,
    deleteBranchOnMerge: merge.deleteBranch ?? !gitflow,
    ...(squash
      ? {
          squashMergeCommitTitle: merge.squashTitle ?? "PR_TITLE",
          squashMergeCommitMessage: merge.squashMessage ?? "PR_BODY",
        }
      : {}),
    ...defined({ securityAndAnalysis: security }),
    archiveOnDestroy: spec.archiveOnDestroy ?? true,
    ...(spec.adopt ? {} : { autoInit: true }),
  };
}

/** In a ruleset's words. */
export const mergeMethods = (plan: GeneralPlan): string[] => [
  ...(plan.allowMergeCommit ? ["merge"] : []),
  ...(plan.allowSquashMerge ? ["squash"] : []),
  ...(plan.allowRebaseMerge ? ["rebase"] : []),
];

/** Rules for topics: docs.github.com, "Classifying your repository with topics". */
function checkTexts(problems: Problems, spec: RepositorySpec): void {
  for (const topic of spec.topics ?? []) {
    if (!/^[a-z0-9][a-z0-9-]{0,49}$/.test(topic))
      problems.add("topics", topic, "is not a topic; use up to 50 lower-case letters, digits and '-'");
  }
  if ((spec.topics ?? []).length > 20) problems.add("topics", spec.topics!.length, "are too many; GitHub accepts 20");
  if ((spec.description ?? "").length > 350)
    problems.add("description", `${spec.description!.length} characters`, "are too many; GitHub accepts 350");
  if (/[\x00-\x1f]/.test(spec.description ?? ""))
    problems.add("description", spec.description, "has line breaks or control characters; write one line");
  if (spec.homepage !== undefined && spec.homepage !== "" && !/^https?:\/\/\S+$/.test(spec.homepage))
    problems.add("homepage", spec.homepage, 'is not a URL; write one like "https://shop.example.com"');
}

/** A public repository always has Advanced Security, and GitHub refuses to set it. */
function securityOf(
  problems: Problems,
  { security = {} }: RepositorySpec,
  visibility: string,
): GeneralPlan["securityAndAnalysis"] {
  const isPublic = visibility === "public";
  const scanning = security.secretScanning ?? (isPublic ? true : undefined);
  const push = security.pushProtection ?? scanning;
  if (push === true && scanning !== true)
    problems.add("security.pushProtection", true, "needs secretScanning; set it to true as well");
  if (isPublic && security.advancedSecurity !== undefined)
    problems.add(
      "security.advancedSecurity",
      security.advancedSecurity,
      "is for private repositories only, as public ones always have it; leave it out",
    );
  if (security.fixes === true && security.alerts === false)
    problems.add("security.fixes", true, "needs alerts; leave alerts on");
  const analysis = defined({
    advancedSecurity: statusOf(security.advancedSecurity),
    secretScanning: statusOf(scanning),
    secretScanningPushProtection: statusOf(push),
  });
  return Object.keys(analysis).length === 0 ? undefined : analysis;
}

const statusOf = (on: boolean | undefined): { status: "enabled" | "disabled" } | undefined =>
  on === undefined ? undefined : { status: on ? "enabled" : "disabled" };
