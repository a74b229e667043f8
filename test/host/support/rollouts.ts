/** Deployments one after the other under load, of a service that may run twice. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LoadReport, startLoad } from "../../../sandbox/load/index.ts";
import { expectOk } from "../../support/run.ts";
import { seed } from "../../support/sandbox.ts";
import { containers, ledger } from "../../support/state.ts";
import { Deployment, ready } from "./deployment.ts";
import { target } from "./prepared.ts";
import { sample } from "./release.ts";

const APPLICATION = "rolling";
const KEPT = 3;
const FIRST = "1.0.0";

/** Slow answers last 5 s: they finish within the drain time; the WebSocket lasts until its end. */
const deployment = new Deployment(
  target,
  sample(APPLICATION, {
    services: { web: { port: 8000, health: "/health", drain: "6s" } },
    verification: { version: "/api/v1/version", checks: ["/"] },
    preflight: { freeMiB: 64 },
  }),
);
const options = { keepReleases: KEPT };

async function currentImage(): Promise<string> {
  return (await target.ask(`jq -r '.images[]' /opt/${APPLICATION}/current/manifest.json`)).trim();
}

export interface Many {
  /** How many versions follow the first one. */
  deployments: number;
  /** Requests in a second, beside downloads, uploads, slow answers and a WebSocket. */
  rate: number;
}

/** @param requests how many there are at least, however quick the deployments are */
export function rollouts({ deployments, rate, requests }: Many & { requests: number }): void {
  const versions = Array.from({ length: deployments }, (_, index) => `2.0.${index}`);
  let report: LoadReport;
  /** The image of each deployment by version, as the host's release names it. */
  const images: Record<string, string> = {};
  const seconds: number[] = [];

  beforeAll(async () => {
    await Promise.all([ready(deployment), seed(...versions.map((version) => `shop:${version}`))]);
    await deployment.deployed(FIRST, { options });
    images[FIRST] = await currentImage();

    const load = startLoad({
      url: `http://${target.address}`,
      hostHeader: deployment.domain,
      rate,
      durationSeconds: 1800,
    });
    await load.started;
    const startedAt = performance.now();
    try {
      for (const version of versions) {
        const release = await deployment.release(version);
        seconds.push(expectOk(await deployment.deploy(release, options)).seconds);
        images[version] = await currentImage();
      }
      await sleep(Math.max(2000, (requests / rate) * 1000 - (performance.now() - startedAt)));
    } finally {
      report = await load.stop();
      const { failures, idleCloseRaces, websocketReconnects, latency } = report;
      console.log(
        JSON.stringify({
          requests: report.requests,
          failures,
          idleCloseRaces: idleCloseRaces.count,
          websocketReconnects,
          latency,
          seconds: report.seconds,
          deployed: seconds,
        }),
      );
    }
  }, 1_200_000);

  afterAll(() => deployment.end());

  test("no request failed in all of the deployments", () => {
    expect(report.failuresByKind).toEqual({});
    expect(report.failures).toBe(0);
    expect(report.idleCloseRaces).toEqual({ count: 0, samples: [] });
    expect(report.requests).toBeGreaterThanOrEqual(requests);
  });

  test("every kind of exchange took part in it", () => {
    const { keepAlive, newConnection, slow, downloads, uploads, websocket } = report;
    for (const part of [keepAlive, newConnection]) expect(part.requests).toBeGreaterThan(requests / 3);
    for (const part of [slow, downloads, uploads]) expect(part.requests).toBeGreaterThan(deployments);
    expect(websocket.echoes).toBeGreaterThan(deployments);
  });

  test("each deployment closes the WebSocket once, with a close frame", () => {
    expect(report.websocketReconnects).toBe(deployments);
  });

  test("every version served, in order, and never two at a time", () => {
    expect(report.versionTimeline.map(([, version]) => version)).toEqual([FIRST, ...versions]);
    expect(report.mixedAfterSwitch).toBe(0);
  });

  test("one container is left", async () => {
    expect((await containers(target, APPLICATION)).map(({ service, state }) => `${service} ${state}`)).toEqual([
      "web running",
    ]);
  });

  test("only the newest releases are kept, with their images", async () => {
    const releases = await target.ask(`jq -r .version /opt/${APPLICATION}/releases/*/manifest.json`);
    expect(releases.trim().split("\n").sort()).toEqual(versions.slice(-KEPT).sort());
    const present = await target.ask(
      `docker image inspect --format '{{join .RepoDigests "\\n"}}' $(docker image ls --quiet)`,
    );
    const here = versions.filter((version) => present.includes(images[version]!));
    expect(here).toEqual(versions.slice(-KEPT));
  });

  test("the ledger has a confirmed line for each deployment, with the time of its steps", async () => {
    const lines = await ledger(target, APPLICATION);
    expect(lines.map(({ action, result, version }) => `${action} ${result} ${version}`)).toEqual(
      [FIRST, ...versions].map((version) => `deploy confirmed ${version}`),
    );
    for (const { steps } of lines) {
      expect(steps).toMatchObject({
        pull: expect.any(Number),
        start: expect.any(Number),
        health: expect.any(Number),
        switch: expect.any(Number),
        verify: expect.any(Number),
      });
    }
    for (const { steps } of lines.slice(1))
      expect(steps).toMatchObject({ drain: expect.any(Number), prune: expect.any(Number) });
  });
}
