/** A host tells of deployments by the Apprise of its distribution, whatever the endpoints do, and no address shows anywhere. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { network } from "../../sandbox/places.ts";
import { startEndpoint, type Taken } from "../support/endpoint.ts";
import { expectOk } from "../support/run.ts";
import { plant, sampleProcesses } from "../support/secrets.ts";
import { Deployment, ready } from "./support/deployment.ts";
import { prepare, STACK, slipway, target } from "./support/prepared.ts";
import { sample } from "./support/release.ts";

const APPLICATION = "told";
const BY = "2026-11-21T10:02:11Z anna@github 3f2c https://github.com/anna/told/actions/runs/7";
const folder = mkdtempSync(join(tmpdir(), "slipway-endpoint-"));
const marker = plant("notification");
const [project, stack] = STACK.split("/");
const owner = `${stack}::${project}::slipway:stack:ComposeStack::${APPLICATION}@host`;
const deployment = new Deployment(target, sample(APPLICATION), owner);
let endpoint: Awaited<ReturnType<typeof startEndpoint>>;

const titles = (): string[] =>
  endpoint.taken().flatMap(({ asked, body }) => (asked === "POST /ok" && body ? [body.title] : []));
const told = (beginning: string): Promise<NonNullable<Taken["body"]>> =>
  vi.waitFor(
    () => {
      const found = endpoint
        .taken()
        .find(({ asked, body }) => asked === "POST /ok" && body?.title.startsWith(beginning));
      if (!found) throw new Error(`not told of: ${beginning}; but of ${titles().join("; ")}`);
      return found.body!;
    },
    { timeout: 60_000, interval: 250 },
  );

beforeAll(async () => {
  await ready(deployment);
  endpoint = await startEndpoint(join(folder, "requests"), network.gateway);
  const targets = ["ok", "hang", "fail"].map((name) => ({
    name,
    url: `json://anna:${marker}@${network.gateway}:${endpoint.port}/${name}/`,
    on: ["start", "success", "failure", "rollback"],
  }));
  const applications = [APPLICATION];
  await prepare({ notifications: { fingerprint: "00ff00ff00ff00ff", host: "web-1", applications, targets } });
});
afterAll(async () => {
  endpoint?.stop();
  await prepare();
  await deployment.end();
  await target.ask("rm -rf /opt/slipway/notifications");
  rmSync(folder, { recursive: true });
});

it("tells of a deployment that serves, and of one that was rolled back with the reason, while others hang and fail", async () => {
  const sampler = await sampleProcesses([marker], target);
  await deployment.deployed("1.0.0", { options: { token: BY } });
  await told("told 1.0.0 (release ");
  expect((await told("told 1.0.0 (release ")).message).toContain("Log: https://github.com/anna/told/actions/runs/7");
  const broken = await deployment.release("1.1.0", {
    settings: { environment: { APP_BEHAVIOUR: "wrong-version" } },
  });
  expect((await deployment.deploy(broken)).code).toBe(1);
  const message = await told("told 1.1.0 failed and was rolled back: 1.0.0");
  expect(message).toMatchObject({ title: expect.stringMatching(/ serves as before on web-1 \(slipway\/host-test\)$/) });
  expect(message.message).toMatch(/^Why: the wrong version serves: .+\nWhen: /);
  expect(await sampler.stop()).toEqual([]);
  const found = await target.ask(
    "sudo grep -rlF -f /dev/stdin /opt /home /root /tmp /var/log /run 2>/dev/null || true",
    {
      input: `${marker}\n`,
    },
  );
  expect(found).toBe(`/opt/slipway/notifications/stacks/${STACK.replace("/", "+")}.json\n`);
});

it("tells by a test which of them took it", async () => {
  const { stdout } = expectOk(await slipway(`notify --test --stack ${STACK}`));
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(lines).toEqual(
    expect.arrayContaining([
      { target: "ok", kind: "json", why: "" },
      { target: "fail", kind: "json", why: "the service answered 503" },
    ]),
  );
  expect(stdout).not.toContain(marker);
});
