import { sees } from "../access.ts";
import { type Call, type Handlers, listed, ok } from "../call.ts";
import { forbidden, notFound } from "../errors.ts";
import { findAccount, findTeam } from "../state.ts";
import type { Account, Team } from "../types.ts";
import { organization, privateUser, publicUser, simpleUser, teamView } from "../views/accounts.ts";
import { permissionMap, repositoryView, roleName } from "../views/repositories.ts";

function account(call: Call, login: string, type?: Account["type"]): Account {
  const found = findAccount(call.state, login);
  if (!found || (type !== undefined && found.type !== type)) throw notFound();
  return found;
}

/** The team that the path names; only members of its organisation may know that it exists. */
export function teamOf(call: Call): Team {
  const team = findTeam(call.state, call.params.org!, call.params.team_slug!);
  if (
    !team ||
    !call.state.members.some(({ login, organization: of }) => login === call.actor.login && of === team.organization)
  )
    throw notFound();
  return team;
}

/** Scopes that show what only the account itself may see, such as its plan. */
const profile = ["user", "read:user"];

const limit = { limit: 5000, remaining: 4999, used: 1 };

export const accounts: Handlers = {
  "users/get-authenticated": (call) => {
    if (call.job) throw forbidden("Resource not accessible by integration");
    return ok(
      call.scopes.some((scope) => profile.includes(scope))
        ? privateUser(call, call.actor)
        : publicUser(call, call.actor),
    );
  },
  "users/get-by-username": (call) => ok(publicUser(call, account(call, call.params.username!))),
  "users/list-gpg-keys-for-user": (call) => (account(call, call.params.username!), listed(call, [])),
  "users/list-public-keys-for-user": (call) => (account(call, call.params.username!), listed(call, [])),
  "orgs/get": (call) => ok(organization(call, account(call, call.params.org!, "Organization"))),

  "teams/get-by-name": (call) => {
    const team = teamOf(call);
    const repos = call.state.repositories.filter(
      ({ owner, teams }) => owner === team.organization && teams.some(({ slug }) => slug === team.slug),
    );
    const { parent: _, ...rest } = teamView(call, team);
    return ok({
      ...rest,
      parent: null,
      members_count: team.members.length,
      repos_count: repos.length,
      created_at: team.createdAt,
      updated_at: team.createdAt,
      organization: organization(call, account(call, team.organization)),
    });
  },
  "teams/list-members-in-org": (call) =>
    listed(
      call,
      teamOf(call).members.map((login) => simpleUser(call, account(call, login))),
    ),
  "teams/list-repos-in-org": (call) => {
    const team = teamOf(call);
    const granted = call.state.repositories
      .filter((each) => sees(call, each))
      .flatMap((repository) =>
        repository.teams
          .filter(({ slug }) => repository.owner === team.organization && slug === team.slug)
          .map(({ permission }) => ({
            ...repositoryView(call, repository),
            permissions: permissionMap(permission),
            role_name: roleName(permission),
          })),
      );
    return listed(call, granted);
  },

  "rate-limit/get": () => {
    const rate = { ...limit, reset: Math.floor(Date.now() / 1000) + 3600 };
    return ok({ resources: { core: rate, search: rate, graphql: rate }, rate });
  },
  "meta/get": () => ok({ verifiable_password_authentication: false }),
  "repos/list-for-authenticated-user": (call) =>
    listed(
      call,
      call.state.repositories.filter((each) => sees(call, each)).map((each) => repositoryView(call, each)),
    ),
  "repos/list-for-org": (call) => {
    const { login } = account(call, call.params.org!, "Organization");
    return listed(
      call,
      call.state.repositories
        .filter((each) => each.owner === login && sees(call, each))
        .map((each) => repositoryView(call, each)),
    );
  },
};
