import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { shopProgram } from "../../../sandbox/shop.ts";
import { DOCKERFILE } from "../../support/dockerfile.ts";
import { expectOk, run } from "../../support/run.ts";

/** The application's own test: the image of this repository is not to run as root. */
const CHECK = `import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
test("the image does not run as root", () => assert.match(readFileSync("../Dockerfile", "utf8"), /^USER [1-9]/m));
`;

/** A package without dependencies, so that `npm ci` has nothing to fetch. */
const packageOf = (name: string, scripts: Record<string, string> = {}): Record<string, string> => ({
  [`${name}/package.json`]: JSON.stringify({ name, version: "1.0.0", private: true, type: "module", scripts }),
  [`${name}/package-lock.json`]: JSON.stringify({
    name,
    version: "1.0.0",
    lockfileVersion: 3,
    requires: true,
    packages: { "": { name, version: "1.0.0" } },
  }),
});

/** The sample application beside its binary, a package that tests it, and the one of the program that deploys it. */
export const SAMPLE: Record<string, string> = {
  Dockerfile: DOCKERFILE,
  ".dockerignore": "*\n!app\n",
  ".gitignore": "node_modules/\n.slipway/\n",
  "check/image.test.js": CHECK,
  "check/price.json": "{}\n",
  ...packageOf("check", { test: "node --test" }),
  ...packageOf("infra"),
};

/** A git repository on this machine. */
export class Checkout {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** @param files by path */
  async create(files: Record<string, string>): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    await this.git("init", "--quiet", "--initial-branch", "main");
    await this.git("remote", "add", "origin", "https://github.com/harbour/pipeline");
    for (const [path, content] of Object.entries(files)) this.write(path, content);
    await this.commit("The application and its pipeline");
  }

  /** Puts the sample application's binary in. */
  async addProgram(): Promise<void> {
    copyFileSync(await shopProgram(), join(this.folder, "app"));
    chmodSync(join(this.folder, "app"), 0o755);
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  /** Changes a file and commits it; gives the version that the build gives the commit. */
  async change(path: string, from: string, to: string): Promise<string> {
    const text = readFileSync(join(this.folder, path), "utf8");
    if (!text.includes(from)) throw new Error(`${path} has no "${from}"`);
    this.write(path, text.replace(from, to));
    return this.commit(`${path}: ${to}`);
  }

  /** A commit of the branch, here and at its origin, as a job's checkout finds it; gives the version of its build. */
  async commit(message: string): Promise<string> {
    await this.git("add", "--all");
    await this.git(
      "-c",
      "user.name=Anna",
      "-c",
      "user.email=anna@example.org",
      "commit",
      "--quiet",
      "--message",
      message,
    );
    await this.git("update-ref", `refs/remotes/origin/${await this.git("branch", "--show-current")}`, "HEAD");
    return `sha-${(await this.git("rev-parse", "HEAD")).slice(0, 7)}`;
  }

  async git(...args: string[]): Promise<string> {
    return expectOk(await run("git", ["-C", this.folder, ...args])).stdout.trim();
  }

  /** Takes files of a Pulumi project over into the program. */
  take(project: string, ...names: string[]): void {
    for (const name of names) cpSync(join(project, name), join(this.folder, "infra", name));
  }
}
