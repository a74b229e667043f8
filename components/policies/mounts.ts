/** What a service mounts, from its review. */
import { posix } from "node:path";
import { isHidden, isOn, LATER, Later, listAt, mapAt, type ServiceFacts, textAt } from "./facts.ts";

/** A file or folder of the host in a container. */
export interface HostMount {
  /** Its path on the host: "/var/run/docker.sock", or "~/.ssh". */
  source: string;
  readOnly: boolean;
  /** The key that says so: "volumes", "configs". */
  key: string;
}

/** Anything that is mounted: from the host, or a volume by its name. */
interface Mount {
  target: string;
  source: string;
  readOnly: boolean;
}

const OF_HOST = /^[/~]/;
/** As a review shows a volume without a name: it is gone with its container. */
const ANONYMOUS = "anonymous volume";

/** The last one counts. */
const isReadOnly = (options: string): boolean =>
  options.split(",").findLast((option) => option === "ro" || option === "rw") === "ro";

/** As `volumes` says. */
function mountsOf({ shown }: ServiceFacts): Mount[] {
  return Object.entries(mapAt(shown, "mounts")).flatMap(([target, mount]): Mount[] => {
    if (mount === LATER || mount === ANONYMOUS) return [];
    if (typeof mount === "object") {
      const source = textAt(mount, "source");
      return source === undefined ? [] : [{ target, source, readOnly: isOn(mount, "read_only") }];
    }
    const [, source = "", options = ""] = /^(.*?)(?: (\S+))?$/s.exec(String(mount)) ?? [];
    return [{ target, source, readOnly: isReadOnly(options) }];
  });
}

/** The paths of the host for which a volume is another name; none for one that Docker keeps itself. */
function boundBy({ application }: ServiceFacts, volume: string): { source: string; readOnly: boolean }[] {
  const definition = mapAt(application.review, "compose", "volumes", volume);
  const device = textAt(definition, "driver_opts", "device");
  const options = textAt(definition, "driver_opts", "o") ?? "";
  const type = textAt(definition, "driver_opts", "type");
  const readOnly = isReadOnly(options);
  if (type === "overlay") return layersOf(options).map((layer) => ({ ...layer, readOnly: layer.readOnly || readOnly }));
  const isBind = type === "none" || /(?:^|,)r?bind(?:,|$)/.test(options);
  // A file system on a disk of the host is mounted by the disk's name.
  if (device === undefined || !OF_HOST.test(device) || !(isBind || isWithin(normal(device), "/dev"))) return [];
  return [{ source: device, readOnly }];
}

/** The folders of which an overlay is made; it writes to one of them. */
const layersOf = (options: string): { source: string; readOnly: boolean }[] =>
  options.split(",").flatMap((option) => {
    const [key = "", paths = ""] = option.split("=");
    if (!["lowerdir", "upperdir"].includes(key)) return [];
    return paths.split(":").map((source) => ({ source, readOnly: key === "lowerdir" }));
  });

/** A way out of a home leads to the same place from every one. */
function normal(path: string): string {
  const plain = posix.normalize(path.replace(/^~(?=\/|$)/, HOME)).replace(/(?<=.)\/+$/, "");
  return path.startsWith("~") && isWithin(plain, HOME) ? `~${plain.slice(HOME.length)}` : plain;
}

const HOME = "/root";

/** Files of the host that a service gets as configs or secrets of Compose. */
function* fileMounts({ shown, application }: ServiceFacts): Generator<HostMount> {
  for (const key of ["configs", "secrets"]) {
    for (const entry of listAt(shown, key)) {
      const name = typeof entry === "object" ? textAt(entry, "source") : String(entry);
      const file = name === undefined ? undefined : textAt(application.review, "compose", key, name, "file");
      if (file !== undefined && OF_HOST.test(file)) yield { key, source: normal(file), readOnly: true };
    }
  }
}

/** All of the host that a service mounts. @throws Later at the end, where a mount is known later */
export function* hostMounts(service: ServiceFacts): Generator<HostMount> {
  for (const { source, readOnly } of mountsOf(service)) {
    for (const bound of OF_HOST.test(source) ? [{ source, readOnly: false }] : boundBy(service, source))
      yield { key: "volumes", source: normal(bound.source), readOnly: readOnly || bound.readOnly };
  }
  yield* fileMounts(service);
  const later = Object.entries(mapAt(service.shown, "mounts")).find(
    // A secret's file is the release's own, whatever is in it.
    ([target, mount]) => mount === LATER && !target.startsWith("/run/secrets/"),
  );
  if (later) throw new Later(["mounts", later[0]]);
}

/** Files and folders that belong to a release itself. */
const OF_RELEASE = /\/(?:release-files|secrets)\//;
const VOLUME = /^[A-Za-z0-9][\w.-]*$/;

/** Where something is mounted, of which only a secret says what. */
export const hiddenMounts = (service: ServiceFacts): string[] =>
  mountsOf(service).flatMap(({ target, source }) =>
    isHidden(source) && !target.startsWith("/run/secrets/") ? [target] : [],
  );

/** What a service keeps beyond its containers: volumes with a name and folders of the host that it writes to. */
export const dataMounts = (service: ServiceFacts): { target: string; source: string }[] =>
  mountsOf(service).filter(
    ({ source, readOnly }) =>
      !readOnly && (VOLUME.test(source) || (OF_HOST.test(source) && !OF_RELEASE.test(source) && !isSystem(source))),
  );

/** Whether a path is another one, or lies below it. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.replace(/\/?$/, "/"));

const isSystem = (path: string): boolean =>
  ["/dev", "/etc", "/proc", "/run", "/sys", "/var/run"].some((folder) => isWithin(path, folder));

/** Sockets that start containers or units, by their usual paths; `/var/run` is another name of `/run`. */
const SOCKETS = [
  "docker.sock",
  "containerd/containerd.sock",
  "podman/podman.sock",
  "crio/crio.sock",
  "systemd/private",
].flatMap((path) => [`/run/${path}`, `/var/run/${path}`]);
/** The same by their names, wherever they are: a user's own are in other folders. */
const SOCKET = /(?:^|\/)(?:docker|containerd|podman|crio)\.sock(?!\w)|\/systemd\/private/;

export const isSocket = (source: string): boolean => SOCKET.test(source);

/** Whether such a socket lies in a folder. */
export const holdsSocket = (folder: string): boolean => SOCKETS.some((socket) => isWithin(socket, folder));
