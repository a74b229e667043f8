/** Interrupted deployments at the moments that test/host/faults.test.ts leaves out. */
import { interrupted } from "../host/support/interrupted.ts";
import { STUBBORN } from "../support/faults/cases.ts";
import { matrix } from "./support/suite.ts";

matrix("by the host's commands", () =>
  interrupted([
    { application: "rolling", phase: "begun", harm: "worker", then: "old" },
    { application: "rolling", phase: "backup", harm: "worker", then: "old" },
    { application: "recreate", phase: "stage", harm: "connection", then: "either" },
    { application: "rolling", phase: "migration", harm: "connection", then: "new" },
    { application: "rolling", phase: "start", harm: "dockerd", then: "either" },
    { application: "recreate", phase: "exchange", harm: "worker", command: "stop", from: STUBBORN, then: "old" },
    { application: "recreate", phase: "confirmed", harm: "power", then: "new" },
  ]),
);
