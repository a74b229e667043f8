/** Who and what reaches a repository from outside: people, teams, keys, webhooks. */

import type { Problems } from "../../shared/problems.ts";
import { defined } from "../../shared/records.ts";
import { duplicates, LOGIN, SLUG } from "./names.ts";
import type { Permission } from "./partSpecs.ts";
import type { RepositorySpec } from "./spec.ts";

export interface WebhookPlan {
  events: string[];
  active: boolean;
  configuration: { url: string; contentType: "json" | "form"; insecureSsl: false };
  /** Name of the secret that signs deliveries. */
  secret?: string;
}

export interface AccessPlan {
  collaborators?: {
    users: { username: string; permission: string }[];
    teams: { teamId: string; permission: string }[];
  };
  deployKeys: Record<string, { title: string; key: string; readOnly: boolean }>;
  webhooks: Record<string, WebhookPlan>;
}

export function accessOf(problems: Problems, spec: RepositorySpec): AccessPlan {
  checkPeople(problems, "collaborators", Object.keys(spec.collaborators ?? {}), LOGIN, "user's login");
  checkPeople(problems, "teams", Object.keys(spec.teams ?? {}), SLUG, 'team slug; write one like "web-admins"');
  const managed = spec.collaborators !== undefined || spec.teams !== undefined;
  return {
    ...(managed
      ? {
          collaborators: {
            users: permissions(spec.collaborators).map(([username, permission]) => ({ username, permission })),
            teams: permissions(spec.teams).map(([teamId, permission]) => ({ teamId, permission })),
          },
        }
      : {}),
    deployKeys: deployKeys(problems, spec),
    webhooks: webhooks(problems, spec),
  };
}

const permissions = (record: Record<string, Permission> = {}): [string, string][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

export function checkPeople(problems: Problems, place: string, names: string[], pattern: RegExp, what: string): void {
  for (const name of names) if (!pattern.test(name)) problems.add(place, name, `is not a ${what}`);
  for (const name of duplicates(names)) problems.add(place, name, "is listed twice (GitHub ignores case); remove one");
}

function deployKeys(problems: Problems, spec: RepositorySpec): AccessPlan["deployKeys"] {
  const declared = Object.entries(spec.deployKeys ?? {});
  const keys = declared.map(([, { key }]) => key.trim().split(/\s+/).slice(0, 2).join(" "));
  declared.forEach(([title], index) => {
    const place = `deployKeys.${title}.key`;
    if (declared[index]![1].key.includes("PRIVATE KEY"))
      problems.add(place, "(hidden)", "is a private key; give the public one, usually the file ending in .pub");
    else if (
      !/^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)|sk-[a-z0-9@.-]+) [A-Za-z0-9+/]{40,}={0,2}$/.test(keys[index]!)
    )
      problems.add(place, "(hidden)", 'is not a public key; write "ssh-ed25519 AAAA…"');
    else if (keys.indexOf(keys[index]!) !== index)
      problems.add(
        place,
        keys[index],
        `is already the key of "${declared[keys.indexOf(keys[index]!)]![0]}"; GitHub accepts a key only once`,
      );
  });
  // GitHub drops the comment after a key; keeping it here would show as a change at every refresh.
  return Object.fromEntries(
    declared.map(([title, { readOnly = true }], index) => [title, { title, key: keys[index]!, readOnly }]),
  );
}

function webhooks(problems: Problems, spec: RepositorySpec): AccessPlan["webhooks"] {
  const declared = Object.entries(spec.webhooks ?? {});
  const urls = declared.map(([, { url }]) => url);
  return Object.fromEntries(
    declared.map(([name, hook], index) => {
      const place = `webhooks.${name}`;
      if (!/^https?:\/\/[^\s/@]+(\/\S*)?$/.test(hook.url))
        problems.add(
          `${place}.url`,
          redacted(hook.url),
          'is not a URL to deliver to; write one like "https://ci.example.com/hook", without a password in it',
        );
      else if (urls.indexOf(hook.url) !== index)
        problems.add(
          `${place}.url`,
          hook.url,
          `is already the URL of "${declared[urls.indexOf(hook.url)]![0]}"; put the events of both into one webhook`,
        );
      if (hook.events.length === 0) problems.add(`${place}.events`, [], 'is empty; list events, like ["push"]');
      return [
        name,
        {
          events: [...new Set(hook.events)].sort(),
          active: hook.active ?? true,
          configuration: { url: hook.url, contentType: hook.contentType ?? "json", insecureSsl: false },
          ...defined({ secret: hook.secret }),
        },
      ];
    }),
  );
}

const redacted = (url: string): string => (url.includes("@") ? "(a URL with a password)" : url);
