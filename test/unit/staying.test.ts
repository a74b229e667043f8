/** Folders of data beside a Compose file, of which nothing goes along: a plan says so of each. */
import { describe, expect, it } from "vitest";
import { beginsEmpty } from "../../components/deployment/beginsEmpty.ts";
import { reviewOf } from "../../components/release/review.ts";
import { type Beside, type Given, planOf, releaseOf, stackOf } from "../fixtures/application.ts";
import { SPEC } from "../fixtures/beside.ts";

const compose = (volumes: unknown[], rest: object = {}): string =>
  JSON.stringify({ services: { web: { image: "ghcr.io/anna/shop:1" }, db: { image: "kv:1", volumes } }, ...rest });

const staying = (
  volumes: unknown[],
  beside: Record<string, Beside>,
  { rest, ...given }: Given & { rest?: object } = {},
) => planOf(SPEC, { compose: compose(volumes, rest), beside, ...given }).staying;

const DATA = { place: "services.db.volumes", source: "./data", at: "/opt/shop/data" };

describe("a folder with files that the application writes to", () => {
  it("is told where it is the host's own", () => expect(staying(["./data:/data"], { "data/x": "" })).toEqual([DATA]));

  it.each<[string, unknown[], Record<string, Beside>, Given, string]>([
    ["in the long form", [{ type: "bind", source: "./data", target: "/d" }], { "data/x": "" }, {}, "./data"],
    ["by a variable", ["${WHERE:-./data/db}:/d"], { "data/db/x": "" }, {}, "./data/db"],
    ["where git ignores it", ["./uploads:/u"], { "uploads/x": "" }, { ignored: ["uploads/x"] }, "./uploads"],
    ["where it holds a link that leads out", ["./data:/d"], { "data/x": { link: "/srv" } }, {}, "./data"],
  ])("is told %s", (_, volumes, beside, given, source) =>
    expect(staying(volumes, beside, given).map((one) => one.source)).toEqual([source]),
  );

  it("is told where it has more files than could go along, and is not refused for it", () => {
    const many = Object.fromEntries(Array.from({ length: 2100 }, (_, index) => [`data/${index}`, ""]));
    expect(staying(["./data:/d"], many)).toEqual([DATA]);
  });

  it("is told once where several services mount it", () =>
    expect(staying(["./data:/a", "./data:/b"], { "data/x": "" })).toHaveLength(1));

  it("is told where a volume is that folder", () => {
    const volumes = { v: { driver: "local", driver_opts: { type: "none", o: "bind", device: "./data" } } };
    expect(staying(["v:/d"], { "data/x": "" }, { rest: { volumes } })).toEqual([
      { ...DATA, place: "volumes.v.driver_opts.device" },
    ]);
  });

  it("is told of a declaration", () => {
    const web = { port: 1, volumes: ["./up:/u"] };
    const plan = planOf({ name: "shop", image: "ghcr.io/anna/shop", services: { web } }, { beside: { "up/x": "" } });
    expect(plan.staying).toEqual([{ place: "services.web.volumes", source: "./up", at: "/opt/shop/up" }]);
  });

  it.each<[string, unknown[], Record<string, Beside>, Given]>([
    ["it is empty", ["./data:/d"], { "data/.gitkeep": "" }, {}],
    ["it is not there", ["./data:/d"], {}, {}],
    ["it is only read, and goes along", ["./data:/d:ro"], { "data/x": "" }, {}],
    ["it goes along", ["./conf:/c"], { "conf/x": "" }, {}],
    ["it is excluded", ["./data:/d"], { "data/x": "", ".slipwayignore": "data\n" }, {}],
    ["it is another one on the host", ["/data:/d"], { "/data/x": "" }, {}],
    [
      "the folder of an adopted project has it",
      ["./data:/d"],
      { "data/x": "" },
      { settings: { adopt: { project: "old", volumes: [], folder: "/srv/old" } } },
    ],
  ])("is not told where %s", (_, volumes, beside, given) => expect(staying(volumes, beside, given)).toEqual([]));
});

describe("the plan", () => {
  const given = { compose: compose(["./data:/d"]), beside: { "data/x": "" } };
  const review = (volume: string): string => {
    const one = { ...given, compose: compose([volume]), secrets: {} };
    return JSON.stringify(reviewOf(stackOf(SPEC, one), releaseOf(SPEC, one)));
  };
  const told = (before: string): string[] => beginsEmpty(planOf(SPEC, given).staying, "web-1", before);

  it("says where the data is missing, and each way to keep it", () => {
    const [line, ...more] = told("");
    expect(more).toEqual([]);
    expect(line).toMatch(
      /^services\.db\.volumes: "\.\/data" has files here, .* \/opt\/shop\/data on web-1 is .* empty at first; /,
    );
    for (const way of ["copy them there", "read-only", ".slipwayignore"]) expect(line).toContain(way);
  });

  it.each(["./data:/d", "./data:/elsewhere:rw"])("is silent where it was mounted before, as %s", (volume) =>
    expect(told(review(volume))).toEqual([]),
  );

  it.each(["./data2:/d", "./data/db:/d", "data:/d"])("speaks of it where only another was, %s", (volume) =>
    expect(told(review(volume).replace("}", '},"x":"/srv/data"'))).toHaveLength(1),
  );
});
