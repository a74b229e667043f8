/** The host's scripts on a real machine with a real Docker Engine, reached by SSH, without Pulumi. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { look } from "../../components/host/look.ts";
import { confirmCommand, deployCommand, deployInput, destroyCommand } from "../../components/protocol/commands.ts";
import { renderEnvironment } from "../../components/release/envFile.ts";
import type { Release } from "../../components/release/model.ts";
import { HOSTILE } from "../fixtures/hostile.ts";
import { harmAt } from "../support/faults/faults.ts";
import { expectOk, type Result } from "../support/run.ts";
import { CADDY } from "../support/sandbox.ts";
import { untilServed } from "../support/served.ts";
import { quote, SANDBOX } from "../support/ssh.ts";
import { hostPicture, ledger } from "../support/state.ts";
import { at, HOST, OWNER, options, prepare, slipway, target, tryToPrepare } from "./support/prepared.ts";
import { APPLICATION, DOMAIN, LOGIN, releaseOf } from "./support/release.ts";

/** What the host's administrator wrote before. */
const OWN_DAEMON = { "log-driver": "json-file", "log-opts": { "max-size": "7m" }, "max-concurrent-downloads": 2 };

/** In the place of the real ufw, which would change this machine's kernel: writes down what it is told. */
const UFW = `#!/bin/sh
echo "$@" >>/tmp/ufw
[ "$1" != status ] || echo "Status: inactive"
`;

const deploy = async (release: Release, token = options.token): Promise<Result> =>
  target.exec(deployCommand(at, release, { ...options, token }), {
    input: deployInput(release, [LOGIN]),
    timeoutSeconds: 180,
  });

beforeAll(async () => {
  await target.write("/usr/local/bin/ufw", UFW, "755");
  await target.write("/etc/docker/daemon.json", JSON.stringify(OWN_DAEMON));
  await prepare({ hardened: true });
  expectOk(await target.exec(destroyCommand(at, true)));
});

afterAll(async () => {
  await target.ask(
    "sudo rm -f /usr/local/bin/ufw /tmp/ufw /etc/ssh/sshd_config.d/10-slipway.conf && sudo kill -HUP $(pgrep -o -x sshd)",
  );
  // It opens its port anew.
  while ((await target.exec("true")).code !== 0) await sleep(100);
  expectOk(await target.exec(destroyCommand(at, true)));
});

it("a prepared host keeps containers running while Docker restarts, and what its administrator set", async () => {
  expect(JSON.parse(await target.read("/etc/docker/daemon.json"))).toEqual({ ...OWN_DAEMON, "live-restore": true });
  expect(await target.ask("docker info --format '{{.LiveRestoreEnabled}}'")).toBe("true\n");
});

it("a hardened host takes keys only, and lets in SSH and the proxy", async () => {
  const effective = await target.ask("sudo sshd -T");
  expect(effective).toMatch(/^passwordauthentication no$/m);
  expect(effective).toMatch(/^kbdinteractiveauthentication no$/m);
  expect((await target.read("/tmp/ufw")).trim().split("\n")).toEqual([
    "status",
    "allow 22/tcp",
    "allow 80/tcp",
    "allow 443/tcp",
    "--force enable",
  ]);
});

it("a proxy that does not start is told, and once it can, the next preparation starts it", async () => {
  await target.ask("docker rm --force slipway-proxy");
  const refused = await tryToPrepare({ hardened: true, Caddyfile: "{\n\tnonsense\n}\n" });
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining("the proxy did not start; see: docker logs slipway-proxy"),
  ]);
  expect(await target.ask("docker logs slipway-proxy 2>&1")).toContain("unrecognized global option: nonsense");
  await prepare({ hardened: true });
  expect(await target.ask("docker exec slipway-proxy wget -q -O - http://127.0.0.1:2019/config/")).toContain("{");
});

it("an environment file reaches a container's environment unchanged, read by the real Docker Compose", async () => {
  const variables = Object.fromEntries(HOSTILE.map((text, index) => [`V${index}`, text]));
  const folder = (await target.ask("mktemp -d")).trim();
  await target.ask(`cat >${folder}/.env`, { input: renderEnvironment(variables) });
  await target.ask(`cat >${folder}/compose.yaml`, {
    input: JSON.stringify({
      services: {
        web: {
          image: "x",
          environment: Object.fromEntries(Object.keys(variables).map((name) => [name, `\${${name}}`])),
        },
      },
    }),
  });
  const { services } = JSON.parse(
    await target.ask(`cd ${folder} && docker compose config --format json; rm -rf ${folder}`),
  );
  // `config` prints a dollar as it would stand in a Compose file: twice.
  const read = Object.fromEntries(
    Object.entries<string>(services.web.environment).map(([name, value]) => [name, value.replaceAll("$$", "$")]),
  );
  expect(read).toEqual(variables);
});

describe("slipway on the host refuses", () => {
  it.each<[string, number, RegExp]>([
    ["nonsense", 64, /^slipway inspect .*read only/],
    ["deploy", 1, /not an application's name: ''/],
    ["history 'a b'", 1, /error: not an application's name: a\\ b/],
    ["history ../etc", 1, /not an application's name: \.\.\/etc/],
    ["destroy slipway --owner x --data", 1, /not an application's name: slipway/],
    ["destroy hand --force", 1, /unknown option --force/],
    ["history nobody-knows", 1, /no deployment of nobody-knows is recorded on this host/],
    ["rollback nobody-knows", 1, /nobody-knows is not on this host/],
    ["deploy hand --release xyz", 1, /--release must be the 12 hexadecimal digits that name a release/],
    ["deploy hand --release ../../../../etc", 1, /--release must be the 12 hexadecimal digits/],
    ["deploy hand --release", 1, /--release needs a value/],
    ["deploy hand --colour red", 1, /unknown option --colour/],
    [
      "deploy hand --release 0123456789ab",
      1,
      /the release sent for hand is incomplete; the connection may have broken off\. Nothing was changed\./,
    ],
  ])("%s (exit code %i)", async (words, code, message) => {
    const result = await slipway(words, "");
    expect([result.code, result.stderr]).toEqual([code, expect.stringMatching(message)]);
  });

  it("and leaves nothing of what it refused", async () =>
    expect(await target.ask("ls /opt")).not.toContain("nobody-knows"));
  it("but helps", async () =>
    expect(await slipway("help")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^slipway inspect[\s\S]*slipway destroy APP/),
    }));
});

describe("an application that is deployed, and gone back by hand", () => {
  let first: Release;
  let second: Release;
  const secrets = { TOKEN: "planted-host-token" };
  const inspect = async () => JSON.parse(expectOk(await slipway("inspect")).stdout);

  it("serves, and says so", async () => {
    first = await releaseOf("1.0.0", secrets);
    second = await releaseOf("1.1.0", secrets);
    const result = expectOk(await deploy(first));
    expect(result.stdout).toContain(`hand 1.0.0 (release ${first.id}) serves and is confirmed`);
    expectOk(await deploy(second));
    await untilServed(target, DOMAIN, "1.1.0");
  });

  it("is found by `inspect`, which changes nothing", async () => {
    const before = await hostPicture(target, APPLICATION);
    const times = (): Promise<string> =>
      target.ask(
        "find /opt -newermt @$(($(date +%s) - 3600)) -type f ! -path '*/ledger.jsonl' -printf '%p %T@\\n' | sort",
      );
    const written = await times();
    const { applications, host: itself } = await inspect();
    expect(applications[APPLICATION]).toMatchObject({
      release: second.id,
      version: "1.1.0",
      token: options.token,
      owner: OWNER,
      differences: [],
      underway: null,
    });
    expect(itself).toMatchObject({ token: "host test", proxyRuns: true });
    expect(await hostPicture(target, APPLICATION)).toEqual(before);
    expect(await times()).toBe(written);
  });

  it("is seen the same by the program's look", async () => {
    const seen = await look(
      {
        address: target.address,
        port: 22,
        user: "deploy",
        agent: false,
        privateKey: readFileSync(join(SANDBOX, "id_ed25519"), "utf8"),
        hostKey: readFileSync(join(SANDBOX, `host-${HOST}.pub`), "utf8"),
      },
      "/opt",
    );
    expect(seen.applications[APPLICATION]!.release).toBe(second.id);
  });

  it("is left alone by the same deployment again, which only takes over the token", async () => {
    const before = (await hostPicture(target, APPLICATION)).containers;
    expect(expectOk(await deploy(second, "another token")).stdout).toContain("already runs; nothing to do");
    expect((await hostPicture(target, APPLICATION)).containers).toEqual(before);
    expect((await inspect()).applications[APPLICATION].token).toBe("another token");
  });

  it("goes back by hand, without Pulumi, to the release before", async () => {
    expectOk(await slipway(`rollback ${APPLICATION}`));
    await untilServed(target, DOMAIN, "1.0.0");
    expect((await inspect()).applications[APPLICATION]).toMatchObject({
      release: first.id,
      token: expect.stringMatching(/^by hand: deploy /),
      differences: [],
    });
  });

  it("goes to a release by its name, and names those that are kept where there is none", async () => {
    expectOk(await slipway(`rollback ${APPLICATION} ${second.id}`));
    await untilServed(target, DOMAIN, "1.1.0");
    for (const wrong of ["0123456789ab", ".", "../releases", quote("a b")]) {
      const result = await slipway(`rollback ${APPLICATION} ${wrong}`);
      expect([result.code, result.stderr]).toEqual([
        1,
        expect.stringMatching(`is not a release of hand that is kept; these are: ${second.id} ${first.id}`),
      ]);
    }
  });

  it("is deployed again by a run that follows one which goes back because nobody confirmed it", async () => {
    const wanted = deployCommand(at, first, { ...options, confirmWithin: 1000 });
    const input = deployInput(first, [LOGIN]);
    const frozen = harmAt(target, APPLICATION, "revert", "freeze");
    expectOk(await target.exec(wanted, { input }));
    await frozen.reached();
    const again = target.exec(wanted, { input, timeoutSeconds: 120 });
    await target.ask(
      "until ls /opt/hand/run/*/again 2>/dev/null; do sleep 0.1; done; kill -CONT $(pgrep --uid deploy --full 'slipway (supervise|work) hand ')",
      { timeoutSeconds: 60 },
    );
    expect(expectOk(await again).stdout).toContain(`it was interrupted; release ${first.id} of hand is deployed again`);
    expectOk(await target.exec(confirmCommand(at, first, options.token)));
    await untilServed(target, DOMAIN, "1.0.0");
    expectOk(await slipway(`rollback ${APPLICATION}`));
  });

  it("has a history: every deployment, newest last, and no secret", async () => {
    const text = expectOk(await slipway(`history ${APPLICATION}`)).stdout;
    const entries = await ledger(target, APPLICATION);
    expect(
      text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual(entries);
    expect(
      entries
        .filter(({ result }) => result === "confirmed")
        .slice(-6)
        .map(({ version, by }) => [version, String(by).split(":")[0]]),
    ).toEqual([
      ["1.0.0", options.token],
      ["1.1.0", options.token],
      ["1.0.0", "by hand"],
      ["1.1.0", "by hand"],
      ["1.0.0", options.token],
      ["1.1.0", "by hand"],
    ]);
    expect(text).not.toContain("planted");
  });

  it("is described in files that only its user reads", async () => {
    expect((await target.ask("find /opt/hand /opt/slipway -type f -perm /077 -print")).trim()).toBe("");
    expect(
      await target.ask(
        `cat /opt/hand/releases/${second.id}/compose.yaml /opt/hand/releases/${second.id}/manifest.json`,
      ),
    ).not.toContain("planted");
  });

  it("says what somebody changed by hand", async () => {
    const file = `/opt/hand/releases/${second.id}/compose.yaml`;
    await target.ask(
      `cp -p ${file} /tmp/kept.yaml && echo '# mine' >>${file} && ln -sfn releases/${first.id} /opt/hand/current && echo 10.0.0.1 >/opt/slipway/proxy/upstreams/hand.web.8000`,
    );
    const { differences } = (await inspect()).applications[APPLICATION];
    await target.ask(`cp -p /tmp/kept.yaml ${file} && rm /tmp/kept.yaml`);
    expect(differences).toEqual([
      `the files of release ${second.id} were changed by hand`,
      'the link "current" points elsewhere',
      "the route of hand.web.8000 points elsewhere",
    ]);
    expectOk(await deploy(second));
    expect((await inspect()).applications[APPLICATION].differences).toEqual([]);
  });

  it("stays when somebody else owns it, and goes with its owner", async () => {
    expect(expectOk(await slipway("destroy hand --owner somebody --data")).stdout).toContain(
      "kept: hand on this host now belongs to test-host, not to somebody; nothing was removed",
    );
    await untilServed(target, DOMAIN, "1.1.0");
    expectOk(await target.exec(destroyCommand(at, false)));
    expect((await hostPicture(target, APPLICATION)).containers).toEqual([]);
    expect((await inspect()).applications).not.toHaveProperty(APPLICATION);
    expect((await ledger(target, APPLICATION)).at(-1)).toMatchObject({ action: "destroy", result: "removed" });
  });
});

describe("an application of which the host knows little", () => {
  const other = { ...at, application: "found" };
  const label = "label=com.docker.compose.project=found";
  const labels =
    "--label com.docker.compose.project=found --label com.docker.compose.service=web --label com.docker.compose.oneoff=False";
  const install = (release: Release): Promise<Result> =>
    target.exec(deployCommand(other, release, options), { input: deployInput(release, [LOGIN]), timeoutSeconds: 180 });
  afterAll(async () => {
    await target.exec(`docker rm --force by-hand; ${destroyCommand(other, true)}`);
  });

  it("keeps what somebody began under its name, when its first deployment fails", async () => {
    await target.ask(`docker run --detach --name by-hand ${labels} ${CADDY}`);
    const result = await install(await releaseOf("3.0.0", {}, "found"));
    expect([result.code, result.stdout + result.stderr]).toEqual([
      1,
      expect.stringContaining("the wrong version serves"),
    ]);
    expect((await target.ask(`docker ps --all --filter ${label} --format '{{.Names}} {{.State}}'`)).trim()).toBe(
      "by-hand running",
    );
    await target.ask("docker rm --force by-hand");
  });

  it("goes with its data, although its files were changed by hand", async () => {
    const release = await releaseOf("1.0.0", {}, "found", ["files:/files"]);
    expectOk(await install(release));
    await target.ask(`echo '# mine' >>/opt/found/releases/${release.id}/compose.yaml`);
    expect(expectOk(await target.exec(destroyCommand(other, true))).stdout).toContain(
      "found is gone, and its data with it",
    );
    expect(
      (
        await target.ask(
          `docker ps --all --quiet --filter ${label}; docker volume ls --quiet --filter ${label}; docker network ls --quiet --filter ${label}; ls -d /opt/found 2>/dev/null || true`,
        )
      ).trim(),
    ).toBe("");
  });
});
