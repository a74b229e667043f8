/** A release that is staged under the name of one that is on the host. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostShell } from "../support/hostShell.ts";

const { root, run } = hostShell("restaged", {});
const ID = "fedcba987654";
const compose = (): string => readFileSync(join(root, `shop/releases/${ID}/compose.yaml`), "utf8");
const staged = (text: string, gate = "") =>
  run(`${gate} use_application shop; carries_files() { return 1; }; declare -A FILES=([compose.yaml]='${text}')
    write_release ${ID}`);
const GATE = "export SLIPWAY_GATE=1;";

describe("a release of the name of one that is on the host", () => {
  it("is not replaced by a deploy key with another, from which jobs and rollbacks would start", () => {
    expect(staged("image: shop").code).toBe(0);
    const { code, stderr } = staged("privileged: true", GATE);
    expect(code).not.toBe(0);
    expect(stderr).toContain(`release ${ID} of shop is on this host already, with other content`);
    expect(compose()).toBe("image: shop");
    expect(staged("image: shop", GATE).code).toBe(0);
  });

  it("is replaced by an administrator's key", () => {
    expect(staged("image: other").code).toBe(0);
    expect(compose()).toBe("image: other");
  });
});
