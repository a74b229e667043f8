/** A GitHub runner for the scripts of one job: real bash and git; `gh`, `date`, `sudo` and the like are played. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { Job, Step } from "../../components/github/workflows/model.ts";
import { NEXT_SCRIPT } from "../../components/github/workflows/nextScript.ts";
import { NEXT_SCRIPT_PATH } from "../../components/github/workflows/release.ts";

/** What `gh` says to a command line that begins like this; of several, one after the other, the last one for ever. */
export type Answers = Record<string, Answer | Answer[]>;
/** Data, which its `--jq` is applied to, or its failure. */
export type Answer = { json: unknown } | { error: string };

export interface Ran {
  code: number;
  /** Output of all steps, errors too. */
  says: string;
  /** Command lines of what is played, in their order. */
  calls: string[];
  summary: string;
}

/** Records its command line; standard input too where it is read. */
const PLAYED: Record<string, string> = {
  gh: `filter=. line=$*
  while [ $# -gt 0 ]; do [ "$1" != --jq ] || filter=$2; shift; done
  jq -r --arg line "$line" --argjson turn "$(grep -c -F -x -- "gh $line" "$CALLS")" '
    [to_entries[] | select(.key as $key | $line | startswith($key)) | .value | if type == "array" then .[[$turn, length] | min - 1] else . end][0]
    | if . == null then empty elif .error then .error + "\\n" | halt_error(1) else .json | '"$filter"' end' "$ANSWERS"`,
  date: 'case "$*" in "-u +%u") echo "$TODAY" ;; "-u +%H:%M") echo "$TIME" ;; "-u +%F") echo 2026-11-21 ;; *) exit 2 ;; esac',
  sleep: "exit 0",
  sudo: 'case "$*" in *install*/dev/stdin*) cat >"$FOLDER/installed" ;; esac; [ "$*" != "$SUDO_FAILS" ]',
};
/** Too common to be of interest. */
const QUIET = ["date", "sleep"];

export class Runner {
  folder = "";

  /** The checkout. */
  get checkout(): string {
    return join(this.folder, "checkout");
  }

  /** What is on GitHub. */
  private get origin(): string {
    return join(this.folder, "origin.git");
  }

  private get bin(): string {
    return join(this.folder, "bin");
  }

  start(): void {
    this.folder = mkdtempSync(join(tmpdir(), "slipway-runner-"));
    mkdirSync(this.checkout);
    mkdirSync(this.bin);
    for (const [name, body] of Object.entries(PLAYED)) {
      const record = QUIET.includes(name) ? "" : `printf '%s\\n' "${name} $*" >>"$CALLS"\n`;
      writeFileSync(join(this.bin, name), `#!/bin/bash\n${record}${body}\n`);
      chmodSync(join(this.bin, name), 0o755);
    }
    this.git("init", "--quiet", "--bare", this.origin);
    this.git("init", "--quiet", "--initial-branch", "main");
    this.git("remote", "add", "origin", this.origin);
    mkdirSync(dirname(join(this.checkout, NEXT_SCRIPT_PATH)), { recursive: true });
    writeFileSync(join(this.checkout, NEXT_SCRIPT_PATH), NEXT_SCRIPT);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  git(...args: string[]): string {
    const who = ["-c", "user.name=Anna", "-c", "user.email=anna@example.com"];
    return execFileSync("git", [...who, "-C", this.checkout, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  }

  /** An empty commit, with tags of its own, that is pushed. @returns its name */
  commit(message: string, ...tags: string[]): string {
    this.git("commit", "--quiet", "--allow-empty", "-m", message);
    for (const tag of tags) this.git("tag", tag);
    this.git("push", "--quiet", "--tags", "origin", "HEAD");
    return this.git("rev-parse", "HEAD");
  }

  /** The commits of the tags that are pushed, by their names. */
  get tags(): Record<string, string> {
    const lines = this.git("ls-remote", "--tags", "origin").split("\n").filter(Boolean);
    return Object.fromEntries(lines.map((line) => line.split("\trefs/tags/").toReversed()));
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  /**
   * Runs the scripts of a job as GitHub does without `shell`: `bash -e`, until one fails.
   * @param values of expressions in `env`; one without a value is an error
   * @param env what the runner and the played commands have beside
   */
  run(job: Job, values: Record<string, string>, answers: Answers = {}, env: Record<string, string> = {}): Ran {
    if (!("steps" in job)) throw new Error(`${job.name} has no steps`);
    const [calls, summary] = [join(this.folder, "calls"), join(this.folder, "summary")];
    for (const file of [calls, summary]) writeFileSync(file, "");
    writeFileSync(join(this.folder, "answers"), JSON.stringify(answers));
    const known: Record<string, string> = { "github.token": "gh-token", ...values };
    let code = 0,
      says = "";
    for (const step of job.steps.filter(({ run }) => run !== undefined)) {
      if (code !== 0 || !holds(step, known)) continue;
      const output = join(this.folder, "output");
      writeFileSync(output, "");
      const { status, stdout, stderr } = spawnSync("/bin/bash", ["-e", this.script(step.run!)], {
        cwd: this.checkout,
        encoding: "utf8",
        env: {
          PATH: `${this.bin}:${process.env.PATH}`,
          HOME: this.folder,
          FOLDER: this.folder,
          CALLS: calls,
          ANSWERS: join(this.folder, "answers"),
          SUDO_FAILS: "",
          GITHUB_REPOSITORY: "anna/shop",
          GITHUB_OUTPUT: output,
          GITHUB_STEP_SUMMARY: summary,
          ...env,
          ...filled({ ...job.env, ...step.env }, known),
        },
      });
      code = status ?? -1;
      says += stdout + stderr;
      for (const line of readFileSync(output, "utf8").split("\n").filter(Boolean))
        known[`steps.${step.id}.outputs.${line.slice(0, line.indexOf("="))}`] = line.slice(line.indexOf("=") + 1);
    }
    return {
      code,
      says,
      calls: readFileSync(calls, "utf8").split("\n").filter(Boolean),
      summary: readFileSync(summary, "utf8"),
    };
  }

  /** As `env`: a PATH that has what is played, and of the machine's commands only these. */
  only(...commands: string[]): { PATH: string } {
    for (const name of commands.filter((command) => !existsSync(join(this.bin, command)))) {
      symlinkSync(execFileSync("which", [name], { encoding: "utf8" }).trim(), join(this.bin, name));
    }
    return { PATH: this.bin };
  }

  private script(text: string): string {
    const file = join(this.folder, "script.sh");
    writeFileSync(file, text);
    return file;
  }
}

/** Only the condition that the generated scripts' steps have: an output that is not empty. */
function holds({ if: condition }: Step, known: Record<string, string>): boolean {
  if (condition === undefined || condition === "${{ always() }}") return true;
  const [, name] = /^\$\{\{ ([\w.]+) != '' \}\}$/.exec(condition) ?? [];
  if (name === undefined) throw new Error(`this runner does not know the condition ${condition}`);
  return (known[name] ?? "") !== "";
}

const filled = (env: Record<string, string>, known: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).map(([name, text]) => [
      name,
      text.replaceAll(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
        if (known[expression] === undefined) throw new Error(`${name}: there is no value for ${expression}`);
        return known[expression];
      }),
    ]),
  );

/** A runner that is new before each test of a file. */
export function useRunner(): Runner {
  const runner = new Runner();
  beforeEach(() => runner.start());
  afterEach(() => runner.remove());
  return runner;
}
