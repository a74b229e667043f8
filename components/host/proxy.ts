/** The files of the proxy, Caddy (https://caddyserver.com/docs/caddyfile/options). */
import { stringify } from "yaml";
import { LOGGING } from "../compose/logging.ts";
import type { ProxySettings } from "../settings/types.ts";

type Site = Pick<ProxySettings, "email" | "localCertificates"> & Partial<Pick<ProxySettings, "trustedProxies">>;
type Machine = Pick<ProxySettings, "image" | "httpPort" | "httpsPort"> & Partial<Pick<ProxySettings, "bind">>;

const nobody = (address: string, status: number): string[] => [
  `${address} {`,
  `\trespond "no application has this name here" ${status}`,
  "}",
];

export function renderCaddyfile({ email, localCertificates, trustedProxies = [] }: Site): string {
  return [
    "{",
    // An address, not a name: while Docker rewrites /etc/hosts to join a network, even localhost cannot be resolved.
    "\tadmin 127.0.0.1:2019",
    ...(email === undefined ? [] : [`\temail ${email}`]),
    ...(localCertificates ? ["\tlocal_certs", "\tskip_install_trust"] : []),
    ...(trustedProxies.length === 0
      ? []
      : ["\tservers {", `\t\ttrusted_proxies static ${trustedProxies.join(" ")}`, "\t}"]),
    "}",
    "",
    "import routes/*.caddy",
    "",
    // Caddy itself answers a name that nobody has with 200 and nothing.
    ...nobody("http://", 404),
    // By a certificate of another name: "misdirected request" (RFC 9110, 15.5.20).
    ...nobody("https://", 421),
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
export function renderProxyCompose({ image, httpPort, httpsPort, bind }: Machine): string {
  const at = bind === undefined ? "" : `${bind.includes(":") ? `[${bind}]` : bind}:`;
  return stringify({
    name: "slipway-proxy",
    services: {
      proxy: {
        image,
        container_name: "slipway-proxy",
        restart: "always",
        ports: [`${at}${httpPort}:80`, `${at}${httpsPort}:443`, `${at}${httpsPort}:443/udp`],
        volumes: ["./:/etc/caddy:ro", "data:/data", "config:/config"],
        networks: ["slipway"],
        logging: LOGGING,
      },
    },
    volumes: { data: {}, config: {} },
    networks: { slipway: { external: true } },
  });
}
