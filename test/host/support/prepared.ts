/** The host of these tests, and how they reach it. */
import { deployKeysOf } from "../../../components/host/deployKeys.ts";
import { readScripts, renderInstall } from "../../../components/host/install.ts";
import { renderCaddyfile, renderProxyCompose } from "../../../components/host/proxy.ts";
import { expectOk, type Result } from "../../support/run.ts";
import { CADDY } from "../../support/sandbox.ts";
import { host } from "../../support/ssh.ts";
import { APPLICATION, LOGIN } from "./release.ts";

export const HOST = 2;
export const target = host(HOST);
export const OWNER = "test-host";
export const STACK = "slipway/host-test";
export const at = { application: APPLICATION, root: "/opt", owner: OWNER };
export const options = { token: "a test's token", lockWait: 0, confirmWithin: 0, keepReleases: 5 };

export const slipway = (words: string, input?: string): Promise<Result> =>
  target.exec(`/opt/slipway/bin/slipway ${words}`, { timeoutSeconds: 180, ...(input === undefined ? {} : { input }) });

interface Preparation {
  publicKeys?: string[];
  hardened?: boolean;
  Caddyfile?: string;
}

/** Prepares the host, as `pulumi up` does it. */
export const prepare = async (preparation: Preparation): Promise<Result> => expectOk(await tryToPrepare(preparation));

export async function tryToPrepare({
  publicKeys = [],
  hardened = false,
  Caddyfile = renderCaddyfile({ localCertificates: true }),
}: Preparation): Promise<Result> {
  const proxy = { enabled: true, image: CADDY, httpPort: 80, httpsPort: 443 };
  const script = renderInstall("/opt", readScripts(), {
    token: "host test",
    install: true,
    sshPort: 22,
    proxy,
    files: { compose: renderProxyCompose(proxy), Caddyfile },
    hardening: { ssh_password_login_off: hardened, firewall: hardened, unattended_upgrades: false },
    registries: [LOGIN],
    deployKeys: deployKeysOf("/opt", STACK, [APPLICATION], publicKeys),
  });
  return target.exec("bash -s", { input: script, timeoutSeconds: 300 });
}
