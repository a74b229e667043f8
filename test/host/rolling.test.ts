/** A few deployments under load, of a service that may run twice; test/exhaustive/deployments.test.ts has many. */
import { rollouts } from "./support/rollouts.ts";

rollouts({ deployments: 5, rate: 40, requests: 2000 });
