/** The files of the proxy, Caddy (https://caddyserver.com/docs/caddyfile/options). */
import { stringify } from "yaml";
import { LOGGING } from "../compose/logging.ts";
import type { ProxySettings } from "../settings/types.ts";
import { type DnsFiles, renderDns } from "./proxyDns.ts";

type Site = Pick<ProxySettings, "email" | "localCertificates"> &
  Partial<Pick<ProxySettings, "trustedProxies" | "acmeCa" | "timeouts" | "gracePeriod" | "protocols">>;
type Machine = Pick<ProxySettings, "image" | "httpPort" | "httpsPort"> & Partial<Pick<ProxySettings, "bind">>;

const nobody = (address: string, status: number): string[] => [
  `${address} {`,
  `\trespond "no application has this name here" ${status}`,
  "}",
];

const TIMEOUTS = { readHeader: "read_header", readBody: "read_body", write: "write", idle: "idle" } as const;

/** Options of all servers (https://caddyserver.com/docs/caddyfile/options#server-options). */
function servers({ trustedProxies = [], timeouts = {}, protocols = [] }: Site): string[] {
  const times = Object.entries(TIMEOUTS).flatMap(([key, name]) => {
    const time = timeouts[key as keyof typeof TIMEOUTS];
    return time === undefined ? [] : [`\t${name} ${time}`];
  });
  const lines = [
    // Of several addresses the last that is no proxy of ours: those before it are what the client itself said.
    ...(trustedProxies.length === 0
      ? []
      : [`trusted_proxies static ${trustedProxies.join(" ")}`, "trusted_proxies_strict"]),
    ...(protocols.length === 0 ? [] : [`protocols ${protocols.join(" ")}`]),
    ...(times.length === 0 ? [] : ["timeouts {", ...times, "}"]),
  ];
  return lines.length === 0 ? [] : ["servers {", ...lines.map((line) => `\t${line}`), "}"];
}

/** @param dns without its secrets */
export function renderCaddyfile(site: Site, dns?: DnsFiles): string {
  const { email, localCertificates, acmeCa, gracePeriod } = site;
  return [
    "{",
    // An address, not a name: while Docker rewrites /etc/hosts to join a network, even localhost cannot be resolved.
    "\tadmin 127.0.0.1:2019",
    ...(email === undefined ? [] : [`\temail ${email}`]),
    ...(acmeCa === undefined ? [] : [`\tacme_ca ${acmeCa}`]),
    ...(dns === undefined ? [] : renderDns(dns).map((line) => `\t${line}`)),
    ...(localCertificates ? ["\tlocal_certs", "\tskip_install_trust"] : []),
    ...(gracePeriod === undefined ? [] : [`\tgrace_period ${gracePeriod}`]),
    ...servers(site).map((line) => `\t${line}`),
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
