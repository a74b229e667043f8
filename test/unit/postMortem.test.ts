/** What `slipway post-mortem` says of a deployment. */
import { describe, expect, it } from "vitest";
import type { Entry } from "../../cli/report/entry.ts";
import { postMortem } from "../../cli/report/postMortem.ts";

const entry = (time: string, version: string, result: string, reason?: string): Entry => ({
  time: `2026-11-${time}Z`,
  stack: "prod",
  host: "web-1",
  application: "shop",
  action: "deploy",
  result,
  version,
  release: `r${version}`,
  who: "anna@laptop",
  token: time,
  steps: { pull: 4 },
  ...(reason === undefined ? {} : { reason }),
});
const ALL = [
  entry("20T00:00:00", "1.0.0", "confirmed"),
  entry("21T00:00:00", "1.1.0", "reverted", "step health failed\n```\n<img src=x>"),
  entry("21T02:00:00", "1.2.0", "confirmed"),
];

describe("the document", () => {
  const text = postMortem(ALL, "1.1.0");
  it("tells the step, what served meanwhile, and how long it took", () => {
    expect(text).toContain("| Failed in step | health |");
    expect(text).toContain("| Served afterwards | 1.0.0 (release r1.0.0) |");
    expect(text).toContain("| Until then | 2 h 0 min |");
    expect(text.match(/^- .*$/gm)).toHaveLength(3);
  });
  it("keeps a reason within its fence", () =>
    expect(text).toContain("````text\nstep health failed\n```\n<img src=x>\n````"));
  it("is refused where the name fits none or several", () => {
    expect(() => postMortem(ALL, "9.9.9")).toThrow(/^"9\.9\.9" is no deployment of the ledgers; name its release/);
    expect(() => postMortem(ALL, "2026-11-21")).toThrow(
      /are 2 deployments; name one by its time and --application:\n {2}2026-11-21T00/,
    );
  });
});
