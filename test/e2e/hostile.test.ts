import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureHosts, own } from "../support/hosts.ts";
import { Project } from "../support/project.ts";
import type { Result } from "../support/run.ts";
import { hostEntry, SHOP, settings } from "../support/sandbox.ts";
import { SANDBOX } from "../support/ssh.ts";
import { clean, programOf, said, warnings } from "./support/drift.ts";

const [other, target] = own;
const HOST = target.number;
const APP = "hostile";
const DOMAIN = "hostile.test";
const LONG = "a".repeat(5000);

/** Texts that a shell, a path, a Compose file or a Caddyfile could take for something else. */
const TEXTS = [
  "it's",
  'a "b"',
  "a b",
  "$HOME",
  "$(touch /tmp/hostile)",
  "a\nb",
  "naïve",
  "../../etc/passwd",
  "a;reboot",
  "-rf",
  "{x}",
  LONG,
];

const specOf = (
  more: Record<string, unknown> = {},
  services: Record<string, unknown> = { web: { port: 8000, health: "/health" } },
): Record<string, unknown> => ({
  name: APP,
  image: SHOP,
  domain: `http://${DOMAIN}`,
  services,
  verification: { version: "/api/v1/version" },
  ...more,
});
const application = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  version: "1.0.0",
  hosts: [`host-${HOST}`],
  removeData: true,
  ...more,
});
const config = (more: Record<string, unknown> = {}): Record<string, unknown> =>
  settings([HOST], { [APP]: application() }, more);

let project: Project;

beforeAll(async () => {
  await ensureHosts();
  project = await Project.create({ name: APP, program: programOf([specOf()]), config: config() });
});

afterAll(() => clean(project));

/** Everything on the host that a deployment could touch. */
const traces = (): Promise<string> =>
  target.ask(
    "sudo ls -A /opt /opt/*/ 2>/dev/null; ls /tmp/hostile 2>&1; docker ps -aq; docker volume ls -q; docker network ls -q | sort",
  );

/** `up` is refused, says all of it, and has touched nothing. */
async function refused(patterns: (RegExp | string)[]): Promise<Result> {
  const before = await traces();
  const result = await project.up();
  expect(result.code).not.toBe(0);
  for (const pattern of patterns) expect(said(result)).toMatch(pattern);
  expect(said(result)).not.toMatch(/\n\s+at .*\.ts:\d+|TypeError|unhandled/i);
  expect(await traces()).toBe(before);
  return result;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
/** How an error shows a value: as JSON, odd characters escaped, shortened. */
const shown = (text: string): string =>
  escaped(JSON.stringify(text).replaceAll("ï", "\\u00ef").slice(0, 60).replace(/"$/, ""));

describe("hostile settings are refused with place, value and way out", () => {
  it("names of applications and hosts", async () => {
    const names = [...TEXTS, "slipway", "slipway-proxy", "Shop"];
    project.setConfig(
      config({
        "slipway:applications": {
          ...Object.fromEntries(names.map((name) => [name, application()])),
          [APP]: application({ hosts: TEXTS }),
        },
      }),
    );
    await refused([
      ...names.map(
        (name) => new RegExp(`slipway:applications: ${shown(name)}.* (is not a valid name; use|is a name that)`),
      ),
      ...TEXTS.map(
        (name) => new RegExp(`slipway:applications\\.${APP}\\.hosts\\[\\d+\\]: ${shown(name)}.* is not a host; `),
      ),
    ]);
    project.setConfig(
      config({
        "slipway:hosts": {
          ...Object.fromEntries(TEXTS.map((name) => [name, hostEntry(HOST)])),
          [`host-${HOST}`]: hostEntry(HOST),
        },
      }),
    );
    await refused(TEXTS.map((name) => new RegExp(`slipway:hosts: ${shown(name)}.* is not a valid name; use`)));
  });

  it("versions, images, domains, addresses, variables", async () => {
    const entries = TEXTS.map(
      (text, index) =>
        [
          `app-${index}`,
          application({ version: text, image: text, domain: text, environment: { [text]: "value" } }),
        ] as const,
    );
    project.setConfig(
      config({
        "slipway:applications": Object.fromEntries(entries),
        "slipway:hosts": {
          [`host-${HOST}`]: hostEntry(HOST),
          ...Object.fromEntries(
            TEXTS.map((text, index) => [`odd-${index}`, { ...hostEntry(HOST), address: text, user: text, root: text }]),
          ),
        },
      }),
    );
    const result = await refused(
      TEXTS.flatMap((_, index) => [
        ...["version", "image", "domain", ...(TEXTS[index] === LONG ? [] : ["environment"])].map(
          (key) => new RegExp(`slipway:applications\\.app-${index}\\.${key}\\b.*`),
        ),
        ...["address", "user", "root"].map((key) => new RegExp(`slipway:hosts\\.odd-${index}\\.${key}: `)),
      ]),
    );
    expect(
      Math.max(
        ...said(result)
          .split("\n")
          .map((line) => line.length),
      ),
      "long values are shortened",
    ).toBeLessThan(1000);
  });
});

describe("hostile declarations", () => {
  const odd = (index: number): string => `odd-${index}`;
  const specs = TEXTS.map((text, index) => ({
    ...specOf(
      { image: text, domain: text, environment: { [text]: "value" } },
      { [text]: {}, web: { port: 8000, health: text, path: text, environment: { [text]: "value" }, drain: text } },
    ),
    name: odd(index),
  }));

  it("are refused with place, value and way out: image, domain, service, path, variable and time, all at once", async () => {
    project.write("index.ts", programOf(specs));
    project.setConfig(settings([HOST], Object.fromEntries(TEXTS.map((_, index) => [odd(index), application()]))));
    await refused(
      TEXTS.flatMap((text, index) => {
        const place = `apps: ${odd(index)}`;
        const value = shown(text);
        return [
          new RegExp(`${place}\\.image: ${value}`),
          new RegExp(`${place}\\.domain: ${value}.* is (not a domain|a URL with a path); write`),
          // A long name of a variable is one all the same.
          ...(text === LONG
            ? []
            : ["environment", "services\\.web\\.environment"].map(
                (where) =>
                  new RegExp(`${place}\\.${where}: ${value}.* is not a valid name for an environment variable`),
              )),
          new RegExp(`${place}\\..*services\\..*: ${value}.* is not a service name; use`),
          new RegExp(`${place}\\.services\\.web\\.health: ${value}.* is not a path; write`),
          new RegExp(`${place}\\.services\\.web\\.path: ${value}.* is not a path; write`),
          new RegExp(`${place}\\.services\\.web\\.drain: ${value}.* is not a time; write`),
        ];
      }),
    );
  });
});

describe("hosts that are not as they should be", () => {
  beforeAll(() => {
    project.write("index.ts", programOf([specOf()]));
    project.setConfig(config());
  });

  it("another machine at its address: refused, also without a look", async () => {
    for (const look of [true, false]) {
      project.setConfig(
        config({
          "slipway:hosts": {
            [`host-${HOST}`]: hostEntry(HOST, { look, hostKeyFile: join(SANDBOX, `host-${other.number}.pub`) }),
          },
        }),
      );
      await refused([
        look
          ? new RegExp(`slipway:hosts\\.host-${HOST}: .*another host key.*nothing was sent to it`)
          : /host key mismatch|knownhosts|host key/i,
      ]);
    }
  });

  it("one that does not answer: a warning at preview, a clear end of up", async () => {
    project.setConfig(config({ "slipway:hosts": { [`host-${HOST}`]: hostEntry(HOST, { address: "10.213.77.199" }) } }));
    const preview = await project.preview();
    expect(preview.code).toBe(0);
    expect(warnings(preview)).toMatch(/10\.213\.77\.199.* could not be inspected/);
    const result = await refused([/10\.213\.77\.199/, /no route to host|timed? ?out|connection/i]);
    expect(result.seconds).toBeLessThan(120);
  });
});
