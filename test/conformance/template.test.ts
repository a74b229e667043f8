/** `slipway init --template`, by the real `pulumi new`. */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { temporaryFolder } from "../support/folder.ts";
import { CHECKOUT, expectOk, type Result, run } from "../support/run.ts";

const NAME = "my-shop";
const folder = temporaryFolder("template");
const template = join(folder, "template");
const tarball = join(folder, "package.tgz");
/** Two repositories that tell nothing, one with a project by `init`, and one by the template. */
const [written, generated] = ["init", "new"].map((name) => join(folder, name, NAME, "infra")) as [string, string];

const slipway = (...words: string[]): Promise<Result> =>
  run(process.execPath, [join(CHECKOUT, "cli/slipway.ts"), ...words], { cwd: folder });
const filesOf = (root: string): string[] =>
  globSync("**/{*,.*}", { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
const read = (root: string, path: string): string => readFileSync(join(root, path), "utf8");

let said: string;

beforeAll(async () => {
  writeFileSync(tarball, Buffer.from([0x1f, 0x8b, 0, 0xff]));
  expectOk(await slipway("init", template, "--template", "--from", tarball));
  mkdirSync(join(folder, "init", NAME, ".git"), { recursive: true });
  mkdirSync(join(folder, "new", NAME), { recursive: true });
  expectOk(await slipway("init", written, "--yes", "--name", NAME, "--from", tarball));
  const words = ["new", template, "--generate-only", "--offline", "--yes", "--name", NAME, "--dir", generated];
  const env = { PULUMI_SKIP_UPDATE_CHECK: "true", NO_COLOR: "1" };
  said = expectOk(await run("pulumi", [...words, "--color", "never"], { cwd: folder, env })).stdout;
});

describe("what `pulumi new` makes of the template", () => {
  it("has the files of `slipway init`, and the package's tarball", () =>
    expect(filesOf(generated)).toEqual([...filesOf(written), basename(tarball)].sort()));

  it("has their texts, but for where the package comes from", () => {
    const others = filesOf(written).filter((path) => !/^Pulumi\.|^package\.json$/.test(path));
    expect(others).toHaveLength(5);
    for (const path of others) expect(read(generated, path), path).toBe(read(written, path));
    const { dependencies, ...rest } = JSON.parse(read(generated, "package.json"));
    expect(Object.values(dependencies)).toEqual([`file:${basename(tarball)}`]);
    expect(JSON.parse(read(written, "package.json"))).toMatchObject(rest);
  });

  it("has their settings", () =>
    expect(parse(read(generated, "Pulumi.prod.yaml"))).toEqual(parse(read(written, "Pulumi.prod.yaml"))));

  it("has their Pulumi.yaml, to which Pulumi adds where it is from", () => {
    const { config, ...rest } = parse(read(generated, "Pulumi.yaml"));
    expect(rest).toEqual(parse(read(written, "Pulumi.yaml")));
    expect(Object.keys(config)).toEqual(["pulumi:tags"]);
  });

  it("has the tarball as it was", () =>
    expect(readFileSync(join(generated, basename(tarball)))).toEqual(readFileSync(tarball)));

  it("comes with what is to be filled in, and the next commands", () => {
    expect(said).toContain("apps/<name>.ts: image, port");
    expect(said).toMatch(/Next:\n +npm install\n/);
    expect(said).toContain("npx pulumi preview");
    expect(said).not.toContain("${PROJECT}");
  });
});

describe("a template", () => {
  it("is written into no folder that has something", async () => {
    const { code, stderr } = await slipway("init", template, "--template", "--from", tarball);
    expect([code, stderr]).toEqual([2, `slipway: ${template} is not empty; name another folder\n`]);
  });

  it("takes no answers, which it would give to every project", async () => {
    const { code, stderr } = await slipway("init", "other", "--template", "--name", NAME);
    expect([code, stderr]).toEqual([2, "slipway: a template answers nothing, so leave out --name\n"]);
    expect(existsSync(join(folder, "other"))).toBe(false);
  });
});
