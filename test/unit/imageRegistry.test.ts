import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { explain, redact } from "../../components/image/explain.ts";
import { settingsOf } from "../../components/image/plan.ts";
import { parseReference } from "../../components/image/reference.ts";
import { listTags, newestTags, type RegistryLogin } from "../../components/image/registry.ts";

const LOGIN: RegistryLogin = {
  username: "slipway",
  password: "planted-password",
  insecureSkipVerify: true,
  timeout: 10_000,
};
const BASIC = `Basic ${Buffer.from("slipway:planted-password").toString("base64")}`;

const servers: http.Server[] = [];
afterEach(() =>
  servers.splice(0).forEach((server) => {
    server.close();
    server.closeAllConnections();
  }),
);

async function serve(
  handler: (request: http.IncomingMessage, response: http.ServerResponse, origin: string) => void,
): Promise<string> {
  const server = http.createServer((request, response) => handler(request, response, `http://${request.headers.host}`));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A registry with login that holds `tags` of the repository shop, two a page. */
const registry = (tags: string[], scheme: "basic" | "bearer" = "basic") =>
  serve((request, response, origin) => {
    const url = new URL(request.url!, origin);
    if (url.pathname === "/token") {
      const granted =
        request.headers.authorization === BASIC &&
        url.searchParams.get("scope") === "repository:shop:pull" &&
        url.searchParams.get("service") === "it";
      return void response.writeHead(granted ? 200 : 401).end('{"token":"t0ken"}');
    }
    if (request.headers.authorization !== (scheme === "basic" ? BASIC : "Bearer t0ken")) {
      const challenge =
        scheme === "basic"
          ? 'Basic realm="it"'
          : `Bearer realm="${origin}/token",service="it",scope="repository:shop:pull"`;
      return void response.writeHead(401, { "www-authenticate": challenge }).end();
    }
    if (url.pathname === "/v2/shop/tags/list") {
      const start = tags.indexOf(url.searchParams.get("last") ?? "") + 1;
      const page = tags.slice(start, start + 2);
      const more = start + 2 < tags.length ? { link: `</v2/shop/tags/list?n=2&last=${page.at(-1)}>; rel="next"` } : {};
      return void response.writeHead(200, more).end(JSON.stringify({ name: "shop", tags: page }));
    }
    const known = tags.some((tag) => url.pathname === `/v2/shop/manifests/${tag}`);
    response.writeHead(known ? 200 : 404).end();
  });

const why = (host: string, image: string, login = LOGIN, cause = "status 500 for planted-password") =>
  explain({ reference: parseReference(`${host}/${image}`), login, places: settingsOf("shop"), cause });

describe("tags", () => {
  it.each(["basic", "bearer"] as const)("come from all pages, with %s login", async (scheme) => {
    const host = await registry(["1.0.0", "1.1.0", "latest", "v2.0.0", "x"], scheme);
    expect(await listTags(parseReference(`${host}/shop`), LOGIN)).toEqual(["1.0.0", "1.1.0", "latest", "v2.0.0", "x"]);
  });

  it("are asked for at no other machine than the registry", async () => {
    let foreign = 0;
    const other = await serve((_, response) => {
      foreign++;
      response.end("{}");
    });
    const host = await serve((_, response) =>
      response.writeHead(200, { link: `<//${other}/v2/shop/tags/list>; rel="next"` }).end('{"tags":["1.0.0"]}'),
    );
    expect(await listTags(parseReference(`${host}/shop`), LOGIN)).toEqual(["1.0.0"]);
    expect(foreign).toBe(0);
  });

  it("have the newest semantic version first", () => {
    expect(newestTags(["1.9.0", "latest", "1.10.0", "v2.0.0-rc.1", "1.10.0-rc.1", "sha-aaaaaaa"], 5)).toEqual([
      "v2.0.0-rc.1",
      "1.10.0",
      "1.10.0-rc.1",
      "1.9.0",
      "sha-aaaaaaa",
    ]);
  });
});

describe("an image that cannot be looked up", () => {
  it("is reported as missing with the newest tags and the setting to change", async () => {
    const host = await registry(["1.0.0", "1.1.0", "3.0.0"]);
    expect(await why(host, "shop:9.9.9")).toBe(
      `image ${host}/shop:9.9.9 does not exist; newest tags: 3.0.0, 1.1.0, 1.0.0; push it first or set slipway:applications.shop.version to one of these`,
    );
  });

  it("is reported with the spelling that does exist", async () => {
    const host = await registry(["v1.0.0", "v1.1.0", "v1.2.0"]);
    expect(await why(host, "shop:1.0.0")).toContain(
      'does not exist (did you mean "v1.0.0"?); newest tags: v1.0.0, v1.2.0, v1.1.0;',
    );
  });

  it("is reported with its repository where that does not exist either", async () => {
    const host = await registry(["1.0.0"]);
    expect(await why(host, "shpo:1.0.0")).toBe(
      `image ${host}/shpo:1.0.0 does not exist: the registry has no repository of that name; push the image first or correct slipway:applications.shop.image`,
    );
  });

  it("is reported with the login that is wrong or missing", async () => {
    const host = await registry(["1.0.0"]);
    expect(await why(host, "shop:1.0.0", { ...LOGIN, password: "planted-wrong" })).toBe(
      `registry ${host} refuses the login of "slipway" for ${host}/shop:1.0.0 (401); correct slipway:registries["${host}"].username and .password`,
    );
    expect(await why(host, "shop:1.0.0", { insecureSkipVerify: true })).toContain("asks for a login");
  });

  it("is reported with the registry that is down or silent", async () => {
    const host = await registry([]);
    servers.splice(0).forEach((server) => server.close());
    expect(await why(host, "shop:1.0.0")).toBe(
      `registry ${host} cannot be reached (ECONNREFUSED), so ${host}/shop:1.0.0 was not looked up; see that it runs and that this machine may reach it`,
    );
    const silent = await serve(() => {});
    expect(await why(silent, "shop:1.0.0", { ...LOGIN, timeout: 500 })).toContain(
      "cannot be reached (no answer in 0.5 s)",
    );
  });

  it("is reported with the plugin's words, without the password, where it exists after all", async () => {
    const host = await registry(["1.0.0"]);
    expect(await why(host, "shop:1.0.0")).toBe(
      `image ${host}/shop:1.0.0 could not be looked up, though it exists: status 500 for [hidden]`,
    );
  });

  it("is explained in one line, whatever the plugin said", async () => {
    const host = await registry(["1.0.0"]);
    expect(await why(host, "shop:1.0.0", LOGIN, "bad response:\n\t* status 500\r\n  for planted-password\n")).toBe(
      `image ${host}/shop:1.0.0 could not be looked up, though it exists: bad response: * status 500 for [hidden]`,
    );
  });

  it("is reported with what the plugin and the registry answered where the registry could not show it", async () => {
    const host = await serve((_, response) => response.writeHead(500).end());
    expect(await why(host, "shop:9.9.9", LOGIN, "Got bad response from registry: 404 Not Found")).toBe(
      `image ${host}/shop:9.9.9 does not exist; push it first or correct slipway:applications.shop.version`,
    );
    expect(await why(host, "shop:9.9.9")).toBe(
      `registry ${host} could not show ${host}/shop:9.9.9: it answers 500; the plugin says: status 500 for [hidden]`,
    );
  });
});

it("a password is hidden in every spelling", () => {
  expect(redact(`p w | p%20w | ${Buffer.from("p w").toString("base64")}`, "p w")).toBe(
    "[hidden] | [hidden] | [hidden]",
  );
});
