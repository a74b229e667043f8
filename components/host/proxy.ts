/** The files of the proxy, Caddy (https://caddyserver.com/docs/caddyfile/options). */
import { stringify } from "yaml";
import { LOGGING } from "../compose/logging.ts";
import type { ProxySettings } from "../settings/types.ts";

export function renderCaddyfile(settings: Pick<ProxySettings, "email" | "localCertificates">): string {
  return [
    "{",
    // An address, not a name: while Docker rewrites /etc/hosts to join a network, even localhost cannot be resolved.
    "\tadmin 127.0.0.1:2019",
    ...(settings.email === undefined ? [] : [`\temail ${settings.email}`]),
    ...(settings.localCertificates ? ["\tlocal_certs", "\tskip_install_trust"] : []),
    "}",
    "",
    "import routes/*.caddy",
    "",
  ].join("\n");
}

/** What it publishes on its host. */
export const proxyPorts = ({ httpPort, httpsPort }: Pick<ProxySettings, "httpPort" | "httpsPort">): string[] => [
  `${httpPort}/tcp`,
  `${httpsPort}/tcp`,
  `${httpsPort}/udp`,
];

/** Its routes and upstreams are files next to this one; certificates are in a volume. */
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
