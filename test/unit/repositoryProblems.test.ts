import { describe, expect, it } from "vitest";
import { duplicateDeclarations, undeclaredSettings } from "../../components/github/repository/ownership.ts";
import { problemsOf, SHORT, settings } from "../fixtures/repository.ts";

describe("declarations of several repositories", () => {
  it("may not be of the same repository", () => {
    expect(duplicateDeclarations([SHORT, { ...SHORT, name: "Anna/Shop" }], "anna")).toEqual([
      'repositories: Shop.name: "Anna/Shop" is declared twice; keep one declaration, and name its one owner in `stack`',
    ]);
    expect(duplicateDeclarations([SHORT, { ...SHORT, name: "bob/shop" }], "anna")[0]).toContain(
      'has the same name in this program as "shop", and settings could not tell them apart; give it a different `key`',
    );
    expect(duplicateDeclarations([SHORT, { ...SHORT, name: "bob/shop", key: "bobs-shop" }], "anna")).toEqual([]);
    expect(duplicateDeclarations([SHORT, { ...SHORT, name: "blog" }], "anna")).toEqual([]);
  });

  it("are the only ones that settings may name", () =>
    expect(undeclaredSettings(["shop", "shpo"], [SHORT])).toEqual([
      "slipway:repositories.shpo: no repository of this name is declared; add repositories/shpo.ts, or correct the name (declared: shop)",
    ]));
});

describe("problems of a declaration", () => {
  it.each<[string, Parameters<typeof problemsOf>[0], string]>([
    ["a name with a space", { name: "my shop" }, 'name: "my shop" is not a repository name'],
    ["a key with a slash", { key: "anna/shop" }, 'key: "anna/shop" is not a name'],
    [
      "an unknown preset",
      { preset: "big" as never },
      'preset: "big" is unknown; write "open-source" or "team" or "solo"',
    ],
    ["topics in capitals", { topics: ["Go"] }, 'topics: "Go" is not a topic'],
    ["an address without a scheme", { homepage: "shop.example.com" }, 'homepage: "shop.example.com" is not a URL'],
    ["a description of two lines", { description: "a\nb" }, "has line breaks or control characters"],
    ["no way to merge", { merge: { squash: false } }, "are all false, so nothing could be merged"],
    [
      "merge commits alone beside a linear history",
      { merge: { squash: false, mergeCommit: true } },
      '["main"] require a linear history, but only merge commits are allowed',
    ],
    [
      "push protection without scanning",
      { security: { pushProtection: true } },
      "security.pushProtection: true needs secretScanning",
    ],
    [
      "Advanced Security of a public repository",
      { preset: "open-source", security: { advancedSecurity: true } },
      "is for private repositories",
    ],
    ["fixes without alerts", { security: { alerts: false, fixes: true } }, "security.fixes: true needs alerts"],
    ["an unknown protection", { protection: "some" as never }, 'protection: "some" is unknown'],
    ["a check twice", { checks: ["ci", "CI"] }, 'checks: "ci" is listed twice'],
    ["seven reviews", { rules: { reviews: 7 } }, "rules.reviews: 7 is not a number of reviews; write 0 to 6"],
    ["a secret of GitHub's own", { secrets: ["GITHUB_TOKEN"] }, 'secrets: "GITHUB_TOKEN" begins with GITHUB_'],
    ["a secret that begins with a digit", { secrets: ["2FA"] }, 'secrets: "2FA" begins with a digit'],
    [
      "a secret in small letters",
      { secrets: ["token"] },
      'has lowercase letters, which GitHub turns into capitals; write "TOKEN"',
    ],
    [
      "a secret without a value",
      { secrets: ["SONAR_TOKEN"] },
      "secrets: \"SONAR_TOKEN\" has no value; run `pulumi config set --secret --path 'slipway:repositories.shop.secrets.SONAR_TOKEN'`",
    ],
    [
      "a variable with a dash",
      { variables: { "A-B": "x" } },
      'variables: "A-B" is not a valid name for a secret or variable',
    ],
    [
      "a label twice",
      {
        labels: [
          { name: "bug", color: "d73a4a" },
          { name: "Bug", color: "d73a4a" },
        ],
      },
      'labels: "bug" is listed twice',
    ],
    ["a colour with #", { labels: [{ name: "bug", color: "#d73a4a" }] }, 'labels.bug.color: "#d73a4a" is not a colour'],
    [
      "a webhook to nowhere",
      { webhooks: { ci: { url: "ci", events: ["push"] } } },
      'webhooks.ci.url: "ci" is not a URL',
    ],
    [
      "a webhook without events",
      { webhooks: { ci: { url: "https://ci.example.com", events: [] } } },
      "webhooks.ci.events: [] is empty",
    ],
    [
      "a webhook twice",
      {
        webhooks: {
          a: { url: "https://ci.example.com", events: ["push"] },
          b: { url: "https://ci.example.com", events: ["release"] },
        },
      },
      'is already the URL of "a"',
    ],
    [
      "a private key",
      { deployKeys: { a: { key: "-----BEGIN OPENSSH PRIVATE KEY-----\nplanted" } } },
      'deployKeys.a.key: "(hidden)" is a private key',
    ],
    ["a team by its title", { teams: { "Web Admins": "push" } }, 'teams: "Web Admins" is not a team slug'],
    ["an unknown role", { bypass: { roles: ["owner" as never] } }, 'bypass.roles: "owner" is not a role'],
    [
      "limits without selected actions",
      { actions: { allowed: "all", patterns: ["docker/*@*"] } },
      "apply only to selected actions",
    ],
    [
      "an action without an owner",
      { actions: { patterns: ["checkout"] } },
      'actions.patterns: "checkout" is not a pattern for actions',
    ],
  ])("name the place, the value and the way out: %s", (_, spec, text) => {
    const found = problemsOf(spec);
    expect(found.join("\n")).toContain(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^(repositories: |slipway:repositories\.)/);
    expect(found[0]).not.toContain("planted");
  });

  it("name a secret that is listed twice", () =>
    expect(problemsOf({ secrets: ["A", "A"] }, { settings: settings({ secretNames: ["A"] }) })).toEqual([
      'repositories: shop.secrets: "A" is listed twice; remove one',
    ]));

  it("are reported all at once", () =>
    expect(
      problemsOf(
        { visibility: "x" as never, secrets: ["a"], labels: [{ name: "", color: "red" }], branches: "tree" as never },
        { settings: settings({ secretNames: ["a"] }) },
      ).length,
    ).toBe(5));

  it("report a password in a webhook's address without showing it", () => {
    const text = problemsOf({ webhooks: { ci: { url: "https://me:planted@ci.example.com/", events: ["push"] } } }).join(
      "\n",
    );
    expect(text).toContain("(a URL with a password)");
    expect(text).not.toContain("planted");
  });

  it("name settings that nothing uses", () => {
    expect(problemsOf({}, { settings: settings({ secretNames: ["A"] }) })[0]).toContain(
      'slipway:repositories.shop.secrets: "A" is not used',
    );
    expect(problemsOf({ environments: { prod: {} } }, { stack: "dev", settings: settings() })[0]).toContain(
      'slipway:repositories.shop.environments: "dev" has no environment in the declaration',
    );
  });
});
