/** The check for the real GitHub, for a user of the free plan with one token; test/e2e/repositoryCheck.test.ts has the whole of it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { argumentsFor, repositoriesOf, rows, tokensOf } from "../e2e/support/check.ts";
import { TestGithub } from "../sandbox/support/server.ts";
import { run } from "../support/run.ts";
import { matrix } from "./support/suite.ts";

matrix("for a user of the free plan, with one token", () => {
  const github = new TestGithub();
  beforeAll(() => github.start());
  afterAll(() => github.remove());

  it("checks a public repository, tells what it cannot try, and does not fail for it", async () => {
    const options = { env: tokensOf(github), timeoutSeconds: 600 };
    const result = await run(process.execPath, argumentsFor(github, "--owner", "ada"), options);
    expect(rows(result, "fail"), result.stdout + result.stderr).toEqual([]);
    expect(result.stdout).toMatch(/^ada\/slipway-check-[0-9a-f]{8}, public, on the plan free, as ada$/m);
    expect(rows(result, "not tried")).toContainEqual("all of it: GITHUB_WRITER_TOKEN is not set");
    expect(result.code).toBe(0);
    expect(await repositoriesOf(github)).toEqual([]);
  });
});
