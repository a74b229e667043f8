import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Running, run, start } from "../run.ts";
import { machine } from "../sandbox.ts";
import { served } from "../served.ts";
import { type Host, quote } from "../ssh.ts";
import { ledger } from "../state.ts";
import { domainOf } from "./project.ts";

/** What is done to a deployment that is under way. */
export type Harm =
  /** The deployment's SSH connection is cut. */
  | "connection"
  /** SIGKILL of what prepares the rollout, of the rollout, of its first process alone, or of it and its supervisor. */
  | "deploy"
  | "worker"
  | "parent"
  | "both"
  /** The rollout stops where it is, until somebody lets it go on. */
  | "freeze"
  /** dockerd gets a SIGKILL, or is stopped; the host starts it again. */
  | "dockerd"
  | "restart-dockerd"
  /** The machine is restarted, or loses its power. */
  | "restart"
  | "power"
  /** `pulumi` gets a signal; `pulumi-group` means all processes that it started, too. */
  | "pulumi-kill"
  | "pulumi-group"
  | "pulumi-interrupt";

/** Phases of the journal, steps and marks of a rollout; see components/host/scripts/rollout/work.sh. Before it, `stage`: a release arrives. */
export type Phase =
  | "stage"
  | "begun"
  | "accessory"
  | "backup"
  | "migration"
  | "start"
  | "exchange"
  | "switch"
  | "check"
  | "activated"
  | "confirmed"
  | "settling";

const SCRIPT = readFileSync(join(import.meta.dirname, "faults.sh"), "utf8");
const ON_THE_HOST: Harm[] = [
  "connection",
  "deploy",
  "worker",
  "parent",
  "both",
  "freeze",
  "dockerd",
  "restart-dockerd",
];
/** The rollout goes no further while the machine is being switched off, which takes longer than a phase. */
const FREEZES: Harm[] = ["power"];

export interface Moment {
  /** Does harm at the moment; throws with the deployment's words when it ended before. */
  reached(deployment?: Running): Promise<void>;
  /** Lets what was stopped go on: each process by its id, as some have become another program meanwhile. */
  goOn(): Promise<void>;
}

/** Begins to wait for the phase, on the host itself and without a connection, to do harm at that moment; with `command`, while docker runs it. */
export function harmAt(target: Host, application: string, phase: Phase, harm: Harm | "none", command = ""): Moment {
  const act =
    harm !== "none" && ON_THE_HOST.includes(harm)
      ? harm
      : harm !== "none" && FREEZES.includes(harm)
        ? "freeze"
        : "none";
  const watch = start(
    "docker",
    ["exec", "-i", target.container, "bash", "-s", "--", application, phase, act, command],
    { input: SCRIPT, timeoutSeconds: 240 },
  );
  return {
    reached: async (deployment) => {
      const first = await Promise.race([
        watch.result,
        ...(deployment ? [deployment.result.then(() => sleep(2000)).then(() => undefined)] : []),
      ]);
      if (first?.code === 0) return;
      // Killing the client leaves the script on the host, where it would harm the next deployment.
      const pid = /^pid (\d+)/.exec(watch.output())?.[1];
      if (!first && pid) await run("docker", ["exec", target.container, "kill", pid]);
      throw new Error(
        `${harm} in ${phase} was not done: ${first ? first.stdout + first.stderr : "the deployment had ended"}\n${deployment?.output() ?? ""}`,
      );
    },
    goOn: async () => {
      const [, stopped] = /^stopped ([\d ]+)$/m.exec(watch.output()) ?? [];
      if (!stopped) throw new Error(`nothing is stopped: ${watch.output()}`);
      await target.ask(`kill -CONT ${stopped}`);
    },
  };
}

/** The harm that is not done by a process of the host. */
export async function harmFromOutside(harm: Harm, target: Host, deployment: Running): Promise<void> {
  if (harm === "restart") await machine(target, "restart");
  if (harm === "power") {
    await machine(target, "kill");
    await machine(target, "start");
  }
  if (harm === "pulumi-kill") deployment.kill("SIGKILL");
  if (harm === "pulumi-group") deployment.kill("SIGKILL", "group");
  if (harm === "pulumi-interrupt") deployment.kill("SIGINT");
}

/** What is left of a rollout: asked on the host itself, for ten seconds at most, as each login costs as much as a hundred looks. */
const UNDERWAY = `left() { [ ! -e "$dir/rollout.json" ] || printf 'journal '; [ ! -e "$dir/lock" ] || flock --nonblock "$dir/lock" true || printf lock; }
for _ in $(seq 33); do found=$(left); [ -n "$found" ] || break; sleep 0.3; done; echo "$found"`;

/** Waits until no rollout is under way: no journal, the lock free. Throws with what is left after the time limit. */
export async function untilSettled(target: Host, application: string, seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000;
  let left = "";
  while (performance.now() < end) {
    const { code, stdout, stderr } = await target.exec(`dir=${quote(`/opt/${application}`)}; ${UNDERWAY}`, {
      timeoutSeconds: 25,
    });
    left = code === 0 ? stdout.trim() : stderr.trim();
    if (code === 0 && left === "") return;
    if (code !== 0) await sleep(300);
  }
  const journal = await target.exec(
    `cat /opt/${application}/rollout.json; ps -eo pid,ppid,args --forest | grep -v sshd`,
  );
  throw new Error(`${application} on ${target.address} is not settled after ${seconds} s: ${left}\n${journal.stdout}`);
}

/** The one version that answers; asked several times, so that two would be noticed. Waits for the first answer. */
export async function oneVersion(target: Host, application: string, seconds = 30): Promise<string> {
  const end = performance.now() + seconds * 1000;
  const ask = (): Promise<string> =>
    served(target, domainOf(application), { timeoutSeconds: 5 }).catch((error: Error) => error.message);
  let first = await ask();
  while (!/^\d/.test(first) && performance.now() < end) {
    await sleep(200);
    first = await ask();
  }
  const answers = new Set([first, ...(await Promise.all(Array.from({ length: 12 }, ask)))]);
  if (answers.size === 1 && /^\d/.test(first)) return first;
  const { stdout } = await target.exec(
    `docker ps -a; head /opt/slipway/proxy/upstreams/*; docker logs --tail 5 slipway-proxy 2>&1; cat /opt/${application}/ledger.jsonl | tail -n 4`,
  );
  return `${[...answers].join(" and ")}\n${stdout}`;
}

/** What a host has of an application: each service's containers with state and restart policy, one line each. */
export async function running(target: Host, application: string): Promise<string[]> {
  const format =
    '{{index .Config.Labels "com.docker.compose.service"}} {{.State.Status}} {{.HostConfig.RestartPolicy.Name}}';
  const text = await target.ask(
    `docker ps -aq --filter label=com.docker.compose.project=${application} | xargs -r docker inspect --format ${quote(format)}`,
  );
  return text.trim().split("\n").sort();
}

/** What an ended deployment must not leave. */
export async function leftovers(target: Host, application: string): Promise<string[]> {
  const text = await target.ask(`cd /opt/${application}
[ ! -e rollout.json ] || echo rollout.json
flock --nonblock lock true || echo "the lock is held: $(cat lock)"
find . -maxdepth 1 \\( -name '.incoming*' -o -name '*.*.new.*' -o -name 'images.pulled.*' \\) -printf '%f\\n'
find run -name '.docker.*'
find releases -mindepth 1 -maxdepth 1 -name '.new*' -printf 'releases/%f\\n'
pgrep -af 'slipway (work|supervise|deploy|recover) ${application}( |$)' || true`);
  return text.split("\n").filter((line) => line !== "");
}

/** What a host wrote down of an application's last deployments, for the message of a failed test. */
export async function story(target: Host, application: string): Promise<string> {
  const { stdout } = await target.exec(
    `cd /opt/${application}; date -u; tail -n 4 ledger.jsonl; for log in $(ls -td run/*/log | head -n 3); do echo "== $log"; stat -c '%n %y' "\${log%/*}"/*; cat "$log"; done`,
  );
  return stdout;
}

/** The newest entry of the ledger that tells of a rollout. */
export async function lastDeployment(
  target: Host,
  application: string,
): Promise<{ result: string; version: string; reason?: string }> {
  const entries = (await ledger(target, application)).filter(
    ({ action, result }) => action === "deploy" && result !== "refused",
  );
  return entries.at(-1) as { result: string; version: string; reason?: string };
}
