import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { deployKeyOf } from "../../components/github/repository/deployKey.ts";
import type { EnvironmentSpec } from "../../components/github/repository/environmentSpec.ts";
import { environmentOf, HOST_KEY, problemsOf, settings } from "../fixtures/repository.ts";

describe("an environment", () => {
  it("is open and has the stack's name unless the declaration says otherwise", () =>
    expect(environmentOf()).toEqual({
      name: "prod",
      reviewers: { users: [], teams: [] },
      waitTimer: 0,
      preventSelfReview: false,
      canAdminsBypass: false,
      policies: { branches: [], tags: [] },
      secrets: [],
      variables: {},
      deployKey: false,
      exclusive: false,
    }));

  it("has reviewers, who do not approve their own, a wait, and says what may deploy", () =>
    expect(
      environmentOf({
        name: "production",
        reviewers: { users: ["zoe", "bob"], teams: ["ops"] },
        waitTimer: 30,
        adminBypass: true,
        tags: ["v*"],
        branches: ["main", "hotfix/*"],
      }),
    ).toMatchObject({
      name: "production",
      reviewers: { users: ["bob", "zoe"], teams: ["ops"] },
      waitTimer: 30,
      preventSelfReview: true,
      canAdminsBypass: true,
      deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
      policies: { branches: ["hotfix/*", "main"], tags: ["v*"] },
    }));

  it("lets the only person of a solo repository approve", () =>
    expect(environmentOf({ reviewers: { users: ["bob"] } }, {}, { preset: "solo" }).preventSelfReview).toBe(false));

  it("may be for protected branches, or for none", () => {
    expect(environmentOf({ branches: "protected" })).toMatchObject({
      deploymentBranchPolicy: { protectedBranches: true, customBranchPolicies: false },
      policies: { branches: [], tags: [] },
    });
    expect(environmentOf({ branches: [] }).deploymentBranchPolicy).toEqual({
      protectedBranches: false,
      customBranchPolicies: true,
    });
  });

  it("takes what the settings say instead", () =>
    expect(
      environmentOf(
        { reviewers: { users: ["bob"] }, waitTimer: 5, host: "web-1", variables: { A: "1", B: "1" } },
        {
          settings: settings({
            reviewers: { users: [], teams: ["ops"] },
            waitTimer: 0,
            host: "web-2",
            variables: { B: "2" },
          }),
        },
      ),
    ).toMatchObject({
      reviewers: { users: [], teams: ["ops"] },
      waitTimer: 0,
      variables: {
        A: "1",
        B: "2",
        SSH_HOST: "203.0.113.8",
        SSH_PORT: "2222",
        SSH_USER: "ops",
        SSH_KNOWN_HOSTS: `[203.0.113.8]:2222 ${HOST_KEY}`,
      },
    }));

  it("tells its jobs the host as ssh knows it", () =>
    expect(environmentOf({ host: "web-1" }).variables).toEqual({
      SSH_HOST: "203.0.113.7",
      SSH_KNOWN_HOSTS: `203.0.113.7 ${HOST_KEY}`,
      SSH_PORT: "22",
      SSH_USER: "deploy",
    }));

  it("has all secrets of the settings but those of the whole, or those that it names", () => {
    const given = { settings: settings({ secretNames: ["A", "B", "SONAR_TOKEN"] }) };
    expect(environmentOf({}, given, { secrets: ["SONAR_TOKEN"] }).secrets).toEqual(["A", "B"]);
    expect(problemsOf({ secrets: ["SONAR_TOKEN"], environments: { prod: { secrets: ["A"] } } }, given)).toEqual([
      'slipway:repositories.shop.secrets: "B" is not used; add it to environments.prod.secrets, or remove it',
    ]);
  });

  it.each<[string, EnvironmentSpec, string]>([
    [
      "seven reviewers",
      { reviewers: { users: ["a", "b", "c", "d"], teams: ["e", "f", "g"] } },
      "environments.prod.reviewers: 7 are too many; GitHub accepts 6",
    ],
    ["a reviewer twice", { reviewers: { users: ["bob", "Bob"] } }, 'reviewers.users: "bob" is listed twice'],
    ["a wait of 31 days", { waitTimer: 43_201 }, "waitTimer: 43201 is not a waiting time; write minutes, 0 to 43200"],
    ["a wait of half a minute", { waitTimer: 0.5 }, "waitTimer: 0.5 is not a waiting time"],
    ["protected branches beside tags", { branches: "protected", tags: ["v*"] }, 'are set beside branches: "protected"'],
    [
      "a host that is not there",
      { host: "web-9" },
      'host: "web-9" is not a host in slipway:hosts; it has web-1, web-2',
    ],
    ["a host named like JavaScript's own", { host: "constructor" }, 'host: "constructor" is not a host'],
    [
      "a variable that the host sets",
      { host: "web-1", variables: { SSH_HOST: "x" } },
      'variables: "SSH_HOST" is already set by host "web-1"',
    ],
    [
      "a secret without a value",
      { secrets: ["A"] },
      "environments.prod.secrets: \"A\" has no value; run `pulumi config set --secret --path 'slipway:repositories.shop.secrets.A'`",
    ],
    ["a deploy key without a seed", { deployKey: true }, "deployKey: true needs slipway:github.keySeed"],
    ["a name with a quote", { name: "a'b" }, "is not an environment name"],
  ])("is refused with %s", (_, own, text) =>
    expect(problemsOf({ environments: { prod: own } })).toEqual([expect.stringContaining(text)]),
  );

  it("does not take a key of its own beside one in the settings", () =>
    expect(
      problemsOf(
        { environments: { prod: { deployKey: true } } },
        { hasKeySeed: true, settings: settings({ secretNames: ["SSH_PRIVATE_KEY"] }) },
      )[0],
    ).toContain("sets the secret SSH_PRIVATE_KEY, which also has a value"));
});

describe("a deploy key", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-key-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const key = deployKeyOf("planted-seed-0123456789abcdef0123456789", "anna", "shop", "prod");
  const file = join(folder, "id");
  writeFileSync(file, key.privateKey);
  chmodSync(file, 0o600);

  it("is one that ssh-keygen reads, with the public key that is given out", () =>
    expect(execFileSync("ssh-keygen", ["-y", "-P", "", "-f", file], { encoding: "utf8" }).trim()).toBe(key.publicKey));

  it("signs what its public key confirms", () => {
    writeFileSync(join(folder, "signers"), `anna ${key.publicKey}\n`);
    execFileSync("ssh-keygen", ["-Y", "sign", "-q", "-n", "test", "-f", file, join(folder, "signers")]);
    const check = () =>
      execFileSync(
        "ssh-keygen",
        ["-Y", "verify", "-f", join(folder, "signers"), "-I", "anna", "-n", "test", "-s", join(folder, "signers.sig")],
        { input: `anna ${key.publicKey}\n`, stdio: ["pipe", "pipe", "pipe"] },
      ).toString();
    expect(check()).toContain('Good "test" signature for anna');
  });

  it("is the same every time, and another for another owner, repository, environment or seed", () => {
    const seed = "planted-seed-0123456789abcdef0123456789";
    const all = [
      deployKeyOf(seed, "anna", "shop", "prod"),
      deployKeyOf(seed, "anna", "shop", "dev"),
      deployKeyOf(seed, "anna", "blog", "prod"),
      deployKeyOf(seed, "bob", "shop", "prod"),
      deployKeyOf(`${seed}x`, "anna", "shop", "prod"),
    ];
    expect(all[0]).toEqual(key);
    expect(new Set(all.map(({ publicKey }) => publicKey.split(" ")[1])).size).toBe(5);
  });

  it("may run commands on the host and nothing else", () => {
    expect(key.authorizedKey).toBe(`restrict ${key.publicKey}`);
    expect(key.publicKey).toMatch(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI\S{43} slipway-anna-shop-prod$/);
  });
});
