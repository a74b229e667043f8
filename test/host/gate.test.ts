/** A pipeline's key on a real host: it may deploy `hand`, and nothing else. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { deployKeyOf } from "../../components/github/repository/deployKey.ts";
import { deployKeysOf, hasKeys } from "../../components/host/deployKeys.ts";
import { deployInput, stageCommand } from "../../components/protocol/commands.ts";
import type { Release } from "../../components/release/model.ts";
import { expectOk } from "../support/run.ts";
import { host, SANDBOX } from "../support/ssh.ts";
import { Deployment, OWNER, ready } from "./support/deployment.ts";
import { prepare, STACK, slipway, target } from "./support/prepared.ts";
import { APPLICATION, sample } from "./support/release.ts";

const PIPELINE = deployKeyOf("a seed for this test", "anna", "hand", "prod");
const file = join(SANDBOX, "tests", "pipeline-key");
const pipeline = host(target.number, file);
const deployment = new Deployment(target, sample(APPLICATION));
const write = (key: string): void => {
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  writeFileSync(file, key, { mode: 0o600 });
};
const letIn = () => prepare({ publicKeys: [PIPELINE.publicKey] });

beforeAll(async () => {
  write(PIPELINE.privateKey);
  await ready(deployment);
  await letIn();
});
afterAll(async () => {
  await deployment.end();
  expectOk(await slipway(`retire --stack ${STACK}`));
});

it("deploys its application, and looks", async () => {
  const release = await deployment.release("1.0.0");
  const result = await new Deployment(pipeline, deployment.spec).deploy(release);
  expect(expectOk(result).stdout).toContain(`hand 1.0.0 (release ${release.id}) serves and is confirmed`);
  const { host: itself, applications } = JSON.parse(await pipeline.ask("/opt/slipway/bin/slipway inspect"));
  expect(applications[APPLICATION].release).toBe(release.id);
  expect(hasKeys(itself.deployKeys, deployKeysOf("/opt", STACK, [APPLICATION], [PIPELINE.publicKey]))).toBe(true);
});

it("locks its application and releases it, and no other", async () => {
  const locked = JSON.parse(
    await pipeline.ask("/opt/slipway/bin/slipway lock hand --by ci@github --reason 'two words'"),
  );
  expect(locked).toMatchObject({ by: "ci@github", reason: "two words" });
  expect(JSON.parse(await pipeline.ask("/opt/slipway/bin/slipway unlock hand"))).toMatchObject({ reason: "two words" });
});

it.each([
  "/opt/slipway/bin/slipway lock other --reason x",
  "/opt/slipway/bin/slipway unlock other",
  "id",
  "",
  "bash -s",
  "/bin/sh -c id",
  "/opt/slipway/bin/slipway",
  "/opt/slipway/bin/slipway rollback hand",
  "/opt/slipway/bin/slipway retire",
  "/opt/slipway/bin/slipway exec hand",
  "/opt/slipway/bin/slipway run hand",
  "/opt/slipway/bin/slipway attach hand --session abcdefgh -- id",
  "/opt/slipway/bin/slipway prune hand --plan",
  "/opt/slipway/bin/slipway maintenance hand --off",
  "/opt/slipway/bin/slipway deploy other --release 0123456789ab",
  "/opt/slipway/bin/slipway destroy 'hand other' --data",
  "/opt/slipway/bin/slipway inspect; id",
  "/opt/slipway/bin/slipway inspect\nid",
  "/opt/slipway/bin/slipway history $(id)",
  "/opt/slipway/bin/slipway history `id`",
  "/opt/slipway/bin/../bin/slipway inspect",
])("does nothing else: %j", async (command) => {
  const { code, stdout, stderr } = await pipeline.exec(command, { input: "id\n" });
  expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining("this key may only deploy hand")]);
});

it.each<[string, keyof Release]>([
  ["../../../home/harmed", "files"],
  ["..", "files"],
  ["../../harmed", "secretFiles"],
])("writes no file elsewhere by the name %j of %s", async (path, part) => {
  const release = await deployment.release("1.0.0");
  const input = JSON.parse(deployInput(release, []));
  input[part] = { ...input[part], [path]: part === "files" ? "harm" : { content: "harm", owner: 1000 } };
  const { code, stderr } = await pipeline.exec(
    stageCommand({ application: APPLICATION, root: "/opt", owner: OWNER }, release, { token: "a stage", lockWait: 0 }),
    { input: JSON.stringify(input) },
  );
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/is not one that this host takes: (a name in )?input\.(files|secretFiles)/),
  ]);
});

describe("runs nothing and reaches nothing that is not its application's:", () => {
  const harm = "/tmp/harm-by-key";
  const send = async (change: (input: { files: Record<string, string> }) => void, version = "1.1.0") => {
    const release = await deployment.release(version);
    const input = JSON.parse(deployInput(release, []));
    change(input);
    const command = stageCommand({ application: APPLICATION, root: "/opt", owner: OWNER }, release, {
      token: "a stage",
      lockWait: 0,
    });
    return pipeline.exec(command, { input: JSON.stringify(input) });
  };
  const manifest = (change: (manifest: any) => void) => (input: { files: Record<string, string> }) => {
    const changed = JSON.parse(input.files["manifest.json"]!);
    change(changed);
    input.files["manifest.json"] = JSON.stringify(changed);
  };
  const compose = (line: string) => (input: { files: Record<string, string> }) => {
    input.files["compose.yaml"] = input.files["compose.yaml"]!.replace(/^ {4}image:/m, `    ${line}\n    image:`);
  };

  afterEach(async () => expect((await target.exec(`ls ${harm}`)).code).not.toBe(0));

  it("an option that is a command", async () => {
    const { code, stderr } = await pipeline.exec(
      `/opt/slipway/bin/slipway deploy ${APPLICATION} --release 0123456789ab --lock-wait 'PATH[$(touch ${harm})]'`,
      { input: "" },
    );
    expect([code, stderr]).toEqual([1, expect.stringContaining("--lock-wait must be a whole number of seconds")]);
  });

  it.each<[string, (input: { files: Record<string, string> }) => void, string]>([
    [
      "a number that is a command",
      manifest((changed) => {
        changed.services[0].health.timeout = `PATH[$(touch ${harm})]`;
      }),
      "manifest.services.0.health.timeout",
    ],
    [
      "a neighbour's upstream",
      manifest((changed) => {
        changed.services[0].upstream = "neighbour.web.80";
      }),
      'upstream: "neighbour.web.80" is not its own',
    ],
    ["the host's files", compose('volumes: ["/:/host"]'), "is not as Slipway writes it"],
    ["the host", compose("privileged: true"), "services.web.privileged gives it the host"],
    ["a program of the host", compose('provider:\n      type: "touch"'), "services.web.provider is not among"],
  ])("%s", async (_, change, message) => {
    const { id } = await deployment.release("1.1.0");
    await target.ask(`rm -rf /opt/${APPLICATION}/releases/${id}`);
    const { code, stderr } = await send(change);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  });

  it("the release that serves, in whose place another would be started without being judged", async () => {
    const { id } = await deployment.release("1.0.0");
    const read = () => target.ask(`cat /opt/${APPLICATION}/releases/${id}/compose.yaml`);
    const before = await read();
    const { code, stderr } = await send(compose("privileged: true"), "1.0.0");
    expect([code, stderr]).toEqual([1, expect.stringContaining("is on this host already, with other content")]);
    expect(await read()).toBe(before);
  });
});

it.each(["destroy nobody-knows --owner none", "retire --stack none/none"])(
  "%s takes all that is sent along: an end before is an error to SSH's client, though nothing failed",
  async (words) => {
    const statuses = await target.ask(
      `head -c 3000000 /dev/zero | /opt/slipway/bin/slipway ${words} >/dev/null; echo "\${PIPESTATUS[*]}"`,
    );
    expect(statuses).toBe("0 0\n");
  },
);

describe("a key ends", () => {
  afterEach(async () => {
    write(PIPELINE.privateKey);
    await letIn();
  });

  it("with its line: another one takes its place, the administrator's stays", async () => {
    const next = deployKeyOf("another seed", "anna", "hand", "prod");
    await prepare({ publicKeys: [next.publicKey] });
    expect(await pipeline.exec("/opt/slipway/bin/slipway inspect")).toMatchObject({
      code: 255,
      stderr: expect.stringContaining("Permission denied"),
    });
    write(next.privateKey);
    expectOk(await pipeline.exec("/opt/slipway/bin/slipway inspect"));
    expect((await target.ask("grep -c ' stack=' ~/.ssh/authorized_keys")).trim()).toBe("1");
  });

  it("with its stack: not while its application is here, as on a host that got another name", async () => {
    const retire = `retire --stack ${STACK}`;
    await deployment.deployed("1.0.0");
    expectOk(await slipway(retire));
    expectOk(await pipeline.exec("/opt/slipway/bin/slipway inspect"));
    // Another stack's application, whose proxy stays.
    await target.ask("sudo mkdir /opt/neighbour && echo '{}' | sudo tee /opt/neighbour/deployment.json");
    await deployment.end();
    expect(expectOk(await slipway(`${retire}x`)).stdout).not.toContain("deploy keys");
    expect(expectOk(await slipway(retire)).stdout).toContain(`0 deploy keys of ${STACK} may log in`);
    await target.ask("sudo rm -r /opt/neighbour");
    expect(await pipeline.exec("/opt/slipway/bin/slipway inspect")).toMatchObject({
      code: 255,
      stderr: expect.stringContaining("Permission denied"),
    });
  });
});
