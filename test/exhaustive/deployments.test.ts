/** Many deployments under load; test/host/rolling.test.ts and test/host/recreate.test.ts have a few. */
import { exchanges } from "../host/support/exchanges.ts";
import { rollouts } from "../host/support/rollouts.ts";
import { matrix } from "./support/suite.ts";

matrix("twenty deployments of a service that may run twice", () =>
  rollouts({ deployments: 20, rate: 80, requests: 20_000 }),
);

matrix("twenty deployments of a service that must never run twice", () => exchanges({ deployments: 20, rate: 40 }));
