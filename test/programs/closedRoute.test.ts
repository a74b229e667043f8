/** The file of a route while its application is in maintenance. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Route } from "../../components/application/route.ts";
import type { Maintenance } from "../../components/protocol/received.ts";
import { hostShell } from "../support/hostShell.ts";

const { root, run, double } = hostShell("closed-route");
const folder = join(root, "slipway/proxy");
const state = join(folder, "maintenance/shop.json");
const file = join(folder, "routes/shop.caddy");
const installed = () => readFileSync(file, "utf8");

const route: Route = {
  hold: 30_000,
  sites: [
    {
      scheme: "https",
      host: "shop.example.com",
      directives: ["tls internal", "header {", "X-Path 50%\\d", "}", "handle_errors {", 'respond "sorry"', "}"],
      redirects: [{ path: "/old", to: "/new", code: 302 }],
    },
    { scheme: "http", host: "*.example.org", redirects: [{ to: "https://shop.example.com", code: 308 }] },
  ],
  services: [{ name: "web", upstream: "shop.web", sites: ["shop.example.com"] }],
};
const { stdout: text } = run('route_text "$ROUTE" null', { env: { ROUTE: JSON.stringify(route) } });
const INPUT: Maintenance = {
  by: "anna@desk",
  retryAfter: 600,
  allow: ["192.0.2.0/24", "2001:db8::/32"],
  page: "<p>soon",
};

/** Puts it in maintenance as the host's own command does, without asking any site. */
const on = (input: object = INPUT) =>
  run(`sites_answer() { SITES_SAID=all; }; ensure_proxy() { :; }; command_maintenance shop --on`, {
    input: JSON.stringify(input),
  });
const off = () => run("sites_answer() { SITES_SAID=all; }; command_maintenance shop --off");

beforeEach(() => {
  double("docker", "exit 0");
  rmSync(join(folder, "maintenance"), { recursive: true, force: true });
  mkdirSync(join(folder, "routes"), { recursive: true });
  writeFileSync(file, text);
});

describe("the file", () => {
  it("answers with the page before all else of a site, and leaves what is of the whole site there", () => {
    expect(on().stdout).toContain("users of shop get the page on all\n");
    const lines = installed().split("\n");
    const site = lines.slice(lines.indexOf("shop.example.com {"), lines.indexOf("}") + 1);
    const at = (line: string): number => site.findIndex((one) => one.trim() === line);
    const own = site.filter((line) => /^\t[^\t}]/.test(line)).map((line) => line.trim());
    expect(own.filter((line) => !line.startsWith("@live"))).toEqual([
      "tls internal",
      "handle_errors {",
      'respond "sorry"',
      "@slipway~closed {",
      "handle @slipway~closed {",
      "handle {",
    ]);
    expect(site).toContain("\t\t\tclient_ip 192.0.2.0/24 2001:db8::/32");
    expect(site).toContain("\t\t\tRetry-After 600");
    expect(at('respond "{file./etc/caddy/maintenance/shop.html}" 503')).toBeLessThan(
      at("redir @live~redirect1 /new 302"),
    );
  });

  it("asks for no address where none is allowed", () => {
    on({ ...INPUT, allow: [] });
    expect(installed()).not.toContain("client_ip");
  });

  it("is to everything else the route itself, and is it again afterwards", () => {
    on();
    expect(run("open_route").stdout).toBe(text);
    expect(run('route_is "$ROUTE"', { env: { ROUTE: text } }).code).toBe(0);
    expect(run('route_is "$ROUTE"', { env: { ROUTE: installed() } }).code).toBe(1);
    off();
    expect(installed()).toBe(text);
  });

  it("that somebody changed is not the route", () => {
    on();
    writeFileSync(file, installed().replace("Retry-After 600", "Retry-After 6"));
    expect(run('route_is "$ROUTE"', { env: { ROUTE: text } }).code).toBe(1);
  });

  it("of a new route has the page too, and a destroyed application leaves none", () => {
    on();
    const newer = text.replaceAll("shop.example.com", "new.example.com");
    expect(run('install_route "$ROUTE"', { env: { ROUTE: newer } }).code).toBe(0);
    expect(installed()).toContain("\nnew.example.com {\n");
    expect(installed()).toContain("shop.html");
    run("remove_route");
    expect([existsSync(file), existsSync(state), existsSync(join(folder, "maintenance/shop.html"))]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe("maintenance", () => {
  it("is told as it was asked for, and since when, which a second call does not change", () => {
    on();
    const { since } = JSON.parse(readFileSync(state, "utf8"));
    writeFileSync(state, JSON.stringify({ since: "2026-01-01T00:00:00Z", by: "x" }));
    on({ ...INPUT, retryAfter: 60, page: "<p>later" });
    expect(since).toMatch(/^20\d\d-/);
    expect(JSON.parse(run("command_maintenance shop").stdout)).toEqual({
      since: "2026-01-01T00:00:00Z",
      by: "anna@desk",
      retryAfter: 60,
      allow: INPUT.allow,
    });
    expect(readFileSync(join(folder, "maintenance/shop.html"), "utf8")).toBe("<p>later\n");
    expect(installed()).toContain("Retry-After 60\n");
  });

  it.each([
    ["no JSON", "maintenance", "is not object"],
    ["a text that ends an address", { ...INPUT, allow: ["1.2.3.4 }"] }, "input.allow.0"],
    ["an unknown word", { ...INPUT, more: 1 }, 'input.\\"more\\" is unknown'],
    ["no time", { ...INPUT, retryAfter: "6" }, "input.retryAfter"],
    ["a NUL", { ...INPUT, page: "a\0b" }, "NUL"],
  ])("with %s is refused, and nothing is written", (_, input, problem) => {
    const { code, stderr } = on(input as object);
    expect([code, stderr]).toEqual([1, expect.stringContaining(problem.replaceAll("\\", ""))]);
    expect([existsSync(state), installed()]).toEqual([false, text]);
  });

  it("of an application without a domain is refused", () => {
    rmSync(file);
    expect(on()).toMatchObject({ code: 1, stderr: expect.stringContaining("no domain leads to shop on this host") });
  });

  it("that the proxy would refuse changes nothing", () => {
    double("docker", `if [[ "$*" == *"caddy adapt"* ]]; then echo "Error: no such matcher" >&2; exit 1; fi`);
    expect(on()).toMatchObject({ code: 1, stderr: expect.stringContaining("the proxy refuses the route of shop") });
    expect([existsSync(state), installed()]).toEqual([false, text]);
  });

  it.each([
    ["before the proxy knew of the page", `on`],
    ["before it knew of its end", `off`],
  ])("that was killed %s is finished by cron", (_, which) => {
    if (which === "off") on();
    const kill = "install_route() { kill -9 $BASHPID; }; sites_answer() { :; }; ensure_proxy() { :; };";
    run(`${kill} command_maintenance shop --${which}`, { input: JSON.stringify(INPUT) });
    expect(existsSync(join(folder, "maintenance/shop.changing"))).toBe(true);
    expect(run("command_finish shop").code).toBe(0);
    expect(installed().includes("shop.html")).toBe(which === "on");
    expect(existsSync(join(folder, "maintenance/shop.changing"))).toBe(false);
  });

  it("is asked for one thing at a time", () => {
    expect(run("command_maintenance shop --on --off").stderr).toContain("--on or --off, not both");
    expect(off().stdout).toBe("shop is not in maintenance\n");
  });
});

it("is told with the details of a host, of the application alone that is in it", () => {
  on();
  const details = run("DETAILS=yes; details false", { env: {} }).stdout;
  const program = 'jq -cn --arg details "$GIVEN" "$DETAILED"\'details_of_application([]; $name; "") | .maintenance\'';
  const told = (name: string): string =>
    run(program.replaceAll("$name", JSON.stringify(name)), { env: { GIVEN: details } }).stdout.trim();
  expect(JSON.parse(told("shop"))).toMatchObject({ by: "anna@desk", allow: INPUT.allow, retryAfter: 600 });
  expect(told("sho")).toBe("null");
});

it("lets requests of the verification in, by a secret that is on no command line; without it nothing is sent", () => {
  const asked = "declare -A MANIFEST=(); requests 0123456789ab user";
  writeFileSync(join(root, "slipway/host.json"), '{"httpPort":80,"httpsPort":443}');
  writeFileSync(join(folder, "verify"), "planted-secret");
  expect(run(asked).stdout).not.toContain("planted-secret");
  on();
  expect(run(asked).stdout).toContain('header = "X-Slipway-Maintenance: planted-secret"\n');
});
