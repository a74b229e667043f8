import { describe, expect, it } from "vitest";
import { z } from "zod";
import { COMMANDS, commandLine, PATTERNS } from "../../components/protocol/arguments.ts";
import { deployInput } from "../../components/protocol/commands.ts";
import { hostRequestSchema, releaseInputSchema } from "../../components/protocol/input.ts";
import { parseInspect } from "../../components/protocol/inspect.ts";
import { manifestSchema } from "../../components/protocol/manifest.ts";
import { receivedManifest } from "../../components/protocol/received.ts";
import { releaseOf, SIMPLEST } from "../fixtures/application.ts";
import { hostOptions, jqPaths, leadsSomewhere, manifestPaths, programPaths, scripts } from "../support/hostScripts.ts";

const MANIFEST = manifestPaths();
const RELEASE = [...programPaths("UNPACK"), ...programPaths("LOGINS_OF")];
const REQUEST = jqPaths("REQUEST");

describe("what the host's scripts read is found in their text:", () => {
  it("paths of a manifest, of a release and of a request, by the dozen", () => {
    expect(MANIFEST).toEqual(
      expect.arrayContaining([
        ".verification.checks.*.path",
        ".services.*.health.timeout",
        ".*.command[]",
        ".images[]",
      ]),
    );
    expect(MANIFEST.length).toBeGreaterThan(25);
    expect(RELEASE).toEqual(expect.arrayContaining([".files", ".secretFiles", ".registries", ".server"]));
    expect(REQUEST).toEqual(expect.arrayContaining([".proxy.enabled", ".files.Caddyfile", ".deployKeys.lines[]"]));
  });

  it("a path that is in no schema leads nowhere", () => {
    const schema = z.object({ list: z.array(z.object({ a: z.string() })), map: z.record(z.string(), z.string()) });
    const paths = [
      ".list[]",
      ".list.length",
      ".list.0.a",
      ".list.*.a",
      ".map.any",
      ".list.*.b",
      ".lst",
      ".list.a",
      ".map.x.y",
    ];
    expect(paths.filter((path) => leadsSomewhere(schema, path))).toEqual(paths.slice(0, 5));
  });
});

describe("the manifest", () => {
  it.each(MANIFEST)("of today or of the version before has %s, which the host's scripts read", (path) =>
    expect(leadsSomewhere(receivedManifest, path)).toBe(true),
  );

  it("of a rendered release fits its schema", () => {
    const { files } = releaseOf(
      {
        ...SIMPLEST,
        domain: "shop.example.com",
        database: "postgres:15",
        migration: ["migrate"],
        backup: { command: ["dump"] },
        verification: {
          version: "/version",
          checks: ["/"],
          responseTime: { path: "/", milliseconds: 100 },
          headers: { "X-A": { secret: "DATABASE_PASSWORD", prefix: "a" } },
          login: { user: "anna", password: { secret: "DATABASE_PASSWORD" } },
          command: ["check"],
          certificateWithin: "1m",
        },
        preflight: { window: { days: [1], from: "08:00", until: "17:00" } },
      },
      { secrets: { DATABASE_PASSWORD: "x" } },
    );
    expect(() => manifestSchema.parse(JSON.parse(files["manifest.json"]))).not.toThrow();
  });
});

describe("stdin", () => {
  /** Where members of lists and maps are, that are read by names of their own. */
  const MEMBERS = [".registries.*", ".secretFiles.*", ".releaseFiles.*", ".releaseFiles.*.files.*"];
  const isJq = (path: string): boolean => [".key", ".value", ".value.owner"].includes(path);

  it.each(RELEASE.filter((path) => !isJq(path)))("of a deployment has %s, which the host's scripts read", (path) => {
    const places = [path, ...MEMBERS.map((member) => `${member}${path.replace(/^\.value(?=\.)/, "")}`)];
    expect(places.some((place) => leadsSomewhere(releaseInputSchema, place))).toBe(true);
  });

  it.each(REQUEST.filter((path) => path !== ".hardening" && !isJq(path)))(
    "of a preparation has %s, which the host's scripts read",
    (path) => expect(leadsSomewhere(hostRequestSchema, path)).toBe(true),
  );

  it("of a deployment fits its schema", () => {
    const release = releaseOf(
      { ...SIMPLEST, services: { web: { port: 1, secretFiles: ["KEY"] } } },
      { secrets: { KEY: "value" } },
    );
    const input = deployInput(release, [{ server: "ghcr.io", username: "anna", password: "secret" }]);
    expect(releaseInputSchema.parse(JSON.parse(input))).toEqual(JSON.parse(input));
  });

  it("never has a file of a name that a release does not have", () => {
    const files = { "compose.yaml": "", "manifest.json": "", ".env": "" };
    const wrong = { files: { ...files, "../x": "" }, secretFiles: {}, registries: [] };
    expect(releaseInputSchema.safeParse(wrong).success).toBe(false);
    expect(releaseInputSchema.safeParse({ ...wrong, files }).success).toBe(true);
  });
});

describe("arguments", () => {
  const { patterns, commands } = hostOptions();

  it("of each command are those that the host takes, in no other order", () =>
    expect(commands).toEqual(Object.fromEntries(Object.entries(COMMANDS).filter(([, options]) => options.length > 0))));

  it("have the same patterns on both sides", () => {
    const flags = {
      "no-migration": "flag",
      "take-over": "flag",
      data: "flag",
      details: "flag",
      follow: "flag",
      off: "flag",
      on: "flag",
      test: "flag",
      plan: "flag",
      back: "flag",
      drop: "flag",
    };
    const ours = Object.fromEntries(Object.entries(PATTERNS).map(([name, pattern]) => [name, pattern.source]));
    expect(patterns).toEqual({ ...ours, ...flags });
  });

  it.each(["lock-wait", "confirm-within", "keep"] as const)("of %s are the numbers that its pattern takes", (name) => {
    const sent = (value: number): boolean => {
      try {
        return commandLine("/opt", "deploy", "shop", { [name]: value }) !== "";
      } catch {
        return false;
      }
    };
    const numbers = [-1, 0, 0.5, 1, 9, 999, 9999, 10_000, 9_999_999, 10_000_000, 1e21, Number.NaN];
    expect(numbers.filter(sent)).toEqual(numbers.filter((value) => PATTERNS[name].test(String(value))));
  });

  it("name commands that the host has", () => {
    const all = Object.values(scripts()).join("\n");
    expect(Object.keys(COMMANDS).filter((name) => !all.includes(`\ncommand_${name}() {`))).toEqual([]);
  });

  it("that the host would refuse are refused before they are sent", () => {
    expect(() => commandLine("/opt", "stage", "shop", { release: "../../etc", version: "1" })).toThrow(
      /release|pattern|regex/i,
    );
    expect(() => commandLine("/opt", "deploy", "shop", { "lock-wait": 1.5 })).toThrow(/int/i);
    expect(() => commandLine("/opt", "deploy", "shop", { keep: 0 })).toThrow(/1/);
  });
});

describe("what a host reports", () => {
  const host = { token: "t", scripts: "s", proxyRuns: true, time: 1, docker: "27" };
  const shop = { release: "r", version: "1", token: "t", owner: "o", differences: [], underway: null };

  it("is taken with what an older host does not know left out, and what a newer one adds ignored", () =>
    expect(parseInspect(JSON.stringify({ host, applications: { shop: { ...shop, added: "then" } } }))).toEqual({
      host: { token: "t", scripts: "s", proxyRuns: true, time: 1 },
      applications: { shop },
    }));

  it("is refused where a value is missing, with its place", () => {
    const { release: _, ...without } = shop;
    expect(() => parseInspect(JSON.stringify({ host, applications: { shop: without } }))).toThrow(
      "slipway inspect printed something this version does not understand: applications.shop.release:",
    );
  });

  it("is refused where it is not JSON, with its beginning", () =>
    expect(() => parseInspect("bash: jq: command not found")).toThrow(
      'slipway inspect printed something other than JSON: "bash: jq: command not found"',
    ));

  it("may lack what somebody took out of a record: that blinds nobody to the other applications", () => {
    const underway = { release: null, version: null, by: null, since: null };
    const applications = { shop: { ...shop, owner: null, token: null, underway }, other: shop };
    expect(parseInspect(JSON.stringify({ host, applications })).applications).toEqual({
      shop: { ...shop, owner: "", token: "", underway: {} },
      other: shop,
    });
  });

  it("may be a deployment that has not written its journal yet", () =>
    expect(
      parseInspect(JSON.stringify({ host, applications: { shop: { ...shop, underway: {} } } })).applications.shop,
    ).toEqual({ ...shop, underway: {} }));
});
