/** `drain` of the host's scripts: Docker is asked where the connections of a container are. */
import { describe, expect, it } from "vitest";
import { CONTAINER, hostShell } from "../support/hostShell.ts";

const { run, journal } = hostShell("drain");

/**
 * @param asked what Docker says of the container and of the proxy
 * @param listed what it says where it is only asked whether the container is there
 * @returns for how long it waits blindly
 */
function waits(asked: string, listed = "return 1"): string {
  return run(`${CONTAINER}
    nap() { printf '%s' "$1"; }
    ask_at_once() { ${asked}; }
    engine() { ${listed}; }
    drain old 8000 10 slipway-shop`).stdout;
}

describe("connections of a container", () => {
  /** As the kernel shows them: the container is 172.18.0.5, the proxy 172.18.0.2. */
  const line = (local: string, remote: string, state = "01"): string =>
    `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000`;
  const [proxy, other] = ["020012AC", "090012AC"];
  const mapped = (address: string): string => `0000000000000000FFFF0000${address}`;
  const table = [
    line(`050012AC:1F40`, `${proxy}:D2A4`),
    line(`050012AC:2328`, `${proxy}:D2A6`),
    line(`050012AC:2329`, `${proxy}:D2A8`),
    line(`050012AC:1F40`, `${other}:D2A4`),
    line(`050012AC:1F40`, `${proxy}:D2AA`, "06"),
    line(`${mapped("050012AC")}:2328`, `${mapped(proxy)}:D2AC`),
  ];
  const counted = (ports: string): string =>
    run(
      `PROC=$(mktemp -d); mkdir -p "$PROC/7/net"; printf '%s\n' "$TABLE" >"$PROC/7/net/tcp"
    connections 7 '${ports}' 172.18.0.2; printf '%s' "$COUNT"; rm -r "$PROC"`,
      { env: { TABLE: table.join("\n") } },
    ).stdout;

  it("are those of the proxy to a port", () => expect(counted("8000")).toBe("1"));
  it("are those to all of its ports that take requests", () => expect(counted("8000 9000")).toBe("3"));
  it("end at every port before it is stopped", () => {
    const services = { web: { upstream: "shop.web", port: 8000, drain: 5, upstreams: { "shop.web@9000": 9000 } } };
    journal({ after: { services } });
    expect(run(`drain() { printf '%s|' "$@"; }; ADDRESS_OF[c1]=172.18.0.5; drain_if_routed web c1`).stdout).toBe(
      "c1|8000 9000|5|slipway-shop|",
    );
  });
});

describe("a container whose requests are to be finished", () => {
  it("is given the whole time where Docker does not say where its connections are", () =>
    expect(waits("return 1", `ANSWER='[{"Id":"old"}]'`)).toBe("10"));
  it("is given the whole time where Docker says nothing at all", () => expect(waits("return 1")).toBe("10"));
  it("is given none when it is gone", () => {
    expect(waits("ANSWERS=('' '')")).toBe("");
    expect(waits("return 1", "ANSWER='[]'")).toBe("");
  });
  it("is given none when the proxy is not in its network", () =>
    expect(waits(`ANSWERS=("$(container running 0)" "$(container running 0)")`)).toBe(""));
});
