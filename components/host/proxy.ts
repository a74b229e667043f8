/** The files of the proxy, Caddy (https://caddyserver.com/docs/caddyfile/options). */
import { stringify } from "yaml";
import { LOGGING } from "../compose/logging.ts";
import type { ProxySettings } from "../settings/types.ts";

export function renderCaddyfile(settings: Pick<ProxySettings, "email" | "localCertificates">): string {
  return [
    "{",
    // No name: while Docker writes /etc/hosts anew, for a network that is joined, even localhost is not found.
    "\tadmin 127.0.0.1:2019",
    ...(settings.email === undefined ? [] : [`\temail ${settings.email}`]),
    ...(settings.localCertificates ? ["\tlocal_certs", "\tskip_install_trust"] : []),
    "}",
    "",
    "import routes/*.caddy",
    "",
  ].join("\n");
}

/** Its routes and upstreams are the files beside this one; certificates live in a volume. */
export function renderProxyCompose(settings: Pick<ProxySettings, "image" | "httpPort" | "httpsPort">): string {
  return stringify({
    name: "slipway-proxy",
    services: {
      proxy: {
        image: settings.image,
        container_name: "slipway-proxy",
        restart: "always",
        ports: [`${settings.httpPort}:80`, `${settings.httpsPort}:443`, `${settings.httpsPort}:443/udp`],
        volumes: ["./:/etc/caddy:ro", "data:/data", "config:/config"],
        networks: ["slipway"],
        logging: LOGGING,
      },
    },
    volumes: { data: {}, config: {} },
    networks: { slipway: { external: true } },
  });
}
