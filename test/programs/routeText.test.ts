/** The proxy's configuration as the host renders it: what it is made of and what comes out are together in test/fixtures/routes. */
import { describe, expect, it } from "vitest";
import type { Route } from "../../components/application/route.ts";
import { hostShell, type Ran } from "../support/hostShell.ts";

const { run } = hostShell("route-text");
const parts = "{lib/*,rollout/routeText}";

const text = (live: unknown, candidate: unknown): Ran =>
  run('route_text "$LIVE" "$CANDIDATE"', {
    parts,
    env: { LIVE: JSON.stringify(live), CANDIDATE: JSON.stringify(candidate) },
  });

const shop: Route = {
  hold: 30_000,
  sites: [{ scheme: "https", host: "shop.example.com" }],
  services: [{ name: "web", upstream: "shop.web" }],
};
const several: Route = {
  ...shop,
  services: [
    { name: "admin", upstream: "shop.admin", path: "/api/admin" },
    { name: "api", upstream: "shop.api", path: "/api" },
    { name: "web", upstream: "shop.web" },
  ],
};
/** A service with sites of its own, and two ports. */
const routes: Route = {
  ...shop,
  sites: [
    { scheme: "https", host: "shop.example.com" },
    { scheme: "http", host: "admin.home" },
  ],
  services: [
    { name: "api", upstream: "shop.api@9000", path: "/v1/files", strip: true, sites: ["shop.example.com"] },
    { name: "api", upstream: "shop.api", path: "/v1", sites: ["shop.example.com"] },
    { name: "api", upstream: "shop.api@9001", sites: ["http://admin.home"] },
    { name: "web", upstream: "shop.web", sites: ["shop.example.com"] },
  ],
};
/** What the proxy does itself. */
const rules: Route = {
  ...shop,
  sites: [
    { scheme: "https", host: "shop.example.com", redirects: [{ path: "/old", to: "/new", code: 302 }] },
    { scheme: "https", host: "www.example.com", redirects: [{ to: "https://shop.example.com", code: 308 }] },
  ],
  services: [
    {
      name: "web",
      upstream: "shop.web",
      sites: ["shop.example.com"],
      logins: [
        { user: "anna", file: "0123456789abcdef/LOGIN" },
        { user: "bob", file: "fedcba9876543210/HASH", hashed: true },
      ],
      headers: [{ name: "Link", value: '<https://a.b>; rel="preload"' }, { name: "Server" }],
      maxBody: 1024,
    },
  ],
};
const sites = (...hosts: string[]): Route => ({ ...shop, sites: hosts.map((host) => ({ scheme: "http", host })) });
const directed = (...directives: string[]): Route => ({
  ...shop,
  sites: [{ scheme: "https", host: "shop.example.com", directives }],
});

const CASES: Record<string, [live: Route | null, candidate: Route | null]> = {
  "one service": [shop, shop],
  "services by path": [several, { ...several, services: several.services.slice(1) }],
  "sites that come and go": [sites("old.home", "shop.home"), { ...sites("shop.home", "new.home"), hold: 5000 }],
  "the first release": [null, shop],
  "no domain any more": [shop, null],
  "several routes of one service": [several, routes],
  "logins, headers, sizes and redirects": [rules, rules],
  "several containers of one service": [
    { ...several, services: several.services.map((one) => ({ ...one, replicas: 3 })) },
    { ...several, services: several.services.map((one) => ({ ...one, replicas: 2 })) },
  ],
  "redirects that begin": [shop, rules],
  directives: [directed("tls internal"), directed('header X-Frame-Options "DENY"')],
};

describe("the proxy's configuration", () => {
  it.each(Object.keys(CASES))("is as it was: %s", async (name) => {
    const [live, candidate] = CASES[name]!;
    const { stdout, stderr } = text(live, candidate);
    expect(stderr).toBe("");
    const golden = [`# live:      ${JSON.stringify(live)}`, `# candidate: ${JSON.stringify(candidate)}`, "", stdout];
    await expect(golden.join("\n")).toMatchFileSnapshot(`../fixtures/routes/${name.replaceAll(" ", "-")}.caddy`);
  });
  it("is empty for an application without a domain", () =>
    expect(text(null, null)).toEqual({ stdout: "", stderr: "", code: 0 }));
  it("tries the longest path first, whatever the order in the manifest", () => {
    const turned = { ...several, services: [...several.services].reverse() };
    expect(text(turned, turned).stdout).toBe(text(several, several).stdout);
  });
  it("has a site once that is named twice", () =>
    expect(text(sites("a.b", "a.b"), sites("a.b")).stdout).toBe(text(sites("a.b"), sites("a.b")).stdout));
  it("is made by one jq", () => {
    const counted = hostShell("route-text-jq", { jq: 'echo x >>"$COUNT"; PATH=${PATH#*:} exec jq "$@"' });
    const env = { R: JSON.stringify(several), COUNT: `${counted.root}/count` };
    expect(counted.run('route_text "$R" "$R" >/dev/null; cat "$COUNT"', { parts, env }).stdout).toBe("x\n");
  });
});

describe("directives of a site", () => {
  it.each([
    ["reverse_proxy /old/* {", "\theader_up Host {upstream_hostport}", "}"],
    ['respond "a # b { c" 404'],
    ["@old path_regexp ^/a\\.b$"],
    ["redir /a#b https://shop.example.com{uri}"],
  ])("are written as they are: %s", (...lines) => {
    const { stdout, stderr } = text(directed(...lines), null);
    expect(stderr).toBe("");
    expect(stdout).toContain(`\t${lines.join("\n\t")}\n`);
  });
});

describe("no text of a manifest breaks out of its place:", () => {
  const WITHIN =
    /^error: the route of shop cannot be rendered: (hold|sites|services)(\[\d+\])?(\.[a-zA-Z]+(\[\d+\])?(\.[a-z]+)?)?: .+ [a-z]/;
  const site = (host: unknown) => ({ ...shop, sites: [{ scheme: "https", host }] });
  const service = (more: object) => ({ ...shop, services: [{ name: "web", upstream: "shop.web", ...more }] });
  const redirected = (more: object) => ({
    ...shop,
    sites: [{ scheme: "https", host: "a.b", redirects: [{ path: "/a", to: "/b", code: 301, ...more }] }],
  });
  it.each<[string, unknown]>([
    ["a host with a second address", site("a.b, c.d")],
    ["a host with a block", site("a.b {\n}\nc.d")],
    ["a host that ends in a new line", site("a.b\n")],
    ["a host that is a placeholder", site("{$HOME}")],
    ["a host that is a number", site(1)],
    ["another scheme", { ...shop, sites: [{ scheme: "tcp", host: "a.b" }] }],
    ["another application's upstream", service({ upstream: "bank.web" })],
    ["another service's upstream", service({ upstream: "shop.api" })],
    ["an upstream in another folder", service({ name: "../x", upstream: "shop.../x" })],
    ["a name with a space", service({ name: "a b", upstream: "shop.a b" })],
    ["a name that is another service's candidate", service({ name: "web.next", upstream: "shop.web.next" })],
    ["an upstream of another service's port", service({ upstream: "shop.api@9000" })],
    ["a port that is none", service({ upstream: "shop.web@9000 {" })],
    ["a prefix that is to be stripped by a text", service({ path: "/a", strip: "x\n}" })],
    ["a site that is not its own", service({ sites: ["evil.org"] })],
    ["a user with a block", service({ logins: [{ user: "a {", file: "ab/X" }] })],
    ["a login from elsewhere", service({ logins: [{ user: "a", file: "../../verify" }] })],
    ["a header's name with a space", service({ headers: [{ name: "A b", value: "c" }] })],
    ["a header that the proxy would fill in", service({ headers: [{ name: "A", value: "{file./etc/caddy/verify}" }] })],
    ["a header with a new line", service({ headers: [{ name: "A", value: "b\nc" }] })],
    ["a header that ends with a backslash", service({ headers: [{ name: "A", value: "b\\" }] })],
    ["a size that is text", service({ maxBody: "1\n}" })],
    ["a redirect with a placeholder", redirected({ to: "/{env.HOME}" })],
    ["a redirect with a second target", redirected({ to: "/a /b" })],
    ["a redirect to nowhere", redirected({ to: "" })],
    ["a redirect of two paths", redirected({ path: "/a /b" })],
    ["a redirect's status that is none", redirected({ code: 200 })],
    ["sites that are no list", service({ sites: "shop.example.com" })],
    ["a path with a brace", service({ path: "/a {" })],
    ["a path with a new line", service({ path: "/a\n}" })],
    ["a path with a space of Unicode", service({ path: "/a\u00a0b" })],
    ["a path with a quote", service({ path: '/a"' })],
    ["a path that is none", service({ path: "a" })],
    ["a time that is text", { ...shop, hold: "1ms\n}" }],
    ["a time that is no whole number", { ...shop, hold: 1.5 }],
  ])("%s", (_, route) => {
    expect(text(shop, route)).toEqual({ stdout: "", stderr: expect.stringMatching(WITHIN), code: 1 });
  });
  it.each([
    ["a block that stays open", "header {"],
    ["a brace that closes the site", "}"],
    ["a brace that closes the site, then opens another", "tls internal", "}", "evil.org {"],
    ["a new line", "tls internal\n}"],
    ["a quote that stays open", 'header A "b'],
    ["a quote after an escaped one", 'header A "b\\" "c"'],
    ["a quote after an escape", 'header A b\\ "c"'],
    ["an escaped quote", 'header A \\"b'],
    ["a quote of another kind", "header A `b"],
    ["a text over several lines", "respond <<END"],
    ["a comment", "header { # {"],
    ["a closed block on one line", "header { }"],
    ["a line that goes on", "header A \\"],
    ["a brace in quotes", 'header "{"'],
    ["a variable", "header A {$HOME}"],
    ["an import", "\timport /etc/passwd"],
    ["a space of Unicode", "header\u00a0A"],
  ])("a directive with %s", (_, ...lines) => {
    expect(text(directed(...lines), shop)).toEqual({ stdout: "", stderr: expect.stringMatching(WITHIN), code: 1 });
  });
  it("a manifest that is no JSON", () =>
    expect(run("route_text '{' null", { parts }).stderr).toMatch(/^error: the route of shop cannot be rendered: /));
});
