/** A host: the way to it, what it needs, and what an interruption left there. */
import type { HostSeen, InspectedApplication } from "../../components/protocol/inspect.ts";
import type { HostSettings } from "../../components/settings/types.ts";
import { z } from "../../components/shared/zod.ts";
import { backupsOf } from "../backups/judge.ts";
import { age } from "../hosts/table.ts";
import { jobsOf } from "../jobs/judge.ts";
import { fullest, isFull, LONG_S } from "../status/judge.ts";
import { type Check, isFrom, parted, unless } from "./checks.ts";

/** What `slipway doctor` prints on a host. */
export const hostDoctorSchema = z.object({
  docker: z.object({ answers: z.boolean(), version: z.string().optional(), why: z.string().optional() }),
  compose: z.string().nullable().describe("Its version"),
  cron: z.boolean(),
  locks: z.array(z.object({ application: z.string(), by: z.string(), since: z.string(), pid: z.string() })),
  journals: z
    .array(z.object({ application: z.string(), version: z.string(), release: z.string(), unsettled: z.string() }))
    .describe("Those that nobody works on"),
  registries: z.array(z.object({ server: z.string(), problem: z.string() })),
  notifications: z
    .array(z.object({ target: z.string(), time: z.string(), result: z.string(), why: z.string() }))
    .default([])
    .describe("Targets that did not take their last message"),
});

export interface HostLooked {
  host: Pick<HostSettings, "address" | "port" | "user" | "root" | "hostKey">;
  stack: string;
  /** Why it could not be reached, or does not run Slipway. */
  problem?: string;
  seen?: HostSeen;
  /** Why it does not say the rest: a deploy key may not ask, an older version cannot. */
  untold?: string;
  told?: z.output<typeof hostDoctorSchema>;
  /** Seconds by which its clock is ahead. */
  ahead?: number;
}

const OLDEST_COMPOSE = [2, 20];
/** A ledger of two hosts would be in the wrong order. */
const MOST_AHEAD_S = 30;

const on = ({ host: { address, port, user } }: HostLooked, command: string): string =>
  `ssh ${port === 22 ? "" : `-p ${port} `}${user}@${address} ${command}`;
const slipwayOn = (looked: HostLooked, words: string): string =>
  on(looked, `${looked.host.root}/slipway/bin/slipway ${words}`);
const up = ({ stack }: HostLooked): string => `pulumi up --stack ${stack}`;

/** Of a backup or a drill, as the host tells it of the job or of itself. */
function wrongWithData(application: string, seen: InspectedApplication, now: number) {
  const jobs = jobsOf(seen.jobs ?? [], now).map(({ name, wrong }) => ({ job: name, wrong }));
  const backups = backupsOf(application, seen, now).flatMap(({ name, wrong }) =>
    wrong.map((what) => ({ job: `${what.startsWith("the drill") ? "drill" : "backup"}.${name}`, wrong: [what] })),
  );
  return [...jobs, ...backups].flatMap(({ job, wrong }) => {
    const [, act, name] = /^(backup|drill)\.(.+)$/.exec(job) ?? [];
    return act === undefined ? [] : wrong.map((what) => ({ act, name, what }));
  });
}

export const hostChecks: Check<HostLooked>[] = [
  {
    name: "reach",
    asks: "it can be reached, by its known host key, and the user may run Slipway there",
    look: (looked) => (looked.problem === undefined ? [] : [parted(looked.problem, on(looked, "true"))]),
  },
  {
    name: "host-key",
    asks: "its host key is in the settings, and checked",
    look: ({ host }) =>
      unless(
        host.hostKey !== undefined,
        "its host key is not checked (insecureIgnoreHostKey), so another machine may answer in its place",
        `ssh-keyscan -p ${host.port} -t ecdsa ${host.address}, compared with the machine's own, into hostKey of slipway:hosts`,
      ),
  },
  {
    name: "scripts",
    asks: "its scripts can tell what is asked here",
    look: (looked) =>
      looked.seen &&
      unless(looked.untold === undefined, looked.untold ?? "", `${up(looked)}, with an administrator's key`),
  },
  {
    name: "docker",
    asks: "Docker answers",
    look: (looked) =>
      looked.told &&
      unless(
        looked.told.docker.answers,
        looked.told.docker.why || "Docker does not answer",
        on(looked, "sudo systemctl start docker"),
      ),
  },
  {
    name: "compose",
    asks: "Docker Compose is there, 2.20 or newer",
    look: (looked) => {
      if (looked.told === undefined) return undefined;
      const { compose } = looked.told;
      const what = compose === null ? "Docker Compose is missing" : `Docker Compose ${compose} is too old`;
      const right = compose !== null && isFrom(compose, OLDEST_COMPOSE);
      return unless(right, what, on(looked, "sudo apt-get install docker-compose-plugin"));
    },
  },
  {
    name: "proxy",
    asks: "the proxy runs, where an application has a domain",
    look: (looked) =>
      looked.seen &&
      unless(
        looked.seen.host.proxyRuns ||
          Object.values(looked.seen.applications).every(({ domains = [] }) => domains.length === 0),
        "its proxy does not run",
        `${up(looked)}; ${on(looked, "docker logs slipway-proxy")} says why`,
      ),
  },
  {
    name: "disk",
    asks: "its disks have room for the images of a deployment",
    look: (looked) => {
      const disk = fullest(looked.seen?.host.disks ?? []);
      return (
        disk &&
        unless(
          !isFull(disk),
          `only ${disk.free} MiB of ${disk.path} are free`,
          `slipway prune --stack ${looked.stack}; ${on(looked, "docker system df")} shows what else Docker keeps`,
        )
      );
    },
  },
  {
    name: "clock",
    asks: "its clock and this machine's differ by less than 30 s",
    look: (looked) =>
      looked.ahead === undefined
        ? undefined
        : unless(
            Math.abs(looked.ahead) < MOST_AHEAD_S,
            `its clock is ${age(Math.abs(looked.ahead))} ${looked.ahead > 0 ? "ahead of" : "behind"} this machine's`,
            `${on(looked, "sudo timedatectl set-ntp true")}, or set this machine's`,
          ),
  },
  {
    name: "watch",
    asks: "cron runs, and looks every minute for deployments that were interrupted",
    look: (looked) => {
      const { seen, told } = looked;
      if (seen === undefined) return undefined;
      if (told !== undefined && !told.cron)
        return unless(false, "no cron runs", on(looked, "sudo systemctl enable --now cron"));
      return seen.host.watched === undefined
        ? undefined
        : unless(seen.host.watched, "cron does not look for interrupted deployments", up(looked));
    },
  },
  {
    name: "backups",
    asks: "data that is declared is backed up and proven in time",
    look: ({ seen, stack }) =>
      seen &&
      Object.entries(seen.applications).flatMap(([application, one]) =>
        wrongWithData(application, one, seen.host.time * 1000).map(({ act, name, what }) => ({
          what: `${application}: ${what}`,
          mend: `slipway jobs log ${application} ${act}.${name} --stack ${stack} says why; slipway ${act} ${application} --stack ${stack}`,
        })),
      ),
  },
  {
    name: "journal",
    asks: "no interrupted deployment waits to be settled",
    look: (looked) =>
      looked.told?.journals.map(({ application, version, release, unsettled }) => ({
        what:
          unsettled ||
          `a deployment of ${application} ${version} (release ${release}) was interrupted, and is not settled`,
        mend: slipwayOn(looked, `recover ${application}`),
      })),
  },
  {
    name: "lock",
    asks: "nobody holds an application's lock for more than an hour",
    look: (looked) =>
      looked.told?.locks.flatMap(({ application, by, since, pid }) => {
        const seconds = looked.seen!.host.time - Date.parse(since) / 1000;
        return unless(
          !(seconds > LONG_S),
          `the lock of ${application} is held by ${by || "somebody"} for ${age(seconds)}`,
          `${on(looked, `ps -o pid,etime,args ${pid ? `-p ${pid}` : "-C slipway"}`)} shows what it does; once it is killed, the host settles what it left`,
        );
      }),
  },
  {
    name: "registry",
    asks: "Docker reaches the registries of what runs there",
    look: (looked) =>
      looked.told &&
      (looked.told.docker.answers
        ? looked.told.registries.flatMap(({ server, problem }) =>
            unless(
              problem === "",
              `Docker does not reach ${server}: ${problem}`,
              `${on(looked, `curl -sSI https://${server}/v2/`)} shows why: name server, firewall, certificate, or the registry itself`,
            ),
          )
        : undefined),
  },
  {
    name: "notifications",
    asks: "each target of notifications took its last message",
    look: (looked) =>
      looked.told?.notifications.flatMap(({ target, time, result, why }) =>
        unless(
          false,
          `the last message to ${target} was ${result}, at ${time}: ${why}`,
          `slipway notifications test --stack ${looked.stack}`,
        ),
      ),
  },
];
