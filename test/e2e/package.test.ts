/** The package, as others have it: packed, installed where nothing of this checkout is, and used there. */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pack, readScripts } from "../../components/host/install.ts";
import { temporaryFolder } from "../support/folder.ts";
import { ensureHosts, own } from "../support/hosts.ts";
import { expectOk } from "../support/run.ts";
import { SHOP } from "../support/sandbox.ts";
import { served } from "../support/served.ts";
import { OwnProject, packCheckout } from "./support/ownProject.ts";

const [target] = own;
const NAME = "packed";
const PACK = "node_modules/@slipway-sample/slipway/dist/policies";
const DOMAIN = `http://${NAME}.test`;

const folder = temporaryFolder("package");
const project = new OwnProject(folder, NAME);
let tarball: string;

beforeAll(async () => {
  const [packed] = await Promise.all([packCheckout(folder), ensureHosts()]);
  tarball = packed;
});

afterAll(async () => {
  await project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "prod");
});

describe("the package", () => {
  it("has the host's scripts, the library with its types and the command, and no sources", () => {
    const files = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).trim().split("\n");
    const scripts = Object.keys(readScripts()).map((name) => `package/dist/components/host/scripts/${name}`);
    expect(files).toEqual(
      expect.arrayContaining([
        ...scripts,
        "package/dist/components/index.js",
        "package/dist/components/start.js",
        "package/dist/components/host/packed.json",
        "package/dist/components/index.d.ts",
        "package/dist/cli/slipway.js",
        "package/docs/settings.schema.json",
        "package/docs/check.schema.json",
        "package/docs/history.schema.json",
        "package/docs/jobs.schema.json",
        "package/docs/backups.schema.json",
        "package/docs/points.schema.json",
        "package/docs/restore.schema.json",
        "package/docs/status.schema.json",
        "package/docs/notifications.schema.json",
        "package/docs/prune.schema.json",
        "package/docs/doctor.schema.json",
        "package/docs/lock.schema.json",
        "package/docs/changelog.schema.json",
        "package/docs/version.schema.json",
        "package/docs/version-config.schema.json",
        "package/docs/release.schema.json",
        "package/docs/hooks.schema.json",
        "package/docs/hooks-config.schema.json",
        "package/docs/policies.md",
        "package/LICENSE",
        "package/CHANGELOG.md",
      ]),
    );
    expect(files.filter((name) => /(?<!\.d)\.ts$|\/(test|sandbox|toolchain|apps)\//.test(name))).toEqual([]);
  });

  it("has the library as one file, and the host's scripts packed as a checkout packs them", () => {
    const [library, packed] = ["library.js", "host/packed.json"].map((name) =>
      execFileSync("tar", ["-xzOf", tarball, `package/dist/components/${name}`], {
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
      }),
    );
    expect(library).not.toMatch(/from "(zod|\.\/application\/.*)"/);
    expect(JSON.parse(packed!)).toEqual(pack(readScripts()));
  });

  it("installed on Node 22, writes a project that passes the compiler and has the server's key", async () => {
    expectOk(await project.run("npm", "install", tarball, "node@22"));
    expectOk(await project.run("npm", "rebuild", "node", "--no-ignore-scripts"));
    expect(expectOk(await project.program("node", "--version")).stdout).toMatch(/^v22\./);
    const answers = ["--image", SHOP, "--domain", DOMAIN, "--address", target.address];
    const { stdout } = expectOk(await project.program("slipway", "init", "--yes", ...answers));
    expect(stdout).toContain("package.json: completed");
    expect(stdout).toMatch(/npx pulumi preview .*\n$/);
    expect(stdout).not.toContain("To be filled in");
    expect(project.settings.config["slipway:hosts"]).toMatchObject({ "web-1": { address: target.address } });
    expectOk(await project.run("npm", "install"));
    expectOk(await project.run("npm", "run", "check"));
  });

  it("previews and deploys on Node 22", async () => {
    expectOk(await project.pulumi("stack", "init", "prod"));
    project.fillIn(target);
    const preview = expectOk(await project.pulumi("preview", "--stack", "prod", "--policy-pack", PACK));
    expect(preview.stdout).toContain("slipway:stack:ComposeStack");
    expect(preview.stdout).toMatch(/slipway@v\S+ \(local: .*policies\)/);
    expectOk(await project.pulumi("up", "--yes", "--skip-preview", "--stack", "prod"));
    expect(await served(target, `${NAME}.test`)).toBe("1.0.0");
  });

  it("installed from the lock file on Node 24, has nothing to change, and deploys the next version", async () => {
    expectOk(await project.run("npm", "uninstall", "node"));
    rmSync(join(project.folder, "node_modules"), { recursive: true });
    expectOk(await project.run("npm", "ci"));
    expect(expectOk(await project.program("node", "--version")).stdout).toMatch(/^v24\./);
    expectOk(await project.pulumi("preview", "--expect-no-changes", "--stack", "prod"));
    project.setVersion("1.1.0");
    expectOk(await project.pulumi("up", "--yes", "--skip-preview", "--stack", "prod"));
    expect(await served(target, `${NAME}.test`)).toBe("1.1.0");
  });

  it("leaves a project that exists as it is", async () => {
    const before = project.read("index.ts");
    const { stdout } = expectOk(await project.program("slipway", "init", "--yes"));
    expect(stdout.match(/is there already, and stays as it is/g)).toHaveLength(8);
    expect(project.read("index.ts")).toBe(before);
  });
});
