import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { filesBeside } from "../../components/compose/files.ts";
import { hostPath } from "../../components/compose/hostPath.ts";
import { interpolate, neededVariables } from "../../components/compose/interpolate.ts";
import { networkNames, proxyNetwork } from "../../components/compose/networks.ts";
import { activeServices, parseComposeFile } from "../../components/compose/parse.ts";
import { publishedPort, targetPort } from "../../components/compose/ports.ts";
import { type Given, planOf, problemsOf, releaseOf, stackOf } from "../fixtures/application.ts";

describe("a port", () => {
  it.each<[unknown, number | undefined, number | undefined]>([
    [8000, 8000, undefined],
    ["8000", 8000, undefined],
    ["8080:80", 80, 8080],
    ["127.0.0.1:8080:80", 80, 8080],
    ["127.0.0.1::80", 80, undefined],
    ["[::1]:8080:80", 80, 8080],
    ["6060:6061/udp", 6061, 6060],
    ["3000-3005", 3000, undefined],
    ["9000-9005:8000-8005", 8000, 9000],
    [{ target: 80, published: "8080" }, 80, 8080],
    [{ target: 80, published: 8080, host_ip: "::1" }, 80, 8080],
    [{ target: "80" }, 80, undefined],
    [{ target: 80, published: "8080-8090" }, 80, 8080],
    ["${PORT}", undefined, undefined],
  ])("%j has the container port %s and the host port %s", (port, target, published) =>
    expect([targetPort(port), publishedPort(port)]).toEqual([target, published]),
  );
});

it.each([
  ["./data", "/opt/shop/data"],
  [".", "/opt/shop"],
  ["../common/x", "/opt/common/x"],
  ["./a/../b", "/opt/shop/b"],
  ["/srv/x", "/srv/x"],
  ["data", "/opt/shop/data"],
  [".data/", "/opt/shop/.data"],
  ["..", "/opt"],
  ["../../..", "/"],
  ["~/x", "~/x"],
  ["", ""],
])("the folder %s of a Compose file is %s on the host", (path, there) =>
  expect(hostPath("/opt/shop", path)).toBe(there),
);

describe("the proxy reaches a service", () => {
  const on = (networks: unknown, definitions?: Record<string, unknown>) =>
    proxyNetwork(
      "shop",
      { services: { web: { networks } }, ...(definitions ? { networks: definitions } : {}) },
      "web",
      { NET: "lan" },
    );
  it.each<[string, string, unknown, Record<string, unknown>?]>([
    ["the default network", "shop_default", undefined],
    ["the default network, when there are more", "shop_default", ["front", "default"]],
    ["a network of its own", "shop_front", ["front"], { front: null }],
    ["networks with options", "shop_front", { front: { aliases: ["x"] }, back: null }],
    ["a named network", "public", ["front"], { front: { name: "public" } }],
    ["a network named by a variable", "lan-1", ["front"], { front: { name: "${NET}-1" } }],
    ["an external network", "front", ["front"], { front: { external: true } }],
    ["an external network with a name", "public", ["front"], { front: { external: true, name: "public" } }],
    ["an external network named the old way", "public", ["front"], { front: { external: { name: "public" } } }],
    ["the default network under another name", "web", undefined, { default: { name: "web" } }],
    ["the default network, when the list is empty", "shop_default", []],
  ])("in %s: %s", (_, name, networks, definitions) => expect(on(networks, definitions)).toBe(name));
  it("knows the networks of a service by the document's names", () =>
    expect(networkNames({ networks: { a: null, b: {} } })).toEqual(["a", "b"]));
});

describe("interpolation", () => {
  it.each([
    ["$A-$B", "1-"],
    ["${A}${EMPTY}", "1"],
    ["$$A $${A}", "$A ${A}"],
    ["${EMPTY:-d}", "d"],
    ["${EMPTY-d}", ""],
    ["${B-d}", "d"],
    ["${B:-${A}}", "1"],
    ["${B:-${C:-x}}", "x"],
    ["${B:-{}}", "{}"],
    ["${A:+yes}", "yes"],
    ["${EMPTY:+yes}", ""],
    ["${EMPTY+yes}", "yes"],
    ["${B:+yes}", ""],
    ["${A:?needed}", "1"],
    ["a$", "a$"],
    ["$1", "$1"],
    ["${B:-postgres://u:p@h/d}", "postgres://u:p@h/d"],
  ])("makes of %s: %j", (text, wanted) => expect(interpolate(text, { A: "1", EMPTY: "" })).toBe(wanted));

  it("needs what has no default", () => {
    const document = { a: "$A ${B:-x} ${C-x} ${D:?say} ${E?say} $$F $${G} ${H:+x}", b: ["${I:-${J}}"], c: { d: 1 } };
    expect(neededVariables(document)).toEqual(["A", "D", "E", "J"]);
    expect(neededVariables(document, ["I", "A"])).toEqual(["A", "D", "E"]);
  });
});

describe("a Compose file", () => {
  const one = (yaml: string) => parseComposeFile("compose.yaml", `services:\n  web:\n    ${yaml}\n`).services.web;

  it("keeps anchors, merge keys and extension fields", () => {
    const { services } = parseComposeFile(
      "compose.yaml",
      "x-base: &base {restart: always, environment: {A: 1}}\nservices:\n  a: {<<: *base, image: x}\n  b: {<<: [*base, {user: '1'}], restart: 'no'}\n",
    );
    expect(services).toEqual({
      a: { restart: "always", environment: { A: 1 }, image: "x" },
      b: { restart: "no", environment: { A: 1 }, user: "1" },
    });
  });

  it.each<[string, unknown]>([
    ["mode: 0440", 0o440],
    ["a: 0o17", 15],
    ["a: 1_000", 1000],
    ["a: 0x1F", 31],
    ["a: yes", "yes"],
    ["a: on", "on"],
    ["a: 1:30", "1:30"],
    ["a: 22:22", "22:22"],
    ["a: 1.10", 1.1],
    ["a: true", true],
    ["a: ~", null],
    ["a: 'no'", "no"],
    ["a: 845273645123456789", "845273645123456789"],
    ["a: -9_007_199_254_740_993", "-9007199254740993"],
    ["a: 0xFFFFFFFFFFFFFFFF", "18446744073709551615"],
    ["a: 9007199254740991", 9007199254740991],
    ["a: [0, -1, 1.5e3]", [0, -1, 1500]],
    ["845273645123456789: 1", 1],
  ])("reads %s as Compose does", (yaml, value) => expect(Object.values(one(yaml)!)).toEqual([value]));

  it.each([
    ["services:\n  web: [", /^compose\.yaml is not valid YAML: /],
    ["", /^compose\.yaml declares no services; a Compose file needs a "services:" with at least one entry$/],
    ["services: {}", /declares no services/],
    ["services:\n  a: {}\n  a: {}", /is not valid YAML/],
  ])("%j is refused", (text, message) => expect(() => parseComposeFile("compose.yaml", text)).toThrow(message));

  it("runs the services of its active profiles", () => {
    const document = { services: { a: {}, b: { profiles: ["x"] }, c: { profiles: [] }, d: { profiles: ["x", "y"] } } };
    expect([activeServices(document, []), activeServices(document, ["y"])]).toEqual([
      ["a", "c"],
      ["a", "c", "d"],
    ]);
  });

  it("says which files it needs beside it", () => {
    const text =
      "include: [other.yaml]\nservices:\n  a: {env_file: [.env, ./.env, a.env, {path: b.env}, {path: c.env, required: false}, /etc/d.env]}\n  b: {extends: {file: base.yaml, service: x}, env_file: one.env}\n" +
      "secrets: {s: {file: ./s.txt}, t: {environment: T}}\nconfigs: {c: {file: ./c.conf}, d: {file: /etc/d}, e: {content: x}}\n";
    expect(filesBeside(parseComposeFile("c", text)).map(({ place, file }) => `${place} ${file}`)).toEqual([
      "include other.yaml",
      "services.a.env_file a.env",
      "services.a.env_file b.env",
      "services.b.env_file one.env",
      "services.b.extends base.yaml",
      "secrets.s.file ./s.txt",
      "configs.c.file ./c.conf",
    ]);
  });
});

describe("an application with a Compose file", () => {
  const FILE = `
services:
  web:
    image: ghcr.io/anna/shop:\${VERSION}
    container_name: shop
    build: .
    environment: { GREETING: "\${GREETING:-hi}", PRICE: "5$$" }
    ports: ["127.0.0.1:\${PORT:-8080}:8000", "9100:9100"]
    volumes: ["./data:/data", "/srv/x:/x:ro", "cache:/cache", {type: bind, source: ./conf, target: /c}]
    depends_on: [db]
  db:
    image: postgres:15
    container_name: shop-db
    profiles: [data]
    restart: unless-stopped
    environment: { POSTGRES_PASSWORD: "\${DATABASE_PASSWORD:?}" }
  admin: { image: "adminer:4", profiles: [tools] }
volumes: { cache: {} }
x-note: kept
`;
  const spec: ApplicationSpec = {
    name: "shop",
    image: "ghcr.io/anna/shop",
    compose: "compose.yaml",
    profiles: ["data"],
    services: { web: { port: 8000, strategy: "recreate" } },
  };
  const given = { compose: FILE, secrets: { DATABASE_PASSWORD: "x" } };

  it("runs its image in the settings' version, the others as accessories", () => {
    const { stack, imageOf } = planOf(spec, given);
    expect([stack.services.map(({ name }) => name), stack.accessories, imageOf]).toEqual([
      ["web"],
      ["db"],
      { web: "ghcr.io/anna/shop:1.4.0", db: "docker.io/library/postgres:15" },
    ]);
    expect(stack.preflight.ports).toEqual([9100]);
  });

  it("keeps the file but for what a rollout needs", () => {
    expect(parse(releaseOf(spec, given).files["compose.yaml"]!)).toEqual({
      name: "shop",
      services: {
        web: {
          image: `ghcr.io/anna/shop@sha256:${"ab".repeat(32)}`,
          restart: "always",
          logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
          environment: { GREETING: "${GREETING:-hi}", PRICE: "5$$" },
          ports: ["9100:9100"],
          depends_on: ["db"],
          volumes: [
            "/opt/shop/data:/data",
            "/srv/x:/x:ro",
            "cache:/cache",
            { type: "bind", source: "/opt/shop/conf", target: "/c" },
          ],
        },
        db: {
          image: `docker.io/library/postgres@sha256:${"ab".repeat(32)}`,
          container_name: "shop-db",
          restart: "unless-stopped",
          logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
          environment: { POSTGRES_PASSWORD: "${DATABASE_PASSWORD:?}" },
        },
      },
      volumes: { cache: {} },
      "x-note": "kept",
    });
  });

  it("finds its traffic's service by the port alone", () => {
    const foreign = { name: "blog", compose: "compose.yaml", services: { web: { port: 80 } } };
    const { stack, images } = planOf(foreign, {
      compose: "services: {web: {image: 'ghost:5'}, db: {image: 'mysql:8'}}",
    });
    expect([
      stack.services.map(({ name }) => name),
      stack.accessories,
      Object.values(images).map(({ own }) => own),
    ]).toEqual([["web"], ["db"], [false, false]]);
  });

  it("says what is missing", () => {
    expect(
      problemsOf(
        { ...spec, services: { web: { port: 8000, strategy: "rolling" }, job: {} } },
        { compose: `${FILE}\nnetworks: {default: {name: "$NET"}}\nsecrets: {s: {file: s.txt}}` },
      ),
    ).toEqual([
      'apps: shop.compose: compose.yaml: secrets.s.file: "s.txt" is a file that a release does not carry; make it a secret file of its service (services.<name>.secretFiles), put it into the image, or name an absolute path on the host',
      'apps: shop.services.job: "job" is not an active service of compose.yaml; it has web, db',
      expect.stringMatching(
        /^apps: shop\.compose: "\$\{DATABASE_PASSWORD\}" has no value; set slipway:secrets\.shop\.DATABASE_PASSWORD /,
      ),
      expect.stringMatching(/^apps: shop\.compose: "\$\{NET\}" has no value/),
      expect.stringMatching(
        /^apps: shop\.services\.web\.strategy: "rolling" cannot run two containers that publish port 9100/,
      ),
    ]);
    expect(problemsOf(spec, { compose: "services: [" })[0]).toMatch(
      /^apps: shop\.compose: "compose\.yaml" compose\.yaml is not valid YAML/,
    );
  });

  it("keeps numbers that JavaScript has no room for", () => {
    const files = releaseOf(spec, {
      ...given,
      compose: FILE.replace("PRICE:", "ID: 845273645123456789, PRICE:"),
    }).files;
    expect(files["compose.yaml"]).toContain('ID: "845273645123456789"\n');
  });

  it("keeps its own word on restarts and logs, and pulls nothing by itself", () => {
    const compose =
      "services: {web: {image: 'ghcr.io/anna/shop:1', restart: no, pull_policy: always, logging: {driver: journald}}, db: {image: 'postgres:15', restart: 'no'}}";
    const { web, db } = parse(releaseOf(spec, { compose }).files["compose.yaml"]!).services;
    expect([web.restart, db.restart, web.logging]).toEqual(["no", "no", { driver: "journald" }]);
    expect(web).not.toHaveProperty("pull_policy");
  });

  it("gets its secret files mounted, read only", () => {
    const stack = stackOf(
      { ...spec, services: { web: { port: 8000, strategy: "recreate", secretFiles: ["DATABASE_PASSWORD"] } } },
      given,
    );
    expect(stack.secretFiles).toEqual([{ service: "web", name: "DATABASE_PASSWORD", owner: 0 }]);
  });
});

describe("a folder of a Compose file", () => {
  const SPEC: ApplicationSpec = { name: "shop", image: "ghcr.io/anna/shop", compose: "compose.yaml" };
  const rendered = (used: unknown, defined: unknown, given: Given) =>
    parse(
      releaseOf(SPEC, {
        ...given,
        compose: JSON.stringify({
          services: { web: { image: "ghcr.io/anna/shop:1", volumes: [used] } },
          volumes: { data: defined, plain: null },
        }),
      }).files["compose.yaml"]!,
    );
  const volume = (written: unknown, given: Given) => rendered(written, {}, given).services.web.volumes[0];
  const DATA = { settings: { environment: { DATA: "./mine", AT: "/srv/data", NAME: "data", ODD: "./a$b" } } };

  it.each<[unknown, unknown]>([
    ["${DATA:-./data}:/data", "/opt/shop/mine:/data"],
    ["$DATA:/data:ro", "/opt/shop/mine:/data:ro"],
    ["${OTHER:-./data}:/data", "/opt/shop/data:/data"],
    ["${OTHER:-${DATA}}/x:/data", "/opt/shop/mine/x:/data"],
    ["./a/${NAME}:/data", "/opt/shop/a/data:/data"],
    ["${OTHER-./data:/data}", "/opt/shop/data:/data"],
    ["./a$$b:/data", "/opt/shop/a$$b:/data"],
    ["${ODD}:/data", "/opt/shop/a$$b:/data"],
    [".data:/data", "/opt/shop/.data:/data"],
    ["${AT}:/data", "${AT}:/data"],
    ["${NAME}:/data", "${NAME}:/data"],
    ["${HOME_:-~/x}:/data", "${HOME_:-~/x}:/data"],
    ["${OTHER:-/data}", "${OTHER:-/data}"],
    ["data:/data", "data:/data"],
  ])("%s is %s on the host", (written, there) => expect(volume(written, DATA)).toBe(there));

  it.each<[string, string, string]>([
    ["bind", "${DATA:-./data}", "/opt/shop/mine"],
    ["bind", "data", "/opt/shop/data"],
    ["bind", "${AT}", "${AT}"],
    ["volume", "data", "data"],
  ])("as a source of type %s: %s is %s", (type, source, there) =>
    expect(volume({ type, source, target: "/d" }, DATA).source).toBe(there),
  );

  it.each<[Record<string, unknown>, string]>([
    [{ driver: "local", driver_opts: { type: "none", o: "bind", device: "./x" } }, "/opt/shop/x"],
    [{ driver: "local", driver_opts: { type: "none", o: "bind", device: "${DATA:-./x}" } }, "/opt/shop/mine"],
    [{ driver_opts: { type: "none", o: "bind,rw", device: "./x" } }, "/opt/shop/x"],
    [{ driver: "local", driver_opts: { type: "none", o: "bind", device: "${AT}" } }, "${AT}"],
    [{ driver: "local", driver_opts: { type: "nfs", o: "addr=10.0.0.1", device: ":/x" } }, ":/x"],
    [{ driver: "other", driver_opts: { o: "bind", device: "./x" } }, "./x"],
  ])("as a volume %j it is %s", (definition, device) => {
    const { volumes } = rendered("data:/data", definition, DATA);
    expect([volumes.data, volumes.plain]).toEqual([
      { ...definition, driver_opts: { ...(definition.driver_opts as object), device } },
      null,
    ]);
  });

  it("is not told by a secret, unless it is absolute", () => {
    expect(volume("${DIR:-./data}:/data", { secrets: { DIR: "/srv/x" } })).toBe("${DIR:-./data}:/data");
    expect(() => volume("${DIR}:/data", { secrets: { DIR: "./planted" } })).toThrow(
      new Error(
        'apps: shop.services.web.volumes: "${DIR}:/data" is a relative folder that a secret names, and a Compose file tells no secrets; set that variable in slipway:applications.shop.environment, or make it a full path',
      ),
    );
  });
});
