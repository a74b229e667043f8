/** The ways back: by `pulumi up`, by hand on the host, and after a failed verification. */
import type { LoadReport } from "../../sandbox/load/index.ts";
import { expectOk } from "../support/run.ts";
import { deployVersion, NAME, proxied, type Scene } from "./deploys.ts";
import { lastLine, say } from "./place.ts";
import { atMost, compared, measured, target } from "./statistics.ts";
import { MIX, traffic, underLoad, unverified } from "./traffic.ts";

/** `pulumi up` with the version before; the release is kept on the host. */
export async function rollbackManual(scene: Scene) {
  const { host, versions, runs } = scene;
  const [older, newer] = [versions.take(), versions.take()];
  const forth: number[] = [],
    samples: number[] = [],
    byHand: number[] = [];
  expectOk(await deployVersion(scene, older));
  for (let run = 0; run < runs; run++) {
    forth.push(expectOk(await deployVersion(scene, newer)).seconds);
    byHand.push(
      expectOk(await host.exec(`/opt/slipway/bin/slipway rollback ${NAME}`, { timeoutSeconds: 120 })).seconds,
    );
    expectOk(await deployVersion(scene, newer));
    samples.push(expectOk(await deployVersion(scene, older)).seconds);
    say(
      `rollback by pulumi up: ${samples.at(-1)!.toFixed(1)} s, by hand on the host ${byHand.at(-1)!.toFixed(1)} s, the deployment ${forth.at(-1)!.toFixed(1)} s`,
    );
  }
  const result = compared(samples, forth);
  return {
    ...result,
    floor_is: "a deployment",
    by_hand_on_the_host: measured(byHand),
    ...target("no slower than a deployment (10 % for noise)", result.ratio <= 1.1),
  };
}

/** A version that serves the wrong thing: seconds from the failed verification until the old one serves. */
export async function rollbackAutomatic(scene: Scene) {
  const { host, versions, runs } = scene;
  const samples: number[] = [],
    whole: number[] = [],
    reports: LoadReport[] = [];
  for (let run = 0; run < runs; run++) {
    const { value, report } = await underLoad({ ...MIX, ...proxied(scene) }, () =>
      deployVersion(scene, versions.wrong),
    );
    const line = await lastLine(host, NAME);
    if (value.code === 0 || line.result !== "reverted")
      throw new Error(`a version that serves the wrong thing was not reverted:\n${value.stdout}${value.stderr}`);
    samples.push(line.steps.reverted!);
    whole.push(value.seconds);
    reports.push(report);
    say(`automatic rollback: ${samples.at(-1)!.toFixed(2)} s with ${report.failures} failures`);
  }
  const { failed_requests, requests } = traffic(reports);
  const requests_unverified = reports.reduce((sum, report) => sum + unverified(report), 0);
  const result = measured(samples);
  return {
    ...result,
    failed_requests,
    requests,
    requests_unverified,
    whole_command: measured(whole),
    targets: [
      atMost(2, "s", result.median),
      atMost(0, "failed requests", failed_requests),
      atMost(0, "requests answered by the version that failed its verification", requests_unverified),
    ],
  };
}
