/** A connection to GitHub that is cut at the moments that test/e2e/repositoryFaults.test.ts leaves out. */
import { afterAll, beforeAll } from "vitest";
import { Faulty } from "../e2e/support/faulty.ts";
import { matrix } from "./support/suite.ts";

matrix("a failure on the way", () => {
  const faulty = new Faulty("repository-faults");
  beforeAll(() => faulty.start());
  afterAll(() => faulty.end());

  faulty.tells([
    [
      "a connection that is cut after a webhook was made",
      { kind: "cut-after", method: "POST", path: "/repos/*/hooks", times: 1 },
      /shop-webhook-ci[\s\S]*422[\s\S]*already exists/,
    ],
    [
      "a connection that is cut after a variable was made",
      { kind: "cut-after", method: "POST", path: "/repos/*/actions/variables", times: 1 },
      /shop-variable-REGION[\s\S]*409/,
    ],
    [
      "a connection that is cut after an environment's variable was made",
      { kind: "cut-after", method: "POST", path: "/repos/*/environments/dev/variables", times: 1 },
      /shop-dev-variable-LEVEL[\s\S]*409/,
    ],
  ]);
});
