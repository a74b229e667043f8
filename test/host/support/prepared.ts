/** The hosts of these tests, prepared as `pulumi up` does it. */
import { deployKeysOf } from "../../../components/host/deployKeys.ts";
import { readScripts, renderInstall } from "../../../components/host/install.ts";
import { renderCaddyfile, renderProxyCompose } from "../../../components/host/proxy.ts";
import type { HostRequest } from "../../../components/protocol/input.ts";
import { defined } from "../../../components/shared/records.ts";
import { ensureHosts, own } from "../../support/hosts.ts";
import { expectOk, type Result } from "../../support/run.ts";
import { CADDY } from "../../support/sandbox.ts";
import type { Host } from "../../support/ssh.ts";
import { APPLICATION, login } from "./release.ts";

export const [target, second] = own;
export const STACK = "slipway/host-test";

export const slipway = (words: string, input?: string): Promise<Result> =>
  target.exec(`/opt/slipway/bin/slipway ${words}`, { timeoutSeconds: 180, ...(input === undefined ? {} : { input }) });

interface Preparation {
  /** Default: the first of this worker's. */
  host?: Host;
  publicKeys?: string[];
  hardened?: boolean;
  Caddyfile?: string;
  /** Default: nobody is notified. */
  notifications?: HostRequest["notifications"];
  /** Default: nothing is backed up. */
  backups?: HostRequest["backups"];
}

/** Prepares a host; what it has already stays as it is. */
export async function prepare(preparation: Preparation = {}): Promise<Result> {
  await ensureHosts();
  return expectOk(await tryToPrepare(preparation));
}

export async function tryToPrepare({
  host = target,
  publicKeys = [],
  hardened = false,
  Caddyfile = renderCaddyfile({ localCertificates: true }),
  notifications,
  backups,
}: Preparation): Promise<Result> {
  const proxy = { enabled: true, image: CADDY, httpPort: 80, httpsPort: 443 };
  const script = renderInstall("/opt", readScripts(), {
    token: "host test",
    install: true,
    sshPort: 22,
    proxy,
    files: { compose: renderProxyCompose(proxy), Caddyfile },
    hardening: { ssh_password_login_off: hardened, firewall: hardened, unattended_upgrades: false },
    registries: [login()],
    deployKeys: deployKeysOf("/opt", STACK, [APPLICATION], publicKeys),
    ...defined({ notifications, backups }),
  });
  return host.exec("bash -s", { input: script, timeoutSeconds: 300 });
}
