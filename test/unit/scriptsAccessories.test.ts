/** Accessories, when a deployment changes or starts them: they are given three minutes to answer, unless they keep ending. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CONTAINER, hostShell } from "../support/hostShell.ts";

const { root, run, release, journal } = hostShell("accessories");

release({ release: "0123456789ab", version: "1.0.0", services: [], secrets: [] });

/** @param looks status, restarts and address, look by look; the last one stays */
function started(looks: string[]): string {
  journal({ after: { accessories: ["store"] } });
  rmSync(join(root, "looks"), { force: true });
  const { stderr, code } = run(`${CONTAINER}
    engine() {
      local n looks=(${looks.map((look) => `'${look}'`).join(" ")})
      n=$(cat $ROOT/looks 2>/dev/null || echo 0)
      echo $((n + 1)) >$ROOT/looks
      ANSWER=$(container \${looks[n < \${#looks[@]} ? n : \${#looks[@]} - 1]})
    }
    nap() { :; }
    last_words() { :; }
    compose() { :; }
    look_containers() { SERVICE_OF=([id]=store); }
    start_accessories after`);
  return code === 0 ? "answers" : stderr.trim();
}
const KEEPS_ENDING =
  "error: the accessory store of shop is gone; its last lines stand above. If it is to end, declare services.store.once: true";

describe("an accessory", () => {
  it("that answers is waited for no longer", () => expect(started(["running 0 10.0.0.2"])).toBe("answers"));
  it("that was started again three times in its whole life may answer", () =>
    expect(started(["running 3 10.0.0.2"])).toBe("answers"));
  it("that was started again often before, and once now, may answer", () =>
    expect(started(["restarting 7", "restarting 8", "running 8 10.0.0.2"])).toBe("answers"));
  it("that is started again three times while it is waited for keeps ending", () =>
    expect(started(["restarting 4", "restarting 5", "restarting 6", "restarting 7"])).toBe(KEEPS_ENDING));
  it("that ended is not waited for", () => expect(started(["exited 0"])).toBe(KEEPS_ENDING));
});
