/** What mounts the data of a backup: who uses it, and the throwaway container of a drill. */
import { describe, expect, it } from "vitest";
import { hostShell, type Ran } from "../support/hostShell.ts";

const host = hostShell("backup-mounts");
const ok = ({ code, stdout, stderr }: Ran): string => {
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
};

describe("what a backup is of", () => {
  it.each([
    [{ Type: "volume", Name: "shop_data", Source: "/var/lib/docker/volumes/shop_data/_data" }, "shop_data", true],
    [{ Type: "bind", Source: "/opt/shop/data" }, "/opt/shop/data", true],
    [{ Type: "bind", Source: "/opt/shop/data/db" }, "/opt/shop/data", true],
    [{ Type: "bind", Source: "/opt/shop" }, "/opt/shop/data", true],
    [{ Type: "bind", Source: "/opt/shop/database" }, "/opt/shop/data", false],
    [{ Type: "bind", Source: "/" }, "shop_data", false],
  ])("is used by who mounts %j, where it is %s: %s", (mount, source, expected) => {
    const asked = host.run(`jq -c --arg source ${source} "$USES"'uses($source)' <<<'${JSON.stringify(mount)}'`);
    expect(JSON.parse(ok(asked))).toBe(expected);
  });

  it("is checked in a container that has it, but nothing else of what the service has: no network, ports or other data", () => {
    const document = {
      services: {
        web: {
          image: "shop@sha256:ab",
          command: null,
          environment: { KEY: "a$$b" },
          networks: { default: null },
          ports: [{ published: "80", target: 80 }],
          depends_on: { db: { condition: "service_started" } },
          container_name: "shop",
          volumes: [
            { type: "volume", source: "data", target: "/data" },
            { type: "bind", source: "/opt/shop/uploads", target: "/uploads" },
            { type: "bind", source: "/opt/shop/etc", target: "/etc/shop", read_only: true },
          ],
        },
      },
      volumes: { data: { name: "shop_data" } },
    };
    const made = host.run(
      `jq -c --arg service web --arg mount /data --arg volume restored "$THROWAWAY" <<'EOT'\n${JSON.stringify(document)}\nEOT`,
    );
    expect(JSON.parse(ok(made))).toEqual({
      services: {
        web: {
          image: "shop@sha256:ab",
          environment: { KEY: "a$$b" },
          network_mode: "none",
          healthcheck: { disable: true },
          volumes: [
            { type: "volume", source: "slipway-restored", target: "/data", volume: { nocopy: true } },
            { type: "volume", target: "/uploads" },
            { type: "bind", source: "/opt/shop/etc", target: "/etc/shop", read_only: true },
          ],
        },
      },
      volumes: { "slipway-restored": { name: "restored", external: true } },
    });
  });
});
