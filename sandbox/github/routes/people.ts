import { ownerOf, permissionOf } from "../access.ts";
import { type Call, created, type Handlers, listed, noContent, ok } from "../call.ts";
import { notFound, unprocessable, validationFailed } from "../errors.ts";
import { findAccount, findTeam, nextId, now } from "../state.ts";
import type { Account, Permission, Repository } from "../types.ts";
import { simpleUser, teamView } from "../views/accounts.ts";
import { nodeId } from "../views/nodes.ts";
import {
  minimalRepository,
  permissionMap,
  repositoryPage,
  repositoryUrl,
  repositoryView,
  roleName,
} from "../views/repositories.ts";
import { teamOf } from "./accounts.ts";

/** GitHub accepts both its names of permissions and those of roles. */
const permissions: Record<string, Permission> = {
  pull: "pull",
  read: "pull",
  triage: "triage",
  push: "push",
  write: "push",
  maintain: "maintain",
  admin: "admin",
};

function permission(text: string | undefined): Permission {
  const found = permissions[text ?? "push"];
  if (!found) throw validationFailed({ resource: "Repository", code: "invalid", field: "permission" });
  return found;
}

const person = (call: Call): Account => {
  const found = findAccount(call.state, call.params.username!);
  if (found?.type !== "User") throw notFound();
  return found;
};

const isMember = (call: Call, login: string): boolean =>
  call.state.members.some((each) => each.organization === call.repository.owner && each.login === login);

/** Who may do something in the repository, limited to the requested affiliation. */
function collaborators(call: Call): Account[] {
  const { state, repository, query } = call;
  const direct = (login: string): boolean => repository.collaborators.some((each) => each.login === login);
  const chosen: Record<string, (login: string) => boolean> = {
    all: (login) =>
      permissionOf(state, repository, login) !== undefined &&
      (direct(login) || isMember(call, login) || login === repository.owner),
    direct: (login) => direct(login) || login === repository.owner,
    outside: (login) => direct(login) && !isMember(call, login) && ownerOf(state, repository).type === "Organization",
  };
  return state.accounts.filter(({ type, login }) => type === "User" && chosen[query.affiliation ?? "all"]!(login));
}

const invitationView = (
  call: Pick<Call, "state" | "urls" | "actor" | "repository">,
  invitation: Repository["invitations"][number],
): Record<string, unknown> => ({
  id: invitation.id,
  node_id: nodeId("Invitation", invitation.id),
  repository: minimalRepository(call, call.repository),
  invitee: simpleUser(call, findAccount(call.state, invitation.login)!),
  inviter: simpleUser(call, findAccount(call.state, invitation.inviter)!),
  permissions: roleName(invitation.permission),
  created_at: invitation.createdAt,
  expired: false,
  url: `${repositoryUrl(call, call.repository)}/invitations/${invitation.id}`,
  html_url: `${repositoryPage(call, call.repository)}/invitations`,
});

function invitation(call: Call): Repository["invitations"][number] {
  const found = call.repository.invitations.find(({ id }) => id === Number(call.params.invitation_id));
  if (!found) throw notFound();
  return found;
}

/** Invitations of the caller, with the repositories that they are for. */
const ownInvitations = (call: Call): { repository: Repository; invitation: Repository["invitations"][number] }[] =>
  call.state.repositories.flatMap((repository) =>
    repository.invitations
      .filter(({ login }) => login === call.actor.login)
      .map((each) => ({ repository, invitation: each })),
  );

export const people: Handlers = {
  "repos/list-invitations-for-authenticated-user": (call) =>
    listed(
      call,
      ownInvitations(call).map(({ repository, invitation: each }) => {
        const { state, urls, actor } = call;
        return invitationView({ state, urls, actor, repository }, each);
      }),
    ),
  "repos/accept-invitation-for-authenticated-user": (call) => {
    const found = ownInvitations(call).find(({ invitation: { id } }) => id === Number(call.params.invitation_id));
    if (!found) throw notFound();
    const { login, permission: granted } = found.invitation;
    found.repository.invitations = found.repository.invitations.filter((each) => each !== found.invitation);
    found.repository.collaborators.push({ login, permission: granted });
    return noContent;
  },
  "repos/list-collaborators": (call) =>
    listed(
      call,
      collaborators(call).map((account) => {
        const has = permissionOf(call.state, call.repository, account.login)!;
        return { ...simpleUser(call, account), permissions: permissionMap(has), role_name: roleName(has) };
      }),
    ),
  "repos/check-collaborator": (call) => {
    if (!collaborators({ ...call, query: {} }).includes(person(call))) throw notFound();
    return noContent;
  },
  "repos/get-collaborator-permission-level": (call) => {
    const account = person(call);
    const has = permissionOf(call.state, call.repository, account.login);
    const role = has === undefined ? "none" : roleName(has);
    const user = { ...simpleUser(call, account), permissions: permissionMap(has), role_name: role };
    return ok({ permission: { maintain: "write", triage: "read" }[role] ?? role, role_name: role, user });
  },
  /** Members of the organisation get access at once, everyone else is invited. */
  "repos/add-collaborator": (call) => {
    const { repository, state, body } = call;
    const { login } = person(call);
    if (login === repository.owner) throw unprocessable("Repository owner cannot be a collaborator");
    const requested = permission(body?.permission);
    const known = repository.collaborators.find((each) => each.login === login);
    if (known || isMember(call, login)) {
      if (known) known.permission = requested;
      else repository.collaborators.push({ login, permission: requested });
      return noContent;
    }
    const open = repository.invitations.find((each) => each.login === login);
    if (open) return ((open.permission = requested), created(invitationView(call, open)));
    const made = { id: nextId(state), login, permission: requested, inviter: call.actor.login, createdAt: now() };
    repository.invitations.push(made);
    return created(invitationView(call, made));
  },
  "repos/remove-collaborator": (call) => {
    const { login } = person(call);
    call.repository.collaborators = call.repository.collaborators.filter((each) => each.login !== login);
    call.repository.invitations = call.repository.invitations.filter((each) => each.login !== login);
    return noContent;
  },
  "repos/list-invitations": (call) =>
    listed(
      call,
      call.repository.invitations.map((each) => invitationView(call, each)),
    ),
  "repos/update-invitation": (call) => {
    const found = invitation(call);
    found.permission = permission(call.body.permissions);
    return ok(invitationView(call, found));
  },
  "repos/delete-invitation": (call) => {
    const { id } = invitation(call);
    call.repository.invitations = call.repository.invitations.filter((each) => each.id !== id);
    return noContent;
  },

  "repos/list-teams": (call) =>
    listed(
      call,
      call.repository.teams.map(({ slug, permission: has }) =>
        teamView(call, findTeam(call.state, call.repository.owner, slug)!, has),
      ),
    ),
  "teams/check-permissions-for-repo-in-org": (call) => {
    const { slug } = teamOf(call);
    const grant = call.repository.teams.find((each) => each.slug === slug);
    if (!grant) throw notFound();
    if (!call.accept.includes("repository+json")) return noContent;
    return ok({
      ...repositoryView(call, call.repository),
      permissions: permissionMap(grant.permission),
      role_name: roleName(grant.permission),
    });
  },
  "teams/add-or-update-repo-permissions-in-org": (call) => {
    const { slug, organization } = teamOf(call);
    const { repository } = call;
    if (repository.owner !== organization)
      throw validationFailed({
        resource: "TeamMember",
        code: "custom",
        message: "The repository does not belong to the organization",
      });
    const grant = { slug, permission: permission(call.body?.permission) };
    repository.teams = [...repository.teams.filter((each) => each.slug !== slug), grant];
    return noContent;
  },
  "teams/remove-repo-in-org": (call) => {
    const { slug } = teamOf(call);
    call.repository.teams = call.repository.teams.filter((each) => each.slug !== slug);
    return noContent;
  },
};
