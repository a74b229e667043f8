/** A host whose migrations are doubles: what a deployment runs of them, and what it writes down. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostShell } from "./hostShell.ts";

export const R1 = "111111111111";
export const R2 = "222222222222";
export const R3 = "333333333333";
/** The release that is deployed. */
export const NOW = "0123456789ab";

export interface Entry {
  release: string;
  version: string;
  none?: true;
  doubt?: "up" | "down";
  revision?: string;
}

interface Runs {
  /** Version that runs, and its release. */
  version: string;
  release?: string;
  confirmed?: boolean;
  undo?: object;
}

export const one = (release: string, version: string, more: object = {}): Entry => ({ release, version, ...more });
export const migrates = (more: object = {}) => ({
  migration: { service: "web", command: ["up"], timeout: 10, ...more },
});
/** Ways of a release that is taken back to a revision. */
export const TARGETED = { down: ["to", "{revision}"], revision: ["heads"] };

export function migratingHost(name: string) {
  const { root, run, double, journal } = hostShell(name);
  const SHOP = join(root, "shop");
  const book = join(SHOP, "migration.json");
  const log = join(root, "ran");
  const BODY = `
WAY='' COMPOSE=(docker compose)
step() { shift; "$@"; }
stop_before() { echo stopped >>${log}; }
`;

  /** Begins from a host with nothing. A one-off says whose it is; `heads` tells a revision, `bad` fails. */
  function reset(): void {
    for (const path of [book, log, join(SHOP, "rollout.json"), join(SHOP, "run/1/reason")])
      rmSync(path, { force: true });
    rmSync(join(SHOP, "releases"), { recursive: true });
    double(
      "docker",
      `case $* in
      *' config '*) echo '{"services":{}}' ;;
      *' run '*)
        all="$*"; of=\${all#*releases/}; words=\${all##* -T web }
        echo "\${of%%/*} $words" >>${log}
        case $words in heads) echo "noise"; echo "r1 (head)" ;; bad*) exit 1 ;; esac ;;
    esac`,
    );
  }

  /** Puts a release on the host; `number` makes it a rollback point. */
  function release(id: string, version: string, more: object = {}, number?: number): void {
    const folder = join(SHOP, "releases", id);
    mkdirSync(folder, { recursive: true });
    const manifest = { release: id, version, services: [], secrets: [], images: [], ...more };
    writeFileSync(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    writeFileSync(join(folder, ".env"), "");
    writeFileSync(join(folder, "compose.yaml"), "");
    spawnSync("bash", ["-c", "sha256sum .env compose.yaml manifest.json >SHA256SUMS"], { cwd: folder });
    if (number !== undefined) writeFileSync(join(folder, "confirmed"), `${number}\n`);
  }

  /** What runs when the deployment begins. */
  const running = ({ version, release: id = R1, confirmed = false, undo }: Runs): void =>
    journal({
      before: { release: id, version, services: { web: { upstream: "shop.web" } }, containers: { web: ["old"] } },
      after: { release: NOW, version: "x", confirmed },
      ...(undo ? { undo } : {}),
    });

  return {
    SHOP,
    book,
    double,
    journal,
    release,
    reset,
    running,
    applied: (...entries: Entry[]): void => writeFileSync(book, JSON.stringify({ applied: entries })),
    written: (): Entry[] => JSON.parse(readFileSync(book, "utf8")).applied,
    /** Of one-offs: the release, and its words; `stopped` for what ran. */
    ran: (): string[] => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []),
    run: (body: string, env: Record<string, string> = {}) => run(`${BODY}${body}`, { env }),
    deploy: (env: Record<string, string> = {}) =>
      run(`${BODY} plan_migration; if [ -n "$WAY" ]; then migrate; fi`, { env }),
  };
}
