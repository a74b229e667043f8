/** Deployments one after the other under load, of a service that must never run twice. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LoadReport, startLoad } from "../../../sandbox/load/index.ts";
import { seed } from "../../support/sandbox.ts";
import { containers, ledger } from "../../support/state.ts";
import { Deployment, ready } from "./deployment.ts";
import { target } from "./prepared.ts";
import { sample } from "./release.ts";
import type { Many } from "./rollouts.ts";

const APPLICATION = "recreate";
const FIRST = "1.0.0";

/** A service with its data in one volume, as one with SQLite: it must never run twice. */
const deployment = new Deployment(
  target,
  sample(APPLICATION, {
    services: { web: { port: 8000, health: "/health", strategy: "recreate", volumes: ["data:/data"], drain: "6s" } },
    preflight: { freeMiB: 64 },
  }),
);

export function exchanges({ deployments, rate }: Many): void {
  const versions = Array.from({ length: deployments }, (_, index) => `2.1.${index}`);
  const all = [FIRST, ...versions];
  let report: LoadReport;
  /** What Docker says happened to the containers of the service, in order: `start` or `die`, and which one. */
  let events: { action: string; container: string }[];

  beforeAll(async () => {
    await Promise.all([ready(deployment), seed(...versions.map((version) => `shop:${version}`))]);
    const labels = [`project=${APPLICATION}`, "oneoff=False"].map(
      (label) => `--filter label=com.docker.compose.${label}`,
    );
    const filter = `${labels.join(" ")} --filter event=start --filter event=die`;
    const watch = target.start(`docker events ${filter} --format '{{.Action}} {{.ID}}' & cat >/dev/null; kill $!`, {
      keepInput: true,
      timeoutSeconds: 1800,
    });
    await deployment.deployed(FIRST);

    const load = startLoad({
      url: `http://${target.address}`,
      hostHeader: deployment.domain,
      rate,
      durationSeconds: 1800,
      timeoutSeconds: 60,
    });
    await load.started;
    try {
      for (const version of versions) await deployment.deployed(version);
    } finally {
      report = await load.stop();
      const { requests, failures, idleCloseRaces, websocketReconnects, latency } = report;
      console.log(
        JSON.stringify({
          requests,
          failures,
          idleCloseRaces: idleCloseRaces.count,
          websocketReconnects,
          latency,
          seconds: report.seconds,
        }),
      );
    }
    watch.endInput();
    const { stdout: text } = await watch.result;
    events = text
      .trim()
      .split("\n")
      .map((line) => ({ action: line.split(" ")[0]!, container: line.split(" ")[1]! }));
  }, 1_200_000);

  afterAll(() => deployment.end());

  test("no request failed: all were held while the process was exchanged", () => {
    expect(report.failuresByKind).toEqual({});
    expect(report.failures).toBe(0);
    expect(report.idleCloseRaces.count).toBe(0);
    for (const part of [report.keepAlive, report.newConnection, report.slow, report.downloads, report.uploads]) {
      expect(part.requests).toBeGreaterThan(versions.length);
    }
  });

  test("requests waited longer than an exchange of the process takes", () => {
    expect(report.latency.max).toBeGreaterThan(1000);
  });

  test("never two containers ran at once", () => {
    expect(events.filter(({ action }) => action === "start")).toHaveLength(all.length);
    expect(new Set(events.map(({ container }) => container)).size).toBe(all.length);
    const running = new Set<string>();
    for (const { action, container } of events) {
      if (action === "start") running.add(container);
      else running.delete(container);
      expect(running.size, JSON.stringify(events)).toBeLessThanOrEqual(1);
    }
  });

  test("every version served, in order", () => {
    expect(report.versionTimeline.map(([, version]) => version)).toEqual(all);
    expect(report.mixedAfterSwitch).toBe(0);
  });

  test("one container is left, on the one volume", async () => {
    const left = await containers(target, APPLICATION);
    expect(left.map(({ service, state }) => `${service} ${state}`)).toEqual(["web running"]);
    const volumes = await target.ask(
      `docker volume ls --quiet --filter label=com.docker.compose.project=${APPLICATION}`,
    );
    expect(volumes.trim()).toBe(`${APPLICATION}_data`);
    const owner = await target.ask(`sudo stat --format %u /var/lib/docker/volumes/${APPLICATION}_data/_data`);
    expect(owner.trim(), "the user that the service runs as").toBe("10001");
  });

  test("the ledger tells of each exchange", async () => {
    const lines = await ledger(target, APPLICATION);
    expect(lines.map(({ result, version }) => `${result} ${version}`)).toEqual(
      all.map((version) => `confirmed ${version}`),
    );
    for (const { steps } of lines)
      expect(steps).toMatchObject({ exchange: expect.any(Number), verify: expect.any(Number) });
  });
}
