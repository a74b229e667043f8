import { describe, expect, it } from "vitest";
import { decideToken } from "../../components/deployment/drift.ts";
import type { InspectedApplication } from "../../components/protocol/inspect.ts";

const RELEASE = { id: "aaaaaaaaaaaa", version: "1.4.0" };
const seen = (change: Partial<InspectedApplication> = {}): InspectedApplication => ({
  release: RELEASE.id,
  version: "1.4.0",
  token: "host's",
  owner: "o",
  differences: [],
  underway: null,
  ...change,
});

describe("the token of a deployment", () => {
  it("is fresh where nothing is deployed", () =>
    expect(decideToken(RELEASE, undefined, "fresh")).toEqual({ token: "fresh", notes: [] }));

  it("is the host's while host and declaration agree", () =>
    expect(decideToken(RELEASE, seen(), "fresh")).toEqual({ token: "host's", notes: [] }));

  it("is fresh for another version, which the plan shows", () =>
    expect(decideToken(RELEASE, seen({ release: "b", version: "1.3.0" }), "fresh")).toEqual({
      token: "fresh",
      notes: [{ kind: "change", text: "runs 1.3.0, will run 1.4.0" }],
    }));

  it("is fresh for other settings of the same version", () =>
    expect(decideToken(RELEASE, seen({ release: "b" }), "fresh")).toEqual({
      token: "fresh",
      notes: [{ kind: "change", text: "runs 1.4.0 with other settings (release b)" }],
    }));

  it("is fresh where the host drifted, with all that differs", () =>
    expect(decideToken(RELEASE, seen({ differences: ["web does not run", "the route was changed"] }), "fresh")).toEqual(
      {
        token: "fresh",
        notes: [
          { kind: "drift", text: "web does not run" },
          { kind: "drift", text: "the route was changed" },
        ],
      },
    ));

  it("is fresh after a rollback by hand, which is drift", () =>
    expect(
      decideToken(
        RELEASE,
        seen({ release: "b", version: "1.3.0", token: "by hand: anna 2026-11-21T10:00:00Z" }),
        "fresh",
      ),
    ).toEqual({
      token: "fresh",
      notes: [
        {
          kind: "drift",
          text: "runs 1.3.0 (release b), put there by hand (anna 2026-11-21T10:00:00Z); will run 1.4.0 again",
        },
      ],
    }));

  it("reports a deployment that is under way", () =>
    expect(
      decideToken(RELEASE, seen({ underway: { release: "b", version: "2.0.0", by: "anna", since: "10:00" } }), "fresh"),
    ).toEqual({
      token: "host's",
      notes: [{ kind: "busy", text: "version 2.0.0 is being deployed by anna since 10:00" }],
    }));
});
