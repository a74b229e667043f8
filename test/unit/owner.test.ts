/** Whose an application on a host is: the program's word at a preview, and the host's own. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { claim, ownerOf } from "../../components/deployment/owner.ts";
import { hostShell } from "../support/hostShell.ts";

const PLACE = "slipway:index:Application$slipway:stack:ComposeStack";
const OWN = `prod::slipway::${PLACE}::shop@host-1`;
const claimed = (there: string | undefined, takeOver = false) =>
  claim({ application: "shop", host: "host-1", own: OWN, there, takeOver });

/** Owners of what a host runs, and whether OWN may deploy there. */
const OWNERS: [string, string, boolean][] = [
  ["itself", OWN, true],
  ["nobody", "", true],
  ["a host of another name", OWN.replace("host-1", "host-9"), true],
  ["another component of its stack", `prod::slipway::my:Place$${PLACE}::other@host-1`, true],
  ["the version before, which wrote no stack", `slipway::${PLACE}::shop@host-1`, true],
  ["the version before, on a host of another name", `slipway::${PLACE}::shop@host-9`, true],
  ["another stack", OWN.replace("prod", "staging"), false],
  ["another project", OWN.replace("::slipway::", "::other::"), false],
  ["another project of the version before", `other::${PLACE}::shop@host-1`, false],
  ["another component of the version before", `slipway::${PLACE}::other@host-1`, false],
  ["a stack whose name is the project's", `slipway::prod::${PLACE}::shop@host-1`, false],
  ["somebody with a name of another form", "anna", false],
];

describe("an owner", () => {
  it("is one line that names stack, project, place in the program and host", () =>
    expect(ownerOf(`urn:pulumi:prod::slipway::${PLACE}::shop`, "host-1")).toBe(OWN));

  it.each(OWNERS)("at a preview, what %s deployed: %s", (_, there, allowed) =>
    expect(claimed(there).refusal === undefined).toBe(allowed),
  );
});

describe("on the host", () => {
  const { root, run } = hostShell("owner");
  const owned = (owner: string): void =>
    writeFileSync(join(root, "shop/deployment.json"), JSON.stringify({ owner, release: "0123456789ab" }));
  const check = (own: string, before = "TAKE_OVER=''") => run(`OWNER='${own}'; ${before}; check_owner`);

  it.each(OWNERS)("the word of the preview is the host's, of what %s deployed: %s", (_, there, allowed) => {
    owned(there);
    expect(check(OWN).code).toBe(allowed ? 0 : 4);
    expect(check(OWN, "TAKE_OVER=yes").code).toBe(0);
  });

  it("who names no owner is nobody's successor", () => {
    owned(OWN);
    expect(check("").code).toBe(4);
  });

  it("an owner of the version before is the stack that the release's manifest names", () => {
    const manifest = join(root, "shop/releases/0123456789ab/manifest.json");
    owned(`slipway::${PLACE}::shop@host-1`);
    writeFileSync(manifest, JSON.stringify({ environment: "prod" }));
    expect(check(OWN).code).toBe(0);
    writeFileSync(manifest, JSON.stringify({ environment: "staging" }));
    expect(check(OWN).code).toBe(4);
    writeFileSync(manifest, "{");
    expect(check(OWN).code).toBe(0);
  });

  it("a record that nobody can read belongs to nobody", () => {
    writeFileSync(join(root, "shop/deployment.json"), '{"owner": "x');
    expect(check(OWN).code).toBe(0);
  });

  it("a refusal names both, and what to do", () => {
    owned(`staging::slipway::${PLACE}::shop@host-1`);
    expect(check(OWN).stderr).toBe(
      "error: shop on this host belongs to the stack staging of the project slipway, not to the stack prod of the project slipway; " +
        "give this application another name, or, if it is to change hands, set slipway:applications.shop.takeOver: true for one pulumi up. Nothing was changed.\n",
    );
  });

  it.each(["deploy", "stage"])("%s is refused before anything is touched, even the folder", (command) => {
    const { root: empty, run: runThere } = hostShell(`owner-${command}`);
    mkdirSync(join(empty, "blog"));
    writeFileSync(join(empty, "blog/deployment.json"), JSON.stringify({ owner: "anna", release: "0123456789ab" }));
    const told = runThere(`command_${command} blog --release 0123456789ab --owner '${OWN}'; echo not reached`, {
      input: "{}",
    });
    expect([told.code, told.stdout]).toEqual([4, ""]);
    expect(runThere("ls -A $ROOT/blog").stdout).toBe("deployment.json\n");
  });
});

describe("a plan", () => {
  it("refuses what belongs to somebody else, with both names and what to do", () =>
    expect(claimed(`staging::slipway::${PLACE}::shop@host-1`)).toEqual({
      refusal:
        "slipway:applications.shop.hosts: shop on host-1 belongs to the stack staging of the project slipway, not to the stack prod of the project slipway; " +
        "give this application another name, or, if it is to change hands, set slipway:applications.shop.takeOver: true for one pulumi up",
    }));

  it("says what is taken over, and from whom", () => {
    expect(claimed(`prod::other::${PLACE}::shop@host-1`, true)).toEqual({
      note: "takes over shop on host-1 from the stack prod of the project other",
    });
    expect(claimed("anna", true)).toEqual({ note: 'takes over shop on host-1 from "anna"' });
  });

  it("says that takeOver has done its work", () =>
    expect(claimed(OWN, true)).toEqual({
      note: "shop on host-1 is this stack's already; slipway:applications.shop.takeOver can be removed",
    }));

  it("says nothing where nothing runs, or all is its own", () => {
    expect(claimed(undefined)).toEqual({});
    expect(claimed(undefined, true)).toEqual({});
    expect(claimed(OWN)).toEqual({});
  });
});
