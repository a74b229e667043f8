/** An application on a host without Slipway's proxy: it publishes a port, and the plan says what is lost. */
import { describe, expect, it } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { check } from "../../components/settings/check.ts";
import { planOf, releaseOf } from "../fixtures/application.ts";

const spec: ApplicationSpec = {
  name: "shop",
  image: "ghcr.io/anna/shop",
  services: { web: { publish: ["80:8000"], health: { path: "/health", port: 8000 } } },
};
const given = { withoutProxy: ["web-1"] };

describe("on a host without the proxy an application", () => {
  it("publishes its port by itself, also that of the proxy", () => {
    const { files } = releaseOf(spec, given);
    expect(files["compose.yaml"]).toContain('"80:8000"');
    expect(JSON.parse(files["manifest.json"])).not.toHaveProperty("route");
  });

  it("is told which guarantees are lost", () => {
    expect(planOf(spec, given).warnings).toEqual([
      expect.stringMatching(
        /^apps: shop: publishes a port of web-1 without Slipway's proxy: .*requests fail, as nobody holds them, and users reach it before it is verified/,
      ),
    ]);
    expect(planOf(spec).warnings).toEqual([]);
  });

  it("that another stack's proxy may lead to, or that publishes nothing, is told nothing", () => {
    const routed = { ...spec, domain: "shop.example.com", services: { web: { port: 8000 } } };
    expect(planOf(routed, given).warnings).toEqual([]);
    expect(planOf({ ...spec, services: { web: {} } }, given).warnings).toEqual([]);
  });
});

describe("the setting proxy: false", () => {
  const checked = (proxy: unknown) =>
    check(
      {
        hosts: JSON.stringify({ "web-1": { address: "192.0.2.1", insecureIgnoreHostKey: true, proxy } }),
        applications: "{}",
      },
      { read: () => "" } as never,
    );

  it("is the same as enabled: false", () => {
    const [short, long] = [false, { enabled: false }].map((proxy) => checked(proxy).settings?.hosts["web-1"]?.proxy);
    expect(short).toEqual(long);
    expect(short?.enabled).toBe(false);
  });

  it("leaves what is said of other values as it was", () =>
    expect(checked({ httpProt: 80 }).problems).toEqual([expect.stringMatching(/proxy\.httpProt: .*httpPort/)]));
});
