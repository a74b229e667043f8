import { readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { ensureHostFiles } from "./credentials.ts";
import { type Container, docker, engine, ensureVolume } from "./docker.ts";
import { takeDown } from "./down.ts";
import { checkout, everyHost, type Host, label, network, registry, secretFile, volume } from "./places.ts";
import { attempt, say, until } from "./run.ts";

/** What a nested Docker Engine needs if the machine does not allow `--privileged`. */
const capabilities = [
  "SYS_ADMIN",
  "NET_ADMIN",
  "SYS_CHROOT",
  "SYS_PTRACE",
  "MKNOD",
  "SETFCAP",
  "NET_RAW",
  "DAC_READ_SEARCH",
  "IPC_LOCK",
  "SYSLOG",
  "SYS_MODULE",
];
const unconfined = ["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"];

/** The options of `docker run` that let an engine run inside: as much as this machine allows, found by trial. */
async function isolation(image: string): Promise<string[]> {
  const { cgroups } = await engine();
  const shared = ["--cgroupns", "host", "--volume", "/sys/fs/cgroup:/sys/fs/cgroup:rw"];
  const probe = ["run", "--rm", "--privileged", "--network", "none", "--entrypoint", "true", image];
  const privileged = (await attempt("docker", probe)).code === 0;
  if (privileged) return ["--privileged", ...(cgroups === "1" ? shared : [])];
  const named = [
    ...capabilities.map((name) => `--cap-add=${name}`),
    ...unconfined.map((option) => `--security-opt=${option}`),
  ];
  return [...named, ...shared];
}

async function create(host: Host, image: string, options: string[]): Promise<void> {
  const files = await ensureHostFiles(host);
  const disk = volume(`${host.name}-disk`);
  await ensureVolume(disk);
  await docker([
    "run",
    "--detach",
    "--name",
    host.container,
    "--hostname",
    host.name,
    "--label",
    `${label}=${checkout}`,
    "--network",
    network.name,
    "--ip",
    host.ip,
    "--restart",
    "unless-stopped",
    "--stop-timeout",
    "20",
    "--tmpfs",
    "/run:rw,exec,mode=755",
    "--volume",
    `${disk}:/disk`,
    "--volume",
    `${files}:/sandbox:ro`,
    "--env",
    `REGISTRY=${registry.address}`,
    ...options,
    image,
  ]);
}

/** Starts the hosts that do not run; a host with an outdated image is replaced and keeps its disk. */
export async function startHosts(hosts: Host[], present: Container[], image: string): Promise<void> {
  let options: Promise<string[]> | undefined;
  const start = async (host: Host): Promise<void> => {
    const found = present.find(({ name }) => name === host.container);
    if (found?.running && found.image === image) return;
    if (found?.image === image) {
      await docker([found.paused ? "unpause" : "start", host.container]);
    } else {
      if (found) {
        say(`${host.name}: replacing the outdated container; its disk stays`);
        await takeDown([found]);
      }
      options ??= isolation(image);
      await create(host, image, await options);
    }
    await until(host.name, 60, () => engineAnswers(host));
    await until(`${host.name} sshd`, 20, () => portAnswers(host.ip, 22));
    say(`${host.name}: runs at ${host.ip}`);
  };
  await Promise.all(hosts.map(start));
  await writeKnownHosts();
}

export const engineAnswers = async (host: Host): Promise<boolean> =>
  (await attempt("docker", ["exec", host.container, "docker", "version", "--format", "{{.Server.Version}}"])).code ===
  0;

/** Whether something accepts connections at the address; waits at most a second. */
export const portAnswers = (address: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 1000 });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("connect", end(true)).on("timeout", end(false)).on("error", end(false));
  });

async function writeKnownHosts(): Promise<void> {
  const lines = await Promise.all(
    everyHost.map(async ({ name, ip }) => {
      const key = await readFile(secretFile(`${name}.pub`), "utf8").catch(() => "");
      return key && `${ip} ${key}`;
    }),
  );
  await writeFile(secretFile("known_hosts"), lines.join(""));
}
