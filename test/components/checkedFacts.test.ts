/** `slipway check` finds what the policy pack finds in the inputs of the components, and nothing else. */
import * as pulumi from "@pulumi/pulumi";
import { expect, it, vi } from "vitest";
import { reportOf } from "../../cli/check/gather.ts";
import { parseStack } from "../../cli/check/stackSettings.ts";
import { subjectOf } from "../../components/policies/rules.ts";
import { getRegistryImage } from "../fixtures/registry.ts";
import { answers, configure, forget, made, startEngine, waitUntilIdle } from "../support/engine.ts";

vi.mock("../../components/state/stackExport.ts", () => ({ stackExport: async () => undefined }));
process.env.SLIPWAY_LOOK = "off";
process.env.SLIPWAY_GITHUB = "off";
delete process.env.SSH_AUTH_SOCK;
await startEngine("prod");
vi.spyOn(pulumi.log, "warn").mockResolvedValue();
const { deploy, defineApplication, defineRepository } = await import("../../components/index.ts");
const { judgeAll } = await import("../../components/policies/judgeAll.ts");
const { factsOfAny } = await import("../../policies/subject.ts");

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE";
const UNTIL = { reason: "it must be", until: "2999-12-31" };

const CONFIG = {
  protected: true,
  hosts: {
    "web-1": { address: "192.0.2.1", privateKey: "key", hostKey: KEY },
    "web-2": { address: "192.0.2.2", privateKey: "key", insecureIgnoreHostKey: true },
  },
  applications: {
    shop: { version: "1.4.0-rc.1", hosts: ["web-1", "web-2"], takeOver: true },
    blog: { version: "2.0.0", hosts: ["web-1"] },
  },
  secrets: { shop: { TOKEN: "planted-token", DATABASE_PASSWORD: "planted-password" } },
  github: { owner: "anna" },
  repositories: { shop: {} },
  policies: {
    rules: { privileged: "advisory", "memory-limit": "disabled", registry: { registries: ["ghcr.io"] } },
    exemptions: [
      { rule: "host-network", application: "shop", service: "web", ...UNTIL },
      { rule: "host-key", host: "web-1", ...UNTIL },
      { rule: "environment-open", repository: "shop", environment: "prod", ...UNTIL },
    ],
  },
};
const APPLICATIONS = [
  defineApplication({
    name: "shop",
    image: "ghcr.io/anna/shop",
    domain: "shop.example.com",
    database: "postgres:15",
    services: {
      web: {
        port: 8000,
        environment: { COPY: "a ${TOKEN} b", API_KEY: "planted-literal" },
        command: ["serve", "--token", "${TOKEN}"],
        compose: { privileged: true, network_mode: "host", volumes: ["/etc:/host"], cap_add: ["SYS_ADMIN"] },
      },
      tool: { image: "redis:7", compose: { user: "root", ports: ["9000:9000"] } },
    },
    exemptions: [
      { rule: "host-root", ...UNTIL },
      { rule: "root-user", service: "web", ...UNTIL, until: "2020-01-01" },
    ],
  }),
  defineApplication({ name: "blog", image: "ghcr.io/anna/blog", services: { web: { port: 80 } } }),
];
const REPOSITORIES = [
  defineRepository({
    name: "shop",
    stack: "prod",
    visibility: "public",
    protection: "none",
    security: { secretScanning: false },
    environments: { prod: {} },
    files: {
      content: {
        ".github/workflows/own.yml": "on: push\njobs: { a: { runs-on: homelab, steps: [{ uses: a/b@v1 }] } }\n",
      },
    },
  }),
];

it("slipway check finds the same as the policy pack in the components' inputs", async () => {
  forget();
  answers.getRegistryImage = getRegistryImage;
  configure(CONFIG, ["hosts", "secrets"]);
  await deploy(APPLICATIONS, REPOSITORIES);
  await waitUntilIdle();
  const facts = made.flatMap(
    ({ type, name, inputs }) => factsOfAny({ type, name, props: inputs, opts: { ignoreChanges: [] } } as never) ?? [],
  );
  const inEngine = judgeAll(facts);

  const settings = Object.fromEntries(Object.entries(CONFIG).map(([key, value]) => [`slipway:${key}`, value]));
  const stack = parseStack(
    { name: "infra", folder: ".", config: {} },
    "prod",
    "Pulumi.prod.yaml",
    JSON.stringify({ config: settings }),
  );
  const report = await reportOf([stack], {
    applications: APPLICATIONS,
    repositories: REPOSITORIES,
    problems: [],
    notes: [],
    texts: {},
  });
  const [checked] = report.stacks;
  expect(checked!.problems).toEqual([]);
  const lines = (found: readonly { rule: string; level: string; place: string; message: string }[]): string[] =>
    found.map(({ rule, level, place, message }) => `${level} ${rule} ${place}: ${message}`).sort();
  expect(lines(checked!.findings)).toEqual(lines(inEngine.findings));
  expect(lines(checked!.exempted)).toEqual(lines(inEngine.exempted));
  const subjects = [...checked!.findings, ...checked!.exempted].map(({ rule }) => subjectOf(rule) ?? rule);
  expect([...new Set(subjects)].sort()).toEqual(["application", "environment", "exemption", "host", "repository"]);
});
