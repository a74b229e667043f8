/** Makes a host ready for the cases: scripts and applications below a folder of their own, a small file system of memory. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readScripts, renderInstall } from "../../../components/host/install.ts";
import { renderCaddyfile, renderProxyCompose } from "../../../components/host/proxy.ts";
import { expectOk, run } from "../../support/run.ts";
import { ask, type Place, put } from "./place.ts";
import { PROGRAMS } from "./programs.ts";
import { domainOf, GOOD, NEIGHBOUR, releasesOf, type Scene } from "./scenes.ts";

export const ROOT = "/srv/exhaustive";
/** Of an application: its shims and releases. Not below ROOT, which some cases fill. */
export const folderOf = (application: string): string => `/var/tmp/exhaustive/${application}`;
const MIB = 192;

async function buildShim(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-shim-"));
  try {
    const cwd = join(import.meta.dirname, "../shim");
    const file = join(folder, "shim");
    const env = { CGO_ENABLED: "0", GOFLAGS: "-trimpath" };
    expectOk(await run("go", ["build", "-ldflags", "-s -w", "-o", file, "."], { cwd, env }));
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function installScript(place: Place): string {
  const proxy = { enabled: true, image: place.images.proxy, httpPort: 80, httpsPort: 443 };
  return renderInstall(ROOT, readScripts(), {
    token: "exhaustive",
    install: false,
    sshPort: 22,
    proxy,
    files: { compose: renderProxyCompose(proxy), Caddyfile: renderCaddyfile({ localCertificates: true }) },
    hardening: { ssh_password_login_off: false, firewall: false, unattended_upgrades: false },
    registries: place.registries,
    deployKeys: { stack: "exhaustive/test", lines: [] },
  });
}

/** Takes away what an earlier run has left; the scripts are those of this checkout. */
export async function prepare(place: Place, scenes: readonly Scene[]): Promise<void> {
  await clear(place);
  const shim = await buildShim();
  await ask(
    place,
    `sudo mkdir -p ${ROOT} && sudo mount -t tmpfs -o size=${MIB}m,mode=755 exhaustive ${ROOT} && sudo chown "$(id -u)" ${ROOT}`,
  );
  await ask(place, "bash -s", installScript(place));
  // Cron would recover in the middle of a case.
  await ask(place, "crontab -l 2>/dev/null | sed '/exhaustive/d' | crontab -");
  await put(place, "/var/tmp/exhaustive/onHost.sh", readFileSync(join(import.meta.dirname, "onHost.sh")));
  for (const name of [NEIGHBOUR, ...scenes]) await bring(place, name, shim);
}

async function bring(place: Place, name: string, shim: Buffer): Promise<void> {
  const folder = folderOf(name);
  await put(place, `${folder}/shim`, shim, "755");
  await ask(
    place,
    `cd ${folder} && mkdir -p bin state releases && for name in ${PROGRAMS.join(" ")}; do ln -sf ../shim bin/$name; done`,
  );
  for (const [file, content] of Object.entries(releasesOf(name, place.images)))
    await put(place, `${folder}/releases/${file}`, content);
  const [version] = GOOD;
  await ask(
    place,
    `${ROOT}/slipway/bin/slipway deploy ${name} --release "$(cat ${folder}/releases/${version}.id)" --version ${version} --token first --owner exhaustive --keep 3 <${folder}/releases/${version}.json`,
  );
}

/** Leaves the host as it was, but for its proxy, which the next preparation makes again. */
export async function clear(place: Place): Promise<void> {
  const names = [NEIGHBOUR, "rolling", "recreate", "whole"];
  const remove = names.map((name) => {
    const label = `--filter label=com.docker.compose.project=${name}`;
    return `docker ps -aq ${label} | xargs -r docker rm -fv; docker network rm slipway-${name} ${name}_default 2>/dev/null; docker volume ls -q ${label} | xargs -r docker volume rm;`;
  });
  await place.exec(
    `if mountpoint -q ${ROOT}; then docker rm -f slipway-proxy; ${remove.join(" ")} while sudo umount -l ${ROOT} 2>/dev/null; do :; done; fi; sudo rmdir ${ROOT}; rm -rf /var/tmp/exhaustive`,
  );
}

/** The words that onHost.sh is called with. */
export const callOf = (scene: Scene): string =>
  [
    "bash /var/tmp/exhaustive/onHost.sh",
    ROOT,
    folderOf(scene),
    scene,
    domainOf(scene),
    NEIGHBOUR,
    domainOf(NEIGHBOUR),
    80,
  ].join(" ");
