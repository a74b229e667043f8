import { expect, it } from "vitest";
import { parse } from "yaml";
import { renderCaddyfile, renderProxyCompose } from "../../components/host/proxy.ts";

it("the proxy's settings open its admin port to the host alone, and read the routes from files", () => {
  expect(renderCaddyfile({ localCertificates: false })).toBe("{\n\tadmin 127.0.0.1:2019\n}\n\nimport routes/*.caddy\n");
  expect(renderCaddyfile({ email: "anna@example.com", localCertificates: true })).toBe(
    "{\n\tadmin 127.0.0.1:2019\n\temail anna@example.com\n\tlocal_certs\n\tskip_install_trust\n}\n\nimport routes/*.caddy\n",
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
