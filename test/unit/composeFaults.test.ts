import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { type Given, planOf, problemsOf, releaseOf } from "../fixtures/application.ts";

const SPEC: ApplicationSpec = {
  name: "shop",
  image: "ghcr.io/anna/shop",
  compose: "compose.yaml",
  services: { web: { port: 8000 } },
};
const WEB = "image: ghcr.io/anna/shop";
const problems = (services: string, given: Given = {}, more: Partial<ApplicationSpec> = {}) =>
  problemsOf({ ...SPEC, ...more }, { compose: `services: {${services}}`, ...given });
const rendered = (services: string, given: Given = {}, more: Partial<ApplicationSpec> = {}) =>
  parse(releaseOf({ ...SPEC, ...more }, { compose: `services: {${services}}`, ...given }).files["compose.yaml"])
    .services;
const stack = (services: string, given: Given = {}, more: Partial<ApplicationSpec> = {}) =>
  planOf({ ...SPEC, ...more }, { compose: `services: {${services}}`, ...given }).stack;

describe("ports with variables", () => {
  const ports = (list: string, given: Given = {}) =>
    rendered(`web: {${WEB}}, db: {image: 'kv:1', ports: [${list}]}`, given).db.ports;

  it("keep those that only a host knows, and get those that are known", () => {
    expect(ports("'${P}:5432', '${Q:-7000}:1'", { secrets: { P: "7001" } })).toEqual(["${P}:5432", "7000:1"]);
    expect(ports("'${P}:5432'", { settings: { environment: { P: "7001" } } })).toEqual(["7001:5432"]);
  });

  it.each(["${P}:5432", "${P:?say which}:5432", "127.0.0.1:${Q:-${P}}:5432"])("are asked for: %s", (port) =>
    expect(problems(`web: {${WEB}}, db: {image: 'kv:1', ports: ['${port}']}`)).toEqual([
      expect.stringMatching(/^apps: shop\.compose: "\$\{P\}" has no value/),
    ]),
  );

  it("are looked at in the long form, too", () => {
    const long = `web: {${WEB}, ports: [{target: 9000, published: '\${P:-9000}'}]}`;
    expect(stack(long).preflight.ports).toEqual([9000]);
    expect(problems(long, {}, { services: { web: { port: 8000, strategy: "rolling" } } })).toEqual([
      expect.stringContaining('"rolling" cannot run two containers that publish port 9000'),
    ]);
  });
});

describe("the proxy's port", () => {
  it("leaves the others of a range, and its twin of another protocol", () =>
    expect(
      rendered(`web: {${WEB}, ports: ['7999-8001:7999-8001', '8000:8000/udp', '\${P:-80}:8000']}`).web.ports,
    ).toEqual(["7999:7999", "8001:8001", "8000:8000/udp"]));

  const TAKEN = ["443:443", "400-500:1400-1500", "443:443/udp"];
  const proxyPorts = ["80/tcp", "443/tcp", "443/udp"];

  it.each(TAKEN)("of a host is not published by a service that it answers for, which the plan says: %s", (port) => {
    const compose = `services: {web: {${WEB}, ports: ['8000:8000', '80:80/udp', '${port}']}}`;
    const { stack, warnings } = planOf(SPEC, { compose, proxyPorts });
    expect(stack.document.services.web!.ports).toEqual(["8000:8000", "80:80/udp"]);
    expect(warnings).toEqual([
      `apps: shop.services.web.ports: "${port}" is port 443 of the host, where the proxy answers for all applications, for this service with a certificate of its own; it is left out`,
    ]);
  });

  it.each([...TAKEN, "{target: 443, published: '${P:-443}'}"])("of a host may not be another's: %s", (port) =>
    expect(
      problems(`web: {${WEB}}, edge: {image: 'edge:1', ports: [${port.startsWith("{") ? port : `'${port}'`}]}`, {
        proxyPorts,
      }),
    ).toEqual([
      expect.stringMatching(
        /^apps: shop\.services\.edge\.ports: ".*" is port 443 of the host, where the proxy answers for all applications; take it out, /,
      ),
    ]),
  );

  it("may be that of the container", () =>
    expect(problems(`web: {${WEB}, ports: ['9443:443']}`, { proxyPorts: ["80/tcp", "443/tcp", "443/udp"] })).toEqual(
      [],
    ));
});

describe("a service that may not run twice", () => {
  it.each(["ports: ['9000:9000']", "networks: {a: {ipv4_address: 10.0.0.2}}", "mac_address: 02:42:ac:11:65:43"])(
    "is exchanged after it has stopped: %s",
    (own) => expect(stack(`web: {${WEB}, ${own}}`).services[0]!.strategy).toBe("recreate"),
  );

  it("is not exchanged in a rolling way because it is asked for", () =>
    expect(
      problems(
        `web: {${WEB}, networks: {a: {ipv6_address: '2001:db8::1'}}}`,
        {},
        { services: { web: { port: 1, strategy: "rolling" } } },
      ),
    ).toEqual([
      'apps: shop.services.web.strategy: "rolling" cannot run two containers with the address 2001:db8::1; remove that address, or use "recreate"',
    ]));
});

describe("what a service depends on", () => {
  const DEBUG = "debug: {image: 'debug:1', profiles: [debug]}";

  it("is left out where it may be absent and no active profile has it", () => {
    const web = (needed: string) =>
      rendered(`web: {${WEB}, depends_on: {${needed}}}, db: {image: 'kv:1'}, ${DEBUG}`).web;
    const optional = "debug: {condition: service_started, required: false}";
    expect(web(`db: {condition: service_started}, ${optional}`).depends_on).toEqual({
      db: { condition: "service_started" },
    });
    expect(web(optional)).not.toHaveProperty("depends_on");
  });

  it.each([
    [
      "depends_on: [debug]",
      'depends_on: "debug" runs with none of the active profiles; add `profiles: ["debug"]` to the declaration, write `required: false`, or take it out there',
    ],
    ["depends_on: [dbg]", 'depends_on: "dbg" is no service of this file; write "db", or take it out there'],
    [
      "network_mode: 'service:nothing', ports: []",
      'network_mode: "nothing" is no service of this file; write one of web, db, debug',
    ],
    [
      "links: ['debug:x']",
      'links: "debug" runs with none of the active profiles; add `profiles: ["debug"]` to the declaration, or',
    ],
    ["volumes_from: [debug, 'container:x']", 'volumes_from: "debug" runs with none'],
  ])("must be there: %s", (own, message) =>
    expect(problems(`web: {${WEB}, ${own}}, db: {image: 'kv:1'}, ${DEBUG}`, {}, { services: { web: {} } })).toEqual([
      expect.stringContaining(`apps: shop.services.web.${message}`),
    ]),
  );

  it("is started before it, while one-off commands keep the file's first service", () => {
    const { services, migration } = stack(
      `web: {${WEB}, depends_on: [api]}, worker: {${WEB}, network_mode: 'service:api'}, api: {${WEB}, depends_on: [db]}, db: {image: 'kv:1'}`,
      {},
      { migration: ["migrate"] },
    );
    expect([services.map(({ name }) => name), migration!.service]).toEqual([["api", "web", "worker"], "web"]);
  });

  it("may not be itself", () =>
    expect(problems(`web: {${WEB}, depends_on: [api]}, api: {${WEB}, links: [web]}`)).toEqual([
      'apps: shop.services.web.depends_on: "api" waits for web itself: web → api → web; take one of them out',
    ]));
});

describe("profiles", () => {
  const FILE = `web: {${WEB}}, a: {image: 'kv:1', profiles: [a]}, b: {image: 'kv:1', profiles: [b]}`;
  const accessories = (given: Given, more: Partial<ApplicationSpec> = {}) => stack(FILE, given, more).accessories;

  it("are those of COMPOSE_PROFILES, in the settings or a .env beside the file, unless the declaration names some", () => {
    const texts = { ".env": "# dev\nexport COMPOSE_PROFILES='b'" };
    expect(accessories({ settings: { environment: { COMPOSE_PROFILES: "a, b" } }, texts })).toEqual(["a", "b"]);
    expect(accessories({ texts })).toEqual(["b"]);
    expect(accessories({ texts }, { profiles: [] })).toEqual([]);
  });

  it("are all of them for a star", () => expect(accessories({}, { profiles: ["*"] })).toEqual(["a", "b"]));
});

it("the folder that Compose runs in is the application's on the host", () => {
  const { web } = rendered(
    `web: {${WEB}, volumes: ['\${PWD}/data:/a', '\${PWD:-.}:/b:ro', {type: bind, source: $PWD/c, target: /c}], environment: {A: '\${PWD}/x', B: '$\${PWD}', C: '\${PWD_X:-}'}}`,
  );
  expect(web.volumes).toEqual([
    "/opt/shop/data:/a",
    "/opt/shop:/b:ro",
    { type: "bind", source: "/opt/shop/c", target: "/c" },
  ]);
  expect(web.environment).toEqual({ A: "/opt/shop/x", B: "$${PWD}", C: "${PWD_X:-}" });
  expect(rendered(`web: {${WEB}, command: '$PWD'}`, { settings: { environment: { PWD: "/x" } } }).web.command).toBe(
    "$PWD",
  );
});

it("the project's own name needs no setting", () =>
  expect(problems(`web: {${WEB}, command: '\${COMPOSE_PROJECT_NAME}'}`)).toEqual([]));

describe("a folder above the Compose file's", () => {
  it.each(["../x:/x", "${X:-../x}:/x", "{type: bind, source: ../../x, target: /x}", "./a/../../x:/x"])(
    "is not taken silently: %s",
    (volume) =>
      expect(problems(`web: {${WEB}, volumes: [${volume.startsWith("{") ? volume : `'${volume}'`}]}`)).toEqual([
        expect.stringMatching(
          /^apps: shop\.services\.web\.volumes: ".*" leads out of the application's folder on the host; write the full path there that is meant, like "\/opt\/x"|"\/x"/,
        ),
      ]),
  );
});

describe("the time that a service is given for its first good check", () => {
  const timeout = (healthcheck: string, given: Given = {}, more = {}) =>
    stack(`web: {${WEB}, healthcheck: {test: x, ${healthcheck}}}`, given, {
      services: { web: { port: 1, health: more } },
    }).services[0]!.health.timeout;

  it.each([
    ["start_period: 40s", 60_000],
    ["start_period: 1m30s", 110_000],
    ["start_period: '${S:-5m}'", 320_000],
    ["interval: 5m", 60_000],
    ["start_period: 100us", 60_000],
  ])("counts its start: %s", (healthcheck, milliseconds) => expect(timeout(healthcheck)).toBe(milliseconds));

  it("is what the declaration says", () => expect(timeout("start_period: 5m", {}, { timeout: "10s" })).toBe(10_000));
});

describe("what would vanish silently is refused", () => {
  it.each([
    ["provider: {type: model}", "provider: is a program on the machine that runs Compose"],
    ["env_file: [{path: ./.env, format: raw}]", 'env_file: "raw" is not the format of a release\'s .env'],
  ])("%s", (own, message) => {
    for (const name of ["web", "db"]) {
      const services = `web: {${WEB}${name === "web" ? `, ${own}` : ""}}, db: {image: 'kv:1'${name === "db" ? `, ${own}` : ""}}`;
      expect(problems(services)).toEqual([expect.stringContaining(`apps: shop.services.${name}.${message}`)]);
    }
  });
});

describe("a service without an image", () => {
  it("is not guessed to be the application's own: often its file goes on top of another", () => {
    expect(problems(`web: {${WEB}}, postgres: {restart: always}`)).toEqual([
      'apps: shop.services.postgres.image: is missing, and nothing builds it; write the image into compose.yaml, name the file that has it before this one (`compose: ["compose.yaml", …]`), or say that it runs the application\'s own image: services: { postgres: {} }',
    ]);
    expect(problems("web: {}, worker: {}", {}, { services: { web: { port: 1 }, worker: {} } })).toEqual([]);
  });

  it("may get one in the declaration, with variables", () =>
    expect(
      planOf(
        { ...SPEC, services: { web: { port: 1 }, proxy: { image: "ghcr.io/anna/proxy:${VERSION}" } } },
        { compose: `services: {web: {${WEB}}, proxy: {build: ./proxy}}` },
      ).imageOf.proxy,
    ).toBe("ghcr.io/anna/proxy:1.4.0"));
});

describe("names of services", () => {
  it("may have capitals and points", () =>
    expect(problems(`Web.App_1: {${WEB}}`, {}, { services: { "Web.App_1": { port: 1 } } })).toEqual([]));

  it.each([
    [`web: {${WEB}}, web.next: {image: 'kv:1'}`, 'services["web.next"]'],
    [`web: {${WEB}}, ${"a".repeat(64)}: {image: 'kv:1'}`, "is not a service name; use up to 63 letters"],
  ])("must be told apart on a host: %s", (services) => expect(problems(services)).toHaveLength(1));
});

describe("a database that everybody reaches", () => {
  const warnings = (ports: string) =>
    planOf(SPEC, { compose: `services: {web: {${WEB}}, db: {image: 'kv:1', ports: [${ports}]}}` }).warnings;

  it.each([
    ["'5432:5432'", "PostgreSQL", "127.0.0.1:5432:5432"],
    ["'0.0.0.0:13306:3306'", "MySQL", "127.0.0.1:13306:3306"],
    ["{target: 6379, published: '${P:-6379}'}", "Redis", "127.0.0.1:6379:6379"],
    ["'[::]:27017:27017'", "MongoDB", "127.0.0.1:27017:27017"],
  ])("is told in the plan: %s", (ports, database, instead) => {
    const [warning] = warnings(ports);
    expect(warning).toMatch(
      /^apps: shop\.services\.db\.ports: ".*" opens .* to everybody who reaches the host, past its firewall/,
    );
    expect(warning).toContain(`opens ${database} `);
    expect(warning).toContain(`"${instead}"`);
  });

  it.each(["'127.0.0.1:5432:5432'", "5432", "'8080:80'"])("is not one: %s", (ports) =>
    expect(warnings(ports)).toEqual([]),
  );

  it("is told of what a declaration publishes, too", () =>
    expect(
      planOf({
        ...SPEC,
        compose: undefined as never,
        services: { web: { port: 1 }, db: { image: "kv:1", publish: ["5432:5432"] } },
      }).warnings,
    ).toEqual([expect.stringContaining("services.db.publish")]));
});

it("several files are read as one, and an error names all of them", () => {
  const texts = { "b.yaml": "services: {web: {environment: {A: 1}}, db: {image: 'kv:1'}}" };
  expect(rendered(`web: {${WEB}}`, { texts }, { compose: ["compose.yaml", "b.yaml"] }).web.environment).toEqual({
    A: 1,
  });
  expect(
    problems(`web: {${WEB}}`, { texts }, { compose: ["compose.yaml", "b.yaml"], services: { wob: { port: 1 } } }),
  ).toEqual(['apps: shop.services.wob: "wob" is not an active service of compose.yaml, b.yaml; it has web, db']);
  expect(problems(`web: {${WEB}}`, {}, { compose: ["compose.yaml", "c.yaml"] })).toEqual([
    'apps: shop.compose: "c.yaml" ENOENT: c.yaml',
  ]);
  expect(problems("", {}, { compose: [] })).toEqual([
    expect.stringMatching(/^apps: shop\.compose: .*is an empty list/),
  ]);
});
