/** What a plan refuses, as it would leave data or a domain with something else. */
import { describe, expect, it } from "vitest";
import { type MountedVolume, mountedVolumes } from "../../components/compose/volumes.ts";
import { dataLeft } from "../../components/deployment/dataLeft.ts";
import { domainsTaken } from "../../components/deployment/domainsTaken.ts";
import type { HostSeen, InspectedApplication } from "../../components/protocol/inspect.ts";

const PLACE = "slipway:index:Application$slipway:stack:ComposeStack";
const owner = (name: string, stack = "prod"): string => `${stack}::slipway::${PLACE}::${name}@a`;
const running = (name: string, more: Partial<InspectedApplication> = {}): InspectedApplication => ({
  release: "0123456789ab",
  version: "1.0.0",
  token: "t",
  owner: owner(name),
  differences: [],
  underway: null,
  ...more,
});
const host = (applications: HostSeen["applications"], volumes?: string[]): HostSeen => ({
  host: { token: "t", scripts: "s", proxyRuns: true, time: 0 },
  applications,
  ...(volumes === undefined ? {} : { volumes }),
});
const DATA = "/var/lib/postgresql/data";
const at = (name: string): MountedVolume => ({ service: "db", target: DATA, name });

describe("data", () => {
  const left = (
    seen: HostSeen,
    {
      mounts = [at("shop_db")],
      elsewhere,
      declared = { shop: ["a"] },
    }: { mounts?: MountedVolume[]; elsewhere?: HostSeen; declared?: Record<string, string[]> } = {},
  ) =>
    dataLeft(
      { application: "shop", own: owner("shop"), declared, mounts },
      { host: "a", seen },
      elsewhere ? [{ host: "b", seen: elsewhere }] : [],
    );
  const WAY_OUT =
    "stop what writes to it and copy it into a volume of that name on a first, or, to begin without it, run there: docker volume create";

  it("that stays where it is is not spoken of", () =>
    expect(left(host({ shop: running("shop", { data: [at("shop_db")] }) }, ["shop_db"]))).toEqual({
      problems: [],
      perhaps: [],
    }));

  it("of a volume that is renamed is not left behind without a word", () =>
    expect(
      left(host({ shop: running("shop", { data: [at("shop_db")] }) }, ["shop_db"]), { mounts: [at("shop_store")] })
        .problems,
    ).toEqual([
      `slipway:applications.shop: would start without its data: the volume shop_db of shop on a has the data of ${DATA}, and a has no volume shop_store; ${WAY_OUT} shop_store`,
    ]));

  it("that was copied, or is to be begun anew, is in a volume that is there", () =>
    expect(
      left(host({ shop: running("shop", { data: [at("shop_db")] }) }, ["shop_db", "shop_store"]), {
        mounts: [at("shop_store")],
      }).problems,
    ).toEqual([]));

  it("of another place in the container is another's", () =>
    expect(
      left(host({ shop: running("shop", { data: [{ ...at("shop_db"), target: "/other" }] }) }, ["shop_db"]), {
        mounts: [at("shop_store")],
      }).problems,
    ).toEqual([]));

  it("of another service at the same place is that service's", () => {
    const seen = host({ shop: running("shop", { data: [at("shop_db")] }) }, ["shop_db"]);
    expect(left(seen, { mounts: [at("shop_db"), { ...at("shop_jobs"), service: "jobs" }] }).problems).toEqual([]);
  });

  it("on a host that the application leaves is not left behind without a word", () =>
    expect(
      left(host({}, []), { elsewhere: host({ shop: running("shop", { data: [at("shop_db")] }) }) }).problems,
    ).toEqual([
      `slipway:applications.shop: would start without its data: the volume shop_db of shop on b has the data of ${DATA}, and a has no volume shop_db; ${WAY_OUT} shop_db`,
    ]));

  it("on a host that the application stays on is no reason to refuse another host", () =>
    expect(
      left(host({}, []), {
        declared: { shop: ["a", "b"] },
        elsewhere: host({ shop: running("shop", { data: [at("shop_db")] }) }),
      }).problems,
    ).toEqual([]));

  it("of another stack is not taken for its own", () =>
    expect(
      left(host({}, []), {
        elsewhere: host({ shop: running("shop", { owner: owner("shop", "dev"), data: [at("shop_db")] }) }),
      }),
    ).toEqual({ problems: [], perhaps: [] }));

  it("of an application that is not declared any more may be its own by another name", () =>
    expect(left(host({ store: running("store", { data: [at("store_db")] }) }, ["store_db"]))).toEqual({
      problems: [],
      perhaps: [
        `if shop was renamed: the volume store_db of store on a has the data of ${DATA}, and a has no volume shop_db; ${WAY_OUT} shop_db`,
      ],
    }));

  it("of a neighbour that stays is none of its own", () =>
    expect(
      left(host({ store: running("store", { data: [at("store_db")] }) }, ["store_db"]), {
        declared: { shop: ["a"], store: ["a"] },
      }).perhaps,
    ).toEqual([]));

  it("on a host that does not say which volumes it has is not judged", () =>
    expect(
      left(host({ shop: running("shop", { data: [at("shop_db")] }) }), { mounts: [at("shop_store")] }).problems,
    ).toEqual([]));
});

it("volumes are named as Docker Compose names them", () =>
  expect(
    mountedVolumes(
      {
        services: {
          db: {
            volumes: [
              "db:/data",
              "./folder:/folder",
              "/absolute:/absolute",
              "/anonymous",
              "${WHICH}:/given:ro",
              "named:/named",
            ],
          },
          web: {
            volumes: [
              { type: "volume", source: "kept", target: "/kept" },
              { type: "tmpfs", target: "/tmp" },
            ],
          },
        },
        volumes: { db: {}, named: { name: "own-${WHICH}" }, kept: { external: true }, other: null },
      },
      "shop",
      { WHICH: "other" },
    ),
  ).toEqual([
    { service: "db", target: "/data", key: "db", name: "shop_db" },
    { service: "db", target: "/given", key: "other", name: "shop_other" },
    { service: "db", target: "/named", key: "named", name: "own-other" },
    { service: "web", target: "/kept", key: "kept", name: "kept" },
  ]));

describe("a domain", () => {
  const taken = (application: string, domains: string[], seen: HostSeen["applications"]): string[] =>
    domainsTaken({ application, host: "a", own: owner(application), domains }, seen);
  const blog = running("blog", { domains: ["example.test"] });

  it("that leads to another application on the host is refused with the way to move it", () =>
    expect(taken("shop", ["shop.test", "example.test"], { blog })).toEqual([
      'slipway:applications.shop.domain: "example.test" leads to blog on a now; take it from blog (or remove blog) and run pulumi up, then give it to shop and run it again; it answers 404 in between',
    ]));

  it("that leads to another stack's application is refused by that stack's name", () =>
    expect(taken("shop", ["example.test"], { blog: { ...blog, owner: owner("blog", "dev") } }).join()).toContain(
      "leads to blog on a now, which belongs to the stack dev of the project slipway; take it",
    ));

  it("that is its own already is its own", () => expect(taken("blog", ["example.test"], { blog })).toEqual([]));

  it("of which an older host does not tell is not judged", () =>
    expect(taken("shop", ["example.test"], { blog: running("blog") })).toEqual([]));
});
