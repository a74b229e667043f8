/** The application's containers, as the host's scripts read them from what Docker's API says. */
import { describe, expect, it } from "vitest";
import { hostShell } from "../support/hostShell.ts";

const { run } = hostShell("containers");
const [OLD, NEW, DATA, HELPER] = ["a", "b", "c", "d"].map((digit) => digit.repeat(64)) as [
  string,
  string,
  string,
  string,
];

/** An entry of Docker's list (ContainerSummary), its keys in Docker's order. */
const listed = (Id: string, service: string, name: string, State: string, labels: Record<string, string> = {}) => ({
  Id,
  Names: [`/${name}`],
  Image: "shop:1",
  ImageID: "sha256:0",
  Command: '/app "Id":"no" {"Id":"0"}',
  Created: 1,
  Ports: [],
  Labels: { ...labels, "com.docker.compose.project": "shop", "com.docker.compose.service": service },
  State,
  Status: "Up 2 hours (healthy)",
  HostConfig: { NetworkMode: "shop_default", Annotations: { "com.docker.compose.service": "other", State: "dead" } },
  NetworkSettings: { Networks: { shop_default: { IPAMConfig: null, NetworkID: "1" } } },
  Mounts: [{ Type: "volume", Name: "data" }],
});

interface Details {
  policy?: { Name: string; MaximumRetryCount: number };
  grace?: number;
  ipam?: { IPv4Address?: string } | null;
  env?: string[];
}
const details = (Id: string, { policy, grace, ipam, env = [] }: Details = {}) => ({
  Id,
  State: { Status: "running", Running: true, Pid: 4711, ExitCode: 0 },
  Name: "/x",
  RestartCount: 0,
  HostConfig: { RestartPolicy: policy ?? { Name: "", MaximumRetryCount: 0 }, Annotations: { StopTimeout: "7" } },
  Config: { Env: env, ...(grace === undefined ? {} : { StopTimeout: grace }), Labels: {} },
  NetworkSettings: {
    Networks: {
      "slipway-shop-2": { IPAMConfig: { IPv4Address: "10.0.0.9" }, IPAddress: "10.0.0.9" },
      "slipway-shop": { IPAMConfig: ipam === undefined ? { IPv4Address: "10.0.0.3" } : ipam, IPAddress: "10.0.0.4" },
    },
  },
});

const text = (value: unknown): string => `'${JSON.stringify(value).replaceAll("'", "'\\''")}'`;

/** What is noted when Docker first answers with two lists, and then of each container by itself. */
function look(list: unknown[], helpers: unknown[], answers: (object | "")[], command = "look_containers"): string[] {
  const documents = answers.map((answer) => (answer === "" ? "''" : text(answer))).join(" ");
  const { stdout, stderr, code } = run(`
    ask_at_once() { if [[ $1 == *filters=* ]]; then ANSWERS=(${text(list)} ${text(helpers)}); else ANSWERS=(${documents}); fi; }
    ${command}
    for id in "\${!SERVICE_OF[@]}"; do
      echo "\${id:0:1} \${SERVICE_OF[$id]} \${NAME_OF[$id]} \${STATE_OF[$id]} \${POLICY_OF[$id]} \${GRACE_OF[$id]} \${ADDRESS_OF[$id]} \${PID_OF[$id]}"
    done | sort
    echo "helpers \${HELPERS[*]}" "others \${OTHERS[*]}"`);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout.trim().split("\n");
}

describe("the containers of an application", () => {
  it("are noted with all that a deployment asks of them, whatever a label, an annotation or a command is called", () =>
    expect(
      look(
        [
          listed(OLD, "web", "shop-web-1", "running", {
            State: "dead",
            Names: "/no",
            note: '"State":"dead","Status":"',
          }),
          listed(NEW, "web", "shop-web-2", "created"),
          listed(DATA, "store", "shop-store-1", "exited"),
        ],
        [],
        [
          details(OLD, { policy: { Name: "unless-stopped", MaximumRetryCount: 0 }, grace: 30 }),
          details(NEW, { policy: { Name: "on-failure", MaximumRetryCount: 3 }, ipam: {}, env: ['A="StopTimeout":9'] }),
          details(DATA, { policy: { Name: "on-failure", MaximumRetryCount: 0 }, ipam: null }),
        ],
      ),
    ).toEqual([
      "a web shop-web-1 running unless-stopped 30 10.0.0.3 4711",
      "b web shop-web-2 created on-failure:3 10  4711",
      "c store shop-store-1 exited on-failure 10  4711",
      "helpers  others",
    ]));
  it("are without one that went while Docker was asked", () =>
    expect(
      look(
        [listed(OLD, "web", "shop-web-1", "running"), listed(NEW, "web", "shop-web-2", "running")],
        [],
        ["", details(NEW)],
      ),
    ).toEqual(["b web shop-web-2 running no 10 10.0.0.3 4711", "helpers  others"]));
  it("are none where Docker lists none", () => expect(look([], [], [])).toEqual(["helpers  others"]));
  it("are seen with what was left of a migration or a backup, and with what else was asked", () =>
    expect(look([], [listed(HELPER, "", "left", "exited")], [{ a: 1 }, { b: 2 }], "look_containers /a /b")).toEqual([
      `helpers ${HELPER} others {"a":1} {"b":2}`,
    ]));
  it("are looked at in one question for both lists, which Docker filters", () =>
    expect(
      run(`ask_at_once() { printf '%s\\n' "$@" >&2; return 1; }; look_containers || true`)
        .stderr.trim()
        .split("\n")
        .map(decodeURIComponent),
    ).toEqual([
      '/containers/json?all=true&filters={"label":["com.docker.compose.project=shop","com.docker.compose.oneoff=False"]}',
      '/containers/json?all=true&filters={"label":["slipway.helper=shop"]}',
    ]));
});

describe("a container that is gone", () => {
  const gone = (list: string) =>
    run(`engine() { ANSWER=$'${list}\\n'; }; is_gone id && echo gone || echo there`).stdout;
  it("is none that Docker lists", () => expect(gone("[]")).toBe("gone\n"));
  it("is not one that Docker lists", () => expect(gone('[{"Id":"id"}]')).toBe("there\n"));
});

describe("a container that starts", () => {
  const start = (joins: string, starts: string) =>
    run(`
      JOINS=([id]=10.0.0.3) NAME_OF=([id]=shop-web-1)
      api() { if [ \${#FIRST[@]} -gt 0 ]; then ${joins}; fi; ${starts}; }
      start_container id || { echo "no: $ANSWER"; exit; }
      echo "runs \${STATE_OF[id]} \${JOINS[*]}"`);
  it("joins its network first, by the same program", () =>
    expect(start(":", "printf '\\n204'")).toMatchObject({ code: 0, stdout: "runs running \n" }));
  it("says why it does not start", () =>
    expect(
      start(
        ":",
        `case $2 in */start) printf '{"message":"no such file"}\\n500' ;; *) printf '{"message":"endpoint already exists"}\\n403' ;; esac`,
      ).stdout,
    ).toBe("no: no such file\n"));
  it("does not start where it cannot join", () =>
    expect(
      start("return 22", `case $2 in */connect) printf '{"message":"address in use"}\\n403' ;; esac`),
    ).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("error: shop-web-1 cannot join the network slipway-shop\n"),
    }));
});
