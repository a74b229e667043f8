/** Accessories, when a deployment changes or starts them: they are given three minutes to answer, unless they keep ending. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

describe("accessories that start after the application's own services", () => {
  /** What a side has, and which containers run. */
  const RUNS = `look_containers() { SERVICE_OF=([1]=store [2]=front) STATE_OF=([1]=running [2]=\${FRONT:-running}); }
    await_accessory() { echo "waits for $1"; }
    quietly() { shift; echo "$@"; }
    restore_service() { echo "restores $2"; }
    has_its_policy() { :; }
    look_containers`;
  const SIDE = { accessories: ["front", "store"], late: ["front"], accessoriesHash: "1" };
  const said = (body: string, sides: object = {}, env: Record<string, string> = {}): string[] => {
    journal({ before: { release: "ba9876543210", ...SIDE }, after: { ...SIDE, accessoriesHash: "2" }, ...sides });
    const { stdout, stderr } = run(`${RUNS}\n${body}`, { env });
    return (stdout + stderr).trim().split("\n").filter(Boolean);
  };
  const UP = "up --detach --no-deps --no-build --pull never";

  it("are left out of what starts before these", () =>
    expect(said("update_accessories")).toEqual([`0123456789ab ${UP} store`, "waits for store"]));

  it("are started alone then", () =>
    expect(said("start_late")).toEqual([`0123456789ab ${UP} front`, "waits for front"]));

  it("are left alone where nothing of them changed and they run", () => {
    const after = { after: SIDE };
    expect(said("update_accessories; start_late", after)).toEqual([]);
    expect(said("update_accessories; start_late", after, { FRONT: "exited" })).toEqual([
      `0123456789ab ${UP} front`,
      "waits for front",
    ]);
  });

  it("run again as before after the services, on the way back, which asks the journal alone", () => {
    rmSync(join(root, "shop/releases/0123456789ab/manifest.json"));
    const body = `apart() { echo "$@"; CODE=0; }
      lead_if_it_runs() { :; }; install_route() { :; }; write_logins() { :; }; return_to_adopted() { :; }
      restore before`;
    const before = { release: "ba9876543210", ...SIDE, services: { web: {} } };
    expect(said(body, { before })).toEqual(["accessories shop before", "restores web", "accessories shop before late"]);
    expect(said("command_accessories shop before late")).toEqual([`ba9876543210 ${UP} front`, "waits for front"]);
  });

  it("are in their order where a release before ran them first", () => {
    const before = { release: "ba9876543210", ...SIDE, late: undefined };
    expect(said("start_accessories before", { before })[0]).toBe(`ba9876543210 ${UP} front store`);
    expect(said("start_accessories before late", { before })).toEqual([]);
  });

  it("are in the journal of both sides, which says nothing of them where there are none", () => {
    const folder = join(root, "shop/releases/ba9876543210");
    const manifest = { version: "1", services: [], secrets: [], accessories: ["front", "store"] };
    const sides = (before: object, after: object, deployed = "ba9876543210"): unknown[] => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "manifest.json"), JSON.stringify({ release: "ba9876543210", ...manifest, ...before }));
      release({ release: "0123456789ab", ...manifest, ...after });
      rmSync(join(root, "shop/rollout.json"), { force: true });
      const { code, stderr } = run(`deployed() { echo ${deployed}; }; look_around() { OTHERS=(); }; running_of() { :; }
        KEEP=5 IMAGES=''
        begin_rollout`);
      expect([code, stderr]).toEqual([0, ""]);
      const written = JSON.parse(readFileSync(join(root, "shop/rollout.json"), "utf8"));
      return [written.before.late, written.after.late];
    };
    expect(sides({}, { late: ["front"] })).toEqual([undefined, ["front"]]);
    expect(sides({ late: ["front"] }, {})).toEqual([["front"], undefined]);
    expect(sides({}, { late: ["front"] }, "")).toEqual([["front"], ["front"]]);
  });
});
