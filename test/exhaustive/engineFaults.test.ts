/** Interrupted deployments as the engine sees them, at the moments that test/e2e/faults.test.ts leaves out. */
import { interrupted } from "../e2e/support/interrupted.ts";
import { matrix } from "./support/suite.ts";

matrix("by `pulumi up`", () =>
  interrupted([
    { application: "rolling", phase: "switch", harm: "worker", then: "old" },
    { application: "recreate", phase: "exchange", harm: "restart", then: "old" },
    { application: "rolling", phase: "confirmed", harm: "restart-dockerd", then: "new" },
  ]),
);
