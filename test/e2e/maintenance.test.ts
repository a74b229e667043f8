/** `slipway maintenance` on a real host: what users get, before, during and after it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { Deployment, ready } from "../host/support/deployment.ts";
import { sample } from "../host/support/release.ts";
import { temporaryFolder } from "../support/folder.ts";
import { ensureHosts, own } from "../support/hosts.ts";
import { CHECKOUT, expectOk, type Result, run } from "../support/run.ts";
import { connection } from "../support/sandbox.ts";
import { askHost, untilServed } from "../support/served.ts";

const [target] = own;
const NAME = "closed";
const ROUTE = `/opt/slipway/proxy/routes/${NAME}.caddy`;
const folder = temporaryFolder("maintenance");
const deployment = new Deployment(target, sample(NAME));
const given = { secrets: { TOKEN: "planted-maintenance-token" } };
const COMMAND = join(CHECKOUT, "cli/slipway.ts");

const slipway = (...words: string[]): Promise<Result> => run(process.execPath, [COMMAND, ...words], { cwd: folder });
const answer = () => askHost(target, deployment.domain);
const page = async (): Promise<[number, string | undefined, boolean]> => {
  const { status, headers, body } = await answer();
  return [status, headers["retry-after"], body.includes("Back at 14:00 &lt;UTC&gt;")];
};
const SHOWN = [503, "3600", true];

beforeAll(async () => {
  await ensureHosts();
  await ready(deployment);
  await deployment.deployed("1.0.0", { given });
  writeFileSync(join(folder, "Pulumi.yaml"), "name: closed\nruntime: nodejs\nbackend:\n  url: file://state\n");
  const config = {
    "slipway:hosts": { "web-1": connection(target.number) },
    "slipway:applications": { [NAME]: { version: "1.0.0", hosts: ["web-1"] } },
  };
  writeFileSync(join(folder, "Pulumi.prod.yaml"), stringify({ config }));
});
afterAll(() => deployment.end());

describe("an application in maintenance", () => {
  let before: string;
  beforeAll(async () => {
    before = await target.ask(`cat ${ROUTE}`);
    const { code, stdout, stderr } = await slipway(
      ...["maintenance", "on", NAME, "--message", "Back at 14:00 <UTC>", "--retry-after", "1h", "--allow", "192.0.2.7"],
    );
    expect([code, stdout, stderr]).toEqual([
      0,
      `web-1: users of ${NAME} get the page on http://${deployment.domain}\n`,
      "",
    ]);
  });

  it("answers its users with the page, also to a POST, and not those who say that they may pass", async () => {
    expect(await page()).toEqual(SHOWN);
    const post = await askHost(target, deployment.domain, "/", { method: "POST" });
    expect([post.status, post.headers["content-type"]]).toEqual([503, "text/html; charset=utf-8"]);
    const { stdout } = await target.exec(
      `curl -sk -o /dev/null -w '%{http_code} ' --connect-to ::127.0.0.1: -H 'X-Slipway-Maintenance;' -H 'X-Slipway-Verify: x' -H 'X-Forwarded-For: 192.0.2.7' http://${deployment.domain}/version`,
    );
    expect(stdout).toBe("503 ");
  });

  it("is no drift, and shown by `slipway status`", async () => {
    expect(await deployment.seen()).toMatchObject({ differences: [], version: "1.0.0" });
    const { stdout } = await slipway("status");
    expect(stdout).toMatch(/closed on web-1 is in maintenance for \d+ s, by .*; let in: 192\.0\.2\.7\n/);
  });

  it("is deployed, verified and rolled back, and stays in it", async () => {
    await deployment.deployed("1.1.0", { given });
    expect(await page()).toEqual(SHOWN);
    expect(await deployment.seen()).toMatchObject({ differences: [], version: "1.1.0" });
    expectOk(await target.exec(`/opt/slipway/bin/slipway rollback ${NAME}`, { timeoutSeconds: 120 }));
    expect(await page()).toEqual(SHOWN);
  });

  it("stays in it when the proxy starts anew", async () => {
    expectOk(await target.exec("docker restart --time 1 slipway-proxy"));
    await expect.poll(() => page().catch(() => undefined), { timeout: 15_000 }).toEqual(SHOWN);
  });

  it("serves those from an allowed address, by another call", async () => {
    const { stdout: seenAs } = await target.exec("echo ${SSH_CLIENT%% *}");
    const on = await slipway("maintenance", "on", NAME, "--allow", `${seenAs.trim()}/32`, "192.0.2.0/24");
    expect([on.code, on.stdout]).toEqual([0, expect.stringContaining("get the page on")]);
    const { status, headers } = await answer();
    expect([status, headers["x-slipway-maintenance"]]).toEqual([200, undefined]);
    expect((await slipway("status")).stdout).toContain("192.0.2.0/24");
  });

  it("serves its users again afterwards, by the very route that it had", async () => {
    expect(await slipway("maintenance", "off", NAME)).toMatchObject({
      code: 0,
      stdout: `web-1: users of ${NAME} get the application on http://${deployment.domain}\n`,
    });
    await untilServed(target, deployment.domain, "1.0.0");
    expect(await target.ask(`cat ${ROUTE}`)).toBe(before);
    expect((await target.ask("ls -A /opt/slipway/proxy/maintenance")).trim()).toBe("");
    expect((await slipway("maintenance", "off", NAME)).stdout).toBe(`web-1: ${NAME} is not in maintenance\n`);
  });
});

it("a change of it that was interrupted is finished by cron", async () => {
  expectOk(await slipway("maintenance", "on", NAME));
  const at = `/opt/slipway/proxy/maintenance/${NAME}`;
  // What `off` leaves when it is killed before the proxy knows of it.
  await target.ask(`touch ${at}.changing && rm ${at}.json`);
  expect((await answer()).status).toBe(503);
  expectOk(await target.exec("/opt/slipway/bin/slipway recover"));
  expect((await answer()).status).toBe(200);
  expect((await target.ask("ls -A /opt/slipway/proxy/maintenance")).trim()).toBe("");
});

it("mistakes are told before a host is asked", async () => {
  writeFileSync(join(folder, "empty.html"), " ");
  const mistakes = [
    ["--allow", "10.0.0.0/33"],
    ["--retry-after", "soon"],
    ["--page", "empty.html"],
  ];
  for (const words of mistakes)
    expect(await slipway("maintenance", "on", NAME, ...words)).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining(words[0]!),
    });
  expect(readFileSync(join(folder, "empty.html"), "utf8")).toBe(" ");
});
