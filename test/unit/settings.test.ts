import { describe, expect, it } from "vitest";
import { check } from "../../components/settings/check.ts";
import { parseDuration } from "../../components/shared/duration.ts";

/** Only its beginning is read: type and lengths. */
const RSA = `ssh-rsa ${Buffer.concat([Buffer.from([0, 0, 0, 7]), Buffer.from("ssh-rsa"), Buffer.alloc(200, 1)]).toString("base64")}`;
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMdB7TYIJ7+2cIaT7aabOjiabtg2Bvq7KhEdOvJSeJkX";
const PRIVATE = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----\n";
const FILES: Record<string, string> = {
  "/project/.sandbox/id_ed25519": PRIVATE,
  "/project/.sandbox/id_ed25519.pub": `${KEY} me@home`,
  "/project/.sandbox/host-1.pub": `${KEY} root@host-1\n`,
  "/project/.sandbox/scanned": `# 10.0.0.1:22 SSH-2.0\n10.0.0.1 ${KEY}\n`,
  "/project/.sandbox/rsa.pub": `${RSA}\n`,
  "/project/.sandbox/all-keys": `10.0.0.1 ${RSA}\n10.0.0.1 ${KEY}\n`,
  "/project/.sandbox/registry-password": "hunter2\n",
};

function readFile(path: string): string {
  const content = FILES[path];
  if (content === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  return content;
}

type Parts = Record<string, unknown>;

const run = (parts: Parts, encrypted: string[] = ["secrets"]) =>
  check(Object.fromEntries(Object.entries(parts).map(([key, value]) => [key, JSON.stringify(value)])), {
    folder: "/project",
    readFile,
    encrypted,
  });

const problems = (parts: Parts) => run(parts).problems;

const host = (more: Parts = {}) => ({ address: "10.0.0.1", hostKey: KEY, ...more });
const app = (more: Parts = {}) => ({ version: "1.4.0", hosts: ["web-1"], ...more });
const withHost = (more: Parts) => problems({ hosts: { "web-1": host(more) } });
const withApp = (more: Parts, rest: Parts = {}) =>
  problems({ hosts: { "web-1": host() }, applications: { shop: app(more) }, ...rest });

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
    expect(settings).toMatchInlineSnapshot(`
      {
        "applications": {
          "shop": {
            "allowDowngrade": false,
            "domains": [
              "shop.example.org",
            ],
            "environment": {},
            "hosts": [
              "web-1",
            ],
            "images": {},
            "observe": 90000,
            "removeData": false,
            "version": "1.4.0",
          },
        },
        "exports": {
          "directory": ".slipway/exports",
          "keep": 10,
        },
        "github": {},
        "hosts": {
          "web-1": {
            "address": "10.0.0.1",
            "agent": false,
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
            },
            "root": "/opt",
            "user": "deploy",
          },
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
      'slipway:applications.shop.digest: "sha256:12" is no digest; write sha256: and 64 hexadecimal digits, or leave it out: the version is looked up then',
    ]);
    expect(withApp({ version: "latest" }, { protected: true })).toEqual([
      'slipway:applications.shop.version: "latest" is a tag that moves, and this environment is protected; write the version it stands for, like "1.4.0" or "sha-3f2c1ab"',
    ]);
  });
});

describe("problems", () => {
  it("are all shown at once, those of files included", () => {
    expect(
      problems({
        hosts: { "web-1": { adress: "10.0.0.1", port: 0, privateKeyFile: "missing", hostKey: "nonsense" } },
        registries: { "ghcr.io": { username: "me", passwordFile: "nowhere" } },
        applications: { shop: { version: "1.4", hosts: ["web1"], observe: "soon" } },
        secrets: { shp: {} },
        aplications: {},
      }).map((line) => line.split(":").slice(0, 2).join(":")),
    ).toEqual([
      "slipway:aplications",
      "slipway:applications.shop.hosts[0]",
      "slipway:applications.shop.observe",
      "slipway:applications.shop.version",
      "slipway:hosts.web-1.address",
      "slipway:hosts.web-1.adress",
      "slipway:hosts.web-1.hostKey",
      "slipway:hosts.web-1.port",
      "slipway:hosts.web-1.privateKeyFile",
      'slipway:registries["ghcr.io"].passwordFile',
      "slipway:secrets.shp",
    ]);
  });

  it("of a mistyped word say what was meant", () => {
    expect(withHost({ prot: 22 })).toEqual(['slipway:hosts.web-1.prot: is no setting; did you mean "port"?']);
    expect(withApp({ hosts: ["web1"] })).toEqual([
      'slipway:applications.shop.hosts[0]: "web1" is no host; did you mean "web-1"?',
    ]);
    expect(problems({ hosts: { "web-1": host() }, applications: { shop: app() }, secrets: { sohp: {} } })).toEqual([
      'slipway:secrets.sohp: "sohp" is no application; did you mean "shop"?',
    ]);
  });

  it("of a missing host key give the command that finds it", () => {
    expect(problems({ hosts: { "web-1": { address: "10.0.0.1", port: 2222 } } })[0]).toContain(
      "`ssh-keyscan -p 2222 -t ecdsa 10.0.0.1`",
    );
  });

  const RSA_REFUSED =
    "is an ssh-rsa key, which cannot be checked: the connection would ask the machine for its SHA-1 signature, " +
    "and machines of today give none; take another key of the same machine: `ssh-keyscan -t ecdsa <address>`, or `-t ed25519`";

  it("of an ssh-rsa host key name one that works, for a host and its bastion, inline and in a file", () => {
    expect(withHost({ hostKey: RSA })).toEqual([
      `slipway:hosts.web-1.hostKey: ${JSON.stringify(RSA).slice(0, 80)}… (${RSA.length + 2} characters) ${RSA_REFUSED}`,
    ]);
    const file = { address: "10.0.0.1", hostKeyFile: ".sandbox/rsa.pub" };
    expect(problems({ hosts: { "web-1": { ...file, bastion: file } } })).toEqual(
      ["slipway:hosts.web-1.bastion.hostKeyFile", "slipway:hosts.web-1.hostKeyFile"].map(
        (path) => `${path}: ".sandbox/rsa.pub" (/project/.sandbox/rsa.pub) ${RSA_REFUSED}`,
      ),
    );
  });

  it("of files name the file, where it was looked for, and the remedy", () => {
    expect(problems({ hosts: { "web-1": host({ privateKeyFile: "keys/id" }) } })).toEqual([
      'slipway:hosts.web-1.privateKeyFile: "keys/id" (/project/keys/id) does not exist; create a key with `ssh-keygen -t ecdsa`, or correct the path',
    ]);
    expect(withHost({ privateKeyFile: ".sandbox/id_ed25519.pub" })[0]).toContain(
      "holds a public key; name the private key's file",
    );
  });

  it.each([
    [{ privateKeyFile: ".sandbox/id_ed25519", agent: true }, "has privateKeyFile and agent; keep one of them"],
    [{ hostKeyFile: ".sandbox/host-1.pub" }, "has hostKey and hostKeyFile; keep one of them"],
    [{ hostKey: `${KEY.slice(0, -6)}` }, "is a damaged ssh-ed25519 key"],
    [{ address: "deploy@10.0.0.1" }, "carries a user"],
    [{ address: "10.0.0.1:22" }, "carries a port"],
    [{ address: "-oProxyCommand=x" }, "is no address"],
    [{ user: "a;b" }, "is no user name"],
    [{ root: "/opt/../etc" }, "is no folder that can be used"],
    [{ root: "opt" }, "is no folder that can be used"],
    [{ proxy: { image: "caddy" } }, "names no version"],
    [{ hardening: { sshPasswordLogin: "on" } }, '"on" is not allowed; write "off" or "keep"'],
    [{ install: "yes" }, '"yes" is text; write true or false'],
    [{ bastion: { address: "x" } }, "is missing, so nothing tells this machine"],
  ])("name what is wrong with a host: %j", (more, text) => expect(withHost(more).join("\n")).toContain(text));

  it.each([
    [{ hosts: [] }, "is empty; name at least one of slipway:hosts"],
    [{ hosts: ["web-1", "web-1"] }, "is named twice"],
    [{ hosts: ["constructor"] }, '"constructor" is no host'],
    [{ image: "ghcr.io/me/shop:1.0.0" }, "carries a tag"],
    [{ image: "ghcr.io/Me/Shop" }, 'write it in small letters: "ghcr.io/me/shop"'],
    [{ domain: "https://shop.example.org/" }, "is a URL with a path"],
    [{ images: { "a b": "postgres:15" } }, "is no name of a service"],
    [{ images: { db: "Postgres:15" } }, 'write it in small letters: "postgres:15"'],
    [{ domain: ["shop.example.org", "münchen.de"] }, "is not a domain"],
    [{ domain: 4 }, "is a number; write text or a list"],
    [{ drain: 30 }, "is a number; write it in quotes"],
    [{ drain: "30" }, "is no duration"],
    [{ keepReleases: 1 }, "is too few"],
    [{ environment: { PORT: 8000 } }, "is a number; write it in quotes"],
    [{ environment: { "A B": "x" } }, "is no name of an environment variable"],
    [{ environment: { A: "x\0y" } }, "holds a NUL character"],
  ])("name what is wrong with an application: %j", (more, text) => expect(withApp(more).join("\n")).toContain(text));

  it("name one domain on one host for two applications", () => {
    const two = { a1: app({ domain: "x.org" }), b1: app({ domain: ["y.org", "http://x.org"] }) };
    expect(problems({ hosts: { "web-1": host() }, applications: two })).toEqual([
      'slipway:applications.b1.domain: "x.org" already leads to a1 on the host web-1; give each a domain of its own',
    ]);
  });

  it("name hosts of one application with different roots", () => {
    const hosts = { a1: host(), b1: host({ root: "/srv" }), c1: host({ root: "/opt" }) };
    expect(
      problems({ hosts, applications: { shop: app({ hosts: ["a1", "c1"] }), blog: app({ hosts: ["a1", "b1"] }) } }),
    ).toEqual([
      'slipway:applications.blog.hosts: have different roots (a1: "/opt", b1: "/srv"), and a release has one; give them the same root, or make of it an application for each',
    ]);
  });

  it("name a variable that is a secret too", () => {
    expect(
      problems({
        hosts: { "web-1": host() },
        applications: { shop: app({ environment: { TOKEN: "a" } }) },
        secrets: { shop: { TOKEN: "b" } },
      })[0],
    ).toBe("slipway:secrets.shop.TOKEN: is also in slipway:applications.shop.environment; keep one of them");
  });

  it("name an encrypted value where it would be written in the open", () => {
    expect(run({ hosts: { "web-1": host() }, applications: { shop: app() } }, ["applications"]).problems[0]).toContain(
      "move it to slipway:secrets",
    );
  });
});

describe("hostile input to the settings", () => {
  it.each(["../x", 'a"b', "a b", "$(id)", "a\nb", "ünïcode", "-rf", "A", "__proto__", "x".repeat(5000)])(
    "as a name is refused, escaped and shortened: %.20j",
    (name) => {
      const lines = check(
        { hosts: `{${JSON.stringify(name)}: ${JSON.stringify(host())}}` },
        { folder: "/", readFile },
      ).problems;
      expect(lines.join("\n")).toContain("is no name; use 2 to 40");
      for (const line of lines) expect(line).toMatch(/^[\x20-\x7e…]{1,300}$/);
    },
  );

  it("never brings the value of a secret into an error", () => {
    const planted = "planted-secret-value";
    const lines = [
      ...problems({ secrets: planted }),
      ...problems({ secrets: { shop: planted } }),
      ...problems({ secrets: { shop: { "A B": planted, C: [planted] } } }),
      ...problems({ registries: { "ghcr.io": { username: "me", password: [planted], pasword: planted } } }),
      ...problems({
        hosts: { "web-1": { privateKey: { x: planted }, privateKeyPassword: 5, hostKey: `${PRIVATE}${planted}` } },
      }),
      ...withApp({ environment: { A: [planted] } }),
      ...check({ secrets: `{${planted}` }, { folder: "/", readFile }).problems,
    ];
    expect(lines.length).toBeGreaterThan(7);
    expect(lines.join("\n")).not.toContain("planted");
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
