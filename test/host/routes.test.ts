/** Several routes of one service, on the real proxy: each is asked, verified, switched and taken back by itself. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ServiceSpec } from "../../components/application/declaration.ts";
import { startLoad } from "../../sandbox/load/index.ts";
import { failuresBesideReload, VERSIONS_ONLY } from "../support/load.ts";
import { expectOk } from "../support/run.ts";
import { CADDY } from "../support/sandbox.ts";
import { Deployment, ready } from "./support/deployment.ts";
import { target } from "./support/prepared.ts";
import { sample } from "./support/release.ts";

const [OLD, NEW] = ["1.0.0", "1.1.0"];

/** A program that listens at two ports and says which it was asked at, with what. */
const store = (first: number, second: number): ServiceSpec => ({
  image: CADDY,
  domain: "http://files.example.test",
  routes: [
    { port: first },
    { port: first, path: "/api", stripPrefix: true },
    { port: second, domain: "http://console.example.test" },
  ],
  user: "image",
  environment: {
    CONFIG: `{
      admin off
      auto_https off
    }
    :9000 {
      respond "files {uri} {header.X-Forwarded-Prefix}"
    }
    :9001 {
      respond "console {uri} {header.X-Forwarded-Prefix}"
    }`,
  },
  command: ["sh", "-c", "printf '%s' \"$CONFIG\" | exec caddy run --config - --adapter caddyfile"],
  health: { path: "/", port: 9000, interval: "100ms", successes: 2 },
  drain: "1s",
});
const deployment = new Deployment(target, sample("routes"));
const declare = (more?: ServiceSpec): void => {
  const { services } = sample("routes");
  deployment.spec = sample("routes", {
    services: { ...services, ...(more && { store: more }) },
    verification: {
      version: "/api/v1/version",
      checks: more ? [{ path: "/", domain: "http://console.example.test" }] : [],
    },
  });
};

/** What the proxy does itself, beside leading requests to a service. */
const GIVEN = { secrets: { LOGIN: "open sesame" } };
const rules = new Deployment(
  target,
  sample("rules", {
    services: {
      web: {
        ...sample("rules").services!.web,
        routes: [{}, { path: "/health", login: false, headers: { "X-Frame-Options": "SAMEORIGIN" } }],
      },
    },
    proxy: {
      login: { user: "anna", password: { secret: "LOGIN" } },
      headers: { "X-Frame-Options": "DENY", Server: false },
      maxBody: "1KB",
      redirects: [
        { domain: "http://www.rules.example.test", to: "http://rules.example.test", code: 301 },
        { path: "/old", to: "/api/v1/version" },
      ],
    },
  }),
);

/** In the network of the host, beside nothing else at its port. */
const onHost = new Deployment(target, sample("onhost"));
const inNetwork = (mode?: string): void => {
  const { web } = sample("onhost").services!;
  const there = { port: 8123, health: { path: "/health", interval: "100ms" as const, successes: 2 } };
  onHost.spec = sample("onhost", {
    services: {
      web: { ...web, ...there, environment: { PORT: "8123" }, ...(mode && { compose: { network_mode: mode } }) },
    },
  });
};

const get = async (domain: string, path: string): Promise<string> =>
  (await target.ask(`curl -sS -H 'Host: ${domain}' 'http://127.0.0.1${path}'`)).trim();
const upstreams = async (): Promise<string> =>
  (await target.ask("cd /opt/slipway/proxy/upstreams && ls routes.*")).trim().replaceAll("\n", " ");

beforeAll(async () => {
  await ready(deployment, rules, onHost);
  declare(store(9000, 9001));
  await deployment.deployed(OLD!);
}, 300_000);
afterAll(async () => {
  await deployment.end();
  await rules.end();
  await onHost.end();
});

test("each route leads to its port, by domain and path, with or without the prefix", async () => {
  expect(await get("files.example.test", "/a?b")).toBe("files /a?b");
  expect(await get("files.example.test", "/api/x")).toBe("files /x /api");
  expect(await get("files.example.test", "/api")).toBe("files / /api");
  expect(await get("console.example.test", "/api/x")).toBe("console /api/x");
  expect(await get("routes.example.test", "/api/v1/version")).toContain(OLD);
  expect(await upstreams()).toBe("routes.store routes.store@9001 routes.web");
  expect((await deployment.seen()).differences).toEqual([]);
});

test("no request of any of its ports fails while a new version takes its place", async () => {
  const load = (domain: string) =>
    startLoad({
      url: `http://${target.address}`,
      hostHeader: domain,
      rate: 30,
      ...VERSIONS_ONLY,
      retryIdleClose: true,
    });
  const web = load("routes.example.test");
  await web.started;
  const asked = Array.from({ length: 40 }, async (_, index) => {
    await new Promise((later) => setTimeout(later, index * 100));
    return get(index % 2 === 0 ? "files.example.test" : "console.example.test", "/");
  });
  await deployment.deployed(NEW!);
  expect(new Set(await Promise.all(asked))).toEqual(new Set(["files /", "console /"]));
  expect(failuresBesideReload(await web.stop())).toEqual({});
});

test("the proxy asks for logins, sets headers, refuses large bodies and redirects, as is declared", async () => {
  await rules.deployed(OLD!, { given: GIVEN });
  const ask = async (path: string, options = "", domain = "rules.example.test"): Promise<string> =>
    (
      await target.ask(
        `curl -s -o /dev/null -D - ${options} -H 'Host: ${domain}' 'http://127.0.0.1${path}' | tr -d '\\r'`,
      )
    ).trim();
  const login = "-u 'anna:open sesame'";
  expect(await ask("/api/v1/version")).toMatch(/^HTTP\/1.1 401 /);
  expect(await ask("/api/v1/version", "-u anna:other")).toMatch(/^HTTP\/1.1 401 /);
  const answer = await ask("/api/v1/version", login);
  expect(answer).toMatch(/^HTTP\/1.1 200 /);
  expect(answer).toContain("\nX-Frame-Options: DENY");
  expect(answer).not.toContain("\nServer:");
  expect(await ask("/health")).toMatch(/^HTTP\/1.1 200 [\s\S]*\nX-Frame-Options: SAMEORIGIN/);
  const upload = (bytes: number): string => `${login} --data-binary '${"x".repeat(bytes)}'`;
  expect(await ask("/", upload(2000))).toMatch(/^HTTP\/1.1 413 /);
  expect(await ask("/", upload(1000))).not.toMatch(/^HTTP\/1.1 413 /);
  expect(await ask("/old")).toMatch(/^HTTP\/1.1 308 [\s\S]*\nLocation: \/api\/v1\/version/);
  expect(await ask("/a?b", "", "www.rules.example.test")).toMatch(
    /^HTTP\/1.1 301 [\s\S]*\nLocation: http:\/\/rules\.example\.test\/a\?b/,
  );
});

test("a password that is changed holds from the switch on, and its hash is the only one that is kept", async () => {
  await rules.deployed(OLD!, { given: { secrets: { LOGIN: "another one" } } });
  const status = (password: string): Promise<string> =>
    target.ask(
      `curl -s -o /dev/null -w '%{http_code}' -u 'anna:${password}' -H 'Host: rules.example.test' http://127.0.0.1/api/v1/version`,
    );
  expect([await status("open sesame"), await status("another one")]).toEqual(["401", "200"]);
  expect((await target.ask("stat -c %a /opt/slipway/proxy/logins/rules.*")).trim()).toBe("600");
  expect((await rules.seen()).differences).toEqual([]);
});

test("a release is refused when nobody answers at the port of one of its routes, and what ran still serves", async () => {
  const before = await get("routes.example.test", "/api/v1/version");
  declare(store(9000, 9002));
  const refused = await deployment.deploy(await deployment.release(OLD!));
  expect(refused.code).not.toBe(0);
  expect(refused.stdout + refused.stderr).toContain("GET http://console.example.test/ through the proxy answered 502");
  expect(await get("console.example.test", "/")).toBe("console /");
  expect(await get("routes.example.test", "/api/v1/version")).toBe(before);
  expect(await upstreams()).toBe("routes.store routes.store@9001 routes.web");
});

test("ports may change places", async () => {
  declare(store(9001, 9000));
  const changed = await deployment.deploy(await deployment.release(NEW!));
  expectOk(changed);
  expect(await get("files.example.test", "/")).toBe("console /");
  expect(await get("console.example.test", "/")).toBe("files /");
});

test("a route and its upstream go with the service", async () => {
  declare();
  expectOk(await deployment.deploy(await deployment.release(NEW!)));
  expect(await upstreams()).toBe("routes.web");
  expect(
    await target.ask("curl -s -o /dev/null -w '%{http_code}' -H 'Host: files.example.test' http://127.0.0.1/"),
  ).toBe("404");
});

test("a service in the network of the host is reached there, and is exchanged with its requests held", async () => {
  inNetwork("host");
  await onHost.deployed(OLD!);
  const led = async (): Promise<string> => (await target.ask("cat /opt/slipway/proxy/upstreams/onhost.web")).trim();
  const gateway = (
    await target.ask("docker network inspect slipway-onhost --format '{{(index .IPAM.Config 0).Subnet}}'")
  ).trim();
  expect(await get("onhost.example.test", "/api/v1/version")).toContain(OLD);
  expect(await led()).toMatch(/^[\d.]+:8123$/);
  expect((await led()).split(".").slice(0, 3)).toEqual(gateway.split(".").slice(0, 3));
  const load = startLoad({
    url: `http://${target.address}`,
    hostHeader: "onhost.example.test",
    rate: 30,
    ...VERSIONS_ONLY,
    retryIdleClose: true,
  });
  await load.started;
  await onHost.deployed(NEW!);
  const report = await load.stop();
  expect(report.failuresByKind).toEqual({});
  expect(report.byVersion).toMatchObject({ [OLD!]: expect.any(Number), [NEW!]: expect.any(Number) });
  expect((await onHost.seen()).differences).toEqual([]);
});

test("a service leaves the network of the host, and comes back to it", async () => {
  for (const mode of [undefined, "host"]) {
    inNetwork(mode);
    await onHost.deployed(NEW!);
    expect(await get("onhost.example.test", "/api/v1/version")).toContain(NEW);
  }
});
