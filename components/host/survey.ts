/** What a machine that is no host yet has and lacks (`bootstrap/survey.sh`), and what its first preparation will do. */
import type { OtherProject } from "../protocol/inspect.ts";
import type { HostSettings } from "../settings/types.ts";

export interface Survey {
  user: string;
  sudo: boolean;
  apt: boolean;
  /** Packages. */
  missing: string[];
  /** Version of the engine; `none`, `engine` where its command is missing, or `silent` where it does not answer. */
  docker: string;
  /** Version; `none` where the plugin is missing. */
  compose: string;
  /** Whether the login may use Docker. */
  group: boolean;
  /** Whether Docker's settings are as they should be. */
  daemon: boolean;
  /** Whether the folder of Slipway is there, or can be made. */
  folder: boolean;
  /** Ports of the proxy that are taken, and by whom, as far as that is known. */
  ports: { port: string; by: string }[];
  /** What Compose made, by project; its volumes are not asked for. */
  projects: Record<string, OtherProject>;
  /** Names of Docker's volumes. */
  volumes: string[];
}

/** Ports of the host, as `docker ps` prints them: "0.0.0.0:8080->80/tcp, [::]:8000-8001->8000-8001/tcp". */
function portsIn(text: string): number[] {
  const ranges = Array.from(text.matchAll(/:(\d+)(?:-(\d+))?->/g), ([, from, to = from]) => [Number(from), Number(to)]);
  const all = ranges.flatMap(([from = 0, to = 0]) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
  return [...new Set(all)].sort((a, b) => a - b);
}

export function parseSurvey(text: string): Survey {
  const lines = text.split("\n").map((line) => line.split(" "));
  const all = (key: string): string[][] => lines.filter(([first]) => first === key).map(([, ...words]) => words);
  const one = (key: string, otherwise: string): string => all(key)[0]?.join(" ") ?? otherwise;
  const containers = all("container").filter(([, , , oneOff]) => oneOff !== "True");
  return {
    user: one("user", "this login"),
    sudo: one("sudo", "no") === "yes",
    apt: one("apt", "no") === "yes",
    missing: all("missing").flat(),
    docker: one("docker", "none"),
    compose: one("compose", "none"),
    group: one("group", "yes") === "yes",
    daemon: one("daemon", "no") === "yes",
    folder: one("folder", "no") === "yes",
    ports: all("port").map(([port = "", ...by]) => ({ port, by: by.join(" ") })),
    volumes: all("volume").flat(),
    projects: Object.fromEntries(
      Object.entries(Object.groupBy(containers, ([project = ""]) => project)).map(([project, rows = []]) => [
        project,
        {
          folder: "",
          containers: rows.map(([, service = "", name = "", , ...ports]) => ({
            service,
            name,
            volumes: [],
            ports: portsIn(ports.join(" ")),
          })),
        },
      ]),
    ),
  };
}

type Settings = Pick<HostSettings<unknown>, "root" | "install" | "proxy" | "hardening">;

/** A thing that the preparation does, and whether it needs root's rights for it. */
interface Step {
  text: string;
  root: boolean;
}

const OLDEST_COMPOSE = [2, 20] as const;

function tooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < OLDEST_COMPOSE[0] || (major === OLDEST_COMPOSE[0] && minor < OLDEST_COMPOSE[1]);
}

function installs({ missing, docker, compose }: Survey): string[] {
  return [
    ...(missing.length > 0 ? [missing.join(", ")] : []),
    ...(docker === "none" ? ["Docker Engine and Compose (get.docker.com)"] : []),
    ...(docker === "engine" ? ["Docker's command (docker-cli)"] : []),
    ...(docker !== "none" && compose === "none" ? ["Docker's Compose plugin"] : []),
  ];
}

function stepsOf({ root, proxy, hardening }: Settings, survey: Survey): Step[] {
  const { httpPort, httpsPort, enabled } = proxy;
  const step = (wanted: boolean, text: string, asRoot = true): Step[] => (wanted ? [{ text, root: asRoot }] : []);
  return [
    ...installs(survey).map((what) => ({ text: `install ${what}`, root: true })),
    ...step(
      ["none", "engine"].includes(survey.docker) || !survey.group,
      `let ${survey.user} use Docker (group docker)`,
    ),
    ...step(!survey.daemon, "keep containers running while Docker restarts, and rotate logs (/etc/docker/daemon.json)"),
    ...step(true, `make ${root}/slipway`, !survey.folder),
    ...step(enabled, `start the proxy on the ports ${httpPort} and ${httpsPort}`, false),
    ...step(hardening.sshPasswordLogin === "off", "switch SSH logins by password off"),
    ...step(hardening.firewall, "let in SSH and the proxy only (ufw)"),
    ...step(hardening.unattendedUpgrades, "install security updates by themselves (unattended-upgrades)"),
    ...step(true, "look every minute for interrupted deployments (crontab)", false),
  ];
}

/**
 * What the first `pulumi up` will do to a machine, and everything for which it would fail, at once.
 * @param name of the host in the settings
 */
export function preparation(name: string, settings: Settings, survey: Survey): { steps: string[]; problems: string[] } {
  const at = `slipway:hosts.${name}`;
  const steps = stepsOf(settings, survey);
  const byRoot = steps.filter(({ root }) => root).map(({ text }) => text);
  const wanted = installs(survey);
  const problems = [
    ...(wanted.length > 0 && !settings.install
      ? [`${wanted.join("; ")}: missing, and ${at}.install is false; install it by hand, or set ${at}.install: true`]
      : []),
    ...(wanted.length > 0 && settings.install && !survey.apt
      ? [
          `${wanted.join("; ")}: missing, and there is no apt-get; install it by hand (Debian and Ubuntu are known here)`,
        ]
      : []),
    ...(byRoot.length > 0 && !survey.sudo
      ? [
          `${survey.user} may not use sudo without a password, which is needed to ${byRoot.join("; ")}; allow it for the first pulumi up, or do that by hand`,
        ]
      : []),
    ...(survey.docker === "silent" ? ["Docker does not answer; start it: sudo systemctl start docker"] : []),
    ...(survey.compose !== "none" && tooOld(survey.compose)
      ? [`Docker Compose ${survey.compose} is too old; 2.20 or newer is needed (the package docker-compose-plugin)`]
      : []),
    ...survey.ports.map(
      ({ port, by }) =>
        `port ${port} is taken${by === "" ? "" : ` by ${by}`}, and the proxy needs it; if that must stay, give the proxy other ports (${at}.proxy.httpPort, httpsPort), else stop it`,
    ),
  ];
  return { steps: steps.map(({ text }) => text), problems };
}

const list = (lines: string[]): string => lines.map((line) => `\n  - ${line}`).join("");

/** What a plan says of it, or, in `problem`, why there can be none. */
export function tellPreparation(
  name: string,
  settings: Settings & { address: string },
  survey: Survey,
): { plan: string; problem?: string } {
  const { steps, problems } = preparation(name, settings, survey);
  const host = `${name} (${settings.address}) is not prepared yet`;
  return {
    plan: `${host}; pulumi up will:${list(steps)}`,
    ...(problems.length > 0 && {
      problem: `slipway:hosts.${name}: ${host}, and cannot be; nothing was changed on it:${list(problems)}`,
    }),
  };
}
