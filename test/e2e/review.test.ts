/** What a plan of the real engine shows of a change within a version; no host is reached. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { renderProgram } from "../support/program.ts";
import { Project } from "../support/project.ts";
import { expectOk } from "../support/run.ts";
import { needles, plant } from "../support/secrets.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE";
const [before, after] = [plant("review"), plant("review")];
const programOf = (token: string, web: object): string =>
  renderProgram({
    applications: [
      {
        name: "reviewed",
        image: "ghcr.io/anna/shop",
        environment: { COPIED: `https://user:${token}@example.com` },
        services: { web: { command: ["serve", token], secretFiles: ["TOKEN"], ...web } },
      },
    ],
  });
const secretsOf = (TOKEN: string) => ({ "slipway:secrets": { reviewed: { TOKEN, OTHER: "unchanged-secret" } } });

let project: Project;
let plan: string;

beforeAll(async () => {
  project = await Project.create({
    name: "reviewed",
    program: programOf(before, { memory: "512m" }),
    config: {
      "slipway:hosts": { nowhere: { address: "127.0.0.1", port: 1, hostKey: KEY, privateKeyFile: "key", look: false } },
      "slipway:applications": {
        reviewed: { version: "1.0.0", digest: `sha256:${"a".repeat(64)}`, hosts: ["nowhere"] },
      },
      ...secretsOf(before),
    },
  });
  project.write("key", "-----BEGIN OPENSSH PRIVATE KEY-----\nnone\n");
  await project.up();
  project.write("index.ts", programOf(after, { memory: "1g", user: "0:0" }));
  project.setConfig(secretsOf(after));
  plan = expectOk(await project.pulumi(["preview", "--diff", "--stack", project.stack])).stdout;
});
afterAll(() => project?.dispose());

it("names what changed, from what to what", () => {
  expect(plan).toMatch(/~ memory: "512m" => "1g"/);
  expect(plan).toMatch(/~ user +: "10001:10001" => "0:0"/);
});

it("names a secret that changed, and neither its value nor those that did not", () => {
  expect(plan).toMatch(/~ TOKEN: "secret:[0-9a-f]{4}" => "secret:[0-9a-f]{4}"/);
  expect(plan).not.toMatch(/~ OTHER/);
});

it("holds no secret, nor does the state: not in variables, commands or files", async () => {
  const texts = [plan, await project.export()];
  for (const needle of [before, after].flatMap(needles)) for (const text of texts) expect(text).not.toContain(needle);
});
