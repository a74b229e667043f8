/** What a machine gets that is to become a host. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostShell } from "../support/hostShell.ts";

/** Docker, of which the plugin is there if its file is. */
const DOCKER = `case "$*" in
"compose version"*) [ -e "$ROOT/compose" ] && echo 2.40.3 ;;
*) echo 29.1.0 ;;
esac`;

/** With few programs of this machine, Docker's not among them. */
const machine = (name: string, doubles: Record<string, string>, installed: string) => {
  const shell = hostShell(name, {
    curl: `echo "curl $*" >>"$ROOT/calls"; cat <<'SCRIPT'\nprintf '#!/bin/bash\\n%s\\n' "$DOUBLE" >"$ROOT/programs/docker"; chmod 755 "$ROOT/programs/docker"; : >"$ROOT/compose"\nSCRIPT`,
    "apt-get": `echo "apt-get $*" >>"$ROOT/calls"; case $* in *install*) : >"$ROOT/compose" ;; esac`,
    "apt-cache": installed,
    id: "case $1 in -u) echo 0 ;; -un) echo anna ;; *) echo anna docker ;; esac",
    jq: "",
    crontab: "",
    ...doubles,
  });
  const run = () =>
    shell.run(
      `export ROOT
mkdir "$ROOT/usual"
ln -s $(type -P bash cat chmod env flock ps sed sh sort ss timeout tr) "$ROOT/usual"
PATH=$ROOT/programs:$ROOT/usual
REQUEST=none
. "$HERE/bootstrap/needed.sh"
. "$HERE/bootstrap/packages.sh"
install_packages
cat "$ROOT/calls" 2>/dev/null || true`,
      { env: { DOUBLE: DOCKER }, parts: "lib/*" },
    );
  return { ...shell, run };
};

describe("a machine without Docker", () => {
  it("gets the engine and Compose from Docker itself", () => {
    const { run, root } = machine("packages-bare", {}, "");
    const { stdout, stderr, code } = run();
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("installing Docker Engine and Compose (official packages, get.docker.com)\n");
    expect(stdout).toContain("curl -fsSL https://get.docker.com\n");
    expect(existsSync(join(root, "programs/docker"))).toBe(true);
  });
});

describe("a machine with Docker's engine alone, as Debian 13 has it without what its package recommends", () => {
  const apt = (does: string) => ({
    dockerd: "",
    "apt-get": `echo "apt-get $*" >>"$ROOT/calls"; case $* in ${does} esac`,
  });
  const CANDIDATE = "echo '  Candidate: 2.26.1-4'";

  it("gets its command and the plugin, and no other engine", () => {
    const { run } = machine(
      "packages-engine",
      apt(
        `*docker-cli*) printf '#!/bin/bash\n%s\n' "$DOUBLE" >"$ROOT/programs/docker"; chmod 755 "$ROOT/programs/docker" ;; *install*) : >"$ROOT/compose" ;;`,
      ),
      CANDIDATE,
    );
    const { stdout, stderr, code } = run();
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("installing docker-cli\ninstalling docker-compose-plugin\n");
    expect(stdout).not.toContain("get.docker.com");
  });

  it("is told where no package has it", () => {
    const { run } = machine("packages-no-cli", apt("*install*) exit 100 ;;"), CANDIDATE);
    const { stdout, stderr, code } = run();
    expect([code, stderr]).toEqual([1, expect.stringContaining("docker-cli could not be installed")]);
    expect(stdout).not.toContain("get.docker.com");
  });
});

describe("a machine with Docker, but without its Compose plugin", () => {
  it("gets the plugin alone", () => {
    const { run } = machine("packages-plugin", { docker: DOCKER }, "echo '  Candidate: 2.26.1-4'");
    const { stdout, code } = run();
    expect(code).toBe(0);
    expect(stdout).toContain("installing docker-compose-plugin\n");
    expect(stdout).not.toContain("get.docker.com");
  });

  it("is told where no package has it", () => {
    const { run } = machine("packages-none", { docker: DOCKER }, "echo '  Candidate: 1.29.2-3'");
    expect(run()).toMatchObject({ code: 1, stderr: expect.stringContaining("no package of it was found") });
  });
});

describe("the sender of notifications", () => {
  const install = (name: string, targets: unknown[], apt: string, more = "") => {
    const { root, run } = hostShell(name, { "apt-get": apt, id: "echo 0" });
    writeFileSync(join(root, "request"), JSON.stringify({ notifications: { targets } }));
    return run(
      `REQUEST=$ROOT/request; export ROOT
mkdir "$ROOT/usual"
ln -s $(type -P bash cat chmod env jq) "$ROOT/usual"
PATH=$ROOT/programs:$ROOT/usual
. "$HERE/bootstrap/packages.sh"
${more} install_sender`,
      { parts: "lib/*" },
    );
  };
  const GIVES = `case $* in *install*) : >"$ROOT/programs/apprise"; chmod 755 "$ROOT/programs/apprise" ;; esac`;
  const MISSING =
    "nobody is notified from this host, as apprise is missing there and was not installed; install it by hand: sudo apt-get install apprise\n";

  it("comes with the distribution's packages where somebody is to be notified, and only there", () => {
    expect(install("sender", [{}], GIVES)).toMatchObject({ code: 0, stdout: "installing apprise\n" });
    expect(install("sender-none", [], "exit 1")).toMatchObject({ code: 0, stdout: "" });
  });
  it("that cannot be had, or may not be installed, fails no preparation", () => {
    expect(install("sender-away", [{}], "exit 1")).toMatchObject({ code: 0, stdout: `installing apprise\n${MISSING}` });
    expect(install("sender-refused", [{}], "exit 1", "SLIPWAY_INSTALL=no;")).toMatchObject({
      code: 0,
      stdout: MISSING,
    });
  });
});
