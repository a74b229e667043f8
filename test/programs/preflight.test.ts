/** `preflight` of the host's scripts: what must hold before what runs is touched. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostShell } from "../support/hostShell.ts";

const { root, run, release } = hostShell("preflight");

describe("an image that asks for a volume", () => {
  it("stops the deployment when nobody can tell for which folder", () => {
    release({ images: ["files:1"], services: [{ name: "web", strategy: "rolling" }] });
    writeFileSync(join(root, "shop/run/1/mounted"), "web\tfiles:1\t\n");
    const { code, stderr } = run(`
      read_manifest "$RELEASE"
      check_composition() { :; }
      jq() { case "$*" in *Volumes*) return 2 ;; *) command jq "$@" ;; esac; }
      data_named "$RELEASE" '{"Config":{"Volumes":{"/data":{}}}}'`);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "error: Docker does not say what runs of shop on this host; docker ps shows why\n",
    });
  });
});
