import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { check } from "../../components/settings/check.ts";
import { readSettings } from "../../components/settings/index.ts";
import { configure, startEngine } from "../support/engine.ts";

const FILES: Record<string, string> = {
  "/project/token": "ghp_fromfile\n",
  "/project/two": "a b\n",
  "/project/empty": "\n",
};

function readFile(path: string): string {
  const content = FILES[path];
  if (content === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  return content;
}

type Parts = Record<string, unknown>;

const run = (parts: Parts, encrypted: string[] = []) =>
  check(Object.fromEntries(Object.entries(parts).map(([key, value]) => [key, JSON.stringify(value)])), {
    folder: "/project",
    readFile,
    encrypted,
  });
const github = (own: Parts) => run({ github: own }).problems;
const shop = (own: Parts) => run({ repositories: { shop: own } }).problems;
const SEED = "0123456789abcdef".repeat(4);

describe("slipway:github and slipway:repositories", () => {
  it("come out in one shape", () => {
    const { settings, problems } = run({
      github: { owner: "anna", tokenFile: "token", baseUrl: "http://127.0.0.1:8080/", writeDelayMs: 0, keySeed: SEED },
      repositories: {
        "shop.web": {
          secrets: { API_TOKEN: "s" },
          variables: { LEVEL: "info" },
          reviewers: { teams: ["ops"] },
          waitTimer: 5,
        },
        blog: {},
      },
    });
    expect(problems).toEqual([]);
    expect(settings!.github).toEqual({
      owner: "anna",
      token: "ghp_fromfile",
      baseUrl: "http://127.0.0.1:8080/",
      writeDelayMs: 0,
      keySeed: SEED,
    });
    expect(settings!.repositories).toEqual({
      "shop.web": {
        secrets: { API_TOKEN: "s" },
        variables: { LEVEL: "info" },
        reviewers: { users: [], teams: ["ops"] },
        waitTimer: 5,
      },
      blog: { secrets: {}, variables: {} },
    });
  });

  it("are warned about where secrets are in plain text, and not where they are encrypted", () => {
    const parts = { github: { token: "t", keySeed: SEED }, repositories: { shop: { secrets: { A: "x" } } } };
    expect(run(parts).warnings).toEqual(
      ["github.token", "github.keySeed", "repositories.shop.secrets.A"].map(
        (path) =>
          `slipway:${path} is in plain text in the stack's file; encrypt it: pulumi config set --secret --path 'slipway:${path}'`,
      ),
    );
    expect(run(parts, ["github", "repositories"]).warnings).toEqual([]);
  });

  it.each<[string, Parts, string]>([
    [
      "both token and tokenFile",
      { token: "t", tokenFile: "token" },
      "slipway:github: has token and tokenFile; keep one of them",
    ],
    [
      "a token file that is missing",
      { tokenFile: "nowhere" },
      'slipway:github.tokenFile: "nowhere" (/project/nowhere) does not exist; write the token to it (chmod 600), or correct the path',
    ],
    ["a token file with more", { tokenFile: "two" }, "holds more than a token"],
    ["an empty token file", { tokenFile: "empty" }, "is empty; write the token to it"],
    [
      "an owner with a slash",
      { owner: "anna/shop" },
      'slipway:github.owner: "anna/shop" is not a user or organisation on GitHub',
    ],
    [
      "an address without a scheme",
      { baseUrl: "github.example.org" },
      'is not an address; write one like "https://github.example.org/"',
    ],
    ["an address with a login", { baseUrl: "https://me:planted@github.example.org/" }, "carries a login"],
    ["a delay below nothing", { writeDelayMs: -1 }, "slipway:github.writeDelayMs: -1 is not a delay"],
    [
      "a seed that is a word",
      { keySeed: "planted" },
      "slipway:github.keySeed: (a hidden value) is too short to be hard to guess",
    ],
    ["a key that is mistyped", { ower: "anna" }, 'slipway:github.ower: is not a setting; did you mean "owner"?'],
  ])("refuse, of GitHub, %s", (_, own, text) => expect(github(own)).toEqual([expect.stringContaining(text)]));

  it.each<[string, Parts, string]>([
    [
      "a secret of GitHub's own",
      { secrets: { GITHUB_TOKEN: "x" } },
      'slipway:repositories.shop.secrets: "GITHUB_TOKEN" begins with GITHUB_',
    ],
    ["a secret in small letters", { secrets: { token: "x" } }, 'write "TOKEN"'],
    [
      "an empty secret",
      { secrets: { TOKEN: "" } },
      "slipway:repositories.shop.secrets.TOKEN: (a hidden value) is empty",
    ],
    ["a variable that begins with a digit", { variables: { "2FA": "x" } }, 'variables: "2FA" begins with a digit'],
    [
      "a number as a variable",
      { variables: { PORT: 8000 } },
      'variables.PORT: (a hidden value) is a number; write it in quotes, like "…"',
    ],
    [
      "seven reviewers",
      { reviewers: { users: ["a", "b", "c", "d"], teams: ["e", "f", "g"] } },
      "slipway:repositories.shop.reviewers: 7 are too many",
    ],
    ["a wait of 31 days", { waitTimer: 43_201 }, "waitTimer: 43201 is not a waiting time"],
    ["a host that is not there", { host: "web-1" }, 'host: "web-1" is not a host; add it to slipway:hosts'],
  ])("refuse, of a repository, %s", (_, own, text) => expect(shop(own)).toEqual([expect.stringContaining(text)]));

  it("do not take an owner into a repository's name", () =>
    expect(run({ repositories: { "anna/shop": {} } }).problems).toEqual([
      'slipway:repositories: "anna/shop" is not the name of a repository; write it without its owner, like "shop"',
    ]));

  it("never bring a secret's value into an error", () => {
    const lines = [
      ...github({ token: ["planted"], keySeed: { a: "planted" } }),
      ...github({ keySeed: "planted", baseUrl: 5 }),
      ...shop({ secrets: { A: ["planted"], "B C": "planted" } }),
      ...shop({ secrets: "planted", variables: { A: "planted".repeat(10_000) } }),
      ...run({ github: "planted", repositories: { shop: "planted" } }).problems,
      ...run({ repositories: "planted" }).problems,
    ];
    expect(lines.length).toBeGreaterThan(6);
    expect(lines.join("\n")).not.toContain("planted");
  });

  it("hand over secrets as secret Outputs", async () => {
    await startEngine();
    configure(
      {
        github: { owner: "anna", token: "t", keySeed: SEED },
        repositories: { shop: { secrets: { A: "x" }, variables: { B: "y" } } },
      },
      ["github", "repositories"],
    );
    const { github: own, repositories } = await readSettings();
    expect(
      await Promise.all([own.token, own.keySeed, repositories.shop!.secrets.A].map((value) => pulumi.isSecret(value!))),
    ).toEqual([true, true, true]);
    expect([own.owner, repositories.shop!.variables]).toEqual(["anna", { B: "y" }]);
  });
});
