import { html, raw } from "hono/html";
import { textOf } from "./git.ts";
import type { Github } from "./parts.ts";
import { findRepository } from "./state.ts";
import type { Environment, Repository, State } from "./types.ts";
import { branchNames } from "./views/git.ts";
import { fullName } from "./views/repositories.ts";

type Html = ReturnType<typeof html>;

const style = `
  :root { color-scheme: light dark; --line: #8884; --soft: #8882; }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.5rem; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); }
  table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .25rem .75rem .25rem 0; vertical-align: top; border-bottom: 1px solid var(--soft); }
  code, pre { font: 13px/1.45 ui-monospace, monospace; } pre { background: var(--soft); padding: .75rem; overflow: auto; border-radius: 6px; }
  .tag { background: var(--soft); border-radius: 1rem; padding: .1rem .6rem; margin: .1rem .3rem .1rem 0; display: inline-block; max-width: 24rem; overflow-wrap: break-word; } .none { opacity: .6; }
`;

const layout = (title: string, body: Html): string =>
  String(
    html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><style>${raw(style)}</style></head><body>${body}</body></html>`,
  );

const tags = (names: string[]): Html =>
  names.length === 0
    ? html`<span class="none">none</span>`
    : html`${names.map((name) => html`<span class="tag">${name}</span>`)}`;

function table(heads: string[], rows: (string | Html)[][]): Html {
  if (rows.length === 0) return html`<p class="none">none</p>`;
  return html`<table><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</table>`;
}

const section = (title: string, content: Html): Html => html`<h2>${title}</h2>${content}`;
function display(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value ?? "—");
}

function recentCalls({ calls }: Github, path = ""): Html {
  const found = calls.recent
    .filter((call) => call.path.includes(path))
    .slice(-25)
    .reverse();
  return table(
    ["time", "call", "status", "who"],
    found.map(({ time, method, path: of, status, who, note }) => [
      time.slice(11, 19),
      html`<code>${method} ${of}</code>${note ? html` <span class="tag">${note}</span>` : ""}`,
      status === 0 ? "cut" : String(status),
      who,
    ]),
  );
}

/** The first page: repositories, people, the newest calls. */
export function homePage(github: Github, origin: string): string {
  const { state } = github.store;
  const repositories = state.repositories.map((each) => [
    html`<a href="/${fullName(each)}">${fullName(each)}</a>`,
    each.settings.visibility,
    each.settings.archived ? "archived" : "",
    each.settings.description ?? "",
  ]);
  return layout(
    "GitHub of the sandbox",
    html`
    <h1>GitHub of the sandbox</h1>
    <p>REST below <code>${origin}/api/v3</code>, GraphQL at <code>${origin}/api/graphql</code>. It knows ${state.accounts.length} accounts and was called ${github.calls.count} times.</p>
    ${section("Repositories", table(["name", "visibility", "", "description"], repositories))}
    ${section(
      "Accounts",
      table(
        ["login", "kind", "plan"],
        state.accounts.map(({ login, type, plan }) => [login, type, plan]),
      ),
    )}
    ${section(
      "Teams",
      table(
        ["team", "members"],
        state.teams.map((team) => [`${team.organization}/${team.slug}`, tags(team.members)]),
      ),
    )}
    ${section("Newest calls", recentCalls(github))}`,
  );
}

const reviewers = (state: State, { reviewers: list }: Environment): string[] =>
  list.map(({ type, id }) =>
    type === "Team"
      ? `team ${state.teams.find((each) => each.id === id)?.slug}`
      : (state.accounts.find((each) => each.id === id)?.login ?? String(id)),
  );

const environmentRow = (state: State, environment: Environment): (string | Html)[] => [
  environment.name,
  tags(reviewers(state, environment)),
  `${environment.waitTimer} min`,
  environment.branchPolicy?.protected_branches
    ? "protected branches"
    : tags(environment.policies.map(({ type, name }) => `${type} ${name}`)),
  environment.canAdminsBypass ? "admins may bypass" : "nobody bypasses",
  tags(Object.keys(environment.secrets)),
  variables(environment),
];

const variables = ({ variables: list }: Pick<Environment, "variables">): Html =>
  tags(Object.entries(list).map(([name, { value }]) => `${name}=${value}`));

const plain = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

const ruleText = ({ type, parameters = {} }: { type: string; parameters?: Record<string, unknown> }): Html =>
  html`<div><code>${type}</code> ${Object.entries(parameters).map(([name, value]) => html`<span class="tag">${name}: ${plain(value)}</span>`)}</div>`;

function files(repository: Repository): Html {
  const head = repository.commits[repository.refs[`refs/heads/${repository.settings.default_branch}`] ?? ""];
  const paths = Object.keys(head?.files ?? {}).sort();
  if (paths.length === 0) return html`<p class="none">none</p>`;
  return html`${paths.map((path) => html`<details><summary><code>${path}</code></summary><pre>${textOf(repository, head!.files[path])}</pre></details>`)}`;
}

/** A repository as a person would see it, with only the names of secrets. Undefined if it does not exist. */
export function repositoryPageOf(github: Github, owner: string, name: string): string | undefined {
  const { state } = github.store;
  const repository = findRepository(state, owner, name);
  if (!repository) return undefined;
  const { settings, actions } = repository;
  const { description, homepage, ...rest } = settings;
  const security = {
    ...repository.security,
    vulnerability_alerts: repository.vulnerabilityAlerts,
    dependabot_security_updates: repository.automatedSecurityFixes,
  };
  const pairs = (values: object): Html =>
    table(
      ["setting", "value"],
      Object.entries(values).map(([key, value]) => [html`<code>${key}</code>`, display(value)]),
    );
  const protections = repository.protections.map(
    ({ pattern, flags, requiredStatusCheckContexts, requiredApprovingReviewCount }) => [
      html`<code>${pattern}</code>`,
      tags(Object.keys(flags).filter((flag) => flags[flag])),
      tags(requiredStatusCheckContexts),
      String(requiredApprovingReviewCount),
    ],
  );
  return layout(
    fullName(repository),
    html`
    <p><a href="/">all repositories</a></p>
    <h1>${fullName(repository)} <span class="tag">${settings.visibility}</span>${settings.archived ? html`<span class="tag">archived</span>` : ""}</h1>
    <p>${description ?? ""} ${homepage ? html`<a href="${homepage}" rel="noreferrer">${homepage}</a>` : ""}</p><p>${tags(repository.topics)}</p>
    ${section("Branches and tags", tags([...branchNames(repository), ...Object.keys(repository.refs).filter((ref) => ref.startsWith("refs/tags/"))]))}
    ${section(
      "Rulesets",
      table(
        ["name", "enforced", "where", "rules", "bypass"],
        repository.rulesets.map((each) => [
          each.name,
          each.enforcement,
          tags(each.conditions?.ref_name?.include ?? []),
          html`${each.rules.map(ruleText)}`,
          tags(each.bypass_actors.map((actor) => `${actor.actor_type} ${actor.actor_id ?? ""} ${actor.bypass_mode}`)),
        ]),
      ),
    )}
    ${section("Classic branch protection", table(["pattern", "rules", "checks", "reviews"], protections))}
    ${section(
      "Environments",
      table(
        ["name", "reviewers", "wait", "branches and tags", "bypass", "secrets", "variables"],
        repository.environments.map((each) => environmentRow(state, each)),
      ),
    )}
    ${section("Secrets", html`<p>Actions: ${tags(Object.keys(repository.secrets))}</p><p>Dependabot: ${tags(Object.keys(repository.dependabot.secrets))}</p>`)}
    ${section("Variables", variables(repository))}
    ${section("Actions", pairs({ ...actions, selected: plain(actions.selected), workflow: plain(actions.workflow) }))}
    ${section("Security", pairs(security))}
    ${section("Settings", pairs(rest))}
    ${section("Labels", tags(repository.labels.map(({ name: label }) => label)))}
    ${section("Collaborators and teams", tags([...repository.collaborators.map((each) => `${each.login} ${each.permission}`), ...repository.teams.map((each) => `team ${each.slug} ${each.permission}`), ...repository.invitations.map((each) => `${each.login} invited`)]))}
    ${section(
      "Webhooks",
      table(
        ["url", "events", "active", "secret"],
        repository.hooks.map((each) => [
          each.config.url,
          tags(each.events),
          display(each.active),
          each.secret === null ? "none" : "set",
        ]),
      ),
    )}
    ${section(
      "Deploy keys",
      table(
        ["title", "key", "access"],
        repository.keys.map((each) => [
          each.title,
          html`<code>${each.key.slice(0, 44)}…</code>`,
          each.read_only ? "read" : "read and write",
        ]),
      ),
    )}
    ${section(
      "Pull requests",
      table(
        ["number", "title", "branches", "state"],
        repository.pulls.map((each) => [
          `#${each.number}`,
          each.title,
          `${each.head} → ${each.base}`,
          each.mergedAt ? "merged" : each.state,
        ]),
      ),
    )}
    ${section("Files", files(repository))}
    ${section("Newest calls", recentCalls(github, `/${repository.name}`))}`,
  );
}
