/** The policy pack in the real engine, on the real components. No host is asked: all is judged before anything is touched. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { RULES } from "../../components/policies/rules.ts";
import { DIGEST } from "../fixtures/application.ts";
import { SOUND_SPEC } from "../fixtures/facts.ts";
import { renderProgram } from "../support/program.ts";
import { Project } from "../support/project.ts";
import { CHECKOUT, type Result } from "../support/run.ts";

const PACK = join(CHECKOUT, ".sandbox/built/policies");
const HOST_KEY =
  "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBJF7j4u6blqdyBPSAlDmLfl1Q0l9XTAnH9zf+5Dl+33Xg5RXzZ6CMOpD6oLkyRpApthYGpZY2t0GZijg9V3BHuU=";
const PLANTED = "planted-Xy7PqL2m";
const UNTIL = { reason: "it is replaced with the next release", until: "2999-01-31" };

/** Breaks every rule that a declaration and settings can break. */
const BAD: ApplicationSpec = {
  name: "bad",
  image: "ghcr.io/anna/bad",
  domain: "bad.example.com",
  compose: "bad.yaml",
  services: { web: { port: 8000, strategy: "recreate" } },
  verification: { version: false },
  confirmWithin: "0s",
  preflight: { window: { days: [((new Date().getUTCDay() + 3) % 7) + 1], from: "00:00", until: "00:01" } },
};
const BAD_COMPOSE = `
services:
  web:
    image: ghcr.io/anna/bad
    privileged: true
    use_api_socket: true
    user: root
    cap_add: [SYS_ADMIN, NET_ADMIN]
    devices: [/dev/sda, /dev/dri]
    volumes: ["/etc:/x", "/proc:/y:ro", "files:/files"]
    ports: ["9000:9000"]
    environment: { API_TOKEN: ${PLANTED} }
    security_opt: ["seccomp:unconfined"]
    logging: { driver: none }
  helper:
    image: docker.io/library/helper:stable
    network_mode: host
    pid: host
  db:
    image: postgres@${DIGEST}
    volumes: ["data:/var/lib/postgresql/data"]
volumes: { files: {}, data: {} }
`;

/** What only a look at a host or a registry tells, as the component of a stack tells it: this one stands for such a look. */
const SEEN = `
import * as pulumi from "@pulumi/pulumi";
import { COMPONENT } from "./seen.ts";
new pulumi.ComponentResource("slipway:stack:ComposeStack", "seen", COMPONENT);
`;
const COMPONENT = {
  application: "seen",
  review: { services: { db: { image: "postgres:stable" } }, backup: { command: "/app backup" } },
  policies: {
    protected: true,
    images: { db: "postgres:stable" },
    hosts: 1,
    confirmWithin: 60_000,
    exemptions: {},
    exceptions: {
      downgrade: { "web-1": "1.4.0 => 1.3.0" },
      volumesGone: { "db /data": "seen_data" },
      databases: { db: "postgres:15 => postgres:16" },
    },
  },
};

const VERSION = { version: "1.4.0", digest: DIGEST, hosts: ["web-1"] };
const settings = (more: Record<string, unknown> = {}) => ({
  "slipway:policies": undefined,
  "slipway:hosts": { "web-1": { address: "192.0.2.1", hostKey: HOST_KEY, agent: true, look: false } },
  "slipway:applications": { shop: VERSION },
  "slipway:protected": true,
  ...more,
});

let project: Project;
beforeAll(async () => {
  project = await Project.create({ name: "policies", program: renderProgram({ applications: [SOUND_SPEC] }) });
});
afterAll(() => project?.dispose());

const declare = (...applications: ApplicationSpec[]): void => {
  project.write("index.ts", renderProgram({ applications }));
};
const judged = (...args: string[]): Promise<Result> =>
  project.pulumi(["preview", "--stack", project.stack, "--policy-pack", PACK, ...args]);

/** The findings that a preview prints: level and rule. */
const findings = ({ stdout }: Result): string[] =>
  [...stdout.matchAll(/^ +- \[(\w+)\] +\[severity: \w+\] +([\w-]+) /gm)].map(([, level, rule]) => `${level} ${rule}`);

type Exempt = NonNullable<ApplicationSpec["exemptions"]>[number];
const web = (keys: object, more: Partial<ApplicationSpec> = {}): ApplicationSpec => ({
  ...SOUND_SPEC,
  services: { web: { ...SOUND_SPEC.services!.web!, compose: keys as Record<string, unknown> } },
  ...more,
});

describe("a preview of a protected environment", () => {
  it("has nothing to say of a sound application", async () => {
    project.setConfig(settings());
    const result = await judged();
    expect([result.code, findings(result)]).toEqual([0, []]);
  });

  it("stops for what breaks rules, tells each of them in words that name the way out, and no secret", async () => {
    project.write("bad.yaml", BAD_COMPOSE);
    project.write("seen.ts", `export const COMPONENT = ${JSON.stringify(COMPONENT)};\n`);
    project.write("index.ts", `${renderProgram({ applications: [SOUND_SPEC, BAD] })}${SEEN}`);
    const hosts = settings()["slipway:hosts"];
    project.setConfig(
      settings({
        "slipway:hosts": {
          ...hosts,
          "web-2": { address: "192.0.2.2", insecureIgnoreHostKey: true, agent: true, look: false },
        },
        "slipway:applications": {
          shop: VERSION,
          bad: {
            version: "1.4.0-rc.1",
            digest: DIGEST,
            hosts: ["web-1", "web-2"],
            images: { helper: `docker.io/library/helper@${DIGEST}` },
            takeOver: true,
          },
        },
        "slipway:policies": {
          after: "staging",
          rules: {
            registry: { registries: ["ghcr.io/anna"] },
            "unsigned-image": { repositories: ["ghcr.io/anna/bad"], verify: ["false", "{image}"] },
          },
        },
      }),
    );
    const result = await judged();
    expect(result.code).not.toBe(0);
    const found = new Set(findings(result).map((line) => line.split(" ")[1]));
    const ours = RULES.filter(({ subject }) => subject === "application" || subject === "host").map(({ id }) => id);
    expect(ours.filter((id) => !found.has(id))).toEqual([]);
    expect(findings(result)).toEqual(expect.arrayContaining(["mandatory privileged", "advisory memory-limit"]));
    expect(result.stdout).toContain(
      "apps: bad.services.web: privileged: true gives it every right on the host; take it out, and add the one capability",
    );
    expect(result.stdout + result.stderr).not.toContain(PLANTED);
    const ofSound = result.stdout.split("\n").filter((line) => line.includes("apps: shop"));
    expect(ofSound).toEqual([expect.stringContaining("what staging has confirmed is not known")]);
  });
});

describe("what was out of the ordinary about the release that runs, and is over", () => {
  it.each([
    ["is judged while it is there", "", ["advisory downgrade", "mandatory database-version", "mandatory volume-gone"]],
    [
      "is not judged again",
      ', { ignoreChanges: ["policies.exceptions.downgrade"] }',
      ["mandatory database-version", "mandatory volume-gone"],
    ],
  ])("%s", async (_, options, expected) => {
    project.write("index.ts", `${SEEN.replace("COMPONENT);", `COMPONENT${options});`)}`);
    const ours = findings(await judged()).filter((line) => /downgrade|database-version|volume-gone/.test(line));
    expect(ours.sort()).toEqual(expected);
  });
});

describe("a finding", () => {
  const privileged = (more: Partial<ApplicationSpec> = {}) => declare(web({ privileged: true }, more));

  const ofBob = { registry: { registries: ["ghcr.io/bob"] } };
  it.each<[string, Record<string, unknown>, Record<string, unknown> | undefined, number, string[]]>([
    [
      "is told where the environment is not protected",
      { "slipway:protected": false },
      undefined,
      0,
      ["advisory privileged"],
    ],
    [
      "comes by the settings of the stack: levels, and what a rule is about",
      { "slipway:policies": { rules: { ...ofBob, privileged: "disabled" } } },
      {},
      1,
      ["mandatory registry"],
    ],
    [
      "comes by the pack's configuration first: the engine's word for a level, and a rule that is switched off",
      { "slipway:policies": { all: "mandatory", rules: ofBob } },
      { privileged: "advisory", registry: "disabled" },
      0,
      ["advisory privileged"],
    ],
    [
      "comes by the pack's configuration first: a level of its own, and what a rule is about",
      { "slipway:protected": false, "slipway:policies": { rules: { ...ofBob, privileged: "disabled" } } },
      { privileged: { level: "mandatory" }, registry: { registries: ["ghcr.io"] } },
      1,
      ["mandatory privileged"],
    ],
  ])("%s", async (_, more, config, code, expected) => {
    privileged();
    project.setConfig(settings(more));
    project.write("pack.json", JSON.stringify(config ?? {}));
    const result = await judged(...(config ? ["--policy-pack-config", "pack.json"] : []));
    expect([result.code, findings(result)]).toEqual([code, expected]);
  });
});

it("a pack's configuration of what only the program can ask is refused", async () => {
  declare(SOUND_SPEC);
  project.setConfig(settings());
  project.write("pack.json", JSON.stringify({ "unsigned-image": { repositories: ["ghcr.io/anna"] } }));
  const result = await judged("--policy-pack-config", "pack.json");
  expect(result.code).not.toBe(0);
  expect(result.stdout + result.stderr).toContain(
    "write slipway:policies.rules.unsigned-image in the stack's settings",
  );
});

describe("an exemption", () => {
  const of = { rule: "privileged", ...UNTIL };

  it("takes a finding out, and is shown in the plan", async () => {
    declare(web({ privileged: true }, { exemptions: [{ ...of, service: "web" }] }));
    project.setConfig(settings());
    const result = await judged();
    expect([result.code, findings(result)]).toEqual([0, []]);
    const { steps } = await project.preview();
    expect(JSON.stringify(steps)).toContain(UNTIL.reason);
  });

  it("that does not count is a finding itself; one of the settings counts like one of the declaration", async () => {
    const apps: Record<string, [object[], string]> = {
      over: [[{ ...of, until: "2020-01-31" }], "ended on 2020-01-31"],
      unreasoned: [[{ ...of, reason: " " }], "says no reason"],
      matchless: [[{ ...of, service: "db" }], "matches nothing"],
      set: [[], ""],
    };
    declare(
      ...Object.entries(apps).map(([name, [exemptions]]) =>
        web({ privileged: true }, { name, domain: `${name}.example.com`, exemptions: exemptions as Exempt[] }),
      ),
    );
    project.setConfig(
      settings({
        "slipway:applications": Object.fromEntries(Object.keys(apps).map((name) => [name, VERSION])),
        "slipway:policies": { exemptions: [{ ...of, application: "set" }] },
      }),
    );
    const result = await judged();
    expect(findings(result).sort()).toEqual([
      ...["over", "unreasoned", "matchless"].map(() => "mandatory exemption"),
      ...["over", "unreasoned", "matchless"].map(() => "mandatory privileged"),
    ]);
    for (const [name, [, words]] of Object.entries(apps))
      if (words !== "") expect(result.stdout).toContain(`apps: ${name}.exemptions[0]: ${words}`);
    expect(result.stdout).not.toContain("apps: set.");
  });
});

describe("another pack", () => {
  const pack = (name: string, body: string): string => {
    const folder = join(project.folder, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, "PulumiPolicy.yaml"),
      "runtime: { name: nodejs, options: { typescript: false } }\nmain: index.js\n",
    );
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name, version: "1.0.0", type: "module" }));
    writeFileSync(join(folder, "index.js"), `import { PolicyPack } from "@pulumi/policy";\n${body}`);
    return folder;
  };
  const policy = (name: string, validate: string): string =>
    `new PolicyPack("${name}", { policies: [{ name: "own", description: "Own.", enforcementLevel: "mandatory", validateResource: (args, report) => { ${validate} } }] });`;

  it("judges beside this one", async () => {
    declare(web({ privileged: true }));
    project.setConfig(settings());
    const own = pack("own", policy("own", 'if (args.type === "slipway:stack:ComposeStack") report("theirs");'));
    const result = await judged("--policy-pack", own);
    expect(findings(result).filter((line) => line.startsWith("mandatory"))).toEqual(["mandatory privileged"]);
    expect(result.stdout).toMatch(/own@v1\.0\.0[\s\S]*theirs/);
  });

  it("that throws stops the preview with its name", async () => {
    declare(SOUND_SPEC);
    const own = pack("throwing", policy("throwing", 'throw new Error("boom");'));
    const result = await judged("--policy-pack", own);
    expect(result.code).not.toBe(0);
    expect(result.stdout + result.stderr).toMatch(/policy pack 'throwing@v1\.0\.0'[\s\S]*boom/);
  });
});
