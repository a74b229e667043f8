/** `drain` of the host's scripts: Docker is asked where the connections of a container are. */
import { describe, expect, it } from "vitest";
import { CONTAINER, hostShell } from "../support/hostShell.ts";

const { run } = hostShell("drain");

/** @returns for how long it waits blindly, given the branches of a `case` over the paths that Docker is asked for */
function waits(branches: string): string {
  return run(`${CONTAINER}
    nap() { printf '%s' "$1"; }
    engine() { case $2 in ${branches} esac; }
    drain old 8000 10 slipway-shop`).stdout;
}

describe("a container whose requests are to be finished", () => {
  it("is given the whole time where Docker does not say where its connections are", () =>
    expect(waits(`/containers/json) printf '[{"Id":"old"}]' ;; *) return 1 ;;`)).toBe("10"));
  it("is given the whole time where Docker does not say which address the proxy has", () =>
    expect(waits("*/old/json) container running 0 ;; *) return 1 ;;")).toBe("10"));
  it("is given none when it is gone", () => expect(waits("/containers/json) printf '[]' ;; *) return 1 ;;")).toBe(""));
  it("is given none when the proxy is not in its network", () =>
    expect(waits("*/json) container running 0 ;;")).toBe(""));
});
