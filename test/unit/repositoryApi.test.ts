import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { read, renamedTo, restAddress } from "../../components/github/repository/api.ts";

describe("the address of the API", () => {
  it.each([
    [undefined, "https://api.github.com/"],
    ["https://github.com/", "https://api.github.com/"],
    ["https://api.github.com", "https://api.github.com/"],
    ["https://anna.ghe.com/", "https://api.anna.ghe.com/"],
    ["http://127.0.0.1:8080/", "http://127.0.0.1:8080/api/v3/"],
    ["https://git.example.org", "https://git.example.org/api/v3/"],
    ["https://example.org/git/api/v3/", "https://example.org/git/api/v3/"],
  ])("of %s is %s", (baseUrl, address) => expect(restAddress(baseUrl)).toBe(address));
});

describe("an answer of the API", () => {
  const asked: IncomingMessage[] = [];
  let api: { baseUrl: string; token: string };
  const server = createServer((request, response) => {
    asked.push(request);
    const page = new URL(request.url!, "http://x").searchParams.get("page") ?? "1";
    if (request.url!.includes("nothing")) response.writeHead(404).end();
    else if (request.url!.includes("broken")) response.writeHead(403).end(JSON.stringify({ message: "rate limit" }));
    else if (request.url!.includes("away"))
      response.writeHead(200, { link: '<http://198.51.100.1/api/v3/x>; rel="next"' }).end("[]");
    else if (request.url!.endsWith("/repos/anna/shop"))
      response.writeHead(301, { location: `${api.baseUrl}api/v3/repositories/7` }).end();
    else if (request.url!.endsWith("/repositories/7"))
      response.writeHead(200).end(JSON.stringify({ full_name: "anna/store" }));
    else if (request.url!.includes("moved")) response.writeHead(301, { location: "http://198.51.100.1/" }).end();
    else
      response
        .writeHead(200, page === "1" ? { link: `<${api.baseUrl}api/v3/list?page=2>; rel="next"` } : {})
        .end(JSON.stringify([{ page }]));
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    api = { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, token: "planted" };
  });
  afterAll(() => {
    server.close();
  });

  it("holds all pages, asked for with the token in the header alone", async () => {
    expect(await read(api, "list")).toEqual([{ page: "1" }, { page: "2" }]);
    expect(asked.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ["/api/v3/list", "Bearer planted"],
      ["/api/v3/list?page=2", "Bearer planted"],
    ]);
  });

  it("is undefined where GitHub has nothing", async () => expect(await read(api, "nothing")).toBeUndefined());

  it("that is an error is reported with GitHub's words and without the token", async () => {
    await expect(read(api, "broken")).rejects.toThrow('GitHub answers 403 to broken: {"message":"rate limit"}');
    await expect(read({ baseUrl: "http://127.0.0.1:1/", token: "planted" }, "x")).rejects.toThrow(
      /^GitHub does not answer to x: (?!.*planted)/,
    );
  });

  it("tells what a renamed repository is called now", async () => {
    expect(await renamedTo(api, "anna/shop")).toBe("anna/store");
    for (const same of ["anna/store", "nothing", "broken", "moved"]) expect(await renamedTo(api, same)).toBeUndefined();
    expect(await renamedTo({ ...api, baseUrl: "http://127.0.0.1:1/" }, "anna/shop")).toBeUndefined();
  });

  it("takes the token to no other server", async () => {
    await expect(read(api, "away")).rejects.toThrow("points to a different server");
    await expect(read(api, "moved")).rejects.toThrow("GitHub does not answer to moved");
  });
});
