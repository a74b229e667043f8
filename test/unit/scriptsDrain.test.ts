/** `drain` of the host's scripts: Docker is asked where the connections of a container are. */
import { describe, expect, it } from "vitest";
import { CONTAINER, hostShell } from "../support/hostShell.ts";

const { run } = hostShell("drain");

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
