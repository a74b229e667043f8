import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

/** What `await_health` of the host's scripts says of a container whose looks are these: status, health, restarts. */
function judged(looks: string[], successes = 3): string {
  const script = `
    . components/host/scripts/lib.sh
    . components/host/scripts/health.sh
    APP=shop looked=$(mktemp)
    printf '%s\\n' "$LOOKS" >"$looked"
    docker() {
      [[ $* != *RestartCount* ]] || { head -n 1 "$looked"; sed -i 1d "$looked"; }
    }
    service_value() { case $3 in .health.successes) echo ${successes} ;; .health.interval) echo 0.001 ;; .health.timeout) echo 60 ;; esac; }
    manifest() { echo 1.0.0; }
    last_words() { :; }
    how_it_ended() { echo "keeps exiting"; }
    (await_health release web id) 2>&1 && echo healthy
    rm -f "$looked"`;
  return execFileSync("bash", ["-c", script], { encoding: "utf8", env: { ...process.env, LOOKS: looks.join("\n") } }).trim();
}

const loop = [0, 1, 2, 3].flatMap((restarts) => [`running none ${restarts} 10.0.0.2`, `running none ${restarts} 10.0.0.2`]);

it.each<[string, string[], string]>([
  ["runs", Array<string>(3).fill("running none 0 10.0.0.2"), "healthy"],
  ["came up at the second try", ["restarting none 0", ...Array<string>(3).fill("running none 1 10.0.0.2")], "healthy"],
  ["runs at every look, and is another process each time", loop, "error: web of shop 1.0.0 keeps exiting instead of serving; its last lines stand above"],
  ["is not healthy yet, by its own word", ["running starting 0 10.0.0.2", ...Array<string>(3).fill("running healthy 0 10.0.0.2")], "healthy"],
  ["exited", ["exited none 0"], "error: web of shop 1.0.0 keeps exiting instead of serving; its last lines stand above"],
])("a container that %s", (_, looks, verdict) => expect(judged(looks)).toBe(verdict));
