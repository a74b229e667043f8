/** What the proxy does with requests: logins, headers, sizes, redirects; as it is declared, and as it is sent to a host. */
import { describe, expect, it } from "vitest";
import type { ApplicationSpec, ServiceSpec } from "../../components/application/declaration.ts";
import { reviewOf } from "../../components/release/review.ts";
import type { ProxyRules } from "../../components/settings/routeSchema.ts";
import { bytesOf } from "../../components/shared/size.ts";
import { type Given, problemsOf, releaseOf, SIMPLEST, stackOf } from "../fixtures/application.ts";

const SECRETS = { secrets: { LOGIN: "open sesame", HASH: "$2a$…" } };
const LOGIN = { user: "anna", password: { secret: "LOGIN" } };
const of = (
  proxy: ProxyRules,
  web: ServiceSpec = { port: 1 },
  more: Partial<ApplicationSpec> = {},
): ApplicationSpec => ({
  ...SIMPLEST,
  services: { web },
  proxy,
  ...more,
});
const manifest = (spec: ApplicationSpec, given: Given = SECRETS) =>
  JSON.parse(releaseOf(spec, given).files["manifest.json"]);
const routed = (...args: Parameters<typeof manifest>) => manifest(...args).route.services;
const FILE = expect.stringMatching(/^[0-9a-f]{16}\/LOGIN$/);

describe("what the proxy does", () => {
  it("is part of each route, in bytes, with the file of a login's secret", () =>
    expect(
      routed(of({ login: LOGIN, headers: { "X-Frame-Options": "DENY", Server: false }, maxBody: "1.5 MB" })),
    ).toEqual([
      {
        name: "web",
        upstream: "shop.web",
        logins: [{ user: "anna", file: FILE }],
        headers: [{ name: "X-Frame-Options", value: "DENY" }, { name: "Server" }],
        maxBody: 1_572_864,
      },
    ]));
  it("may be something else on a route, header by header", () =>
    expect(
      routed(
        of(
          { login: LOGIN, headers: { A: "1", B: "1" }, maxBody: "1k" },
          { port: 1, routes: [{ path: "/hook", login: false, headers: { B: "2" }, maxBody: "2k" }, {}] },
        ),
      ),
    ).toMatchObject([
      {
        path: "/hook",
        headers: [
          { name: "A", value: "1" },
          { name: "B", value: "2" },
        ],
        maxBody: 2048,
      },
      {
        logins: [{ user: "anna" }],
        headers: [
          { name: "A", value: "1" },
          { name: "B", value: "1" },
        ],
        maxBody: 1024,
      },
    ]));
  it("is taken from the settings, key by key", () =>
    expect(
      routed(of({ login: LOGIN, maxBody: "1k" }), { ...SECRETS, settings: { proxy: { maxBody: "3k", login: false } } }),
    ).toEqual([{ name: "web", upstream: "shop.web", maxBody: 3072 }]));
});

describe("a login", () => {
  it("sends its secret as a file, and shows it nowhere", () => {
    const { files, secretFiles } = releaseOf(of({ login: LOGIN }), SECRETS);
    const [[path, file] = []] = Object.entries(secretFiles);
    expect([path, file]).toEqual([FILE, { content: "open sesame" }]);
    expect(files["manifest.json"] + files["compose.yaml"]).not.toContain("open sesame");
  });
  it("changes the release with its secret", () => {
    const id = (LOGIN: string) =>
      routed(of({ login: { user: "anna", password: { secret: "LOGIN" } } }), { secrets: { LOGIN } });
    expect(id("a")).not.toEqual(id("b"));
  });
  it("says whether its secret is a hash", () =>
    expect(routed(of({ login: [LOGIN, { user: "bob", hash: { secret: "HASH" } }] }))[0].logins).toMatchObject([
      { user: "anna" },
      { user: "bob", hashed: true },
    ]));
  it("is no environment variable of a service", () => {
    const variables = (web: ServiceSpec) =>
      stackOf(of({ login: LOGIN }, web), SECRETS).document.services.web!.environment;
    expect(variables({ port: 1 })).toEqual({ HASH: "${HASH}" });
    expect(variables({ port: 1, secrets: ["LOGIN"] })).toEqual({ LOGIN: "${LOGIN}" });
  });
  it("is that of the verification where it meets one", () => {
    const login = (spec: ApplicationSpec) => manifest(spec).verification.login;
    const verification = { version: "/version" };
    expect(login(of({ login: LOGIN }, undefined, { verification }))).toEqual({ user: "anna", secret: "LOGIN" });
    expect(
      login(of({ login: LOGIN }, { port: 1, routes: [{ path: "/version", login: false }, {}] }, { verification })),
    ).toBeUndefined();
    const own = { ...verification, login: { user: "c", password: { secret: "HASH" } } };
    expect(login(of({ login: LOGIN }, undefined, { verification: own }))).toEqual({ user: "c", secret: "HASH" });
  });
});

describe("redirects", () => {
  const sites = (redirects: ProxyRules["redirects"]) => manifest(of({ redirects: redirects! })).route.sites;
  it("are part of the sites that they are at, of a domain of their own too", () =>
    expect(
      sites([
        { domain: "www.example.com", to: "https://shop.example.com", code: 301 },
        { path: "/old", to: "/new" },
      ]),
    ).toEqual([
      { scheme: "https", host: "shop.example.com", redirects: [{ path: "/old", to: "/new", code: 308 }] },
      { scheme: "https", host: "www.example.com", redirects: [{ to: "https://shop.example.com", code: 301 }] },
    ]));
  it("lead no service to their domain", () =>
    expect(routed(of({ redirects: [{ domain: "www.example.com", to: "https://shop.example.com" }] }))).toEqual([
      { name: "web", upstream: "shop.web", sites: ["shop.example.com"] },
    ]));
});

describe("what the proxy does is refused:", () => {
  it.each<[string, ProxyRules, string]>([
    [
      "a login without a secret",
      { login: { user: "anna" } },
      'login: a map needs one of `password: { secret: "NAME" }` and `hash: { secret: "NAME" }`',
    ],
    ["a login with two", { login: { ...LOGIN, hash: { secret: "HASH" } } }, "login: a map needs one of"],
    [
      "a user with a space",
      { login: { ...LOGIN, user: "a b" } },
      `login.user: "a b" is not a user's name; use letters`,
    ],
    [
      "a header with a line break",
      { headers: { A: "b\nc" } },
      "headers.A: (a hidden value) is not the value of a header",
    ],
    ["a header that the proxy would fill in", { headers: { A: "{file./etc/caddy/verify}" } }, "headers.A: "],
    ["a header without a name", { headers: { "": "x" } }, "is of a header that cannot be sent"],
    ["a size that is none", { maxBody: "much" }, 'maxBody: "much" is not a size; write one like "10MB" or "512KB"'],
    ["no size at all", { maxBody: "0" }, 'maxBody: "0" is not a size'],
    [
      "a status that is none",
      { redirects: [{ path: "/a", to: "/b", code: 200 as 301 }] },
      "redirects[0].code: 200 is not a redirect's status; write 301, 302, 303, 307 or 308",
    ],
    ["a target that is none", { redirects: [{ path: "/a", to: "shop" }] }, 'redirects[0].to: "shop" leads nowhere'],
    ["a target with a placeholder", { redirects: [{ path: "/a", to: "/{env.HOME}" }] }, "redirects[0].to: "],
    [
      "all requests",
      { redirects: [{ to: "https://a.b" }] },
      'redirects[0]: "https://a.b" is where all requests would be led; write its domain, or a path',
    ],
    [
      "a domain that has services",
      { redirects: [{ domain: "shop.example.com", to: "https://a.b" }] },
      'redirects[0]: "shop.example.com" leads to services, too',
    ],
    [
      "a path of nobody's domain",
      { redirects: [{ domain: "a.b", path: "/x", to: "/y" }] },
      'redirects[0]: "a.b" is the domain of no service',
    ],
    ["a circle", { redirects: [{ domain: "a.b", to: "http://a.b" }] }, 'redirects[0]: "a.b" would be led to itself'],
    [
      "the same twice",
      {
        redirects: [
          { path: "/a", to: "/b" },
          { path: "/a", to: "/c" },
        ],
      },
      'redirects[1]: "/a" is redirected already',
    ],
    [
      "an unknown key",
      { redirects: [{ path: "/a", too: "/b" } as never] },
      'redirects[0].too: is nothing that can be declared here; did you mean "to"?',
    ],
  ])("%s", (_, proxy, message) => expect(problemsOf(of(proxy), SECRETS).join("\n")).toContain(message));
  it("a secret that the application has not", () =>
    expect(problemsOf(of({ login: LOGIN }))).toEqual([
      'apps: shop.services.web: login: "LOGIN" is not a secret of the application; set slipway:secrets.shop.LOGIN',
    ]));
  it("a version behind a login of which only the hash is known", () =>
    expect(
      problemsOf(
        of({ login: { user: "a", hash: { secret: "HASH" } } }, undefined, { verification: { version: "/v" } }),
        SECRETS,
      ),
    ).toEqual([
      'apps: shop.verification: "/v" asks for a login of which only the hash is known; declare verification.login, or give the login its `password`',
    ]));
});

it.each([
  ["10MB", 10_485_760],
  ["512k", 524_288],
  ["1.5 GiB", 1_610_612_736],
  ["100", 100],
  ["10 B", 10],
  ["0", undefined],
  ["-1k", undefined],
  ["1t", undefined],
])("the size %s is %s bytes", (text, bytes) => expect(bytesOf(text)).toBe(bytes));

it("a plan shows what the proxy does, by domain and path", () => {
  const spec = of(
    {
      login: LOGIN,
      headers: { Server: false },
      redirects: [{ domain: "www.example.com", to: "https://shop.example.com" }],
    },
    { port: 1, routes: [{}, { path: "/api", port: 2, stripPrefix: true, login: false, maxBody: "1MB" }] },
  );
  expect(reviewOf(stackOf(spec, SECRETS), releaseOf(spec, SECRETS)).routes).toEqual({
    "https://shop.example.com": {
      "/": "web:1; login of anna",
      "/ headers": { Server: "taken away" },
      "/api": "web:2; without the prefix; bodies of at most 1 MiB",
      "/api headers": { Server: "taken away" },
      holdMilliseconds: 30_000,
    },
    "https://www.example.com": {
      holdMilliseconds: 30_000,
      redirects: { "every path": "https://shop.example.com (308)" },
    },
  });
});
