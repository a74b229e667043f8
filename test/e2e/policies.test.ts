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

  it.each<[string, Record<string, unknown>, Record<string, unknown> | undefined, number, string[]]>([
    ["stops a protected environment", {}, undefined, 1, ["mandatory privileged"]],
    ["is told in another", { "slipway:protected": false }, undefined, 0, ["advisory privileged"]],
    [
      "is told where the settings say so",
      { "slipway:policies": { rules: { privileged: "advisory" } } },
      undefined,
      0,
      ["advisory privileged"],
    ],
    [
      "stops where the settings say so of all rules",
      { "slipway:protected": false, "slipway:policies": { all: "mandatory" } },
      undefined,
      1,
      ["mandatory privileged"],
    ],
    [
      "is told where the pack's configuration has the engine's word for it",
      {},
      { privileged: "advisory" },
      0,
      ["advisory privileged"],
    ],
    ["is none where the pack's configuration switches its rule off", {}, { privileged: "disabled" }, 0, []],
    [
      "stops where the pack's configuration has a level, whatever the settings say",
      { "slipway:protected": false, "slipway:policies": { rules: { privileged: "disabled" } } },
      { privileged: { level: "mandatory" } },
      1,
      ["mandatory privileged"],
    ],
    [
      "of a rule that has settings comes by those of the stack",
      { "slipway:policies": { rules: { registry: { registries: ["ghcr.io/bob"] }, privileged: "disabled" } } },
      {},
      1,
      ["mandatory registry"],
    ],
    [
      "or by those of the pack's configuration, which come first",
      { "slipway:policies": { rules: { registry: { registries: ["ghcr.io/bob"] }, privileged: "disabled" } } },
      { registry: { registries: ["ghcr.io"] } },
      0,
      [],
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
  const exempt = (...exemptions: NonNullable<ApplicationSpec["exemptions"]>) => {
    declare(web({ privileged: true }, { exemptions }));
    project.setConfig(settings());
    return judged();
  };
  const of = { rule: "privileged", ...UNTIL };

  it("takes a finding out, and is shown in the plan", async () => {
    const result = await exempt({ ...of, service: "web" });
    expect([result.code, findings(result)]).toEqual([0, []]);
    const { steps } = await project.preview();
    expect(JSON.stringify(steps)).toContain(UNTIL.reason);
  });

  it.each<[string, object, string[], string]>([
    ["that is over", { until: "2020-01-31" }, ["mandatory privileged", "mandatory exemption"], "ended on 2020-01-31"],
    ["without a reason", { reason: " " }, ["mandatory privileged", "mandatory exemption"], "says no reason"],
    ["that matches nothing", { service: "db" }, ["mandatory privileged", "mandatory exemption"], "matches nothing"],
  ])("%s is a finding itself", async (_, more, expected, words) => {
    const result = await exempt({ ...of, ...more });
    expect(findings(result).sort()).toEqual(expected.sort());
    expect(result.stdout).toContain(`apps: shop.exemptions[0]: ${words}`);
  });

  it("of the settings counts like one of the declaration", async () => {
    declare(web({ privileged: true }));
    project.setConfig(settings({ "slipway:policies": { exemptions: [{ ...of, application: "shop" }] } }));
    const result = await judged();
    expect([result.code, findings(result)]).toEqual([0, []]);
  });

  it("from a rule that is none is refused before anything is judged", async () => {
    const result = await exempt({ ...of, rule: "privilged" });
    expect(result.stdout).toContain(
      'apps: shop.exemptions[0].rule: "privilged" is no rule; did you mean "privileged"?',
    );
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
