import { REGISTRY } from "./sandbox.ts";
import { type Host, quote } from "./ssh.ts";
import { root } from "./state.ts";

/** The port that the declaration with a publishing service wants. */
export const WANTED_PORT = 18099;

/** Something that is wrong with a host: shell commands that make it so, and that put it right again. */
export interface Breakage {
  make: string;
  /** Does nothing on a host that is right. */
  undo: string;
}

/** Runs something while the host is broken; it is put right whatever happens. */
export async function during<T>(target: Host, breakage: Breakage, work: () => Promise<T>): Promise<T> {
  try {
    await target.ask(`set -e; ${breakage.make}`);
    return await work();
  } finally {
    await target.ask(`set -e; ${breakage.undo}`);
  }
}

const unmount = (folder: string): string => `if sudo mountpoint -q ${folder}; then sudo umount ${folder}; fi`;

/** The host has no way to the registry. */
export function noRegistry(): Breakage {
  const address = REGISTRY.split(":")[0];
  return {
    make: `sudo ip route add unreachable ${address}`,
    undo: `if ip route show type unreachable | grep -q -w ${address}; then sudo ip route del unreachable ${address}; fi`,
  };
}

/** The file system of the application's folder is full but for some words: a small one, with all that is in the folder. */
export function fullFolder(application: string): Breakage {
  const folder = quote(root(application));
  const make = `
    kept=$(sudo mktemp -d)
    sudo cp -a ${folder}/. "$kept"
    sudo mount -t tmpfs -o size=4m,mode=0750,uid=$(id -u),gid=$(id -g) tmpfs ${folder}
    sudo cp -a "$kept"/. ${folder}
    sudo rm -rf "$kept"
    sudo dd if=/dev/zero of=${folder}/filler bs=4k status=none 2>/dev/null || true
    sudo truncate --size -64k ${folder}/filler`;
  return { make, undo: unmount(folder) };
}

/** Docker cannot keep what it downloads, and has to download the given image. */
export function fullDocker(repository: string): Breakage {
  const folder = "/var/lib/docker/tmp";
  // An image that a container has, which another test may have left, cannot be removed.
  const images = `docker image ls --quiet --filter reference=${quote(repository)}`;
  const make = `
    ${images} | xargs -I ID docker ps --all --quiet --filter ancestor=ID | xargs --no-run-if-empty docker rm --force >/dev/null
    ${images} | xargs --no-run-if-empty docker rmi --force >/dev/null
    sudo mount -t tmpfs -o size=64k tmpfs ${folder}`;
  return { make, undo: unmount(folder) };
}

/** A container that is not ours listens on the wanted port. */
export function takenPort(application: string): Breakage {
  const image = `"$(jq -r '.images[0]' ${root(application)}/current/manifest.json)"`;
  return {
    make: `docker run --detach --name squatter --publish ${WANTED_PORT}:8000 ${image} >/dev/null`,
    undo: "if docker container inspect squatter >/dev/null 2>&1; then docker rm --force squatter >/dev/null; fi",
  };
}
