/** What the host renders of a route, in the Caddy that the sandbox's images are made of: on this machine, without a host. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { request as ask, createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Route } from "../../components/application/route.ts";
import { cacheFolder } from "../../sandbox/places.ts";
import { freePort } from "../support/freePort.ts";
import { hostShell } from "../support/hostShell.ts";
import { CHECKOUT } from "../support/run.ts";

const VERSION = /^CADDY_VERSION=(\S+)/m.exec(readFileSync(join(CHECKOUT, "toolchain/versions.sh"), "utf8"))![1]!;
const CADDY = join(cacheFolder, `caddy/v${VERSION}/caddy`);
const SECRET = "0123456789abcdef";
const { root, run, release } = hostShell("caddy");
const folder = join(root, "etc");
let caddy: ChildProcess;
let servers: Server[];
let port: number;
let [live, next, api] = ["", "", ""];

/** Answers with its name and the header that only the proxy should see. */
async function application(name: string): Promise<[Server, string]> {
  const server = createServer((incoming, response) => {
    const prefix = incoming.headers["x-forwarded-prefix"];
    response.end(
      `${name} ${incoming.url} ${incoming.headers["x-slipway-verify"] ?? "-"}${prefix ? ` of ${prefix}` : ""}`,
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return [server, `127.0.0.1:${(server.address() as AddressInfo).port}`];
}

interface Answer {
  status: number;
  body: string;
  headers: Record<string, unknown>;
}

const get = (path: string, verify?: string | string[], host = "shop.home"): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = { host, ...(verify === undefined ? {} : { "X-Slipway-Verify": verify }) };
    ask({ host: "127.0.0.1", port, path, headers, agent: false }, (response) => {
      let body = "";
      response
        .on("data", (part) => (body += part))
        .on("end", () => {
          resolve({ status: response.statusCode!, body, headers: response.headers });
        });
    })
      .on("error", reject)
      .end();
  });
const body = async (...args: Parameters<typeof get>): Promise<string> => (await get(...args)).body;

/** Asks over Caddy's admin socket. */
const admin = (path: string, text: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { "Content-Type": "text/caddyfile", "Cache-Control": "must-revalidate" };
    ask({ socketPath: join(root, "admin.sock"), path, method: "POST", headers }, (response) => {
      response.resume().on("end", () => {
        resolve(response.statusCode!);
      });
    })
      .on("error", reject)
      .end(text);
  });

/** Replaces a file by a rename, as the host does it; an address that is undefined is no file. */
function upstream(name: string, address: string | undefined): void {
  const file = join(folder, "upstreams", name);
  if (address === undefined) {
    rmSync(file, { force: true });
    return;
  }
  writeFileSync(`${file}.new`, `${address}\n`);
  renameSync(`${file}.new`, file);
}

const OPTIONS = (): string =>
  `{\n\tadmin unix/${root}/admin.sock\n\thttp_port ${port}\n\tauto_https off\n\tpersist_config off\n}\nimport ${folder}/routes/*.caddy\n`;

function render(now: Route | null, then: Route | null): string {
  const { stdout, stderr } = run('route_text "$LIVE" "$CANDIDATE"', {
    env: { LIVE: JSON.stringify(now), CANDIDATE: JSON.stringify(then) },
  });
  expect(stderr).toBe("");
  return stdout.replaceAll("/etc/caddy", folder);
}

async function route(now: Route | null, then: Route | null): Promise<void> {
  writeFileSync(join(folder, "routes/shop.caddy"), render(now, then));
  expect(await admin("/load", OPTIONS())).toBe(200);
  // It says so before it has closed the sockets of the settings before; a request that comes by one of them has no answer.
  await sleep(100);
}

const shop: Route = {
  hold: 2000,
  sites: [{ scheme: "http", host: "shop.home" }],
  services: [{ name: "web", upstream: "shop.web" }],
};
const several: Route = {
  ...shop,
  services: [
    { name: "api", upstream: "shop.api", path: "/api" },
    { name: "web", upstream: "shop.web" },
  ],
};

beforeAll(async () => {
  for (const name of ["upstreams", "routes"]) mkdirSync(join(folder, name), { recursive: true });
  const applications = await Promise.all(["live", "next", "api"].map(application));
  servers = applications.map(([server]) => server);
  [live, next, api] = applications.map(([, address]) => address) as [string, string, string];
  port = await freePort();
  writeFileSync(join(folder, "Caddyfile"), OPTIONS());
  caddy = spawn(CADDY, ["run", "--config", join(folder, "Caddyfile"), "--adapter", "caddyfile"], { stdio: "ignore" });
  for (let tries = 0; tries < 100; tries++) {
    if ((await admin("/adapt", OPTIONS()).catch(() => 0)) === 200) return;
    await sleep(100);
  }
  throw new Error(`${CADDY} does not start; script/bootstrap --tests puts it there`);
});
afterAll(() => {
  caddy.kill();
  for (const server of servers) server.close();
});
beforeEach(async () => {
  writeFileSync(join(folder, "verify"), `${SECRET}\n`);
  upstream("shop.web", live);
  upstream("shop.web.next", next);
  upstream("shop.api", api);
  upstream("shop.api.next", undefined);
  await route(shop, shop);
});

describe("a request of a user", () => {
  test("goes to the address in the upstream's file", async () => expect(await body("/a?b")).toBe("live /a?b -"));
  test("goes to the service of its path, and to no service of a path that only begins like it", async () => {
    await route(several, several);
    expect(await Promise.all(["/api", "/api/x", "/apix"].map((path) => body(path)))).toEqual([
      "api /api -",
      "api /api/x -",
      "live /apix -",
    ]);
  });
  test("with a wrong secret goes there, too", async () => expect(await body("/", "0123")).toBe("live / 0123"));
  test("with an empty secret goes there, also where the host's secret is empty or lost", async () => {
    const answers: string[] = [];
    for (const secret of ["", "\n", undefined]) {
      if (secret === undefined) rmSync(join(folder, "verify"));
      else writeFileSync(join(folder, "verify"), secret);
      answers.push(await body("/", ""), await body("/", ["", "x"]), await body("/", SECRET));
    }
    expect(answers.filter((answer) => !answer.startsWith("live"))).toEqual([]);
  });
  test.each([["255.255.255.255:1"], [undefined]])("is held while the upstream is %s, and served then", async (held) => {
    upstream("shop.web", held);
    const answer = body("/");
    expect(await Promise.race([answer, sleep(700, "held")])).toBe("held");
    upstream("shop.web", next);
    expect(await answer).toBe("next / -");
  });
  test("fails when it was held for as long as is declared", async () => {
    upstream("shop.web", "255.255.255.255:1");
    const before = performance.now();
    expect(await get("/")).toMatchObject({ status: 502 });
    expect((performance.now() - before) / 1000).toBeCloseTo(2, 0);
  });
});

describe("a service with several routes", () => {
  const routes: Route = {
    ...shop,
    sites: [
      { scheme: "http", host: "shop.home" },
      { scheme: "http", host: "admin.home" },
    ],
    services: [
      { name: "api", upstream: "shop.api", path: "/api/old", sites: ["http://shop.home"] },
      { name: "api", upstream: "shop.api@1", path: "/api", strip: true, sites: ["http://shop.home"] },
      { name: "web", upstream: "shop.web", sites: ["http://shop.home"] },
      { name: "api", upstream: "shop.api@1", sites: ["http://admin.home"] },
    ],
  };
  beforeEach(async () => {
    upstream("shop.api@1", next);
    upstream("shop.api@1.next", live);
    await route(routes, routes);
  });

  test("gets the requests of each at its port, with or without the prefix", async () =>
    expect(await Promise.all(["/api/old/x", "/api/x?a", "/api", "/apix"].map((path) => body(path)))).toEqual([
      "api /api/old/x -",
      "next /x?a - of /api",
      "next / - of /api",
      "live /apix -",
    ]));
  test("gets those of its own domain, whatever their path", async () =>
    expect(await Promise.all(["/", "/api"].map((path) => body(path, undefined, "admin.home")))).toEqual([
      "next / -",
      "next /api -",
    ]));
  test("is verified on each", async () =>
    expect(await Promise.all([body("/api/x", SECRET), body("/", SECRET, "admin.home")])).toEqual([
      "live /x - of /api",
      "live / -",
    ]));
});

describe("a request of the verification", () => {
  test("goes to the new container, which does not see the secret", async () =>
    expect(await body("/a", SECRET)).toBe("next /a -"));
  test("can ask the proxy itself whether it leads there, which those of users cannot", async () => {
    expect(await body("/.well-known/slipway-verification", SECRET)).toBe("candidate");
    expect(await body("/.well-known/slipway-verification")).toBe("live /.well-known/slipway-verification -");
    await route(several, several);
    expect(await body("/.well-known/slipway-verification", SECRET)).toBe("candidate");
  });
  test("goes to the new container also while users are held", async () => {
    upstream("shop.web", "255.255.255.255:1");
    expect(await body("/", SECRET)).toBe("next / -");
  });
  test("alone fails, and at once, where there is no new container", async () => {
    upstream("shop.web.next", undefined);
    const before = performance.now();
    expect(await get("/", SECRET)).toMatchObject({ status: 502 });
    expect(performance.now() - before).toBeLessThan(1500);
    expect(await body("/")).toBe("live / -");
  });
  test("goes by the paths of the new release, those of users by the old one's", async () => {
    upstream("shop.api.next", next);
    await route(shop, several);
    expect(await Promise.all([body("/api", SECRET), body("/api")])).toEqual(["next /api -", "live /api -"]);
  });
});

test("where there is no certificate, curl ends with 35, by which the verification knows it", async () => {
  const secure = await freePort();
  const sites: Route["sites"] = [{ scheme: "https", host: "shop.example.com" }];
  const options = OPTIONS().replace(
    "auto_https off",
    `auto_https disable_redirects\n\thttps_port ${secure}\n\tstorage file_system ${root}/data\n\tacme_ca https://127.0.0.1:9/`,
  );
  writeFileSync(join(folder, "routes/shop.caddy"), render({ ...shop, sites }, { ...shop, sites }));
  expect(await admin("/load", options)).toBe(200);
  const asked = `connect-to = "::127.0.0.1:${secure}"\ninsecure`;
  const manifest = { services: [], verification: { scheme: "https", host: "shop.example.com" } };
  release(manifest);
  const ask = `read_manifest "$RELEASE"; ask_once "$RELEASE" "$ASKED" /; echo "$STATUS $CURL"`;
  expect(run(ask, { env: { ASKED: asked } }).stdout).toBe("000 35\n");
});

describe("a site", () => {
  const named = (host: string): Route => ({ ...shop, sites: [{ scheme: "http", host }] });
  test("that only the running release has stays, and one that only the new release has is there already", async () => {
    await route(named("old.home"), named("new.home"));
    expect(
      await Promise.all([
        body("/", undefined, "old.home"),
        body("/", undefined, "new.home"),
        body("/", SECRET, "new.home"),
      ]),
    ).toEqual(["live / -", "live / -", "next / -"]);
  });
  test("of the first release holds users until there is an upstream", async () => {
    upstream("shop.web", undefined);
    await route(null, shop);
    expect(await body("/", SECRET)).toBe("next / -");
    const answer = body("/");
    upstream("shop.web", next);
    expect(await answer).toBe("next / -");
  });
  test("has its directives", async () => {
    const sites: Route["sites"] = [
      { scheme: "http", host: "shop.home", directives: ['header X-A "b # { c"', "header {", "\tX-B d\\e", "}"] },
    ];
    await route({ ...shop, sites }, shop);
    expect((await get("/")).headers).toMatchObject({ "x-a": "b # { c", "x-b": "d\\e" });
  });
  test("whose directives Caddy refuses is found by asking it to adapt them, which changes nothing", async () => {
    const sites: Route["sites"] = [{ scheme: "http", host: "shop.home", directives: ["nonsense"] }];
    expect(await admin("/adapt", render({ ...shop, sites }, shop))).toBe(400);
    expect(await body("/")).toBe("live / -");
  });
});

test("a switch by renaming the upstream's file loses no request", async () => {
  let done = false;
  const answers: Answer[] = [];
  const client = async (): Promise<void> => {
    while (!done) answers.push(await get("/"));
  };
  const clients = Promise.all([client(), client(), client(), client()]);
  for (let turn = 0; turn < 50; turn++) {
    upstream("shop.web", turn % 2 === 0 ? next : live);
    await sleep(20);
  }
  done = true;
  await clients;
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  expect(new Set(answers.map((answer) => answer.body))).toEqual(new Set(["live / -", "next / -"]));
});
