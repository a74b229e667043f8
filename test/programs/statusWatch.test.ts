/** `slipway status --watch`, and what it says where the user has no rights, by a machine with an SSH server of its own. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { StatusReport } from "../../cli/status/report.ts";
import { watch } from "../../cli/status/status.ts";
import { newKeyPair } from "../../sandbox/keyPair.ts";

const [own, user] = [newKeyPair(), newKeyPair()];
const SEEN = { host: { token: "t", scripts: "s", proxyRuns: true, time: 1 }, applications: {} };
const folder = mkdtempSync(join(tmpdir(), "slipway-watch-"));
const before = process.cwd();
/** What the machine answers, look by look; the last from then on. */
let answers: { code: number; output?: string; errors?: string }[] = [];
let logins = 0;
const server = new ssh2.Server({ hostKeys: [own.private] }, (client) => {
  client.on("error", () => undefined);
  client.on("authentication", (context) =>
    context.method === "publickey" ? context.accept() : context.reject(["publickey"]),
  );
  client.on("ready", () => {
    logins += 1;
  });
  client.on("session", (accept) =>
    accept().on("exec", (run) => {
      const { code, output = "", errors = "" } = answers.length > 1 ? answers.shift()! : answers[0]!;
      const stream = run();
      stream.write(output);
      stream.stderr.write(errors);
      stream.exit(code);
      stream.end();
    }),
  );
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  writeFileSync(join(folder, "key"), user.private, { mode: 0o600 });
  writeFileSync(join(folder, "Pulumi.yaml"), "name: infra\nruntime: nodejs\n");
  const host = {
    address: "127.0.0.1",
    port,
    user: "anna",
    privateKeyFile: join(folder, "key"),
    hostKey: own.public.split(" ").slice(0, 2).join(" "),
  };
  const config = { "slipway:hosts": { "web-1": host }, "slipway:applications": {} };
  writeFileSync(join(folder, "Pulumi.prod.yaml"), JSON.stringify({ config }));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before);
  server.close();
  rmSync(folder, { recursive: true });
});

/** Watches until it was told so often. */
async function told(times: number): Promise<string[][]> {
  const ending = new AbortController();
  const reports: StatusReport[] = [];
  const show = (report: StatusReport): void => {
    reports.push(report);
    if (reports.length === times) ending.abort();
  };
  await watch({ stack: "prod", show, signal: ending.signal, every: 10 });
  return reports.map(({ hosts }) => hosts.flatMap(({ name, wrong }) => wrong.map((text) => `${name}: ${text}`)));
}

it("a watch tells what changes from look to look, by one login", async () => {
  answers = [
    { code: 0, output: JSON.stringify(SEEN) },
    { code: 0, output: JSON.stringify({ ...SEEN, host: { ...SEEN.host, watched: false } }) },
    { code: 0, output: JSON.stringify(SEEN) },
  ];
  const [first, second, third] = await told(3);
  expect([second, third]).toEqual([[...first!, expect.stringMatching(/^web-1: .*cron/)], first]);
  expect(logins).toBe(1);
});

it("a user without rights on the host is told so, with the way out, and the watch goes on", async () => {
  answers = [{ code: 126, errors: "bash: /opt/slipway/bin/slipway: Permission denied\n" }];
  const why =
    "web-1: anna may not run /opt/slipway/bin/slipway there; name the user that prepared the host (slipway:hosts, user)";
  expect(await told(2)).toEqual([[why], [why]]);
});
