/** `observe` of the host's scripts: new containers are watched for a while after they were found healthy. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CONTAINER, hostShell } from "../support/hostShell.ts";

const { root, run, release, journal } = hostShell("observe");
const DIED = /^error: (\w+) of shop 1\.0\.0 was healthy and then died while it was observed/;

/** @param looks bash that prints how container $1 looks at look $2: status and restarts; and whether its check says yes */
function observed(looks: string, services = ["web", "worker"]): string {
  release({
    release: "0123456789ab",
    version: "1.0.0",
    observe: services.length * 7,
    services: services.map((name) => ({ name, strategy: "rolling", health: {} })),
  });
  journal({ after: { services: Object.fromEntries(services.map((name) => [name, { health: {} }])) } });
  rmSync(join(root, "count"), { recursive: true, force: true });
  const { stderr, code } = run(`${CONTAINER}
    mkdir -p $ROOT/count
    look() { ${looks}; }
    engine() {
      local id=\${2#/containers/} n
      id=\${id%/json}
      n=$(cat "$ROOT/count/$id" 2>/dev/null || echo 0)
      echo $((n + 1)) >"$ROOT/count/$id"
      ANSWER=$(container $(look "$id" "$n"))
    }
    read_manifest "$RELEASE"
    probe() { :; }
    containers_for() { IDS=("$2-id"); }
    last_words() { :; }
    nap() { :; }
    # Time goes by with each look.
    now() { NOW=$(cat $ROOT/count/* 2>/dev/null | awk '{ sum += $1 } END { print sum + 0 }') || true; }
    observe`);
  return code === 0 ? "passed" : (DIED.exec(stderr)?.[1] ?? stderr);
}
const healthy = 'echo "running 0 10.0.0.2"';

describe("a release that is observed", () => {
  it("passes when all its containers stay healthy", () => expect(observed(healthy)).toBe("passed"));
  it("fails when one is unhealthy all along beside a healthy one", () =>
    expect(observed('if [ $1 = web-id ]; then echo "created 0 10.0.0.2"; else echo "running 0 10.0.0.2"; fi')).toBe(
      "web",
    ));
  it("passes when each of many containers misses one check", () => {
    const services = ["a", "b", "c", "d", "e", "f"];
    expect(
      observed('if [ $2 = 2 ]; then echo "created 0 10.0.0.2"; else echo "running 0 10.0.0.2"; fi', services),
    ).toBe("passed");
  });
  it("passes when a container came up at the second try, before it was observed", () =>
    expect(observed('echo "running 1 10.0.0.2"')).toBe("passed"));
  it("fails when a container starts again while it is observed", () =>
    expect(
      observed(
        'if [ $1 = worker-id ]; then echo "running $(($2 > 1 ? 2 : 1)) 10.0.0.2"; else echo "running 0 10.0.0.2"; fi',
      ),
    ).toBe("worker"));
  it("fails when a container ends", () =>
    expect(observed('if [ $2 -gt 2 ]; then echo "exited 0 10.0.0.2"; else echo "running 0 10.0.0.2"; fi')).toBe("web"));
});
