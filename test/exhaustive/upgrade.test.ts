/** A project of the version before, whose dependency is raised to this one: the stack and the host come along. test/programs/upgradeProject.test.ts has the command, test/e2e/takeover.test.ts the hosts. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLoad } from "../../sandbox/load/index.ts";
import { OwnProject, packBuilt } from "../e2e/support/ownProject.ts";
import { packBefore } from "../support/before.ts";
import { temporaryFolder } from "../support/folder.ts";
import { ensureHosts, own } from "../support/hosts.ts";
import { failuresBesideReload, VERSIONS_ONLY } from "../support/load.ts";
import { CHECKOUT, expectOk } from "../support/run.ts";
import { SHOP } from "../support/sandbox.ts";
import { served } from "../support/served.ts";
import { matrix } from "./support/suite.ts";

const [target] = own;
const NAME = "raised";
const { name: LIBRARY, version: VERSION } = JSON.parse(readFileSync(join(CHECKOUT, "package.json"), "utf8"));

const folder = temporaryFolder("raise");
const project = new OwnProject(folder, NAME);
let before: string;
let today: string;

/** The command of today: the version before has none. */
const slipway = (...words: string[]) => project.run(process.execPath, join(CHECKOUT, "cli/slipway.ts"), ...words);

matrix("the package of the version before", () => {
  beforeAll(async () => {
    mkdirSync(join(folder, "today"));
    [before, today] = await Promise.all([packBefore(folder), packBuilt(join(folder, "today"))]);
    await ensureHosts();
  });

  afterAll(async () => {
    await project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "prod");
  });

  describe("a project of the version before", () => {
    it("deploys with it", async () => {
      expectOk(await project.run("npm", "install", before));
      const answers = ["--image", SHOP, "--domain", `http://${NAME}.test`, "--address", target.address];
      expectOk(await slipway("init", "--yes", ...answers));
      // As a project of that version has it, whose package has no start of its own.
      const file = join(project.folder, "Pulumi.yaml");
      writeFileSync(file, readFileSync(file, "utf8").replace(/--import=\S+ /, ""));
      expectOk(await project.run("npm", "install"));
      expectOk(await project.pulumi("stack", "init", "prod"));
      project.fillIn(target);
      expectOk(await project.pulumi("up", "--yes", "--skip-preview", "--stack", "prod"));
      expect(await served(target, `${NAME}.test`)).toBe("1.0.0");
    });

    it("is raised to this one, whose changes are told, by its tarball", async () => {
      const { stdout } = expectOk(await slipway("upgrade", today));
      expect(stdout).toContain(`${LIBRARY}: 0.0.1 → ${VERSION}\n`);
      expect(stdout).toContain("\n  Added\n    - ");
      expect(stdout).toContain("  npx pulumi preview --stack prod ");
      expect(JSON.parse(project.read("package.json")).dependencies[LIBRARY]).toBe(`file:${basename(today)}`);
      expectOk(await project.run("npm", "run", "check"));
      expect((await slipway("upgrade", today, "--check")).stdout).toBe(
        `${LIBRARY} ${VERSION} is what the project has already\n`,
      );
    });

    it("is rolled out once by the first up, without a failed request, and shows no change afterwards", async () => {
      const load = startLoad({
        url: `http://${target.address}`,
        hostHeader: `${NAME}.test`,
        rate: 30,
        ...VERSIONS_ONLY,
        retryIdleClose: true,
      });
      await load.started;
      const up = await project.pulumi("up", "--yes", "--skip-preview", "--stack", "prod");
      const report = await load.stop();
      expectOk(up);
      expect(failuresBesideReload(report)).toEqual({});
      expect(report.byVersion).toEqual({ "1.0.0": expect.any(Number) });
      expectOk(await project.pulumi("preview", "--expect-no-changes", "--stack", "prod"));
    });

    it("gets the application's next version from this one", async () => {
      project.setVersion("1.1.0");
      expectOk(await project.pulumi("up", "--yes", "--skip-preview", "--stack", "prod"));
      expect(await served(target, `${NAME}.test`)).toBe("1.1.0");
    });
  });
});
