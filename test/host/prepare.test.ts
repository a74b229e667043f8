/** The preparation of a host, on a real machine with a real Docker Engine, reached by SSH, without Pulumi. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderEnvironment } from "../../components/release/envFile.ts";
import { HOSTILE } from "../fixtures/hostile.ts";
import { prepare, slipway, target, tryToPrepare } from "./support/prepared.ts";

/** What the host's administrator wrote before. */
const OWN_DAEMON = { "log-driver": "json-file", "log-opts": { "max-size": "7m" }, "max-concurrent-downloads": 2 };
const DAEMON = "/etc/docker/daemon.json";

/** In the place of the real ufw, which would change this machine's kernel: writes down what it is told. */
const UFW = `#!/bin/sh
echo "$@" >>/tmp/ufw
[ "$1" != status ] || echo "Status: inactive"
`;
let daemonBefore: string;

beforeAll(async () => {
  await prepare();
  daemonBefore = await target.read(DAEMON);
  await target.write("/usr/local/bin/ufw", UFW, "755");
  await target.write(DAEMON, JSON.stringify(OWN_DAEMON));
  await prepare({ hardened: true });
});

afterAll(async () => {
  await target.write(DAEMON, daemonBefore);
  await target.ask("sudo kill -HUP $(pidof dockerd)");
  await target.ask(
    "sudo rm -f /usr/local/bin/ufw /tmp/ufw /etc/ssh/sshd_config.d/10-slipway.conf && sudo kill -HUP $(pgrep -o -x sshd)",
  );
  // It opens its port anew.
  while ((await target.exec("true")).code !== 0) await sleep(100);
});

it("a prepared host keeps containers running while Docker restarts, and what its administrator set", async () => {
  expect(JSON.parse(await target.read(DAEMON))).toEqual({ ...OWN_DAEMON, "live-restore": true });
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

it("a name that no application has is told so, not answered as if all were well", async () => {
  expect(await target.ask("curl -sS -H 'Host: nobody.example.test' -w ' %{http_code}' http://127.0.0.1/")).toBe(
    "no application has this name here 404",
  );
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
  afterAll(() => target.ask("sudo rm -rf /opt/unsent"));
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
      "deploy unsent --release 0123456789ab",
      1,
      /the release sent for unsent is incomplete; the connection may have broken off\. Nothing was changed\./,
    ],
    ["rollback unsent", 1, /unsent is not on this host/],
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
