/** `slipway upgrade` in a project, with packages of this one's name that npm packs and installs. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/folder.ts";

const { name: NAME } = JSON.parse(readFileSync("package.json", "utf8")) as { name: string };
const COMMAND = resolve("cli/slipway.ts");
const all = temporaryFolder("upgrade");
const repository = join(all, "shop");
const infra = join(repository, "infra");
const env = { ...process.env, npm_config_offline: "true", npm_config_loglevel: "error" };

/** @returns the tarball of a package that only tells what it is */
function pack(version: string, changelog: string, manifest: object = {}): string {
  const folder = join(all, `source-${version}`);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: NAME, version, ...manifest }));
  writeFileSync(join(folder, "CHANGELOG.md"), `# Changelog\n\n${changelog}\n`);
  const said = execFileSync("npm", ["pack", "--pack-destination", all], { cwd: folder, encoding: "utf8", env });
  return join(all, said.trim().split("\n").at(-1)!);
}

const FIRST = "## [0.1.0] - 2026-01-02\n\n### Added\n\n- The first.";
const SECOND = `## [0.2.0] - 2026-03-04\n\n### To do\n\n- Rename \`web\`.\n\n### Fixed\n\n- A leak.\n\n${FIRST}`;

const upgrade = (...words: string[]): { code: number | null; out: string; error: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, "upgrade", ...words], {
    cwd: infra,
    encoding: "utf8",
    input: "",
    env,
  });
  return { code: status, out: stdout, error: stderr };
};
const dependency = (): string => {
  const { dependencies } = JSON.parse(readFileSync(join(infra, "package.json"), "utf8"));
  return dependencies[NAME];
};
const base = (path: string): string => path.split("/").at(-1)!;

let first: string;
let second: string;

beforeAll(() => {
  first = pack("0.1.0", FIRST);
  second = pack("0.2.0", SECOND);
  mkdirSync(join(repository, ".git"), { recursive: true });
  mkdirSync(join(infra, "repositories"), { recursive: true });
  writeFileSync(join(infra, "package.json"), JSON.stringify({ private: true, type: "module" }));
  for (const file of [
    "Pulumi.yaml",
    "Pulumi.dev.yaml",
    "Pulumi.prod.yaml",
    "repositories/index.ts",
    "repositories/shop.ts",
  ])
    writeFileSync(join(infra, file), "");
  writeFileSync(join(infra, base(first)), readFileSync(first));
  execFileSync("npm", ["install", `./${base(first)}`], { cwd: infra, env });
});

describe("an upgrade", () => {
  it("that is only asked for changes nothing, and tells by its exit code that there is one", () => {
    const { code, out } = upgrade(second, "--check");
    expect([code, out]).toEqual([
      1,
      `${NAME}: 0.1.0 → 0.2.0\n\n0.2.0 (2026-03-04)\n  To do\n    - Rename \`web\`.\n  Fixed\n    - A leak.\n`,
    ]);
    expect(dependency()).toBe(`file:${base(first)}`);
    expect(existsSync(join(infra, base(second)))).toBe(false);
  });

  it("says what is wrong with 2 and changes nothing, of a version that leaves one out", () => {
    const third = pack("0.3.0", `## [0.3.0] - 2026-05-06\n\n${SECOND}`);
    const { code, error } = upgrade(third);
    expect([code, error]).toEqual([2, expect.stringContaining("0.1.0 is older; upgrade to 0.2.0 first")]);
    expect(dependency()).toBe(`file:${base(first)}`);
  });

  it("is refused to a version that needs another Node", () => {
    const { code, error } = upgrade(pack("0.2.1", SECOND, { engines: { node: ">=99" } }));
    expect([code, error]).toEqual([2, expect.stringContaining("0.2.1 needs Node >=99, and this is ")]);
  });

  it("is refused to another package", () => {
    const { code, error } = upgrade(pack("0.2.2", SECOND, { name: "@stranger/slipway" }));
    expect([code, error]).toEqual([2, expect.stringContaining(`that is @stranger/slipway, and the project's`)]);
  });

  it("copies a tarball from elsewhere into the project, raises package.json and lock file, and tells what is left to do", () => {
    const { code, out } = upgrade(second);
    expect(code).toBe(0);
    expect(dependency()).toBe(`file:${base(second)}`);
    expect(readFileSync(join(infra, "package-lock.json"), "utf8")).toContain(`"file:${base(second)}"`);
    const { version } = JSON.parse(readFileSync(join(infra, "node_modules", NAME, "package.json"), "utf8"));
    expect(version).toBe("0.2.0");
    expect(
      out
        .split("To do:\n")[1]!
        .split("\n")
        .map((line) => line.replace(/ {3}#.*/, "").trim()),
    ).toEqual([
      "Rename `web`.",
      `git rm ${base(first)}`,
      `git add package.json package-lock.json ${base(second)}`,
      "npm run check",
      "npm exec --no -- slipway files shop --check --into ..",
      "npx pulumi preview --stack dev",
      "npx pulumi preview --stack prod",
      "",
    ]);
  });

  it("to what the project has already changes nothing", () => {
    const before = readFileSync(join(infra, "package-lock.json"), "utf8");
    expect(upgrade(second)).toEqual({ code: 0, out: `${NAME} 0.2.0 is what the project has already\n`, error: "" });
    expect(upgrade(base(second), "--check").code).toBe(0);
    expect(readFileSync(join(infra, "package-lock.json"), "utf8")).toBe(before);
  });

  it("takes another build of the same version", () => {
    execFileSync("rm", ["-r", join(all, "source-0.2.0")]);
    const { code, out } = upgrade(pack("0.2.0", SECOND.replace("A leak.", "Two leaks.")));
    expect([code, out]).toEqual([0, expect.stringContaining(`${NAME}: 0.2.0, another build\n`)]);
    expect(readFileSync(join(infra, "node_modules", NAME, "CHANGELOG.md"), "utf8")).toContain("Two leaks.");
  });

  it("is refused to an older version", () => {
    const { code, error } = upgrade(first);
    expect([code, error]).toEqual([2, expect.stringContaining("0.1.0 is older than 0.2.0")]);
  });
});

describe("an upgrade of what comes from a Git URL", () => {
  const origin = join(all, "origin");
  const url = `git+file://${origin}`;
  const git = (...words: string[]): string =>
    execFileSync("git", ["-c", "user.name=anna", "-c", "user.email=anna@example.org", ...words], {
      cwd: origin,
      encoding: "utf8",
    });

  beforeAll(() => {
    mkdirSync(origin);
    git("init", "--quiet");
    for (const [version, changelog] of Object.entries({ "0.1.0": FIRST, "0.2.0": SECOND })) {
      writeFileSync(join(origin, "package.json"), JSON.stringify({ name: NAME, version }));
      writeFileSync(join(origin, "CHANGELOG.md"), changelog);
      git("add", ".");
      git("commit", "--quiet", "--message", version);
      git("tag", `v${version}`);
    }
    execFileSync("npm", ["install", `${url}#v0.1.0`], { cwd: infra, env });
  });

  it("to a version is the one to its tag", () => {
    const { code, out, error } = upgrade("0.2.0");
    expect([code, error]).toEqual([0, ""]);
    expect(out).toContain(`${NAME}: 0.1.0 → 0.2.0`);
    expect(dependency()).toBe(`${url}#v0.2.0`);
  });

  it("to the tag that the project has changes nothing", () =>
    expect(upgrade("v0.2.0")).toMatchObject({ code: 0, out: `${NAME} 0.2.0 is what the project has already\n` }));

  it("to a tag that does not exist says so with Git's words", () => {
    expect(upgrade("0.9.0")).toMatchObject({ code: 2, error: expect.stringMatching(/^slipway: npm pack .*v0\.9\.0/s) });
    expect(dependency()).toBe(`${url}#v0.2.0`);
  });
});
