import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { receivedInput, receivedManifest } from "../../components/protocol/received.ts";
import { releaseSchemaScript } from "../../components/protocol/releaseSchema.ts";
import { releaseOf, SIMPLEST } from "../fixtures/application.ts";
import { DECLARATIONS } from "../fixtures/declarations.ts";
import { hostShell } from "../support/hostShell.ts";

const { run } = hostShell("validate");

const { files, secretFiles, id } = releaseOf(
  {
    ...SIMPLEST,
    database: "postgres:15",
    services: { web: { port: 8000, path: "/api", health: "/health", secretFiles: ["KEY"] } },
    migration: ["migrate", "--all"],
    backup: { command: ["dump"] },
    jobs: { clean: { schedule: "*/5 1,2 1 JAN MON", timeZone: "Europe/Berlin", missed: "skip", command: ["clean"] } },
    verification: {
      version: "/version",
      checks: ["/"],
      responseTime: { path: "/", milliseconds: 100 },
      headers: { "X-Api-Key": { secret: "KEY", prefix: "key " } },
      login: { user: "anna", password: { secret: "KEY" } },
      command: ["check"],
      certificateWithin: "1m",
    },
    preflight: { window: { days: [1], from: "08:00", until: "17:00" } },
  },
  { secrets: { KEY: "value", DATABASE_PASSWORD: "x" } },
);
const registries = [{ server: "ghcr.io", username: "anna", password: "secret" }];
const upstream = "shop.web";
/** All that a manifest may have, whatever this version renders of it. */
const MANIFEST = (() => {
  const rendered = JSON.parse(files["manifest.json"]);
  const service = { ...rendered.services[0], upstream, network: "shop_default" };
  const sites = [{ scheme: "https", host: "shop.example.com", directives: ["encode gzip"] }];
  const route = { hold: 30_000, sites, services: [{ name: "web", upstream, path: "/api" }] };
  return { ...rendered, secretTexts: ["ab/app_env"], services: [service], route };
})();
const INPUT = {
  files: { ...files, "route.caddy": "" },
  secretFiles: { ...secretFiles, "ab/app_env": { content: "x", open: true, base64: true, sha256: "ab".repeat(32) } },
  releaseFiles: {
    "0123456789abcdef": {
      files: [{ path: "conf.d/a b.conf", size: 1, sha256: "ab".repeat(32), executable: true }],
      data: "H4sIAAAAAAAAAwMAAAAAAAAAAAA=",
    },
  },
  registries,
};

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What the host says of each manifest; `[]` where it takes it. All in one go, as each start of bash takes its time. */
function offencesOf(schema: "input" | "manifest", values: unknown[]): string[][] {
  const { stdout, stderr } = run(
    `jq -c --arg app shop --arg release ${id} --argjson input "$INPUT_SCHEMA" --argjson manifest "$MANIFEST_SCHEMA" \\
      "$VALIDATE [.[] | [first_of(select(has_nul) | \\"NUL\\"; offences(\\$${schema}; \\"\\"))]]"`,
    { input: JSON.stringify(values) },
  );
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Everything that can be at a place instead of what is there. */
const REPLACEMENTS: Json[] = [
  null,
  true,
  -1,
  0,
  1,
  1.5,
  0.0001,
  1e21,
  99_999,
  [],
  [[]],
  {},
  { more: 1 },
  "5",
  "PATH[$(id)]",
  "web\nworker",
  "../../etc",
  "--privileged",
  "a.b.c",
  "/a b",
  '/"',
  "*.example.com",
  "Example.com",
  "[::1]:5000/x",
  "hOST",
  "x-slipway-VERIFY",
  "10:00",
  "",
  "\t",
  "a\n",
  "é漢🙂",
  "\u2028",
  "\u0085",
  "\0",
  "\\u0000",
  "x".repeat(5000),
];

/** The value with each of its places replaced, removed, and with one more name. */
function mutations(value: Json, replacements: Json[], rebuild: (changed: Json) => Json = (changed) => changed): Json[] {
  const here = replacements.map((replacement) => rebuild(replacement));
  if (value === null || typeof value !== "object") return here;
  const below = Object.entries(value).flatMap(([key, part]) => {
    const put = (changed: Json): Json =>
      rebuild(Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed });
    const without = Array.isArray(value)
      ? value.toSpliced(Number(key), 1)
      : Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    return [...mutations(part, replacements, put), rebuild(without)];
  });
  return [...here, ...below, ...(Array.isArray(value) ? [] : [rebuild({ ...value, "more\n": 1 })])];
}

describe.each([
  ["manifest", MANIFEST, receivedManifest],
  ["input", INPUT, receivedInput],
] as const)("of %s, host and program", (name, value, schema) => {
  const cases = [value, ...mutations(value, REPLACEMENTS)];
  let refused: string[][];
  beforeAll(() => {
    refused = offencesOf(name, cases);
  }, 180_000);

  it("take the whole one", () => expect([refused[0], schema.safeParse(value).error]).toEqual([[], undefined]));

  it("agree about each mutation at each place", () => {
    expect(cases.length).toBeGreaterThan(300);
    const differing = cases.filter((one, index) => schema.safeParse(one).success !== (refused[index]!.length === 0));
    const whole = JSON.stringify(value);
    const changed = (one: unknown): string => {
      const text = JSON.stringify(one);
      const from = Array.from(text).findIndex((letter, at) => letter !== whole[at]);
      return text.slice(Math.max(0, from - 60), from + 60);
    };
    expect(differing.map(changed)).toEqual([]);
  });
});

it("the host's copy of the schemas is current: node components/protocol/writeSchema.ts", () =>
  expect(readFileSync("components/host/scripts/lib/releaseSchema.sh", "utf8")).toBe(releaseSchemaScript()));

it("patterns are whole ones, as the host puts its own anchors", () => {
  const patterns = Array.from(releaseSchemaScript().matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g), ([, text]) =>
    JSON.parse(text!),
  );
  expect(patterns.length).toBeGreaterThan(20);
  expect(patterns.filter((pattern) => !/^\^[^|]*\$$/.test(pattern.replace(/\([^()]*\)/g, "")))).toEqual([]);
});

const input = (changed: object, more: object = {}): string =>
  JSON.stringify({
    files: { ...files, "manifest.json": JSON.stringify({ ...MANIFEST, ...changed }), ...more },
    secretFiles,
    registries,
  });
const take = (text: string) => run(`RELEASE=${id}; receive`, { input: text });

describe("a release", () => {
  it.each(Object.entries(DECLARATIONS))("of %s, as it is rendered, is taken", (_, [spec, given]) => {
    const rendered = releaseOf(spec, given);
    const sent = { files: rendered.files, secretFiles: rendered.secretFiles, registries };
    const said = run(`RELEASE=${rendered.id} APP=${spec.name}; receive`, {
      input: JSON.stringify(sent),
    });
    expect(said).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  const [service] = MANIFEST.services;
  it.each([
    ["upstreams with and without a port", { services: [{ ...service, upstream: "shop.web.8000" }], route: undefined }],
    ["no route", { route: undefined }],
    [
      "several ports, sites and routes",
      {
        services: [{ ...service, upstreams: { "shop.web@9000": 9000 } }],
        route: {
          ...MANIFEST.route,
          services: [
            { name: "web", upstream: "shop.web@9000", path: "/api", strip: true, sites: ["shop.example.com"] },
            { name: "web", upstream },
          ],
        },
        verification: {
          ...MANIFEST.verification,
          checks: [{ path: "/", status: 200, site: "https://shop.example.com" }],
          answers: ["https://shop.example.com/api"],
        },
      },
    ],
  ])("with %s is taken", (_, changed) => expect(take(input(changed))).toEqual({ code: 0, stdout: "", stderr: "" }));

  const health = (more: object) => ({ services: [{ ...service, health: { ...service.health, ...more } }] });
  const routed = (more: object) => ({ route: { ...MANIFEST.route, services: [{ name: "web", upstream, ...more }] } });
  it.each<[string, string, string]>([
    ["a command for a number", input(health({ timeout: "PATH[$(id)]" })), 'services.0.health.timeout: "PATH[$(id)]"'],
    ["a number that bash does not read", input({ observe: 1e300 }), "manifest.observe: 1e+300 is not integer"],
    ["another application's manifest", input({ application: "blog" }), 'manifest.application: "blog" is not shop'],
    ["another release's manifest", input({ release: "ba9876543210" }), "does not carry its own name"],
    [
      "a neighbour's upstream",
      input({ services: [{ ...service, upstream: "blog.web" }] }),
      'manifest.services.web.upstream: "blog.web" is not its own',
    ],
    [
      "the upstream of a name that begins like a neighbour's",
      input({ services: [{ ...service, upstream: "shop.web.8000.x" }] }),
      "is not its own",
    ],
    [
      "a neighbour's upstream for another port",
      input({ services: [{ ...service, upstreams: { "blog.web@9000": 9000 } }] }),
      'manifest.services.web.upstreams: "blog.web@9000" is not its own',
    ],
    [
      "an upstream that names another port than it leads to",
      input({ services: [{ ...service, upstreams: { "shop.web@9000": 9001 } }] }),
      'manifest.services.web.upstreams: "shop.web@9000" is not its own',
    ],
    [
      "a route to a port it has not",
      input(routed({ upstream: "shop.web@9000" })),
      'route.services.web.upstream: "shop.web@9000"',
    ],
    [
      "an answer from elsewhere in the file system",
      input({ verification: { ...MANIFEST.verification, answers: ["file:///etc/passwd"] } }),
      "manifest.verification.answers.0",
    ],
    ["a route to a neighbour", input(routed({ upstream: "blog.web" })), 'route.services.web.upstream: "blog.web"'],
    ["a route to a service it has not", input(routed({ name: "nobody" })), "manifest.route.services.nobody.upstream"],
    ["one name twice", input({ services: [service, service] }), "manifest.services: one name is there twice"],
    ["a mount of a service it has not", input({ mounted: ["store"] }), '"store" is not one of its services'],
    ["a migration in a service it has not", input({ migration: { service: "x", command: [], timeout: 1 } }), '"x" is'],
    ["an option in an image's place", input({ images: ["--config=/x"] }), 'manifest.images.0: "--config=/x"'],
    ["a path with a brace", input(routed({ path: "/{file./x}" })), "manifest.route.services.0.path"],
    [
      "a site with a line break",
      input({ route: { ...MANIFEST.route, sites: [{ scheme: "http", host: "a\nb" }] } }),
      "host",
    ],
    ["a NUL in the manifest", input({ environment: "x\0.observe\0$(id)" }), "manifest: it holds a NUL character"],
    ["a NUL in a file", input({}, { ".env": "\0../../harm\0harm" }), "it holds a NUL character"],
    ["a file with a name of its own", input({}, { "../x": "" }), 'input.files."../x" is unknown'],
    ["a manifest that is no JSON", input({}, { "manifest.json": "{" }), "manifest: null is not object"],
    ["nothing", "", "is incomplete; the connection may have broken off. Nothing was changed."],
    ["two documents", input({}) + input({}), "is incomplete"],
  ])("with %s is refused with its place", (_, text, message) => {
    const { code, stderr } = take(text);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  });

  it.each([
    ["a line break and a neighbour's file for an owner", { "ab/KEY": { content: "x", owner: "0\nx" } }, "owner"],
    ["a path with a line break", { "ab/KEY\n../../harm": { content: "x", owner: 0 } }, "a name in input.secretFiles"],
    ["a path of another folder", { "../blog/KEY": { content: "x", owner: 0 } }, "a name in input.secretFiles"],
  ])("whose secret files have %s is refused", (_, wrong, place) => {
    const { code, stderr } = take(JSON.stringify({ ...JSON.parse(input({})), secretFiles: wrong }));
    expect([code, stderr]).toEqual([1, expect.stringContaining(place)]);
  });

  it.each(["../x", "a/../x", "/etc/x", "a//x", "a/", ".", "..", "", "a\\x", "a\nb", `${"x".repeat(201)}`])(
    "with a file at %j is refused",
    (path) => {
      const releaseFiles = { "0123456789abcdef": { files: [{ path, size: 1, sha256: "ab".repeat(32) }], data: "" } };
      const { code, stderr } = take(JSON.stringify({ ...JSON.parse(input({})), releaseFiles }));
      expect([code, stderr]).toEqual([1, expect.stringContaining("input.releaseFiles")]);
    },
  );

  it.each([".htaccess", "...", "a.b/..c/d", "ä ö/漢", "-x"])("with a file at %j is taken", (path) => {
    const releaseFiles = { "0123456789abcdef": { files: [{ path, size: 1, sha256: "ab".repeat(32) }], data: "" } };
    expect(take(JSON.stringify({ ...JSON.parse(input({})), releaseFiles }))).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });
});
