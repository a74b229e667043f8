import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { type Given, releaseOf } from "../fixtures/application.ts";

describe("a folder of a Compose file", () => {
  const SPEC: ApplicationSpec = { name: "shop", image: "ghcr.io/anna/shop", compose: "compose.yaml" };
  const rendered = (used: unknown, defined: unknown, given: Given) =>
    parse(
      releaseOf(SPEC, {
        ...given,
        compose: JSON.stringify({
          services: { web: { image: "ghcr.io/anna/shop:1", volumes: [used] } },
          volumes: { data: defined, plain: null },
        }),
      }).files["compose.yaml"]!,
    );
  const volume = (written: unknown, given: Given) => rendered(written, {}, given).services.web.volumes[0];
  const DATA = { settings: { environment: { DATA: "./mine", AT: "/srv/data", NAME: "data", ODD: "./a$b" } } };

  it.each<[unknown, unknown]>([
    ["${DATA:-./data}:/data", "/opt/shop/mine:/data"],
    ["$DATA:/data:ro", "/opt/shop/mine:/data:ro"],
    ["${OTHER:-./data}:/data", "/opt/shop/data:/data"],
    ["${OTHER:-${DATA}}/x:/data", "/opt/shop/mine/x:/data"],
    ["./a/${NAME}:/data", "/opt/shop/a/data:/data"],
    ["${OTHER-./data:/data}", "/opt/shop/data:/data"],
    ["./a$$b:/data", "/opt/shop/a$$b:/data"],
    ["${ODD}:/data", "/opt/shop/a$$b:/data"],
    [".data:/data", "/opt/shop/.data:/data"],
    ["${AT}:/data", "${AT}:/data"],
    ["${NAME}:/data", "${NAME}:/data"],
    ["${HOME_:-~/x}:/data", "${HOME_:-~/x}:/data"],
    ["${OTHER:-/data}", "${OTHER:-/data}"],
    ["data:/data", "data:/data"],
  ])("%s is %s on the host", (written, there) => expect(volume(written, DATA)).toBe(there));

  it.each<[string, string, string]>([
    ["bind", "${DATA:-./data}", "/opt/shop/mine"],
    ["bind", "data", "/opt/shop/data"],
    ["bind", "${AT}", "${AT}"],
    ["volume", "data", "data"],
  ])("as a source of type %s: %s is %s", (type, source, there) =>
    expect(volume({ type, source, target: "/d" }, DATA).source).toBe(there),
  );

  it.each<[Record<string, unknown>, string]>([
    [{ driver: "local", driver_opts: { type: "none", o: "bind", device: "./x" } }, "/opt/shop/x"],
    [{ driver: "local", driver_opts: { type: "none", o: "bind", device: "${DATA:-./x}" } }, "/opt/shop/mine"],
    [{ driver_opts: { type: "none", o: "bind,rw", device: "./x" } }, "/opt/shop/x"],
    [{ driver: "local", driver_opts: { type: "none", o: "bind", device: "${AT}" } }, "${AT}"],
    [{ driver: "local", driver_opts: { type: "nfs", o: "addr=10.0.0.1", device: ":/x" } }, ":/x"],
    [{ driver: "other", driver_opts: { o: "bind", device: "./x" } }, "./x"],
  ])("as a volume %j it is %s", (definition, device) => {
    const { volumes } = rendered("data:/data", definition, DATA);
    expect([volumes.data, volumes.plain]).toEqual([
      { ...definition, driver_opts: { ...(definition.driver_opts as object), device } },
      null,
    ]);
  });

  it("is not told by a secret, unless it is absolute", () => {
    expect(volume("${DIR:-./data}:/data", { secrets: { DIR: "/srv/x" } })).toBe("${DIR:-./data}:/data");
    expect(() => volume("${DIR}:/data", { secrets: { DIR: "./planted" } })).toThrow(
      new Error(
        'apps: shop.services.web.volumes: "${DIR}:/data" is a relative folder that a secret names, and a Compose file tells no secrets; set that variable in slipway:applications.shop.environment, or make it a full path',
      ),
    );
  });
});
