/** A service that takes requests in the network of its host. */
import { describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../components/application/declaration.ts";
import { type Given, planOf, problemsOf, releaseOf, SIMPLEST } from "../fixtures/application.ts";
import { hostShell } from "../support/hostShell.ts";

const of = (web: ServiceSpec = {}) => ({
  ...SIMPLEST,
  services: { web: { port: 8123, compose: { network_mode: "host" }, ...web } },
});
const manifest = (given?: Given) => JSON.parse(releaseOf(of(), given).files["manifest.json"]);

describe("a service in the network of its host", () => {
  it("is exchanged with its requests held, and reached at the host", () =>
    expect(manifest().services).toMatchObject([
      { strategy: "recreate", port: 8123, upstream: "shop.web", hostNetwork: true },
    ]));
  it("may be so by a variable of its Compose file", () => {
    const compose = `services: { web: { image: ghcr.io/anna/shop, network_mode: "\${MODE:-host}" } }`;
    const spec = { ...SIMPLEST, compose: "compose.yaml", services: { web: { port: 8123 } } };
    expect(planOf(spec, { compose }).stack.services[0]).toMatchObject({ strategy: "recreate", hostNetwork: true });
  });
  it("opens its ports past the proxy, which the plan says", () =>
    expect(planOf(of()).warnings).toEqual([
      'apps: shop.services.web.network_mode: "host" opens port 8123 of the host to everybody who reaches it, past the proxy, its logins and its TLS; two of its containers cannot run at once, so requests are held while it is exchanged',
    ]));
  it("cannot be exchanged otherwise", () =>
    expect(problemsOf(of({ strategy: "rolling" }))).toEqual([
      'apps: shop.services.web.strategy: "rolling" cannot run two containers at one port of the host (network_mode: host); use "recreate"',
    ]));
  it("has no port of the proxy", () =>
    expect(problemsOf(of({ port: 443 }), { proxyPorts: ["80/tcp", "443/tcp", "443/udp"] })).toEqual([
      "apps: shop.services.web.port: 443 is the proxy's own port of the host, whose network the service shares; let it listen at another one",
    ]));
  it("takes the place of an adopted project only once that has stopped", () =>
    expect(manifest({ settings: { adopt: { project: "old", volumes: [] } } }).adopt).toEqual({
      project: "old",
      exclusive: true,
    }));
});

describe("on its host, such a service", () => {
  const { run, journal } = hostShell("host-network");
  const NETWORK = `engine() { ANSWER='{"Name":"slipway-shop","IPAM":{"Config":[{"Subnet":"172.20.0.64/26"}]}}'; }`;
  const service = { upstream: "shop.web", port: 8123, hostNetwork: true, upstreams: { "shop.web@9000": 9000 } };
  journal({ after: { services: { web: service }, data: { hold: 1 } } });

  it("is reached at the host's own address in the application's network", () =>
    expect(
      run(`${NETWORK}
        give_address after web c1; SERVICE_OF[c1]=web
        dial after web shop.web; echo "$DIAL"
        dial after web shop.web@9000; echo "$DIAL"`).stdout,
    ).toBe("172.20.0.65:8123\n172.20.0.65:9000\n"));
  it("is found there again, and others have no such address", () => {
    const seen = (mode: string) => `'{"HostConfig":{"NetworkMode":"${mode}"},"State":{"Pid":7}}'`;
    expect(
      run(`${NETWORK}
        note_details web ${seen("host")}
        note_details db ${seen("shop_default")}
        echo "\${ADDRESS_OF[web]}|\${ADDRESS_OF[db]}"`).stdout,
    ).toBe("172.20.0.65|\n");
  });
  it("has no address before that network is there", () =>
    expect(
      run(`engine() { return 1; }
        if gateway; then echo "$GATEWAY"; else echo none; fi`).stdout,
    ).toBe("none\n"));
});
