/** Makes a host ready for the cases: scripts and applications below a folder of their own, a small file system of memory. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readScripts, renderInstall } from "../../../components/host/install.ts";
import { renderCaddyfile, renderProxyCompose } from "../../../components/host/proxy.ts";
import { expectOk, run } from "../../support/run.ts";
import { ask, type Place, put } from "./place.ts";
import { PROGRAMS } from "./programs.ts";
import { BAD, domainOf, GOOD, NEIGHBOUR, releasesOf, SCENES, type Scene } from "./scenes.ts";

export const ROOT = "/srv/exhaustive";
/** Of an application: its shims and releases. Not below ROOT, which some cases fill. */
export const folderOf = (application: string): string => `/var/tmp/exhaustive/${application}`;
const ONHOST = "/var/tmp/exhaustive/onhost";
const MIB = 192;

/** Programs for the host: the shim, and what runs the cases. */
async function build(): Promise<Record<"shim" | "onhost", Buffer>> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-shim-"));
  try {
    const cwd = join(import.meta.dirname, "../shim");
    const env = { CGO_ENABLED: "0" };
    const built = ["shim", "onhost"] as const;
    for (const name of built) {
      const from = name === "shim" ? "." : `./${name}`;
      expectOk(await run("go", ["build", "-ldflags", "-s -w", "-o", join(folder, name), from], { cwd, env }));
    }
    return { shim: readFileSync(join(folder, "shim")), onhost: readFileSync(join(folder, "onhost")) };
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
  await ask(
    place,
    `sudo mkdir -p ${ROOT} && sudo mount -t tmpfs -o size=${MIB}m,mode=755 exhaustive ${ROOT} && sudo chown "$(id -u)" ${ROOT}`,
  );
  await ask(place, "bash -s", installScript(place));
  // Cron would recover in the middle of a case.
  await ask(place, "crontab -l 2>/dev/null | sed '/exhaustive/d' | crontab -");
  await putPrograms(place, scenes);
  for (const name of [NEIGHBOUR, ...scenes]) await bring(place, name);
}

/** The shims of each application, and what runs the cases. */
export async function putPrograms(place: Place, scenes: readonly Scene[]): Promise<void> {
  const { shim, onhost } = await build();
  await put(place, ONHOST, onhost, "755");
  for (const folder of scenes.map(folderOf)) {
    await put(place, `${folder}/shim`, shim, "755");
    await ask(
      place,
      `cd ${folder} && rm -rf bin state/seen && mkdir -p bin state && for name in ${PROGRAMS.join(" ")}; do ln -sf ../shim bin/$name; done`,
    );
  }
}

async function bring(place: Place, name: string): Promise<void> {
  const folder = folderOf(name);
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
  const names = [NEIGHBOUR, ...SCENES];
  const remove = names.map((name) => {
    const label = `--filter label=com.docker.compose.project=${name}`;
    return `docker ps -aq ${label} | xargs -r docker rm -fv; docker network rm slipway-${name} ${name}_default 2>/dev/null; docker volume ls -q ${label} | xargs -r docker volume rm;`;
  });
  await place.exec(
    `if mountpoint -q ${ROOT}; then docker rm -f slipway-proxy; ${remove.join(" ")} while sudo umount -l ${ROOT} 2>/dev/null; do :; done; fi; sudo rmdir ${ROOT}; rm -rf /var/tmp/exhaustive`,
  );
}

/** The command that takes cases. */
export const callOf = (scene: Scene): string =>
  [ONHOST, ROOT, folderOf(scene), scene, domainOf(scene), NEIGHBOUR, domainOf(NEIGHBOUR), 80, ...GOOD, BAD].join(" ");
