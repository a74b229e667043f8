/** Lifecycle hooks on a host: what `docker exec` is told, for how long, and what becomes of one that fails. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostShell } from "../support/hostShell.ts";

/** Prints what it is told, and what it reads. `HOW` is what the command then does. */
const { root, run, release, journal, double } = hostShell("hooks", {
  docker: 'printf "[%s]" "$@"; echo; sed "s/^/read /"; echo done; eval "${HOW:-true}"',
});
release({ release: "0123456789ab", secrets: ["KEY"], services: [] }, 'KEY="hunter22"\n');
writeFileSync(join(root, "shop/releases/0123456789ab/compose.yaml"), "");
journal({});

const HOOKS = {
  post_start: [
    { command: ["sh", "-c", "echo $$HOME hunter22"], user: "root", privileged: true, working_dir: "/tmp" },
    { command: ["second"], environment: { A: "1", SECRET: "hunter22", NONE: null } },
  ],
  pre_stop: [{ command: ["flush"] }],
};
/** A container of the service web, with these hooks, and Compose that tells of them. */
const begin = (hooks: object = HOOKS, kinds = "post_start pre_stop"): string => `
  compose() { printf '%s' '${JSON.stringify({ services: { web: hooks } })}'; }
  SERVICE_OF[c1]=web NAME_OF[c1]=shop-web-1 STATE_OF[c1]=running GRACE_OF[c1]=10 HOOKS_OF[c1]="0123456789ab ${kinds}"
`;
const fails = (hooks: object, how: string, seconds = 5) =>
  run(`${begin(hooks)} run_hooks post_start c1 ${seconds} || echo "$HOOK_PROBLEM"`, { env: { HOW: how } }).stdout;

describe("the hooks of a container", () => {
  it("run in their order, with what the Compose file says of each, and their output is shown", () => {
    const { stdout, code } = run(`${begin()} run_hooks post_start c1 5`);
    expect(code).toBe(0);
    expect(stdout.split("\n")).toEqual([
      "           post_start of shop-web-1: sh -c echo $HOME [secret]",
      "    | [exec][--env-file][/dev/stdin][--user][root][--privileged][--workdir][/tmp][c1][sh][-c][echo $HOME [secret]]",
      "    | done",
      "           post_start of shop-web-1: second",
      "    | [exec][--env-file][/dev/stdin][c1][second]",
      "    | read A=1",
      "    | read SECRET=[secret]",
      "    | done",
      "",
    ]);
  });

  it("do not run where its label names none of that kind", () =>
    expect(run(`${begin(HOOKS, "pre_stop")} run_hooks post_start c1 5`)).toMatchObject({ stdout: "", code: 0 }));

  it("cost nothing where it has none", () =>
    expect(run("compose() { echo asked; }; SERVICE_OF[c1]=web; run_hooks post_start c1 5").stdout).toBe(""));

  it("end with the first that fails", () => {
    const said = fails(HOOKS, "exit 3");
    expect(said).toMatch(/post_start of shop-web-1 ended with 3\n$/);
    expect(said).not.toContain("second");
  });

  it("have one deadline together", () =>
    expect(fails(HOOKS, "sleep 30", 1)).toMatch(/post_start of shop-web-1 did not end within 1 s\n$/));

  it("do not run with a variable of several lines", () =>
    expect(fails({ post_start: [{ command: ["x"], environment: { PEM: "a\nb" } }] }, "true")).toBe(
      "post_start of shop-web-1 does not run: the variable PEM has several lines, which docker exec does not take\n",
    ));

  it("are told to be unknown where Compose cannot read the release", () =>
    expect(run(`${begin()} compose() { return 1; }; run_hooks post_start c1 5 || echo "$HOOK_PROBLEM"`).stdout).toBe(
      "post_start of shop-web-1 does not run: release 0123456789ab does not say what it is\n",
    ));

  it("are read from the release before, where the one that it was made of is gone", () =>
    expect(run(`${begin()} HOOKS_OF[c1]="ffffffffffff pre_stop"; release_of_hooks c1; echo "$BESIDE"`).stdout).toBe(
      "0123456789ab\n",
    ));
});

describe("a container that is stopped", () => {
  const told = `restart_policy() { :; }; engine() { echo "$2"; }; told_in_turn() { echo "in turn"; };`;

  it("runs its hooks first, and once", () =>
    expect(
      run(`${begin()} ${told} stop_container c1; stop_and_remove c1`)
        .stdout.split("\n")
        .filter((line) => !line.startsWith("    |")),
    ).toEqual(["           pre_stop of shop-web-1: flush", "/containers/c1/stop", "in turn", ""]));

  it("is stopped whatever becomes of them", () =>
    expect(run(`${begin()} ${told} stop_container c1`, { env: { HOW: "exit 7" } }).stdout).toMatch(
      / {11}pre_stop of shop-web-1 ended with 7; it is stopped all the same\n\/containers\/c1\/stop\n$/,
    ));

  it("runs none where it does not run itself", () =>
    expect(run(`${begin()} ${told} STATE_OF[c1]=exited; stop_container c1`).stdout).toBe("/containers/c1/stop\n"));
});

describe("a service that is started", () => {
  const started = `engine() { :; }; SERVICE_OF[c1]=web; containers_for() { IDS=(c1); }; last_words() { echo "words of $1" >&2; };`;

  it("fails the release where its hook fails", () => {
    const { stderr, code } = run(`${begin()} ${started} start_new web`, { env: { HOW: "exit 3" } });
    expect(code).toBe(1);
    expect(stderr).toBe(
      "words of c1\nerror: post_start of shop-web-1 ended with 3; what the container itself said last stands above\n",
    );
  });

  it("on the way back serves although its hook fails, which is told", () =>
    expect(
      run(
        `${begin()} ${started} PROBLEMS=(); restarts_of() { echo 0; }; await_health() { echo asked; }
        STATE_OF[c1]=exited; start_again before web c1; echo "problems: \${#PROBLEMS[@]}"`,
        { env: { HOW: "exit 3" } },
      ).stdout,
    ).toMatch(/ {11}post_start of shop-web-1 ended with 3\nasked\nproblems: 0\n$/));
});

describe("which hooks a container has", () => {
  const labels = (more: object) => ({
    "com.docker.compose.project.config_files": "/opt/shop/releases/0123456789ab/compose.yaml",
    ...more,
  });
  const hooked = (given: object | null): string => {
    const one = JSON.stringify({ Labels: given }).replaceAll("'", "'\\''");
    return run(`note_hooks id '${one}'; echo "\${HOOKS_OF[id]-}"`).stdout;
  };

  it.each([
    ["both", labels({ "slipway.hooks": "post_start pre_stop" }), "0123456789ab post_start pre_stop\n"],
    ["none", labels({}), "\n"],
    ["no labels at all", null, "\n"],
    ["others' text in it", labels({ "slipway.hooks": "x|y\npre_stop" }), "0123456789ab pre_stop\n"],
    ["made elsewhere", { "slipway.hooks": "pre_stop" }, "- pre_stop\n"],
  ])("is read from its labels: %s", (_, given, wanted) => expect(hooked(given)).toBe(wanted));
});

describe("an application that is removed", () => {
  it("stops its own services before the accessories that have hooks, and what starts after them before them", () => {
    double("docker", "cat >/dev/null");
    const { stdout } = run(`
      look_containers() { :; }; stop_container() { echo "$1"; STATE_OF[$1]=exited; }
      SERVICE_OF=([a]=db [b]=web [c]=cache [d]=front) STATE_OF=([a]=running [b]=running [c]=running [d]=running) HOOKS_OF=([a]="x pre_stop")
      read_manifest() { MANIFEST=(["$RELEASE.accessories[]"]=$'db\\ncache\\nfront' ["$RELEASE.late[]"]=front); }
      stop_with_hooks`);
    expect(stdout).toBe("d\nb\na\n");
  });
});
