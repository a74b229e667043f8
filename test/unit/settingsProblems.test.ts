import { describe, expect, it } from "vitest";
import { check } from "../../components/settings/check.ts";
import { app, host, KEY, PRIVATE, problems, RSA, readFile, run, withApp, withHost } from "../fixtures/settings.ts";

describe("problems of settings", () => {
  it("never show what stands where variables belong, as it may be a secret", () => {
    const shown = withApp(
      { environment: "TOKEN=planted-token" },
      { repositories: { shop: { variables: "A=planted" } }, registries: { "ghcr.io": "planted-password" } },
    );
    expect([shown].flat().join("\n")).toMatch(/applications\.shop\.environment: .*hidden value/);
    expect([shown].flat().join("\n")).not.toContain("planted");
  });

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
    expect(withHost({ prot: 22 })).toEqual(['slipway:hosts.web-1.prot: is not a setting; did you mean "port"?']);
    expect(withApp({ hosts: ["web1"] })).toEqual([
      'slipway:applications.shop.hosts[0]: "web1" is not a host; did you mean "web-1"?',
    ]);
    expect(problems({ hosts: { "web-1": host() }, applications: { shop: app() }, secrets: { sohp: {} } })).toEqual([
      'slipway:secrets.sohp: "sohp" is not an application; did you mean "shop"?',
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
    [{ address: "-oProxyCommand=x" }, "is not an address"],
    [{ user: "a;b" }, "is not a user name"],
    [{ root: "/opt/../etc" }, "is not a usable folder"],
    [{ root: "opt" }, "is not a usable folder"],
    [{ proxy: { image: "caddy" } }, "names no version"],
    [{ hardening: { sshPasswordLogin: "on" } }, '"on" is not allowed; write "off" or "keep"'],
    [{ install: "yes" }, '"yes" is text; write true or false'],
    [{ bastion: { address: "x" } }, "is missing, so nothing tells this machine"],
  ])("name what is wrong with a host: %j", (more, text) => expect(withHost(more).join("\n")).toContain(text));

  it.each([
    [{ hosts: [] }, "is empty; name at least one of slipway:hosts"],
    [{ hosts: ["web-1", "web-1"] }, "is named twice"],
    [{ hosts: ["constructor"] }, '"constructor" is not a host'],
    [{ image: "ghcr.io/me/shop:1.0.0" }, "carries a tag"],
    [{ image: "ghcr.io/Me/Shop" }, 'write it in lowercase: "ghcr.io/me/shop"'],
    [{ domain: "https://shop.example.org/" }, "is a URL with a path"],
    [{ images: { "a b": "postgres:15" } }, "is not a valid name for a service"],
    [{ images: { db: "Postgres:15" } }, 'write it in lowercase: "postgres:15"'],
    [{ domain: ["shop.example.org", "münchen.de"] }, "is not a domain"],
    [{ domain: 4 }, "is a number; write text or a list"],
    [{ drain: 30 }, "is a number; write it in quotes"],
    [{ drain: "30" }, "is not a duration"],
    [{ keepReleases: 1 }, "is too few"],
    [{ environment: { PORT: 8000 } }, "is a number; write it in quotes"],
    [{ environment: { "A B": "x" } }, "is not a valid name for an environment variable"],
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
      'slipway:applications.blog.hosts: have different roots (a1: "/opt", b1: "/srv"), and a release has one; give them the same root, or make it one application for each root',
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
      expect(lines.join("\n")).toContain("is not a valid name; use 2 to 40");
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
