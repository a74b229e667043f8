import type { Call } from "../call.ts";
import { actionsApp, findAccount } from "../state.ts";
import type { Account, State, Team } from "../types.ts";
import { nodeId } from "./nodes.ts";

type Context = Pick<Call, "state" | "urls">;

/** An account as it appears in other answers. */
export function simpleUser({ urls: { api, web } }: Context, account: Account): Record<string, unknown> {
  const url = `${api}/users/${encodeURIComponent(account.login)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    avatar_url: `${web}/avatars/u/${account.id}?v=4`,
    gravatar_id: "",
    url,
    html_url: account.type === "Bot" ? `${web}/apps/${actionsApp.slug}` : `${web}/${account.login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    user_view_type: "public",
    site_admin: false,
  };
}

/** The account of a login as it appears in other answers. */
export const userNamed = (context: Context, login: string): Record<string, unknown> =>
  simpleUser(context, findAccount(context.state, login)!);

const repositoriesOf = (state: State, login: string, isPrivate: boolean): number =>
  state.repositories.filter(
    ({ owner, settings }) => owner === login && (settings.visibility !== "public") === isPrivate,
  ).length;

export const publicUser = (context: Context, account: Account): Record<string, unknown> => ({
  ...simpleUser(context, account),
  name: account.name,
  company: null,
  blog: "",
  location: null,
  email: null,
  hireable: null,
  bio: null,
  twitter_username: null,
  public_repos: repositoriesOf(context.state, account.login, false),
  public_gists: 0,
  followers: 0,
  following: 0,
  created_at: account.createdAt,
  updated_at: account.createdAt,
});

export function privateUser(context: Context, account: Account): Record<string, unknown> {
  const count = repositoriesOf(context.state, account.login, true);
  return {
    ...publicUser(context, account),
    private_gists: 0,
    total_private_repos: count,
    owned_private_repos: count,
    disk_usage: 0,
    collaborators: 0,
    two_factor_authentication: true,
    plan: { name: account.plan, space: 976562499, collaborators: 0, private_repos: 10000 },
  };
}

/** An organisation; its plan is for its owners. */
export function organization(
  context: Pick<Call, "state" | "urls" | "actor">,
  account: Account,
): Record<string, unknown> {
  const {
    urls: { api, web },
    state,
    actor,
  } = context;
  const isOwner = state.members.some(
    ({ organization: of, login, owner }) => owner && of === account.login && login === actor.login,
  );
  const url = `${api}/orgs/${account.login}`;
  const count = repositoriesOf(state, account.login, true);
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId("Organization", account.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${web}/avatars/u/${account.id}?v=4`,
    description: null,
    name: account.name,
    has_organization_projects: true,
    has_repository_projects: true,
    public_repos: repositoriesOf(state, account.login, false),
    public_gists: 0,
    followers: 0,
    following: 0,
    html_url: `${web}/${account.login}`,
    type: "Organization",
    total_private_repos: count,
    owned_private_repos: count,
    ...(isOwner
      ? { plan: { name: account.plan, space: 976562499, private_repos: 999999, filled_seats: 3, seats: 10 } }
      : {}),
    default_repository_permission: "read",
    members_can_create_repositories: true,
    deploy_keys_enabled_for_repositories: true,
    created_at: account.createdAt,
    updated_at: account.createdAt,
    archived_at: null,
  };
}

export function teamView(
  { urls: { api, web }, state }: Context,
  team: Team,
  permission = "pull",
): Record<string, unknown> {
  const id = findAccount(state, team.organization)!.id;
  const url = `${api}/organizations/${id}/team/${team.id}`;
  return {
    name: team.name,
    id: team.id,
    node_id: nodeId("Team", team.id),
    slug: team.slug,
    description: team.description,
    privacy: "closed",
    notification_setting: "notifications_enabled",
    url,
    html_url: `${web}/orgs/${team.organization}/teams/${team.slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    type: "organization",
    organization_id: id,
    permission,
    parent: null,
  };
}
