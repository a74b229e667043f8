/** The recipes for nginx and for Traefik in front of the proxy, as they stand in the guide: the real ones, and a real Caddy, on this machine. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { renderCaddyfile } from "../../components/host/proxy.ts";
import { baseImage } from "../../sandbox/base.ts";
import { build, docker, imageExists, imageLabel, removeOldBuilds } from "../../sandbox/docker.ts";
import { folderHash } from "../../sandbox/folderHash.ts";
import { cacheFolder, prefix } from "../../sandbox/places.ts";
import { temporaryFolder } from "../support/folder.ts";
import { freePort } from "../support/freePort.ts";
import { hostShell } from "../support/hostShell.ts";
import { blocksOf } from "../support/recipes.ts";
import { CHECKOUT } from "../support/run.ts";

const versions = readFileSync(join(CHECKOUT, "toolchain/versions.sh"), "utf8");
const program = (name: string): string => {
  const version = new RegExp(`^${name.toUpperCase()}_VERSION=(\\S+)`, "m").exec(versions)![1]!;
  return join(cacheFolder, `${name}/v${version}/${name}`);
};
const NGINX = `${prefix}-nginx-${process.pid}`;
const NAME = "shop.example.com";
const { root, run } = hostShell("behind");
const folder = join(root, "etc");
let [front, nginxPort, traefikPort, http, https] = [0, 0, 0, 0, 0];
let server: Server, caddy: ChildProcess, traefik: ChildProcess;

/** Leads the proxy to the application, or to nobody. */
function lead(there: boolean): void {
  const file = join(folder, "upstreams/shop.web");
  const { port } = server.address() as AddressInfo;
  writeFileSync(`${file}.new`, there ? `127.0.0.1:${port}\n` : "255.255.255.255:1\n");
  renameSync(`${file}.new`, file);
}

/** The real Caddy with the settings of a host behind another proxy, on ports of its own. */
function startCaddy(): ChildProcess {
  const route = {
    hold: 10_000,
    sites: [{ scheme: "http", host: NAME }],
    services: [{ name: "web", upstream: "shop.web" }],
  };
  const { stdout } = run('route_text "$ROUTE" "$ROUTE"', { env: { ROUTE: JSON.stringify(route) } });
  writeFileSync(join(folder, "routes/shop.caddy"), stdout.replaceAll("/etc/caddy", folder));
  const rendered = renderCaddyfile({ localCertificates: true, trustedProxies: ["private_ranges"] });
  const ports = `admin unix/${root}/admin.sock\n\thttp_port ${http}\n\thttps_port ${https}`;
  writeFileSync(join(folder, "Caddyfile"), rendered.replace("admin 127.0.0.1:2019", ports));
  const home = { XDG_DATA_HOME: join(root, "data"), XDG_CONFIG_HOME: join(root, "config") };
  return spawn(program("caddy"), ["run", "--config", join(folder, "Caddyfile"), "--adapter", "caddyfile"], {
    stdio: "ignore",
    env: { ...process.env, ...home },
  });
}

async function nginxImage(): Promise<string> {
  const context = temporaryFolder("nginx");
  writeFileSync(
    join(context, "Dockerfile"),
    "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install --yes --no-install-recommends nginx-light && rm -rf /var/lib/apt/lists/*\n",
  );
  const tag = `${prefix}/nginx:${await folderHash(context)}`;
  if (await imageExists(tag)) return tag;
  await baseImage();
  await build(tag, { folder: context }, ["--label", `${imageLabel}=nginx`]);
  await removeOldBuilds("nginx", tag);
  return tag;
}

/** The recipe, with a certificate of this test's and other ports. */
function recipe(): string {
  const changes: [string, string][] = [
    ["listen 443 ssl;", `listen 127.0.0.1:${nginxPort} ssl;`],
    ["127.0.0.1:8080", `127.0.0.1:${http}`],
    [`/etc/ssl/${NAME}.pem`, "/test/cert.pem"],
    [`/etc/ssl/${NAME}.key`, "/test/key.pem"],
  ];
  let text = blocksOf("nginx", "docs/operations.md").nginx!;
  for (const [before, after] of changes) {
    expect(text).toContain(before);
    text = text.replace(before, after);
  }
  return `worker_processes 1;\ndaemon off;\nerror_log stderr;\npid /tmp/nginx.pid;\nevents {}\nhttp {\naccess_log off;\n${text}}\n`;
}

/** Traefik's recipe, in the same way: the file of its entry point, and that of the route. */
function traefikFiles(): { start: string; route: string } {
  const { yaml: route = "", yml: start = "" } = blocksOf("Traefik", "docs/operations.md");
  const { http: routes } = parse(route.replace("127.0.0.1:8080", `127.0.0.1:${http}`)) as {
    http: { routers: { slipway: { tls: object } } };
  };
  expect(routes.routers.slipway.tls).toEqual({ certResolver: "letsencrypt" });
  routes.routers.slipway.tls = {};
  const pair = { certFile: join(root, "cert.pem"), keyFile: join(root, "key.pem") };
  const { entryPoints } = parse(start) as { entryPoints: { websecure: { address: string } } };
  expect(entryPoints.websecure.address).toBe(":443");
  entryPoints.websecure.address = `127.0.0.1:${traefikPort}`;
  const file = join(root, "route.yaml");
  return {
    start: stringify({ entryPoints, providers: { file: { filename: file } }, global: { checkNewVersion: false } }),
    route: stringify({ http: routes, tls: { certificates: [pair] } }),
  };
}

function startTraefik(): ChildProcess {
  const { start, route } = traefikFiles();
  writeFileSync(join(root, "route.yaml"), route);
  writeFileSync(join(root, "traefik.yaml"), start);
  return spawn(program("traefik"), [`--configFile=${join(root, "traefik.yaml")}`], { stdio: "ignore" });
}

interface Asked {
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Asks the one in front, as a browser does. */
const ask = ({ path = "/", headers = {}, body }: Asked = {}): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const sent = request(
      {
        host: "127.0.0.1",
        port: front,
        path,
        method,
        servername: NAME,
        rejectUnauthorized: false,
        agent: false,
        headers: { host: NAME, ...headers },
      },
      (answer: IncomingMessage) => {
        let text = "";
        answer.on("data", (part) => (text += part)).on("end", () => resolve({ status: answer.statusCode!, text }));
      },
    );
    sent.on("error", reject);
    sent.on("upgrade", (answer, socket) => {
      socket.once("data", (data) => {
        socket.destroy();
        resolve({ status: answer.statusCode!, text: String(data) });
      });
      socket.write("hello");
    });
    sent.end(body);
  });

beforeAll(async () => {
  for (const name of ["upstreams", "routes"]) mkdirSync(join(folder, name), { recursive: true });
  [nginxPort, traefikPort, http, https] = [await freePort(), await freePort(), await freePort(), await freePort()];
  server = createServer((incoming, response) => {
    let size = 0;
    incoming
      .on("data", (part: Buffer) => (size += part.length))
      .on("end", () => {
        const { host, "x-forwarded-for": from, "x-forwarded-proto": scheme } = incoming.headers;
        response.end(JSON.stringify({ host, from, scheme, size }));
      });
  }).on("upgrade", (_, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    socket.on("data", (data) => socket.end(`echo ${data}`));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  lead(true);
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${NAME}`],
      ...["-keyout", join(root, "key.pem"), "-out", join(root, "cert.pem")],
    ],
    { stdio: "ignore" },
  );
  writeFileSync(join(root, "nginx.conf"), recipe());
  caddy = startCaddy();
  const image = await nginxImage();
  await docker([
    ...["run", "--detach", "--name", NGINX, "--network", "host", "--volume", `${root}:/test:ro`, image],
    ...["nginx", "-c", "/test/nginx.conf"],
  ]);
  traefik = startTraefik();
});
afterAll(async () => {
  await docker(["rm", "--force", NGINX]);
  traefik.kill();
  caddy.kill();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each([
  ["nginx", () => nginxPort],
  ["Traefik", () => traefikPort],
])("behind %s", (name, port) => {
  beforeAll(async () => {
    front = port();
    for (let tries = 0; tries < 100; tries++) {
      if ((await ask().catch(() => ({ status: 0 }))).status === 200) return;
      await sleep(100);
    }
    throw new Error(`nobody answers behind ${name}: ${await docker(["logs", NGINX]).catch(String)}`);
  });

  test("the application sees its own name, the client and the scheme that nginx saw, not what a client claims", async () => {
    const headers = { "X-Forwarded-For": "198.51.100.9", "X-Forwarded-Proto": "gopher" };
    const { status, text } = await ask({ headers });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ host: NAME, scheme: "https" });
    expect(JSON.parse(text).from).not.toContain("198.51.100.9");
    expect(JSON.parse(text).from).toContain("127.0.0.1");
  });

  test("requests are held while nobody serves, and answered then", async () => {
    lead(false);
    const asked = ask();
    await sleep(1500);
    lead(true);
    expect((await asked).status).toBe(200);
  });

  test("a large upload and a WebSocket go through", async () => {
    const { text } = await ask({ body: "x".repeat(5_000_000) });
    expect(JSON.parse(text).size).toBe(5_000_000);
    expect(await ask({ headers: { Connection: "Upgrade", Upgrade: "websocket" } })).toEqual({
      status: 101,
      text: "echo hello",
    });
  });

  test("a name that no application has is answered with 404", async () =>
    expect((await ask({ headers: { host: "other.example.com" } })).status).toBe(404));
});
