import { REGISTRY } from "../../support/sandbox.ts";
import { type Host, quote } from "../../support/ssh.ts";
import { root } from "../../support/state.ts";

/** The port that the declaration with a publishing service wants. */
export const WANTED_PORT = 18099;

/** Runs something while a condition holds on the host; the condition is undone whatever happens. */
export async function during<T>(target: Host, make: string, undo: string, work: () => Promise<T>): Promise<T> {
  try {
    await target.ask(make);
    return await work();
  } finally {
    await target.ask(undo);
  }
}

/** The host has no way to the registry. */
export function withoutRegistry<T>(target: Host, work: () => Promise<T>): Promise<T> {
  const route = `unreachable ${REGISTRY.split(":")[0]}`;
  return during(target, `sudo ip route add ${route}`, `sudo ip route del ${route}`, work);
}

/** The file system of the application's folder has not one free byte: a small one, with all that is in the folder. */
export function withFullFolder<T>(target: Host, application: string, work: () => Promise<T>): Promise<T> {
  const folder = quote(root(application));
  const make = `set -e; kept=$(sudo mktemp -d)
    sudo cp -a ${folder}/. "$kept"
    sudo mount -t tmpfs -o size=4m,mode=0750,uid=$(id -u),gid=$(id -g) tmpfs ${folder}
    sudo cp -a "$kept"/. ${folder}
    sudo rm -rf "$kept"
    sudo dd if=/dev/zero of=${folder}/filler bs=4k status=none || true
    test "$(df --output=avail ${folder} | tail -n 1)" -eq 0`;
  return during(target, make, `if mountpoint -q ${folder}; then sudo umount ${folder}; fi`, work);
}

/** Docker cannot keep what it downloads, and has to download the image of the cache. */
export function withFullDocker<T>(target: Host, image: string, work: () => Promise<T>): Promise<T> {
  const folder = "/var/lib/docker/tmp";
  const make = `set -e
    docker image ls --quiet --digests ${quote(image)} | xargs --no-run-if-empty docker rmi --force >/dev/null
    sudo mount -t tmpfs -o size=64k tmpfs ${folder}`;
  return during(target, make, `if mountpoint -q ${folder}; then sudo umount ${folder}; fi`, work);
}

/** A container that is not ours listens on the wanted port. */
export function withTakenPort<T>(target: Host, application: string, work: () => Promise<T>): Promise<T> {
  const image = `"$(jq -r '.images[0]' ${root(application)}/current/manifest.json)"`;
  const make = `docker run --detach --name squatter --publish ${WANTED_PORT}:8000 ${image} >/dev/null`;
  return during(target, make, "docker rm --force squatter >/dev/null 2>&1 || true", work);
}
