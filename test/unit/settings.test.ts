import { describe, expect, it } from "vitest";
import { check } from "../../components/settings/check.ts";
import { parseDuration } from "../../components/shared/duration.ts";
import { app, host, KEY, readFile, run, withApp } from "../fixtures/settings.ts";

describe("valid settings", () => {
  it("come out in one shape, with defaults filled in and files read", () => {
    const { settings, problems, warnings } = run({
      hosts: {
        "web-1": {
          address: "10.0.0.1",
          privateKeyFile: ".sandbox/id_ed25519",
          hostKeyFile: ".sandbox/host-1.pub",
          bastion: { address: "jump.example.org", insecureIgnoreHostKey: true },
        },
      },
      registries: { "10.213.77.2:5000": { username: "slipway", passwordFile: ".sandbox/registry-password" } },
      applications: { shop: app({ domain: "shop.example.org", observe: "1m30s" }) },
      secrets: { shop: { DATABASE_PASSWORD: "s3cret" } },
      protected: true,
    });
    expect([problems, warnings]).toEqual([[], []]);
    const { applications, ...others } = settings!;
    expect(applications.shop).toMatchObject({
      version: "1.4.0",
      hosts: ["web-1"],
      domains: ["shop.example.org"],
      environment: {},
      observe: 90_000,
      removeData: false,
    });
    expect(others).toMatchInlineSnapshot(`
      {
        "backups": {},
        "exports": {
          "directory": ".slipway/exports",
          "keep": 10,
        },
        "github": {},
        "hosts": {
          "web-1": {
            "address": "10.0.0.1",
            "agent": false,
            "allow": {},
            "bastion": {
              "address": "jump.example.org",
              "agent": true,
              "port": 22,
              "user": "deploy",
            },
            "hardening": {
              "firewall": false,
              "sshPasswordLogin": "keep",
              "unattendedUpgrades": false,
            },
            "hostKey": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMdB7TYIJ7+2cIaT7aabOjiabtg2Bvq7KhEdOvJSeJkX",
            "install": true,
            "look": true,
            "port": 22,
            "privateKey": "-----BEGIN OPENSSH PRIVATE KEY-----
      b3Bl
      -----END OPENSSH PRIVATE KEY-----
      ",
            "proxy": {
              "enabled": true,
              "httpPort": 80,
              "httpsPort": 443,
              "image": "docker.io/library/caddy:2.11.9",
              "localCertificates": false,
              "trustedProxies": [],
            },
            "root": "/opt",
            "user": "deploy",
          },
        },
        "notifications": {},
        "policies": {
          "exemptions": [],
          "rules": {},
        },
        "protected": true,
        "registries": {
          "10.213.77.2:5000": {
            "insecureSkipVerify": false,
            "password": "hunter2",
            "username": "slipway",
          },
        },
        "repositories": {},
        "secrets": {
          "shop": {
            "DATABASE_PASSWORD": "s3cret",
          },
        },
      }
    `);
  });

  it("may be absent altogether", () => expect(run({}).problems).toEqual([]));

  it("take a host key as ssh-keyscan prints it", () => {
    const { settings } = run({ hosts: { "web-1": { address: "10.0.0.1", hostKeyFile: ".sandbox/scanned" } } });
    expect(settings?.hosts["web-1"]?.hostKey).toBe(KEY);
  });

  it("take a host key that can be checked out of all that ssh-keyscan prints", () => {
    const { settings } = run({ hosts: { "web-1": { address: "10.0.0.1", hostKeyFile: ".sandbox/all-keys" } } });
    expect(settings?.hosts["web-1"]?.hostKey).toBe(KEY);
  });

  it("know Docker Hub by its other names", () => {
    const { settings } = run({ registries: { "index.docker.io": { username: "me", password: "p" } } }, ["registries"]);
    expect(Object.keys(settings!.registries)).toEqual(["docker.io"]);
  });

  it("warn about each secret in plain text, without its value", () => {
    const { warnings } = run(
      { hosts: { "web-1": host() }, applications: { shop: app() }, secrets: { shop: { TOKEN: "planted-value" } } },
      [],
    );
    expect(warnings).toEqual([
      "slipway:secrets.shop.TOKEN is in plain text in the stack's file; encrypt it: pulumi config set --secret --path 'slipway:secrets.shop.TOKEN'",
    ]);
  });
});

it("an SSH agent that is needed and does not run causes a warning", () => {
  const hosts = JSON.stringify({ "web-1": host() });
  expect(check({ hosts }, { folder: "/", readFile, hasAgent: false }).warnings).toEqual([
    "slipway:hosts.web-1 is reached with the SSH agent, and none runs (SSH_AUTH_SOCK is not set); start one, or name a privateKeyFile",
  ]);
});

describe("a version", () => {
  it.each([
    [
      "1.4",
      'slipway:applications.shop.version: "1.4" is not a semantic version; write "1.4.0", or a tag like "sha-3f2c1ab"',
    ],
    [
      "v2",
      'slipway:applications.shop.version: "v2" is not a semantic version; write "v2.0.0", or a tag like "sha-3f2c1ab"',
    ],
    [
      "1.4.0+5",
      'slipway:applications.shop.version: "1.4.0+5" has build metadata, which an image tag cannot carry; write "1.4.0-5"',
    ],
    [
      1.4,
      'slipway:applications.shop.version: 1.4 is a number (YAML reads 1.40 as 1.4); write it in quotes, like "1.4.0"',
    ],
    [
      "a b",
      "slipway:applications.shop.version: \"a b\" is not a version; write a semantic version like \"1.4.0\", or a tag like \"sha-3f2c1ab\" (letters, digits, '_', '.', '-', at most 128)",
    ],
  ])("like %j is refused", (version, line) => expect(withApp({ version })).toEqual([line]));

  it.each(["1.4.0", "v1.2.3", "sha-3f2c1ab", "latest", "1.4.0-rc.1", "20261121"])("like %s is taken", (version) =>
    expect(withApp({ version })).toEqual([]),
  );

  it("that moves is refused in a protected environment", () => {
    expect(withApp({ digest: "sha256:12" })).toEqual([
      'slipway:applications.shop.digest: "sha256:12" is not a digest; write sha256: and 64 hexadecimal digits, or leave it out to have the version looked up',
    ]);
    expect(withApp({ version: "latest" }, { protected: true })).toEqual([
      'slipway:applications.shop.version: "latest" is a tag that moves, and this environment is protected; write the version it stands for, like "1.4.0" or "sha-3f2c1ab"',
    ]);
  });
});

describe("a duration", () => {
  it.each([
    ["500ms", 500],
    ["15s", 15_000],
    ["2m", 120_000],
    ["1m30s", 90_000],
    ["1.5s", 1500],
    ["0s", 0],
  ])("like %s is read as %d ms", (text, ms) => expect(parseDuration(text)).toBe(ms));
  it.each(["", "15", "s", "-1s", "1 s", "1d", "1e9s", "99999999999999999h"])("is not %j", (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );
});
