/** Runs functions of the host's scripts in bash, with doubles in the place of the programs that they call. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./folder.ts";
import { quote } from "./ssh.ts";

const SCRIPTS = join(import.meta.dirname, "../../components/host/scripts");

export interface Ran {
  stdout: string;
  stderr: string;
  code: number;
}

interface How {
  /** Variables of the caller. */
  env?: Record<string, string>;
  input?: string | Buffer;
  /** Parts that are sourced, as the entry `slipway` does it unless others are named. */
  parts?: string;
}

/** A function for bash, `container STATUS RESTARTS [ADDRESS [PID]]`: prints what the Engine's API says of one. */
export const CONTAINER = `container() {
  printf '{"State":{"Status":"%s","Pid":%s},"RestartCount":%s,"Config":{},"NetworkSettings":{"Networks":{"n":{"IPAddress":"%s"}}}}' \\
    "$1" "\${4:-0}" "$2" "\${3:-}"
}
`;

/**
 * @param doubles bash scripts by the name of the program they stand for
 * @returns the folder that is the host's /opt, and what runs a piece of bash there: application shop, release 0123456789ab
 */
export function hostShell(name: string, doubles: Record<string, string> = {}) {
  const root = temporaryFolder(name);
  const programs = join(root, "programs");
  mkdirSync(programs);
  for (const [program, text] of Object.entries(doubles)) double(program, text);
  for (const folder of ["slipway/proxy/upstreams", "shop/releases/0123456789ab", "shop/run/1"])
    mkdirSync(join(root, folder), { recursive: true });

  function double(program: string, text: string): void {
    writeFileSync(join(programs, program), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
  }

  function run(body: string, { env = {}, input = "", parts = "{lib,rollout,operate}/*" }: How = {}): Ran {
    const script = `set -euo pipefail
HERE=${quote(SCRIPTS)} ROOT=${root} HOME_DIR=${root}/slipway
for part in "$HERE"/${parts}.sh; do [ ! -f "$part" ] || . "$part"; done
APP=shop DIR=${root}/shop RUN=${root}/shop/run/1 RELEASE=0123456789ab PREVIOUS='' TOKEN=token OWNER=owner
if [ -f "$DIR/rollout.json" ]; then read_journal || true; fi
${body}`;
    const { stdout, stderr, status } = spawnSync("bash", ["-c", script], {
      input,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      env: { ...process.env, ...env, PATH: `${programs}:${process.env.PATH}` },
    });
    return { stdout, stderr, code: status ?? -1 };
  }

  /** Writes the release's manifest and its environment file. */
  function release(manifest: object, environment = ""): void {
    writeFileSync(join(root, "shop/releases/0123456789ab/manifest.json"), JSON.stringify(manifest));
    writeFileSync(join(root, "shop/releases/0123456789ab/.env"), environment);
  }

  /** Writes the journal of a rollout; what is left out of its sides is empty. */
  function journal({
    before = {},
    after = {},
    ...rest
  }: {
    before?: object;
    after?: object;
    [key: string]: unknown;
  }): void {
    const side = {
      release: "",
      version: "",
      services: {},
      accessories: [],
      accessoriesHash: "",
      route: "",
    };
    const text = JSON.stringify({
      format: 2,
      phase: "begun",
      release: "0123456789ab",
      version: "1.0.0",
      by: "token",
      owner: "owner",
      run: join(root, "shop/run/1"),
      keep: 5,
      present: [],
      ...rest,
      before: { ...side, containers: {}, policies: {}, upstreams: {}, ...before },
      after: { ...side, release: "0123456789ab", version: "1.0.0", ...after },
    });
    writeFileSync(join(root, "shop/rollout.json"), `${text}\n`);
  }

  return { root, run, double, release, journal };
}
