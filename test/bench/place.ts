/** Where the bench works: throw-away applications on sandbox hosts, images that nobody has pulled, and the way to clean up. */
import { renderProgram } from "../support/program.ts";
import { Project } from "../support/project.ts";
import { expectOk } from "../support/run.ts";
import { REGISTRY, sandbox, seed, settings } from "../support/sandbox.ts";
import { type Host, host } from "../support/ssh.ts";

export const MOST_APPLICATIONS = 20;
export const application = (number: number): string => `bench-${number}`;
export const domain = (number: number): string => `${application(number)}.bench.test`;

const PROGRAM = renderProgram({
  applications: Array.from({ length: MOST_APPLICATIONS }, (_, index) => ({
    name: application(index + 1),
    image: `${REGISTRY}/bench`,
    domain: `http://${domain(index + 1)}`,
    services: { web: { port: 8000, health: "/health" } },
    verification: { version: "/api/v1/version", checks: ["/"] },
  })),
});

const TRIVIAL = `import { ComponentResource } from "@pulumi/pulumi";

new ComponentResource("bench:index:Trivial", "trivial");
`;

export const say = (text: string): void =>
  void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);

/** Versions of an image of the bench's own, counted up; every bench run has new ones, so that each is pulled once. */
export class Versions {
  readonly list: string[];
  /** Serves another version than it is called. */
  readonly wrong: string;
  private next = 0;

  constructor(count: number) {
    const series = Math.floor(Date.now() / 1000);
    this.list = Array.from({ length: count }, (_, index) => `1.${series}.${index}`);
    this.wrong = `1.${series}.${count}`;
  }

  async push(): Promise<void> {
    say(`pushing ${this.list.length + 1} versions of the sample application`);
    expectOk(await sandbox("seed", ...this.list.map((version) => `bench:${version}`)));
    await seed({ image: `bench:${this.wrong}`, behaviours: ["wrong-version"] });
  }

  async remove(): Promise<void> {
    await sandbox("seed", ...[...this.list, this.wrong].map((version) => `bench:${version}`), "--remove");
  }

  take(): string {
    const version = this.list[this.next++];
    if (version === undefined) throw new Error("the bench has used up its versions; count them anew in main.ts");
    return version;
  }
}

/** What is deployed where: version and host numbers by application number. */
export type Wanted = Record<number, { version: string; hosts: number[] }>;

export function configuration(wanted: Wanted): Record<string, unknown> {
  const hosts = [...new Set(Object.values(wanted).flatMap(({ hosts: numbers }) => numbers))];
  const applications = Object.entries(wanted).map(([number, { version, hosts: numbers }]) => [
    application(Number(number)),
    { version, removeData: true, hosts: numbers.map((one) => `host-${one}`) },
  ]);
  return settings(hosts, Object.fromEntries(applications));
}

export const benchProject = (wanted: Wanted): Promise<Project> =>
  Project.create({ name: "bench", program: PROGRAM, config: configuration(wanted) });

/** A program with one resource that needs no plugin, as `pulumi new` starts it: what the engine itself takes. */
export async function trivialProject(): Promise<Project> {
  const project = await Project.create({ name: "bench-trivial", program: TRIVIAL });
  project.write(
    "Pulumi.yaml",
    "name: slipway\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.ts\n",
  );
  return project;
}

/** The last line of an application's ledger, its steps in seconds. */
export async function lastLine(target: Host, name: string): Promise<{ result: string; steps: Record<string, number> }> {
  return JSON.parse(await target.ask(`tail -n 1 /opt/${name}/ledger.jsonl`)) as {
    result: string;
    steps: Record<string, number>;
  };
}

/** Removes what this bench, or one that was interrupted, left on the hosts. */
export async function clean(numbers: number[]): Promise<void> {
  await Promise.all(
    numbers.map(async (number) => {
      const result = await host(number).exec("bash -s", { input: CLEAN, timeoutSeconds: 300 });
      if (result.code !== 0) say(`host-${number}: cleaning up failed: ${result.stderr.trim()}`);
    }),
  );
}

const CLEAN = `set -u
docker ps --all --quiet --filter label=com.docker.compose.project=bench-floor | xargs -r docker rm --force >/dev/null
docker network rm bench-floor_default >/dev/null 2>&1
rm -rf "$HOME/bench-floor"
[ -x /opt/slipway/bin/slipway ] || exit 0
for folder in /opt/bench-*; do
  [ -d "$folder" ] || continue
  owner=$(jq -r '.owner // empty' "$folder/deployment.json" 2>/dev/null)
  /opt/slipway/bin/slipway destroy "$(basename "$folder")" --owner "$owner" --data >/dev/null </dev/null
done
docker images --quiet '${REGISTRY}/bench' | sort -u | xargs -r docker rmi --force >/dev/null 2>&1
/opt/slipway/bin/slipway retire >/dev/null
exit 0
`;
