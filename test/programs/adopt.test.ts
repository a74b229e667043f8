/** What is said where a Compose project of another name gave way to an application. */
import { describe, expect, it } from "vitest";
import { hostShell } from "../support/hostShell.ts";

const { run, journal, release } = hostShell("adopt");
const ADOPTED = [{ id: "old", name: "before-db-1", policy: "always", grace: "10" }];

describe("the way back to an adopted project", () => {
  it("names a container whose restart policy cannot be given back, instead of ending without a word", () => {
    journal({ adopted: ADOPTED });
    const { stdout, stderr, code } = run(
      'restart_policy() { return 1; }; PROBLEMS=(); return_to_adopted; echo "${PROBLEMS[@]}"',
    );
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("before-db-1, which ran before, does not start");
  });
});

describe("what is said of the running release where a task fails", () => {
  const said = (adopt: object | undefined, adopted: object[]): string => {
    release({ release: "0123456789ab", version: "1.0.0", services: [], ...(adopt && { adopt }) });
    journal(adopted.length > 0 ? { adopted } : {});
    return run("what_ran").stdout;
  };

  it("is that it was stopped, where an adopted project was", () =>
    expect(said({ project: "before", exclusive: true }, ADOPTED)).toBe("the running release was stopped for it"));

  it("is that it was not touched, where it goes on beside the new one, or there was none", () => {
    expect(said({ project: "before" }, ADOPTED)).toBe("the running release was not touched");
    expect(said({ project: "before", exclusive: true }, [])).toBe("the running release was not touched");
    expect(said(undefined, [])).toBe("the running release was not touched");
  });
});
