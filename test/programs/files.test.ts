/** Files that go with a release, on a host: written once for each content, mended where somebody changed them, and pruned. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { deployInput } from "../../components/protocol/commands.ts";
import type { Release } from "../../components/release/model.ts";
import { type Beside, releaseOf } from "../fixtures/application.ts";
import { hostShell } from "../support/hostShell.ts";

const { root, run } = hostShell("files");
const DIR = join(root, "shop");
const SPEC: ApplicationSpec = { name: "shop", image: "ghcr.io/anna/shop", compose: "compose.yaml" };
const COMPOSE = `services:
  web: { image: ghcr.io/anna/shop, volumes: ["./init:/init", "./a b.conf:/a:ro"], env_file: a.env, secrets: [s] }
secrets: { s: { file: ./key.bin } }
`;
const BESIDE: Record<string, Beside> = {
  "init/1.sql": "select 1;\n",
  "init/deep/-2 ä.sh": { content: "#!/bin/sh\n", executable: true },
  "init/empty": "",
  "a b.conf": "a\r\nb",
  "a.env": '# says nothing\nKEY=planted-value\nexport QUOTED="planted \\"quoted\\""\nLEVEL=info\n',
  "key.bin": Uint8Array.from([0, 255, 10, 200]),
};
const release = (beside: Record<string, Beside> = {}): Release =>
  releaseOf(SPEC, { compose: COMPOSE, beside: { ...BESIDE, ...beside } });

/** Stages a release as far as files go. */
function stage(one: Release, more = "") {
  return run(
    `RELEASE=${one.id}; umask 077; judge() { :; }; ask_at_once() { ANSWERS=({}); }; room_for() { :; }; pull_images() { :; }; strategies_known() { :; }; receive; stage "$RELEASE"; ${more}`,
    { input: deployInput(one, []) },
  );
}
const OK = { code: 0, stdout: "", stderr: "" };
const placeOf = (one: Release, name: string): string =>
  new RegExp(`/opt(/shop/(?:release-files|secrets)/[0-9a-f]{16}/${name})`).exec(one.files["compose.yaml"])![1]!;
const at = (one: Release, name: string, below = ""): string => join(root, placeOf(one, name), below);
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const intact = (one: Release): boolean => run(`intact ${one.id}`).code === 0;
const prune = () => run("umask 077; prune_files");

beforeEach(() => rmSync(DIR, { recursive: true, force: true }));

describe("files of a release on a host", () => {
  it("are there with their contents and modes, for whoever a service runs as, below a folder that nobody else enters", () => {
    const one = release();
    expect(stage(one)).toEqual(OK);
    expect(readFileSync(at(one, "init", "1.sql"), "utf8")).toBe("select 1;\n");
    expect(readFileSync(at(one, "init", "deep/-2 ä.sh"), "utf8")).toBe("#!/bin/sh\n");
    expect(readFileSync(at(one, "init", "empty"), "utf8")).toBe("");
    expect(readFileSync(at(one, "a_b.conf"), "utf8")).toBe("a\r\nb");
    const modes = ["", "1.sql", "deep", "deep/-2 ä.sh"].map((path) => mode(at(one, "init", path)));
    expect(modes).toEqual(["755", "644", "755", "755"]);
    expect(mode(join(DIR, "release-files"))).toBe("700");
    expect(intact(one)).toBe(true);
    expect(readdirSync(join(DIR, "release-files")).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("may come to 4 MiB, also where they cannot be compressed", () => {
    const most = randomBytes(4 * 1024 * 1024 - 1024);
    const one = release({ "init/media.bin": most });
    expect(stage(one)).toEqual(OK);
    expect(readFileSync(at(one, "init", "media.bin")).equals(most)).toBe(true);
  });

  it("that are secret are private, or can be read in a container alone", () => {
    const one = release();
    stage(one);
    expect(readFileSync(at(one, "a_env"), "utf8")).toBe(BESIDE["a.env"]);
    expect([...readFileSync(at(one, "key_bin"))]).toEqual([0, 255, 10, 200]);
    expect([at(one, "a_env"), at(one, "key_bin"), dirname(at(one, "key_bin"))].map(mode)).toEqual([
      "600",
      "444",
      "700",
    ]);
  });

  it("are written once for each content, and kept for the releases that name them", () => {
    const [one, two] = [release(), release({ "a b.conf": "other" })];
    stage(one);
    const before = statSync(at(one, "init", "1.sql")).ino;
    expect(stage(two)).toEqual(OK);
    expect(statSync(at(two, "init", "1.sql")).ino).toBe(before);
    expect([readFileSync(at(one, "a_b.conf"), "utf8"), readFileSync(at(two, "a_b.conf"), "utf8")]).toEqual([
      "a\r\nb",
      "other",
    ]);
    expect([intact(one), intact(two)]).toEqual([true, true]);
  });

  it.each<[string, (one: Release) => void]>([
    ["changed", (one) => writeFileSync(at(one, "init", "1.sql"), "drop")],
    ["removed", (one) => rmSync(at(one, "init", "1.sql"))],
    ["a folder now", (one) => (rmSync(at(one, "init", "1.sql")), mkdirSync(at(one, "init", "1.sql")))],
    ["gone with their folder", (one) => rmSync(dirname(at(one, "init")), { recursive: true })],
    ["secret and changed", (one) => writeFileSync(at(one, "a_env"), "x")],
    ["secret and gone", (one) => rmSync(at(one, "key_bin"))],
  ])("are seen to be %s, and put right by the same release", (_, act) => {
    const one = release();
    stage(one);
    act(one);
    expect(intact(one)).toBe(false);
    expect(stage(one)).toEqual(OK);
    expect([intact(one), readFileSync(at(one, "init", "1.sql"), "utf8")]).toEqual([true, "select 1;\n"]);
  });

  it("are put right in place, as a container has mounted them, and what the application wrote beside them stays", () => {
    const one = release();
    stage(one);
    const before = statSync(at(one, "init", "1.sql")).ino;
    writeFileSync(at(one, "init", "1.sql"), "drop");
    writeFileSync(at(one, "init", "own"), "data");
    stage(one);
    expect(statSync(at(one, "init", "1.sql")).ino).toBe(before);
    expect([intact(one), readFileSync(at(one, "init", "own"), "utf8")]).toEqual([true, "data"]);
  });

  it("that arrived damaged are refused, and nothing of them stays", () => {
    const one = release();
    const [id] = Object.keys(one.releaseFiles!);
    one.releaseFiles![id!]!.data = Buffer.from("no archive").toString("base64");
    const { code, stderr } = stage(one);
    expect([code, stderr]).toEqual([1, expect.stringContaining("the release sent for shop cannot be unpacked")]);
    expect(existsSync(join(DIR, "release-files", id!))).toBe(false);
  });

  it("go when no release names them, but not with what an application wrote there", () => {
    const [one, two, three] = [
      release(),
      release({ "a b.conf": "2", "init/1.sql": "2" }),
      release({ "a b.conf": "3" }),
    ];
    for (const each of [one, two, three]) stage(each);
    writeFileSync(at(two, "init", "own"), "data");
    for (const { id } of [two, three]) rmSync(join(DIR, "releases", id), { recursive: true });
    expect(prune()).toEqual(OK);
    expect([at(three, "a_b.conf"), at(two, "a_b.conf")].filter(existsSync)).toEqual([]);
    expect(
      [at(one, "init"), at(one, "a_b.conf"), at(one, "a_env"), at(two, "init", "own")].filter(existsSync),
    ).toHaveLength(4);
    rmSync(join(DIR, "releases"), { recursive: true });
    expect(prune()).toEqual(OK);
    expect(readdirSync(join(DIR, "secrets"))).toEqual([]);
    expect(readdirSync(join(DIR, "release-files")).filter((name) => !name.endsWith(".sums"))).toHaveLength(1);
  });
});

describe("values of files that hold secrets", () => {
  const shown = (input: string): string => {
    const one = release();
    stage(one);
    return run(`RELEASE=${one.id}; redacted`, { input }).stdout;
  };

  it("are not in what is passed on; short ones are words of their own", () =>
    expect(shown('key planted-value, "planted "quoted"", KEY=planted-value, info\n')).toBe(
      'key [secret], "[secret]", [secret], info\n',
    ));

  it("hide everything where they cannot be read", () => {
    const one = release();
    stage(one);
    rmSync(at(one, "a_env"));
    expect(run(`RELEASE=${one.id}; redacted`, { input: "planted-value\n" }).stdout).toMatch(/^\(not shown/);
  });
});
