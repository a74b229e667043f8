/** Interrupted deployments as the engine sees them; test/host/faults.test.ts has others, without it. */
import { interrupted } from "./support/interrupted.ts";

interrupted([
  { application: "rolling", phase: "migration", harm: "pulumi-kill", then: "new" },
  { application: "recreate", phase: "exchange", harm: "connection", then: "new" },
  { application: "rolling", phase: "check", harm: "pulumi-interrupt", then: "new" },
]);
