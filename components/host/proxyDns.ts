/** What the proxy needs for the DNS challenge: secrets are files, named by their content, so that another one is read at once. */
import type { ProxySettings } from "../settings/types.ts";
import { fingerprint } from "../shared/fingerprint.ts";

type Dns = NonNullable<ProxySettings["dns"]>;

/** Of the DNS settings what is no secret, with the names of the files that hold those. */
export interface DnsFiles {
  provider: string;
  token?: string;
  options: Record<string, string>;
  secretOptions: Record<string, string>;
}

const nameOf = (option: string, value: string): string => `${option}.${fingerprint(value, "slipway-proxy")}`;

export function dnsFiles({ provider, token, options, secretOptions }: Dns): DnsFiles {
  return {
    provider,
    ...(token === undefined ? {} : { token: nameOf("token", token) }),
    options,
    secretOptions: Object.fromEntries(
      Object.entries(secretOptions).map(([option, value]) => [option, nameOf(option, value)]),
    ),
  };
}

/** The contents of those files by their names. */
export function dnsSecrets({ token, secretOptions }: Dns): Record<string, string> {
  const all = [...(token === undefined ? [] : [["token", token] as const]), ...Object.entries(secretOptions)];
  return Object.fromEntries(all.map(([option, value]) => [nameOf(option, value), value]));
}

const file = (name: string): string => `{file./etc/caddy/dns/${name}}`;

/** Lines of the Caddyfile's global options (https://caddyserver.com/docs/caddyfile/options#acme-dns). */
export function renderDns({ provider, token, options, secretOptions }: DnsFiles): string[] {
  const head = ["acme_dns", provider, ...(token === undefined ? [] : [file(token)])].join(" ");
  const lines = [
    ...Object.entries(options).map(([name, value]) => `${name} "${value.replaceAll('"', '\\"')}"`),
    ...Object.entries(secretOptions).map(([name, at]) => `${name} ${file(at)}`),
  ];
  return lines.length === 0 ? [head] : [`${head} {`, ...lines.map((line) => `\t${line}`), "}"];
}
