/** Parts of the host that a service sees or changes: folders, devices, namespaces, profiles. */
import { isHidden, wordsAt } from "../facts.ts";
import { type HostMount, hiddenMounts, holdsSocket, hostMounts, isSocket, isWithin } from "../mounts.ts";
import type { ServiceRule } from "../rule.ts";

/** Whoever writes there runs code as root of the host: soon, at the next start, or when the next program crashes. */
const CODE_OF_HOST = [
  ...["/etc", "/root", "/boot", "/proc", "/var/lib/docker", "/var/lib/containerd", "/var/spool/cron"],
  ...["/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"],
  ...["/lib/modules", "/usr/lib/modules", "/lib/systemd", "/usr/lib/systemd", "/lib64", "/usr/lib64"],
];
/** Folders of programs: all of them is public, so reading gives nothing away. */
const PUBLIC = /^\/(?:bin|sbin|lib|lib64|usr)(?:\/|$)/;
/** A container gets its time zone from them. */
const TIME_ZONE = ["/etc/localtime", "/etc/timezone"];

const hasCode = ({ source }: HostMount): boolean =>
  !TIME_ZONE.includes(source) && CODE_OF_HOST.some((folder) => isWithin(source, folder) || isWithin(folder, source));

/** Logins, certificates and secrets of the proxy, and beside it every application's. */
const OF_SLIPWAY = "/opt/slipway";
const INERT = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];
const KEYS_OF_USER = String.raw`\.(?:ssh|docker|aws|kube|gnupg)`;
/** A user's whole home, or the folders in it that hold keys; what else lies there may be the application's own. */
const OF_USER = new RegExp(`^(?:/home(?:/[^/]+)?|~)(?:/${KEYS_OF_USER}(?:/.*)?)?$`);

const isSensitive = (mount: HostMount): boolean => {
  const { source } = mount;
  // The rule about sockets says it already.
  if (INERT.includes(source) || isSocket(source) || holdsSocket(source)) return false;
  if (TIME_ZONE.includes(source)) return !mount.readOnly;
  if (OF_USER.test(source) || isWithin(source, OF_SLIPWAY) || isWithin(OF_SLIPWAY, source)) return true;
  if (["/dev", "/sys", "/run", "/var/run"].some((folder) => isWithin(source, folder))) return true;
  return mount.readOnly && hasCode(mount) && !PUBLIC.test(source);
};

const hostRoot: ServiceRule = {
  id: "host-root",
  subject: "application",
  severity: "critical",
  title: "No service writes to the system folders of the host",
  reason:
    "What is written there is run by the host as root: programs, units, scheduled jobs, keys that let users in, other containers' files.",
  remedy: "take it out, or mount the one file that it reads with read_only: true",
  known: ["compose-lint CL-0025", "CIS Docker 5.6", "KICS Volume Has Sensitive Host Directory", "OWASP Docker rule 8"],
  *service(service) {
    for (const mount of hostMounts(service))
      if (!mount.readOnly && hasCode(mount)) yield `${mount.key}: ${mount.source} of the host may be written to`;
  },
};

const hostFolder: ServiceRule = {
  id: "host-folder",
  subject: "application",
  severity: "high",
  title: "No service sees system folders, devices, sockets or homes of the host",
  reason:
    "Keys, passwords and the state of every program of the host are read there, and its sockets take commands; read-only does not change that.",
  remedy: "take it out, mount the one file that it needs, or declare an exemption that says what it reads there",
  known: ["compose-lint CL-0013", "CIS Docker 5.6", "KICS Volume Has Sensitive Host Directory", "OWASP Docker rule 8"],
  *service(service) {
    for (const target of hiddenMounts(service)) yield `volumes: a secret says what is mounted at ${target}`;
    for (const given of wordsAt(service.shown, "volumes_from"))
      if (isHidden(given) || given.startsWith("container:"))
        yield "volumes_from: container: mounts what a container of somebody else has";
    for (const mount of hostMounts(service))
      if (isSensitive(mount)) yield `${mount.key}: ${mount.source} of the host is mounted`;
  },
};

export const FOLDER_RULES = [hostRoot, hostFolder];
