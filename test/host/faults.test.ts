/** Deployments that are interrupted, each by another kind of harm; test/exhaustive/faults.test.ts has more moments. */
import { WRONG } from "../support/faults/cases.ts";
import { interrupted } from "./support/interrupted.ts";

interrupted([
  { application: "recreate", phase: "stage", harm: "deploy", then: "old" },
  { application: "rolling", phase: "accessory", harm: "both", help: "recover", accessory: true, then: "old" },
  { application: "recreate", phase: "exchange", harm: "worker", then: "old" },
  { application: "recreate", phase: "exchange", harm: "both", help: "cron", then: "old" },
  { application: "recreate", phase: "check", harm: "both", help: "deployment", then: "old" },
  { application: "rolling", phase: "start", harm: "parent", then: "old" },
  { application: "recreate", phase: "exchange", harm: "dockerd", then: "either" },
  { application: "recreate", phase: "settling", harm: "both", help: "recover", version: WRONG, then: "old" },
  { application: "rolling", phase: "check", harm: "power", then: "old" },
]);
