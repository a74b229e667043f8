import { expect, it } from "vitest";
import { parse } from "yaml";
import { renderCaddyfile, renderProxyCompose } from "../../components/host/proxy.ts";
import { dnsFiles, dnsSecrets } from "../../components/host/proxyDns.ts";

const SITES =
  '\nimport routes/*.caddy\n\nhttp:// {\n\trespond "no application has this name here" 404\n}\nhttps:// {\n\trespond "no application has this name here" 421\n}\n';

it("the proxy's settings open its admin port to the host alone, and read the routes from files", () => {
  expect(renderCaddyfile({ localCertificates: false })).toBe(`{\n\tadmin 127.0.0.1:2019\n}\n${SITES}`);
  expect(renderCaddyfile({ email: "anna@example.com", localCertificates: true })).toBe(
    `{\n\tadmin 127.0.0.1:2019\n\temail anna@example.com\n\tlocal_certs\n\tskip_install_trust\n}\n${SITES}`,
  );
});

it("a proxy behind another one listens at one address, and believes what that one says of its clients", () => {
  const ports = (bind: string): unknown =>
    parse(renderProxyCompose({ image: "caddy:2.11.9", httpPort: 8080, httpsPort: 8443, bind })).services.proxy.ports;
  expect(ports("127.0.0.1")).toEqual(["127.0.0.1:8080:80", "127.0.0.1:8443:443", "127.0.0.1:8443:443/udp"]);
  expect(ports("::1")).toEqual(["[::1]:8080:80", "[::1]:8443:443", "[::1]:8443:443/udp"]);
  expect(renderCaddyfile({ localCertificates: false, trustedProxies: ["private_ranges", "192.0.2.7"] })).toBe(
    `{\n\tadmin 127.0.0.1:2019\n\tservers {\n\t\ttrusted_proxies static private_ranges 192.0.2.7\n\t\ttrusted_proxies_strict\n\t}\n}\n${SITES}`,
  );
});

it("the proxy's settings have the global options that are asked for, and no others", () => {
  const site = {
    localCertificates: false,
    acmeCa: "https://acme.example.org/directory",
    timeouts: { readHeader: "10s", readBody: "1m", write: "2m", idle: "5m" },
    gracePeriod: "30s",
    protocols: ["h1" as const, "h2" as const],
    trustedProxies: ["10.0.0.0/8"],
  };
  const lines = [
    "{",
    "\tadmin 127.0.0.1:2019",
    "\tacme_ca https://acme.example.org/directory",
    "\tgrace_period 30s",
    "\tservers {",
    "\t\ttrusted_proxies static 10.0.0.0/8",
    "\t\ttrusted_proxies_strict",
    "\t\tprotocols h1 h2",
    "\t\ttimeouts {",
    ...["read_header 10s", "read_body 1m", "write 2m", "idle 5m"].map((line) => `\t\t\t${line}`),
    "\t\t}",
    "\t}",
    "}",
  ];
  expect(renderCaddyfile(site)).toBe(`${lines.join("\n")}\n${SITES}`);
});

it("the proxy's secrets for DNS are files that change their names with what is in them", () => {
  const dns = { provider: "route53", token: "t", options: { region: "eu" }, secretOptions: { key: "k" } };
  const files = dnsFiles(dns);
  expect(JSON.stringify(files)).not.toMatch(/"[tk]"/);
  expect(Object.entries(dnsSecrets(dns))).toEqual([
    [files.token, "t"],
    [files.secretOptions.key, "k"],
  ]);
  expect(files.token).not.toBe(dnsFiles({ ...dns, token: "u" }).token);
  expect(renderCaddyfile({ localCertificates: false }, files)).toBe(
    `{\n\tadmin 127.0.0.1:2019\n\tacme_dns route53 {file./etc/caddy/dns/${files.token}} {\n\t\tregion "eu"\n\t\tkey {file./etc/caddy/dns/${files.secretOptions.key}}\n\t}\n}\n${SITES}`,
  );
  const simple = dnsFiles({ provider: "cloudflare", token: "t", options: {}, secretOptions: {} });
  expect(renderCaddyfile({ localCertificates: false }, simple)).toContain(
    `\tacme_dns cloudflare {file./etc/caddy/dns/${simple.token}}\n`,
  );
});

it("the proxy is one container that restarts, keeps its certificates and reads its routes only", () => {
  expect(parse(renderProxyCompose({ image: "caddy:2.11.9", httpPort: 8080, httpsPort: 8443 }))).toEqual({
    name: "slipway-proxy",
    services: {
      proxy: expect.objectContaining({
        image: "caddy:2.11.9",
        container_name: "slipway-proxy",
        restart: "always",
        ports: ["8080:80", "8443:443", "8443:443/udp"],
        volumes: ["./:/etc/caddy:ro", "data:/data", "config:/config"],
        networks: ["slipway"],
        logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
      }),
    },
    volumes: { data: {}, config: {} },
    networks: { slipway: { external: true } },
  });
});
