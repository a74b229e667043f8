/** The proxy: whether it answers is asked of the kernel, not of Docker, which lists a container that keeps ending, too. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CONTAINER, hostShell } from "../support/hostShell.ts";

const { root, run } = hostShell("proxy");
const LISTENS = "0: 0100007F:07E3 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1";

/** What Docker says of the container, look by look (the last one stays), and whether its process listens. */
function proxy(looks: string[], listens: boolean): void {
  rmSync(join(root, "looks"), { force: true });
  mkdirSync(join(root, "proc/7/net"), { recursive: true });
  writeFileSync(join(root, "proc/7/net/tcp"), `  sl  local_address\n${listens ? `   ${LISTENS}\n` : ""}`);
  says = `${CONTAINER}
    engine() {
      local n look looks=(${looks.map((look) => `'${look}'`).join(" ")})
      case $2 in
        */start) return ;;
        /containers/json*) ANSWER='[]' && return ;;
      esac
      n=$(cat $ROOT/looks 2>/dev/null || echo 0)
      echo $((n + 1)) >$ROOT/looks
      read -r -a look <<<"\${looks[n < \${#looks[@]} ? n : \${#looks[@]} - 1]}"
      if [ \${#look[@]} -eq 0 ]; then return 1; fi
      ANSWER=$(container running "\${look[1]}" '' "\${look[0]}")
    }
    with_labels() { FOUND_IDS=(7); }
    ask_at_once() { engine GET /containers/7/json && ANSWERS=("$(jq -c '. + {Id: "7", Name: "/slipway-proxy"}' <<<"$ANSWER")"); }`;
}
let says = "";
const quick = (body: string) => run(`PROC=${join(root, "proc")}; nap() { :; }\n${says}\n${body}`);

describe("the proxy answers", () => {
  const answers = (seconds: number): { code: number; stderr: string } => {
    const { code, stderr } = quick(`proxy_answers ${seconds}`);
    return { code, stderr };
  };
  it("when it listens", () => {
    proxy(["7 0"], true);
    expect(answers(0)).toEqual({ code: 0, stderr: "" });
  });
  it("not when it does not listen", () => {
    proxy(["7 0"], false);
    expect(answers(0)).toEqual({ code: 1, stderr: "" });
  });
  it("not when there is none, which is no error", () => {
    proxy([""], false);
    expect(answers(60)).toEqual({ code: 1, stderr: "" });
  });
  it("not when Docker starts it again and again", () => {
    proxy(["0 1", "0 2", "0 3", "0 4"], false);
    expect(answers(60)).toEqual({ code: 1, stderr: "" });
  });
  it("when it comes up, though it was started again three times in its whole life", () => {
    proxy(["0 3", "0 3", "7 3"], true);
    expect(answers(60)).toEqual({ code: 0, stderr: "" });
  });
});

describe("a proxy that keeps ending", () => {
  it("does not run, for who looks at the host", () => {
    writeFileSync(join(root, "slipway/host.json"), "{}");
    proxy(["0 3", "0 4", "0 5", "0 6", "0 7", "0 8"], false);
    expect(JSON.parse(quick("command_inspect").stdout).host.proxyRuns).toBe(false);
    proxy(["7 0"], true);
    expect(JSON.parse(quick("command_inspect").stdout).host.proxyRuns).toBe(true);
  });
  it("stops a deployment before anything is touched", () => {
    proxy(["0 3", "0 4", "0 5", "0 6", "0 7", "0 8"], false);
    const { code, stderr } = quick("ensure_proxy ''");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: the proxy \(container slipway-proxy\) does not answer on this host/);
  });
});
