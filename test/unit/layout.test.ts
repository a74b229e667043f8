import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { circles, importsOf, sources } from "../support/imports.ts";

/** From top to bottom: a room imports from rooms below it alone. docs/architecture.md says what each is for. */
const ROOMS = [
  "environment",
  "github",
  "operations",
  "deployment",
  "host",
  "release",
  "protocol",
  "application",
  "compose",
  "settings",
  "policies",
  "image",
  "state",
  "versions",
  "shared",
];

/** The same for what stands at the top. The project's program, its command and its sandbox are users of the library. */
const TOP = [
  "vitest.config.ts",
  "test",
  "examples",
  "index.ts",
  "cli",
  "sandbox",
  "toolchain",
  "policies",
  "apps",
  "repositories",
  "components",
];

/** Folders of a room that has several, from top to bottom. */
const FOLDERS: Record<string, string[]> = { github: ["repository", "workflows"] };

const { name: PACKAGE } = JSON.parse(readFileSync("package.json", "utf8")) as { name: string };

const graph = Object.fromEntries(sources().map((path) => [path, importsOf(path)]));
const within = (path: string, depth: number): string => path.split("/")[depth]!;
const edges = (from: string): [string, string][] =>
  Object.entries(graph)
    .filter(([path]) => path.startsWith(from))
    .flatMap(([path, all]) => all.filter((name) => name in graph).map((name): [string, string] => [path, name]));

/** Imports that go upwards in the list, or from or to what is not in it. */
const upwards = (all: [string, string][], depth: number, list: string[]): string[] =>
  all
    .filter(([from, to]) => within(from, depth) !== within(to, depth))
    .filter(([from, to]) => {
      const [a, b] = [list.indexOf(within(from, depth)), list.indexOf(within(to, depth))];
      return a === -1 || b === -1 || a > b;
    })
    .map(([from, to]) => `${from} imports ${to}`);

const ofRooms = edges("components/").filter(
  ([from, to]) => !/^components\/(index|library|start)\.ts$/.test(from) && to.startsWith("components/"),
);

describe("imports", () => {
  it("reads imports of every kind, so that the rules below have something to judge", () => {
    expect(edges("components/").length).toBeGreaterThan(200);
    expect(graph["test/programs/exports.test.ts"]).toContain("components/state/stackExport.ts");
  });

  it("finds a circle where there is one", () =>
    expect(circles({ a: ["b"], b: ["c"], c: ["a"], d: ["a"], e: ["e"] })).toEqual([["a", "b", "c"], ["e"]]));

  it("go in no circle", () => expect(circles(graph)).toEqual([]));

  it("go downwards among the rooms of components/", () => expect(upwards(ofRooms, 1, ROOMS)).toEqual([]));

  it.each(Object.entries(FOLDERS))("go downwards among the folders of components/%s", (room, folders) => {
    const own = ofRooms.filter(([from, to]) => within(from, 1) === room && within(to, 1) === room);
    expect(upwards(own, 2, folders)).toEqual([]);
  });

  it("go downwards among the folders at the top", () => {
    const all = edges("").filter(([, to]) => to.includes("/"));
    expect(upwards(all, 0, TOP)).toEqual([]);
  });

  it("of tests for hosts take nothing from the end-to-end tests", () =>
    expect(edges("test/host/").filter(([, to]) => to.startsWith("test/e2e/"))).toEqual([]));

  it("of an example lead out of it to the package alone, as those of users do", () => {
    const own = (path: string): string => path.split("/").slice(0, 2).join("/");
    const all = Object.entries(graph).filter(([path]) => path.startsWith("examples/"));
    expect(all.length).toBeGreaterThan(5);
    const foreign = all.flatMap(([path, names]) => names.filter((name) => name !== PACKAGE && own(name) !== own(path)));
    expect(foreign).toEqual([]);
  });

  it("meet every folder of components/ in the list of rooms", () => {
    const folders = readdirSync("components", { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual([...ROOMS].sort());
  });
});
