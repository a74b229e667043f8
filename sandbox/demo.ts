/** Four deployments of the sample application and its repository, narrated as they happen. Run by `script/demo`, with the sandbox up. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { addressOf } from "./github/process.ts";
import { knows, switchOff, visit } from "./github/visit.ts";
import { type LoadReport, startLoad } from "./load/index.ts";

const CONFIG = ".slipway/Pulumi.demo.yaml";
const HOST = "http://10.213.77.11";
const DOMAIN = "shop.localhost";
const BROKEN = "3.0.0";
const REPOSITORY = "harbour/shop";

const colour = process.stdout.isTTY
  ? (code: number, text: string) => `\u001b[${code}m${text}\u001b[0m`
  : (_: number, text: string) => text;
const announce = (text: string) => console.log(`\n${colour(1, text)}`);

/** Runs a command, showing it and its output. */
function run(command: string, ...args: string[]): { code: number; seconds: number } {
  console.log(colour(2, `$ ${[command, ...args].join(" ")}`));
  const started = performance.now();
  const { status } = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
  return { code: status ?? 1, seconds: (performance.now() - started) / 1000 };
}

function must(command: string, ...args: string[]): void {
  const { code } = run(command, ...args);
  if (code !== 0) fail(`${command} ended with ${code}`);
}

function fail(text: string): never {
  console.error(
    colour(
      31,
      `\nThe demo did not work as intended: ${text}.\nSee docs/operations.md, or: node sandbox/main.ts status`,
    ),
  );
  process.exit(1);
}

function expectServed(version: string): void {
  const answer = spawnSync("curl", ["--silent", "--header", `Host: ${DOMAIN}`, `${HOST}/api/v1/version`], {
    encoding: "utf8",
  }).stdout.trim();
  console.log(colour(2, `$ curl --header 'Host: ${DOMAIN}' ${HOST}/api/v1/version\n`) + answer);
  if (JSON.parse(answer).version !== version) fail(`${version} should serve now`);
}

const up = (version: string) => {
  must("pulumi", "config", "set", "--config-file", CONFIG, "--path", "slipway:applications.shop.version", version);
  return run("pulumi", "up", "--config-file", CONFIG, "--stack", "dev", "--skip-preview", "--yes");
};

/** After `down --volumes` the repository is still in the state, but no longer on GitHub. */
async function forgetRemovedRepository(): Promise<void> {
  if (await knows(REPOSITORY)) return;
  const urn = "urn:pulumi:dev::slipway::slipway:repository:Repository::shop";
  spawnSync("pulumi", ["state", "delete", urn, "--stack", "dev", "--target-dependents", "--force", "--yes"], {
    stdio: "ignore",
  });
}

async function underLoad(work: () => Promise<void> | void): Promise<LoadReport> {
  const load = startLoad({ url: HOST, hostHeader: DOMAIN, rate: 50, durationSeconds: 300 });
  await load.started;
  await work();
  const report = await load.stop();
  const versions = Object.entries(report.byVersion)
    .map(([version, count]) => `${count} by ${version}`)
    .join(", ");
  console.log(
    colour(
      report.failures === 0 ? 32 : 31,
      `\n${report.requests} requests during this, ${report.failures} failed (version asked ${versions})`,
    ),
  );
  if (report.failures > 0) fail("a request was lost");
  return report;
}

process.once("uncaughtException", (error) => fail(error.message));
process.env.PULUMI_CONFIG_PASSPHRASE ??= "";
mkdirSync(".slipway/state", { recursive: true });
cpSync("Pulumi.dev.yaml", CONFIG);

announce(
  "1. The plan, before anything happens: a host, an application, and its repository with all that belongs to it",
);
if (spawnSync("pulumi", ["stack", "select", "dev"], { stdio: "ignore" }).status !== 0)
  must("pulumi", "stack", "init", "dev");
else await forgetRemovedRepository();
must("pulumi", "preview", "--config-file", CONFIG, "--stack", "dev");

announce("2. Version 1 (and a Postgres beside it) goes to the host, and its repository to GitHub");
if (up("1.0.0").code !== 0) fail("version 1 was not deployed");
expectServed("1.0.0");

announce(
  "3. Version 2, while users are at work: new and kept connections, slow answers, a download, an upload, a WebSocket",
);
await underLoad(async () => {
  if (up("1.1.0").code !== 0) fail("version 2 was not deployed");
});
expectServed("1.1.0");

announce("4. Version 3 is broken: it starts and is healthy, but serves something else than it says");
const { byVersion } = await underLoad(async () => {
  if (up(BROKEN).code === 0) fail("version 3 was accepted");
});
const unverified = Object.entries(byVersion).reduce(
  (sum, [version, count]) => sum + (version === "1.1.0" ? 0 : count),
  0,
);
console.log(`${unverified} requests were answered by version 3`);
if (unverified > 0) fail("users met a version that had not been verified");
console.log("pulumi up has failed, as it should, and");
expectServed("1.1.0");

announce("5. The way back to version 1 is a deployment like any other");
if (up("1.0.0").code !== 0) fail("the rollback did not work");
expectServed("1.0.0");

announce("What the host remembers (/opt/shop/ledger.jsonl)");
must(
  process.execPath,
  "sandbox/main.ts",
  "ssh",
  "host-1",
  "tail -n 4 /opt/shop/ledger.jsonl | jq -c '{time, result, version, reason, steps}'",
);

announce("6. What GitHub has since the second step: rules, environments, secrets, and the workflows as a pull request");
console.log((await visit(REPOSITORY)).join("\n"));

announce('7. Somebody switches the rules of "main" off by hand; the plan shows it, and up puts them back');
await switchOff(REPOSITORY, "main");
must("pulumi", "preview", "--config-file", CONFIG, "--stack", "dev", "--refresh");
must("pulumi", "up", "--config-file", CONFIG, "--stack", "dev", "--refresh", "--skip-preview", "--yes");
const rules = (await visit(REPOSITORY)).filter((line) => line.includes("main ("));
console.log(rules.join("\n"));
if (!rules.some((line) => line.includes("main (active)"))) fail("the rules should be back");

announce(`Done: version 1 serves at ${HOST} (Host: ${DOMAIN}); its repository is at ${addressOf().url}${REPOSITORY}`);
console.log(`Look around:   node sandbox/main.ts status      node sandbox/main.ts ssh host-1      node sandbox/main.ts github
Deploy more:   export PULUMI_CONFIG_PASSPHRASE=''; npx pulumi preview
Take it down:  node sandbox/main.ts down --volumes`);
