import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { renderCompose } from "../../components/release/render.ts";
import { releaseOf } from "../fixtures/application.ts";
import { DECLARATIONS } from "../fixtures/declarations.ts";
import { bind, PARTS, serviceOffences } from "../fixtures/offences.ts";
import { hostShell } from "../support/hostShell.ts";

type Json = Record<string, unknown>;

/** Docker has no containers, and Compose makes of every file what the test says. */
const { root, run } = hostShell("judge", {
  docker: `case "$*" in *" config "*) cat "$HOME/composed.json" ;; ps*) printf '%s' "$(cat "$HOME/containers" 2>/dev/null)" ;;
    inspect*) cat "$HOME/mounted" ;; esac`,
});
const FOLDER = join(root, "shop");
const IMAGE = `ghcr.io/anna/shop@sha256:${"ab".repeat(32)}`;
const MANIFEST: Json = { route: { sites: [{ scheme: "https", host: "shop.example.com" }] } };
const put = (path: string, content: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
};
const release = (name: string, content: string): void => put(`shop/releases/0123456789ab/${name}`, content);

/** Compose's own words for a service, and the document that it makes. */
const composition = (service: Json, rest: Json = {}): Json => ({
  name: "shop",
  services: { web: { image: IMAGE, command: null, entrypoint: null, networks: { default: null }, ...service } },
  networks: { default: { name: "shop_default", ipam: {} } },
  ...rest,
});

function judge(
  composed: Json,
  { text = composed, manifest = MANIFEST, environment = 'A="b"\n' } = {} as Partial<{
    text: Json | string;
    manifest: Json;
    environment: string;
  }>,
) {
  put("composed.json", JSON.stringify(composed));
  release("compose.yaml", typeof text === "string" ? text : renderCompose(text as never));
  release("manifest.json", JSON.stringify(manifest));
  release(".env", environment);
  return run("judge 0123456789ab", { env: { HOME: root } });
}

const ALLOWED = { code: 0, stdout: "", stderr: "" };
const refused = (place: string, key: string) => [
  1,
  expect.stringMatching(/^error: a deploy key may not bring this release of shop: /),
  expect.stringContaining(place),
  expect.stringContaining(`slipway:hosts.<name>.allow.shop: ["${key}"]`),
];
const said = ({ code, stderr }: { code: number; stderr: string }) => [code, stderr, stderr, stderr];

beforeEach(() => {
  for (const name of ["slipway/allow.json", "containers", "mounted", "blog", "shop/files"])
    rmSync(join(root, name), { recursive: true, force: true });
  release("gated", "");
  rmSync(join(root, "shop/releases/0123456789ab/route.caddy"), { force: true });
});

describe("what a deploy key brings is not refused:", () => {
  it.each<[string, Json, Json]>([
    ["a plain service", {}, {}],
    [
      "limits, health checks and hooks",
      {
        mem_limit: "3145728",
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
        read_only: true,
        healthcheck: { test: ["CMD", "x"], interval: "3s" },
        post_start: [{ command: ["x"], user: "root" }],
        deploy: { replicas: 2, resources: { limits: { memory: "3145728" } }, placement: {} },
        sysctls: { "net.core.somaxconn": "5" },
        logging: { driver: "json-file", options: { "max-size": "5m" } },
        labels: { "traefik.enable": "true" },
        ports: [{ mode: "ingress", target: 80, published: "8080", protocol: "tcp" }],
        "x-note": "own",
      },
      {},
    ],
    [
      "its own volumes, folders, secrets and configs",
      {
        volumes: [
          { type: "volume", source: "data", target: "/d", volume: {} },
          { type: "bind", source: `${FOLDER}/data/db`, target: "/x", bind: { create_host_path: true } },
          { type: "bind", source: `${FOLDER}/secrets/ab12/KEY`, target: "/run/secrets/KEY", read_only: true },
          { type: "bind", source: `${FOLDER}/release-files/0123456789abcdef/conf.d`, target: "/c", bind: {} },
          { type: "tmpfs", target: "/t" },
        ],
        pid: "service:web",
        network_mode: "none",
      },
      {
        volumes: {
          data: { name: "shop_data" },
          linked: { name: "shop_linked", driver_opts: { type: "none", o: "bind", device: `${FOLDER}/files` } },
        },
        configs: {
          c: { name: "shop_c", content: "x" },
          f: { name: "shop_f", file: `${FOLDER}/release-files/0123456789abcdef/c.conf` },
        },
        secrets: { s: { name: "shop_s", environment: "A" } },
        networks: { slipway: { name: "slipway-shop", external: true }, own: { name: "shop_own", internal: true } },
      },
    ],
  ])("%s", (_, service, rest) => expect(judge(composition(service, rest))).toEqual(ALLOWED));

  it.each(Object.keys(DECLARATIONS))("the text of %s, as it is rendered", (name) => {
    const [spec, given] = DECLARATIONS[name]!;
    const { files } = releaseOf(spec, given);
    release("compose.yaml", files["compose.yaml"]);
    release("manifest.json", files["manifest.json"]);
    release(".env", files[".env"]);
    const { stdout, stderr } = run(
      `APP=${spec.name} DIR=${FOLDER}; judge_text 0123456789ab; judge_route 0123456789ab`,
      {
        env: { HOME: root },
      },
    );
    // One of them has a file of variables elsewhere, which a deploy key may not read.
    const elsewhere = files["compose.yaml"].includes('"/etc/x.env"');
    expect([stdout, stderr]).toEqual([elsewhere ? expect.stringMatching(/^\{"key":"env_file".*\}\n$/) : "", ""]);
  });
});

it("a file of variables that came with the release is allowed", () => {
  const text = `services:\n  web:\n    env_file:\n      - path: "${FOLDER}/secrets/ab12/app_env"\n        required: true\n`;
  expect(judge(composition({}), { text })).toEqual(ALLOWED);
});

it("a route as the version before rendered it is allowed", () => {
  const proxied = (service: string, tabs: string): string[] =>
    [
      `reverse_proxy {file./etc/caddy/upstreams/shop.${service}.8000}:8000 {`,
      "\tlb_try_duration 30000ms",
      "\tlb_try_interval 100ms",
      "\tstream_close_delay 5m",
      "\ttransport http {",
      "\t\tkeepalive off",
      "\t\tdial_timeout 2s",
      "\t}",
      "}",
    ].map((line) => `${tabs}${line}`);
  const route = [
    "shop.example.com, http://shop.home, *.example.org {",
    "\t@api path /api /api/*",
    "\thandle @api {",
    ...proxied("api", "\t\t"),
    "\t}",
    "\thandle {",
    ...proxied("web", "\t\t"),
    "\t}",
    "}",
    "",
  ];
  release("manifest.json", "{}");
  release("route.caddy", route.join("\n"));
  expect(run(`APP=shop DIR=${FOLDER}; judge_route 0123456789ab`, { env: { HOME: root } })).toEqual({
    code: 0,
    stdout: "",
    stderr: "",
  });
  rmSync(join(FOLDER, "releases/0123456789ab/route.caddy"));
});

describe("what Compose makes of a deploy key's file is an offence, with its place:", () => {
  const cases = [
    ...serviceOffences(root).map(([key, service, place]) => ({ key, place, composed: composition(service) })),
    ...PARTS.map(([key, rest, place]) => ({ key, place, composed: composition({}, rest) })),
  ];
  let found: { key: string; text: string }[][];
  // All in one go, as each start of a program takes its time.
  beforeAll(() => {
    const { stdout } = run("judgement '[.[] | [offences_of_composition]]'", {
      env: { HOME: root },
      input: JSON.stringify(cases.map(({ composed }) => composed)),
    });
    found = JSON.parse(stdout);
  });

  it.each(cases.map(({ key, place }, index) => [key, place, index] as const))("%s: %s", (key, place, index) => {
    const [first, ...others] = found[index]!;
    expect([first!.key, first!.text, others]).toEqual([key, expect.stringContaining(place), []]);
  });
});

describe("what a deploy key brings is refused with its place, and the way out:", () => {
  it("in what Compose makes of it", () =>
    expect(said(judge(composition({ cap_add: ["SYS_ADMIN"] })))).toEqual(refused("services.web.cap_add", "cap_add")));

  it.each<[string, string]>([
    ["env_file", `services:\n  web:\n    env_file: "${FOLDER}/secrets/ab12/../x"\n`],
    ["env_file", `services:\n  web:\n    env_file: "${root}/blog/secrets/ab12/app_env"\n`],
    ["env_file", 'services:\n  web:\n    env_file: "/opt/blog/current/.env"\n'],
    ["env_file", 'services:\n  web:\n    env_file:\n      - ".env"\n      - path: "${A}"\n'],
    ["extends", 'services:\n  web:\n    "extends": "x"\n'],
    ["text", "services: {web: {extends: {file: /etc/passwd}}}\n"],
    ["text", 'x-a: &a\n  extends: "x"\nservices:\n  web: *a\n'],
    ["text", 'services:\n  web:\n    "\\x65xtends": "x"\n'],
    ["text", 'services:\n  web:\n    image: "a"\n---\ninclude: "x"\n'],
    ["text", 'services:\n  web:\n    env_file: ".env"\n    env_file: "/etc/x"\n'],
    ["text", 'services:\n  web:\n    environment:\n      A: "x\n'],
  ])("%s in the text %j, before Compose reads it", (key, text) => {
    put("composed.json", "not asked");
    expect(said(judge({}, { text }))).toEqual(refused("", key));
  });

  it.each<[string, string]>([
    ["environment", 'COMPOSE_ENV_FILES="/opt/blog/current/.env"\n'],
    ["environment", 'A="b"\nDOCKER_HOST="tcp://example.com"\n'],
    ["text", "A=b\n"],
  ])("%s in the variables %j", (key, environment) =>
    expect(said(judge(composition({}), { environment }))).toEqual(refused("", key)),
  );
});

describe("a folder below another that a container writes to", () => {
  const below = bind(`${FOLDER}/data/db`);
  it("is refused: the container could put a link in its place", () => {
    put("containers", "abc\n");
    put("mounted", `${FOLDER}/data\n`);
    expect(said(judge(composition(below)))).toEqual(refused("could put a link in its place", "volumes"));
  });

  it("is refused where it is a link already", () => {
    mkdirSync(join(root, "shop/files"));
    symlinkSync("/", join(root, "shop/files/root"));
    expect(said(judge(composition(bind(`${FOLDER}/files/root`))))).toEqual(
      refused("is a link to somewhere", "volumes"),
    );
  });
});

describe("a route", () => {
  it("with lines of its own is refused", () => {
    const manifest = { route: { sites: [{ host: "shop.example.com", directives: ["file_server"] }] } };
    expect(said(judge(composition({}), { manifest }))).toEqual(refused("has lines of its own", "route"));
  });

  it.each([
    "shop.example.com {\n\tfile_server\n}\n",
    "shop.example.com {\n\treverse_proxy localhost:2019 {\n\t}\n}\n",
    "shop.example.com {\n\treverse_proxy {file./etc/caddy/upstreams/blog.web.80}:80 {\n\t}\n}\n",
    ":80 {\n}\n",
  ])("of the version before that is not as it was rendered is refused: %j", (text) => {
    release("route.caddy", text);
    expect(said(judge(composition({})))).toEqual(refused("route.caddy is not as Slipway writes it", "route"));
  });

  it.each([
    ["blog.example.com", "blog.example.com"],
    ["login.example.com", "*.example.com"],
    ["*.example.com", "blog.example.com"],
  ])("to %s is refused where %s leads to a neighbour", (host, theirs) => {
    put("blog/current/manifest.json", JSON.stringify({ route: { sites: [{ host: theirs }] } }));
    const manifest = { route: { sites: [{ host }] } };
    expect(said(judge(composition({}), { manifest }))).toEqual(refused(`the domain ${host} leads to`, "route"));
  });
});

describe("the administrator decides:", () => {
  const privileged = composition({ privileged: true, cap_add: ["NET_ADMIN"] });
  const allow = (value: Json): void => put("slipway/allow.json", JSON.stringify(value));

  it("what they stage is not judged", () => {
    rmSync(join(root, "shop/releases/0123456789ab/gated"));
    expect(judge(privileged)).toEqual(ALLOWED);
  });

  it("what they allow is no offence", () => {
    allow({ shop: ["privileged", "cap_add"] });
    expect(judge(privileged)).toEqual(ALLOWED);
  });

  it("what they do not allow stays one, and others' allowances are not its own", () => {
    allow({ shop: ["cap_add"], blog: ["privileged"] });
    expect(said(judge(privileged))).toEqual(refused("services.web.privileged", "privileged"));
  });

  it('"*" lifts every limit', () => {
    allow({ shop: ["*"] });
    expect(judge(privileged, { text: "services: {}\n" })).toEqual(ALLOWED);
  });
});

it("a release that Compose does not take is refused with Compose's words", () => {
  put("composed.json", "");
  expect(judge(composition({}), {}).code).toBe(0);
  rmSync(join(root, "composed.json"));
  const { code, stderr } = run("judge 0123456789ab", { env: { HOME: root } });
  expect([code, stderr]).toEqual([1, expect.stringContaining("cannot be judged; the lines above say why")]);
});
