import { ownerOf } from "../access.ts";
import { type Body, type Call, created, type Handlers, noContent, ok } from "../call.ts";
import { ApiError, forbidden, notFound, refused, unprocessable, validationFailed } from "../errors.ts";
import { addRepository } from "../newRepository.ts";
import { findAccount, findRepository, now } from "../state.ts";
import type { Account, Settings } from "../types.ts";
import { canScan, fullName, fullRepository } from "../views/repositories.ts";

const flags = [
  "is_template",
  "has_issues",
  "has_projects",
  "has_wiki",
  "has_downloads",
  "has_discussions",
  "allow_squash_merge",
  "allow_merge_commit",
  "allow_rebase_merge",
  "allow_auto_merge",
  "allow_update_branch",
  "allow_forking",
  "delete_branch_on_merge",
  "web_commit_signoff_required",
  "squash_merge_commit_title",
  "squash_merge_commit_message",
  "merge_commit_title",
  "merge_commit_message",
] as const;

function visibilityOf(body: Body): Settings["visibility"] | undefined {
  if (body.visibility) return body.visibility;
  if (body.private === undefined) return undefined;
  return body.private ? "private" : "public";
}

/** The settings named in a body. */
function settingsOf(body: Body): Partial<Settings> {
  const found: Record<string, unknown> = Object.fromEntries(
    flags.flatMap((name) => (body[name] === undefined || body[name] === null ? [] : [[name, body[name]]])),
  );
  if ("description" in body) found.description = body.description || null;
  if ("homepage" in body) found.homepage = body.homepage || null;
  if (typeof found.homepage === "string" && !(/^https?:/i.test(found.homepage) && URL.canParse(found.homepage)))
    throw refused("Repository", "homepage", "homepage is not a valid URL");
  const all = ["allow_squash_merge", "allow_merge_commit", "allow_rebase_merge"].map((name) => found[name]);
  if (all.every((value) => value === false)) {
    throw refused(
      "Repository",
      "merge_commit_allowed",
      "Sorry, you need to allow at least one merge strategy. (no_merge_method)",
    );
  }
  return found as Partial<Settings>;
}

function checkName(call: Call, owner: string, name: string, id?: number): string {
  const clean = name.replace(/[^\w.-]+/g, "-");
  if (clean.length > 100) throw refused("Repository", "name", "name is too long (maximum is 100 characters)");
  const namesake = findRepository(call.state, owner, clean);
  if (namesake && namesake.id !== id) {
    throw new ApiError(422, "Repository creation failed.", [
      { resource: "Repository", code: "custom", field: "name", message: "name already exists on this account" },
    ]);
  }
  return clean;
}

function create(call: Call, owner: Account): ReturnType<typeof created> {
  const { body } = call;
  const name = checkName(call, owner.login, body.name);
  const visibility = visibilityOf(body) ?? "public";
  if (visibility === "internal" && owner.plan !== "enterprise") {
    throw refused(
      "Repository",
      "visibility",
      "Only organizations associated with an enterprise can set visibility to internal",
    );
  }
  const repository = addRepository(call.state, owner, call.actor, {
    name,
    settings: { ...settingsOf(body), visibility },
    autoInit: body.auto_init === true,
  });
  delete call.state.renamed[fullName(repository).toLowerCase()];
  return created(fullRepository(call, repository));
}

function changeSecurity(call: Call, asked: Record<string, { status?: string } | undefined>): void {
  const { repository } = call;
  const on = (name: string): boolean => asked[name]?.status === "enabled";
  const isPublic = repository.settings.visibility === "public";
  if (asked.advanced_security && isPublic)
    throw unprocessable("Advanced security is always available for public repos.");
  if (on("advanced_security") && !ownerOf(call.state, repository).advancedSecurity)
    throw unprocessable("Advanced security has not been purchased");
  if ((on("secret_scanning") || on("secret_scanning_push_protection")) && !canScan(call, repository)) {
    throw unprocessable("Secret scanning is not available for this repository.");
  }
  for (const name of ["advanced_security", "secret_scanning", "secret_scanning_push_protection"] as const) {
    if (asked[name]) repository.security[name] = on(name);
  }
}

/** Checks settings that depend on each other, before any of them is applied. */
function checkUpdate(call: Call): void {
  const { repository, body } = call;
  const visibility = visibilityOf(body);
  if (repository.settings.archived && body.archived !== false)
    throw forbidden("Repository was archived so is read-only.");
  if (visibility === "internal" && ownerOf(call.state, repository).plan !== "enterprise") {
    throw refused(
      "Repository",
      "visibility",
      "Only organizations associated with an enterprise can set visibility to internal",
    );
  }
  const branch = body.default_branch as string | undefined;
  if (
    branch !== undefined &&
    branch !== repository.settings.default_branch &&
    !repository.refs[`refs/heads/${branch}`]
  ) {
    const message = `The branch ${branch} was not found. Please push that ref first or create it via the Git Data API.`;
    throw validationFailed({ resource: "Repository", code: "invalid", field: "default_branch", message });
  }
}

function update(call: Call): ReturnType<typeof ok> {
  const { repository, body, state } = call;
  checkUpdate(call);
  const settings = settingsOf(body);
  const merged = { ...repository.settings, ...settings };
  if (!merged.allow_squash_merge && !merged.allow_merge_commit && !merged.allow_rebase_merge) {
    throw refused(
      "Repository",
      "merge_commit_allowed",
      "Sorry, you need to allow at least one merge strategy. (no_merge_method)",
    );
  }
  const name =
    body.name === undefined || body.name === repository.name
      ? repository.name
      : checkName(call, repository.owner, body.name, repository.id);
  if (body.security_and_analysis) changeSecurity(call, body.security_and_analysis);
  if (name !== repository.name) {
    state.renamed[fullName(repository).toLowerCase()] = repository.id;
    repository.name = name;
  }
  const visibility = visibilityOf(body);
  Object.assign(
    repository.settings,
    settings,
    visibility ? { visibility } : {},
    body.default_branch ? { default_branch: body.default_branch } : {},
  );
  if (typeof body.archived === "boolean") repository.settings.archived = body.archived;
  repository.updatedAt = now();
  return ok(fullRepository(call, repository));
}

export const repositories: Handlers = {
  "repos/create-in-org": (call) => {
    const owner = findAccount(call.state, call.params.org!);
    const member = call.state.members.some(
      ({ organization, login }) => organization === owner?.login && login === call.actor.login,
    );
    if (owner?.type !== "Organization" || !member) throw notFound();
    return create(call, owner);
  },
  "repos/create-for-authenticated-user": (call) => create(call, call.actor),
  "repos/get": (call) => ok(fullRepository(call, call.repository)),
  "repos/update": update,
  "repos/delete": (call) => {
    call.state.repositories = call.state.repositories.filter(({ id }) => id !== call.repository.id);
    return noContent;
  },

  // No file is recognised as a licence, so no repository has one.
  "licenses/get-for-repo": () => {
    throw notFound();
  },

  "repos/get-all-topics": ({ repository }) => ok({ names: repository.topics }),
  "repos/replace-all-topics": ({ repository, body }) => {
    const names = (body.names as string[]).map((name) => name.toLowerCase());
    if (names.length > 20) throw unprocessable("A repository cannot have more than 20 topics.");
    if (names.some((name) => !/^[a-z0-9][a-z0-9-]{0,49}$/.test(name))) {
      throw unprocessable(
        "Topics must start with a lowercase letter or number, consist of 50 characters or less, and can include hyphens.",
      );
    }
    repository.topics = [...new Set(names)];
    return ok({ names: repository.topics });
  },

  "repos/check-vulnerability-alerts": ({ repository }) => {
    if (!repository.vulnerabilityAlerts) throw notFound("Vulnerability alerts are disabled.");
    return noContent;
  },
  "repos/enable-vulnerability-alerts": ({ repository }) => ((repository.vulnerabilityAlerts = true), noContent),
  "repos/disable-vulnerability-alerts": ({ repository }) => (
    (repository.vulnerabilityAlerts = repository.automatedSecurityFixes = false), noContent
  ),

  "repos/check-automated-security-fixes": ({ repository }) =>
    ok({ enabled: repository.automatedSecurityFixes, paused: false }),
  "repos/enable-automated-security-fixes": ({ repository }) => {
    if (!repository.vulnerabilityAlerts)
      throw unprocessable("Vulnerability alerts must be enabled to configure automated security fixes.");
    repository.automatedSecurityFixes = true;
    return noContent;
  },
  "repos/disable-automated-security-fixes": ({ repository }) => (
    (repository.automatedSecurityFixes = false), noContent
  ),

  "repos/check-private-vulnerability-reporting": ({ repository }) =>
    ok({ enabled: repository.privateVulnerabilityReporting }),
  "repos/enable-private-vulnerability-reporting": ({ repository }) => {
    if (repository.settings.visibility !== "public")
      throw unprocessable("Private vulnerability reporting can only be enabled for public repositories.");
    repository.privateVulnerabilityReporting = true;
    return noContent;
  },
  "repos/disable-private-vulnerability-reporting": ({ repository }) => (
    (repository.privateVulnerabilityReporting = false), noContent
  ),
};
