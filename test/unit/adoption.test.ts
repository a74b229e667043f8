/** A Compose project of another name that was there before: what a plan asks, refuses and says, and what a release has of it. */
import { describe, expect, it } from "vitest";
import { adoption } from "../../components/deployment/adoption.ts";
import type { HostSeen } from "../../components/protocol/inspect.ts";
import { planOf, problemsOf, releaseOf, SIMPLEST } from "../fixtures/application.ts";

const DATA = "/var/lib/postgresql/data";
const seen = (more: Partial<HostSeen> = {}): HostSeen => ({
  host: { token: "t", scripts: "s", proxyRuns: true, time: 0 },
  applications: {},
  volumes: ["shop-prod_db", "shop-prod_media"],
  projects: {
    "shop-prod": {
      folder: "/srv/shop",
      containers: [
        { service: "db", name: "shop-prod-db-1", volumes: [{ target: DATA, name: "shop-prod_db" }] },
        { service: "web", name: "shop-prod-web-1", volumes: [{ target: "/media", name: "shop-prod_media" }] },
      ],
    },
  },
  ...more,
});
const MOUNTS = [
  { service: "db", target: DATA, key: "db", name: "shop_db" },
  { service: "web", target: "/media", key: "media", name: "shop_media" },
];
const said = (adopt: Parameters<typeof adoption>[0]["adopt"], host = seen(), mounts = MOUNTS) =>
  adoption({ application: "shop", host: "web-1", adopt, mounts }, host);

describe("a plan", () => {
  it("asks for a decision where a project has the data that the application would begin without", () =>
    expect(said(undefined).problems).toEqual([
      `slipway:applications.shop: the Compose project shop-prod (/srv/shop) is on web-1, and has the data of db (${DATA}), web (/media), while shop would begin without it. ` +
        "Decide: adopt: { project: shop-prod, volumes: [db, media] } takes its place, adopt: false begins beside it without data",
    ]));

  it("does not ask where the application has its data, or the project has none of it", () => {
    expect(said(undefined, seen({ volumes: ["shop_db", "shop_media"] })).problems).toEqual([]);
    expect(said(undefined, seen(), [{ ...MOUNTS[0]!, service: "store" }]).problems).toEqual([]);
    expect(said(undefined, seen({ projects: {} })).problems).toEqual([]);
  });

  it("asks where a project has a port or a container's name that the application would take", () => {
    const containers = [
      { service: "old", name: "shop-db", volumes: [], ports: [5432] },
      { service: "web", name: "other-web-1", volumes: [], ports: [8080, 9090] },
    ];
    const host = seen({ projects: { other: { folder: "", containers } }, volumes: ["other_db"] });
    const wanted = { application: "shop", host: "web-1", mounts: MOUNTS, ports: [9090, 1], names: ["shop-db"] };
    expect(adoption(wanted, host).problems).toEqual([
      "slipway:applications.shop: the Compose project other is on web-1, and has the container shop-db, port 9090 (other-web-1), which shop would take. " +
        "Decide: adopt: { project: other, volumes: [db] } takes its place, adopt: false leaves it these: give shop others",
    ]);
    expect(adoption({ ...wanted, ports: [], names: [] }, host)).toEqual({ problems: [] });
    expect(adoption({ ...wanted, application: "other" }, host)).toEqual({ problems: [] });
    const shop = {
      release: "r",
      version: "1",
      token: "t",
      owner: "o",
      migrations: null,
      differences: [],
      underway: null,
    };
    expect(adoption(wanted, { ...host, applications: { shop } })).toEqual({ problems: [] });
  });

  it("asks once where a project has both the data and a port", () => {
    const host = seen();
    host.projects!["shop-prod"]!.containers[0]!.ports = [5432];
    const wanted = { application: "shop", host: "web-1", mounts: MOUNTS.slice(0, 1), ports: [5432] };
    expect(adoption(wanted, host).problems).toEqual([
      `slipway:applications.shop: the Compose project shop-prod (/srv/shop) is on web-1, and has the data of db (${DATA}), while shop would begin without it, and has port 5432 (shop-prod-db-1), which shop would take. ` +
        "Decide: adopt: { project: shop-prod, volumes: [db] } takes its place, adopt: false begins beside it without data, and leaves it these: give shop others",
    ]);
  });

  it("does not ask again once it is decided to begin without", () => expect(said(false)).toEqual({ problems: [] }));

  it("says what is stopped", () =>
    expect(said({ project: "shop-prod", volumes: ["db", "media"] })).toEqual({
      problems: [],
      note: "shop on web-1 takes the place of the Compose project shop-prod: stops shop-prod-db-1, shop-prod-web-1; they stay on the host, and the way back starts them again",
    }));

  it("refuses a volume, or a project, that is not there", () => {
    expect(said({ project: "shop-prod", volumes: ["files"] }).problems).toEqual([
      'slipway:applications.shop.adopt.volumes: "files": web-1 has no volume shop-prod_files; name those that the project shop-prod has',
    ]);
    expect(said({ project: "other", volumes: [] }).problems).toEqual([
      'slipway:applications.shop.adopt.project: "other" is no Compose project on web-1; there are: shop-prod',
    ]);
  });

  it("needs no project any more where the application runs already", () => {
    const running = { release: "r", version: "1.0.0", token: "t", owner: "", differences: [], underway: null };
    expect(
      said({ project: "shop-prod", volumes: ["db"] }, seen({ projects: {}, applications: { shop: running } })),
    ).toEqual({
      problems: [],
    });
  });
});

describe("a release", () => {
  const spec = {
    ...SIMPLEST,
    database: "postgres:15",
    services: { web: { port: 8000, volumes: ["media:/media", "./data:/data"] } },
  };
  const secrets = { DATABASE_PASSWORD: "x" };
  const adopt = { project: "shop-prod", volumes: ["db"], folder: "/srv/shop" };

  it("mounts the volumes and the data folders of the project", () => {
    const text = releaseOf(spec, { secrets, settings: { adopt } }).files["compose.yaml"];
    expect(text).toMatch(/db:\n {4}external: true\n {4}name: "shop-prod_db"\n {2}media: \{\}/);
    expect(text).toContain('"/srv/shop/data:/data"');
  });

  it("stops the project before anything starts only where both would have the same", () => {
    const told = (more: object, settings: object): unknown =>
      JSON.parse(releaseOf({ ...SIMPLEST, ...more }, { settings }).files["manifest.json"]).adopt;
    expect(told({}, { adopt: { project: "shop-prod", volumes: [] } })).toEqual({ project: "shop-prod" });
    expect(told({}, { adopt: { project: "shop-prod", volumes: [], folder: "/srv/shop" } })).toMatchObject({
      exclusive: true,
    });
    expect(
      told(
        { services: { web: { port: 8000, publish: ["9000:9000"], strategy: "recreate" } } },
        { adopt: { project: "shop-prod", volumes: [] } },
      ),
    ).toMatchObject({ exclusive: true });
    expect(told({}, {})).toBeUndefined();
  });

  it("cannot have a volume that the application has not", () =>
    expect(problemsOf(spec, { secrets, settings: { adopt: { ...adopt, volumes: ["files"] } } })).toEqual([
      expect.stringMatching(/adopt\.volumes: "files" is no volume of it; it has media, db/),
    ]));

  it("is as without where nothing is adopted", () =>
    expect(planOf(spec, { secrets, settings: { adopt: false } }).stack.document).toEqual(
      planOf(spec, { secrets }).stack.document,
    ));
});
