/** What a plan says of a schema that is newer than the version that is to be deployed. */
import { describe, expect, it } from "vitest";
import { wayBack } from "../../components/deployment/migrations.ts";
import type { Migrations } from "../../components/protocol/inspect.ts";

type Applied = Partial<Migrations["applied"][number]>;
interface Case {
  applied: Applied[];
  back?: string;
  to?: string;
  running?: string;
  revision?: string[];
  hosts?: string[];
  host?: string;
}

/** Versions 1 and 2 were applied, and 2 runs. */
const said = ({
  applied,
  back,
  to = "1",
  running = "2",
  revision = ["heads"],
  hosts = ["a"],
  host = "a",
}: Partial<Case>) =>
  wayBack(
    {
      application: "shop",
      version: to,
      migration: { service: "web", command: ["up"], timeout: 1, ...(revision.length > 0 && { revision }) },
      accessories: [],
    },
    hosts,
    host,
    {
      version: running,
      migrations: {
        applied: (applied ?? [{}, {}]).map((one, index) => ({
          release: `r${index + 1}`,
          version: `${index + 1}`,
          doubt: undefined,
          ...one,
        })),
        back,
      },
    },
  );

describe("the plan of an older version", () => {
  it("names the newer migrations that stay, where nothing takes them back", () =>
    expect(said({ applied: [{}, {}, { none: true }, {}], running: "4" })).toEqual({
      note: {
        kind: "drift",
        text: "what newer migrations changed stays, as nothing takes it back (migration.down): release r2 (2), release r4 (4)",
      },
    }));

  it("says which release takes its schema back, and that what runs is stopped for it", () =>
    expect(said({ back: "revision" })).toEqual({
      note: {
        kind: "change",
        text: "release r2 (2) takes its schema back first (migration.down); what runs is stopped for it, and its requests are held meanwhile",
      },
    }));

  it("says of no stop where what runs is as old itself", () =>
    expect(said({ back: "step", running: "1" }).note?.text).toBe(
      "release r2 (2) takes its schema back first (migration.down)",
    ));

  it("is refused where the newer release has to be told a revision, and nothing tells it", () => {
    expect(said({ back: "revision", revision: [] })).toEqual({
      refusal:
        "apps: shop.migration.revision: is missing; release r2 (2) on a takes its schema back to the revision that 1 tells. " +
        'Declare the command that prints it, like ["alembic", "heads"]',
    });
    expect(said({ back: "step", revision: [] })).not.toHaveProperty("refusal");
  });

  it("knows that a step back may be one too many after a migration that did not end well", () => {
    const applied = [{}, { doubt: "up" }];
    expect(said({ applied, back: "step" }).note?.text).toContain("stays, as nothing takes it back");
    expect(said({ applied, back: "revision" }).note?.text).toContain("takes its schema back first");
  });

  it("warns that other hosts with the same data go on meanwhile, and says it once", () => {
    const hosts = ["a", "b"];
    expect(said({ back: "revision", hosts }).note).toEqual({
      kind: "drift",
      text: expect.stringMatching(/held meanwhile; b run 2 on the older schema until then$/),
    });
    expect(said({ back: "revision", hosts, host: "b" })).toEqual({});
  });

  it.each<[string, Partial<Case>]>([
    ["the newest version", { to: "2" }],
    ["a version that is new there", { to: "3" }],
    ["a version after which only versions without a migration came", { applied: [{}, { none: true }] }],
  ])("says nothing of %s", (_, change) => expect(said(change)).toEqual({}));

  it("says nothing where the host does not tell", () =>
    expect(
      wayBack({ application: "shop", version: "1", accessories: [] }, ["a"], "a", {
        version: "2",
        migrations: undefined,
      }),
    ).toEqual({}));
});
