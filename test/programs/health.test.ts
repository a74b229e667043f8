import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/folder.ts";
import { CONTAINER } from "../support/hostShell.ts";

const folder = temporaryFolder("health");
const ran = join(folder, "ran");
/** In the place of Docker: writes down what it runs in the container, and ends as the next verdict says. */
writeFileSync(
  join(folder, "docker"),
  `#!/bin/bash
cd ${folder}
next() { head -n 1 "$1"; sed -i 1d "$1"; }
case $* in
  exec*) shift 2; printf '%s\\0' "$@" >ran; exit "$(next verdicts)" ;;
esac
`,
  { mode: 0o755 },
);

interface Case {
  /** Status, restarts and address of a container, look by look. */
  looks: string[];
  config?: { Healthcheck?: { Test: string[]; Timeout?: number }; Shell?: string[] };
  /** Exit codes of its own check. */
  verdicts?: number[];
}

/** What `await_health` of the host's scripts says of a container. */
function judged({ looks, config = {}, verdicts = [] }: Case): string {
  writeFileSync(join(folder, "looks"), looks.join("\n"));
  writeFileSync(join(folder, "config"), JSON.stringify(config));
  writeFileSync(join(folder, "verdicts"), verdicts.join("\n"));
  rmSync(ran, { force: true });
  const script = `${CONTAINER}
    HOME_DIR=${folder}
    for part in components/host/scripts/lib/*.sh; do . "$part"; done
    . components/host/scripts/rollout/health.sh
    APP=shop
    J=([".after.version"]=1.0.0 [".after.services.web.health.successes"]=3 [".after.services.web.health.interval"]=0.001)
    # The next look, with the container's settings.
    engine() {
      ANSWER=$(container $(head -n 1 ${folder}/looks) | jq -c --slurpfile config ${folder}/config '.Config = $config[0]')
      sed -i 1d ${folder}/looks
    }
    last_words() { :; }
    how_it_ended() { echo "keeps exiting"; }
    if await_health after web id; then echo healthy; else echo "$PROBLEM"; fi`;
  return execFileSync("bash", ["-c", script], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
  }).trim();
}

const LOOP = [0, 1, 2, 3].flatMap((restarts) => [`running ${restarts} 10.0.0.2`, `running ${restarts} 10.0.0.2`]);
const runs = (times: number, restarts = 0): string[] => Array<string>(times).fill(`running ${restarts} 10.0.0.2`);
const ENDED = "web of shop 1.0.0 keeps exiting instead of serving; its last lines stand above";

describe("a container that", () => {
  it.each<[string, Case, string]>([
    ["runs", { looks: runs(3) }, "healthy"],
    ["came up at the second try", { looks: ["restarting 0", ...runs(3, 1)] }, "healthy"],
    ["runs at every look, and is another process each time", { looks: LOOP }, ENDED],
    ["exited", { looks: ["exited 0"] }, ENDED],
    [
      "is not healthy yet, by its own check",
      { looks: runs(5), config: { Healthcheck: { Test: ["CMD", "ok"] } }, verdicts: [1, 1, 0, 0, 0] },
      "healthy",
    ],
    [
      "is healthy once, and then not",
      { looks: runs(6), config: { Healthcheck: { Test: ["CMD", "ok"] } }, verdicts: [0, 0, 1, 0, 0, 0] },
      "healthy",
    ],
    [
      "ends while its own check says no",
      { looks: [...runs(2), "exited 0"], config: { Healthcheck: { Test: ["CMD", "ok"] } }, verdicts: [1, 1] },
      ENDED,
    ],
  ])("%s", (_, container, verdict) => expect(judged(container)).toBe(verdict));
});

/** Forms of https://docs.docker.com/reference/compose-file/services/#healthcheck, as Docker keeps them in a container's settings. */
describe("a container's own check", () => {
  it.each<[string, string[], string[] | undefined, string[]]>([
    ["words", ["CMD", "ask", "it's", "a b", "x\ny", "$HOME"], undefined, ["ask", "it's", "a b", "x\ny", "$HOME"]],
    [
      "a line for the shell",
      ["CMD-SHELL", 'pg_isready -U "$USER" || exit 1'],
      undefined,
      ["/bin/sh", "-c", 'pg_isready -U "$USER" || exit 1'],
    ],
    ["a line for the image's own shell", ["CMD-SHELL", "ask"], ["/bin/bash", "-ec"], ["/bin/bash", "-ec", "ask"]],
  ])("runs as %s", (_, Test, Shell, words) => {
    expect(
      judged({
        looks: runs(3),
        config: { Healthcheck: { Test, Timeout: 5e9 }, ...(Shell ? { Shell } : {}) },
        verdicts: [0, 0, 0],
      }),
    ).toBe("healthy");
    expect(readFileSync(ran, "utf8").split("\0").slice(0, -1)).toEqual(words);
  });
  it("is none when it is switched off", () => {
    expect(judged({ looks: runs(3), config: { Healthcheck: { Test: ["NONE"] } } })).toBe("healthy");
    expect(existsSync(ran)).toBe(false);
  });
});

describe("a path that is asked", () => {
  /** @param status what the container answers to each request */
  const asked = (status: string, more = ""): string => {
    const script = `HOME_DIR=${folder}
    for part in components/host/scripts/lib/*.sh; do . "$part"; done
    . components/host/scripts/rollout/health.sh
    APP=shop ADDRESS_OF[id]=10.0.0.2
    J=([".after.version"]=1.0.0 [".after.services.web.health.path"]=/health [".after.services.web.health.port"]=8000
      [".after.services.web.health.timeout"]=0 [".after.services.web.health.successes"]=1
      [".after.services.web.health.interval"]=0.001 ${more})
    engine() {
      printf '%s\\n' "\${FIRST[*]}" >>${folder}/asked
      ANSWER='${status} {"State":{"Status":"running","Pid":0},"RestartCount":0,"NetworkSettings":{"Networks":{}}}'
    }
    last_words() { :; }
    rm -f ${folder}/asked
    if await_health after web id; then echo healthy; else echo "$PROBLEM"; fi
    cat ${folder}/asked`;
    return execFileSync("bash", ["-c", script], { encoding: "utf8" });
  };
  const ROUTED =
    '[".after.data.services.length"]=2 [".after.data.services.0.name"]=api [".after.data.services.1.name"]=web [".after.data.sites.0.host"]';

  it.each([
    ["that it is reached by", `${ROUTED}=shop.example.com`, "Host: shop.example.com"],
    [
      "of its own",
      `${ROUTED}=shop.example.com [".after.data.services.1.sites.0"]=http://web.example.com`,
      "Host: web.example.com",
    ],
    ["that its wildcard covers", `${ROUTED}='*.example.com'`, "Host: slipway.example.com"],
  ])("is asked by the name %s", (_, more, header) => expect(asked("200", more)).toContain(`--header ${header} `));

  it("of a service that takes no requests is asked by its address", () => {
    expect(asked("200", '[".after.data.sites.0.host"]=shop.example.com')).not.toContain("--header");
    expect(asked("200")).toContain("healthy");
  });

  it.each([
    ["400", "GET /health on port 8000, which answered 400 last"],
    ["000", "GET /health on port 8000, which did not answer"],
  ])("tells how it answered last: %s", (status, words) =>
    expect(asked(status)).toContain(
      `web of shop 1.0.0 was not healthy within 0 s (${words}); its last lines stand above`,
    ),
  );
});

describe("a service that is not good yet", () => {
  /** How long it was waited for between three checks, in steps; it begins to listen at the second. */
  const waited = (table: string): string => {
    const proc = join(folder, "proc/7/net");
    mkdirSync(proc, { recursive: true });
    writeFileSync(join(proc, "tcp"), "  sl  local_address\n");
    writeFileSync(join(proc, "tcp6"), table);
    const script = `HOME_DIR=${folder}
    for part in components/host/scripts/lib/*.sh; do . "$part"; done
    . components/host/scripts/rollout/health.sh
    PROC=${folder}/proc LOOKED='{"Pid":7}' NOW=0 naps=()
    J=([".after.services.web.health.interval"]=0.3 [".after.services.web.health.port"]=8000)
    now() { :; }
    nap() {
      naps+=("$1") NOW=$((NOW + 20))
      if [ \${#naps[@]} -eq 2 ]; then echo "${LISTENING}" >${proc}/tcp6; fi
    }
    listened=
    nap_until_it_listens .after.services.web
    nap_until_it_listens .after.services.web
    echo "\${naps[*]}"`;
    return execFileSync("bash", ["-c", script], { encoding: "utf8" }).trim();
  };
  const LISTENING =
    "   0: 00000000000000000000000000000000:1F40 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000";

  it("is asked again as soon as it listens, and from then on at its interval", () =>
    expect(waited("")).toBe("0.02 0.02 0.3"));
  it("is asked again at once where it began to listen while it was asked", () => expect(waited(LISTENING)).toBe("0.3"));
});

describe("a service that is good", () => {
  /** How long it is waited for before the next check. */
  const next = (values: string, looked = "{}"): string =>
    execFileSync(
      "bash",
      [
        "-c",
        `HOME_DIR=${folder}
        for part in components/host/scripts/lib/*.sh; do . "$part"; done
        . components/host/scripts/rollout/health.sh
        J=(${values}) LOOKED='${looked}'
        nap() { echo "$1"; }
        nap_between_good .after.services.web`,
      ],
      { encoding: "utf8" },
    ).trim();
  const every = (interval: string, more = ""): string => `[".after.services.web.health.interval"]=${interval} ${more}`;

  it("is asked for its path three times as often", () => {
    expect(next(every("0.3", '[".after.services.web.health.path"]=/up'))).toBe("0.100");
    expect(next(every("10", '[".after.services.web.health.path"]=/up'))).toBe("3.333");
  });
  it("is asked by its own check three times as often", () =>
    expect(next(every("0.3"), '{"Config":{"Healthcheck":{"Test":["CMD","true"]}}}')).toBe("0.100"));
  it("must last as long as before where it has no check", () => expect(next(every("0.3"))).toBe("0.3"));
});
