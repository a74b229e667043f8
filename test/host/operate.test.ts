/** What a host's scripts do for one application: deploy, go back, tell, and take away, each by hand or as `pulumi up` asks. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { look } from "../../components/host/look.ts";
import type { Release } from "../../components/release/model.ts";
import { harmAt } from "../support/faults/faults.ts";
import { expectOk } from "../support/run.ts";
import { CADDY } from "../support/sandbox.ts";
import { untilServed } from "../support/served.ts";
import { quote, SANDBOX } from "../support/ssh.ts";
import { hostPicture, ledger } from "../support/state.ts";
import { Deployment, OWNER, ready } from "./support/deployment.ts";
import { slipway, target } from "./support/prepared.ts";
import { APPLICATION, sample } from "./support/release.ts";

const inspect = async () => JSON.parse(expectOk(await slipway("inspect")).stdout);

describe("an application of which a newer release runs, and an older one is kept,", () => {
  const deployment = new Deployment(target, sample(APPLICATION));
  const { domain } = deployment;
  const given = { secrets: { TOKEN: "planted-host-token" } };
  let first: Release;
  let second: Release;
  const seen = () => deployment.seen();

  beforeAll(async () => {
    await ready(deployment);
    first = await deployment.deployed("1.0.0", { given });
    second = await deployment.deployed("1.1.0", { given });
  });
  beforeEach(async () => {
    const current = (await target.ask(`readlink /opt/${APPLICATION}/current`)).trim();
    if (!current.endsWith(second.id)) expectOk(await deployment.deploy(second));
  });
  afterAll(() => deployment.end());

  it("serves another one once that is deployed, which says so", async () => {
    const result = expectOk(await deployment.deploy(first));
    expect(result.stdout).toContain(`hand 1.0.0 (release ${first.id}) serves and is confirmed`);
    await untilServed(target, domain, "1.0.0");
  });

  it("is found by `inspect`, which changes nothing", async () => {
    expectOk(await deployment.deploy(second, { token: "a test's token" }));
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
      token: "a test's token",
      owner: OWNER,
      differences: [],
      underway: null,
    });
    expect(itself).toMatchObject({ token: "host test", proxyRuns: true });
    expect(await hostPicture(target, APPLICATION)).toEqual(before);
    expect(await times()).toBe(written);
  });

  it("is seen the same by the program's look", async () => {
    const { applications } = await look(
      {
        address: target.address,
        port: 22,
        user: "deploy",
        agent: false,
        privateKey: readFileSync(join(SANDBOX, "id_ed25519"), "utf8"),
        hostKey: readFileSync(join(SANDBOX, `host-${target.number}.pub`), "utf8"),
      },
      "/opt",
    );
    expect(applications[APPLICATION]!.release).toBe(second.id);
  });

  it("is left alone by the same deployment again, which only takes over the token", async () => {
    const before = (await hostPicture(target, APPLICATION)).containers;
    expect(expectOk(await deployment.deploy(second, { token: "another token" })).stdout).toContain(
      "already runs; nothing to do",
    );
    expect((await hostPicture(target, APPLICATION)).containers).toEqual(before);
    expect(await seen()).toMatchObject({ token: "another token" });
  });

  it("goes back by hand, without Pulumi, to the release before", async () => {
    expectOk(await slipway(`rollback ${APPLICATION}`));
    await untilServed(target, domain, "1.0.0");
    expect(await seen()).toMatchObject({
      release: first.id,
      token: expect.stringMatching(/^by hand: deploy /),
      differences: [],
    });
  });

  it("is whole again after docker compose down, and after an up of new containers that the proxy does not know", async () => {
    const { release, version } = (await seen()) as Record<"release" | "version", string>;
    for (const words of ["down", "down && docker compose up --detach"]) {
      await target.ask(`cd /opt/${APPLICATION}/current && docker compose ${words}`, { timeoutSeconds: 120 });
      expectOk(await slipway(`rollback ${APPLICATION} current`));
      await untilServed(target, domain, version);
      expect(await seen()).toMatchObject({ release, differences: [] });
    }
  });

  it("goes to a release by its name", async () => {
    expectOk(await slipway(`rollback ${APPLICATION} ${first.id}`));
    await untilServed(target, domain, "1.0.0");
    expectOk(await slipway(`rollback ${APPLICATION} ${second.id}`));
    await untilServed(target, domain, "1.1.0");
  });

  it.each(["0123456789ab", ".", "../releases", quote("a b")])(
    "has no release named %s, and tells which are kept",
    async (wrong) => {
      const result = await slipway(`rollback ${APPLICATION} ${wrong}`);
      expect([result.code, result.stderr]).toEqual([
        1,
        expect.stringMatching(`is not a release of hand that is kept; these are: ${second.id} ${first.id}`),
      ]);
    },
  );

  it("is deployed again by a run that follows one which goes back because nobody confirmed it", async () => {
    const frozen = harmAt(target, APPLICATION, "settling", "freeze");
    const options = { confirmWithin: 1000, token: "not confirmed in time" };
    expectOk(await deployment.deploy(first, options));
    await frozen.reached();
    const again = deployment.deploy(first, { ...options, confirmWithin: 60_000 });
    await target.ask("until ls /opt/hand/run/*/again 2>/dev/null; do sleep 0.1; done", { timeoutSeconds: 60 });
    await frozen.goOn();
    expect(expectOk(await again).stdout).toContain(`it was interrupted; release ${first.id} of hand is deployed again`);
    expectOk(await deployment.confirm(first, options.token));
    await untilServed(target, domain, "1.0.0");
  });

  it("has a history: every deployment, newest last, who did it, and no secret", async () => {
    expectOk(await deployment.deploy(first, { token: "a test's token" }));
    expectOk(await slipway(`rollback ${APPLICATION}`));
    const text = expectOk(await slipway(`history ${APPLICATION}`)).stdout;
    const entries = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(entries).toEqual(await ledger(target, APPLICATION));
    expect(
      entries
        .filter(({ result }) => result === "confirmed")
        .slice(-3)
        .map(({ version, by }) => [version, String(by).split(":")[0]]),
    ).toEqual([
      ["1.1.0", expect.any(String)],
      ["1.0.0", "a test's token"],
      ["1.1.0", "by hand"],
    ]);
    expect(text).not.toContain("planted");
  });

  it("is described in files that only its user reads, and that hold no secret", async () => {
    expect((await target.ask("find /opt/hand /opt/slipway -type f -perm /077 -print")).trim()).toBe("");
    expect(
      await target.ask(
        `cat /opt/hand/releases/${second.id}/compose.yaml /opt/hand/releases/${second.id}/manifest.json`,
      ),
    ).not.toContain("planted");
  });

  it("stays when somebody else owns it", async () => {
    expect(expectOk(await slipway("destroy hand --owner somebody --data")).stdout).toContain(
      "kept: hand on this host now belongs to test-host, not to somebody; nothing was removed",
    );
    await untilServed(target, domain, "1.1.0");
  });

  it("goes with its owner, which its ledger keeps", async () => {
    expectOk(await deployment.destroy(false));
    expect((await hostPicture(target, APPLICATION)).containers).toEqual([]);
    expect((await inspect()).applications).not.toHaveProperty(APPLICATION);
    expect((await ledger(target, APPLICATION)).at(-1)).toMatchObject({ action: "destroy", result: "removed" });
  });
});

describe("an application of which the host knows little", () => {
  const deployment = new Deployment(target, sample("found"));
  const label = "label=com.docker.compose.project=found";
  const labels =
    "--label com.docker.compose.project=found --label com.docker.compose.service=web --label com.docker.compose.oneoff=False";

  beforeAll(() => ready(deployment));
  afterEach(async () => {
    await target.exec("docker rm --force by-hand");
    await deployment.end();
  });

  it("keeps what somebody began under its name, when its first deployment fails", async () => {
    await target.ask(`docker run --detach --name by-hand ${labels} ${CADDY}`);
    const result = await deployment.deploy(await deployment.release("3.0.0"));
    expect([result.code, result.stdout + result.stderr]).toEqual([
      1,
      expect.stringContaining("the wrong version serves"),
    ]);
    expect((await target.ask(`docker ps --all --filter ${label} --format '{{.Names}} {{.State}}'`)).trim()).toBe(
      "by-hand running",
    );
  });

  it("goes with its data, although its files were changed by hand", async () => {
    deployment.spec = sample("found", {
      services: { web: { port: 8000, health: "/health", drain: "1s", volumes: ["files:/files"] } },
    });
    const release = await deployment.deployed("1.0.0");
    await target.ask(`echo '# mine' >>/opt/found/releases/${release.id}/compose.yaml`);
    expect(expectOk(await deployment.destroy(true)).stdout).toContain("found is gone, and its data with it");
    expect(
      (
        await target.ask(
          `docker ps --all --quiet --filter ${label}; docker volume ls --quiet --filter ${label}; docker network ls --quiet --filter ${label}; ls -d /opt/found 2>/dev/null || true`,
        )
      ).trim(),
    ).toBe("");
  });
});
