/** A few deployments under load, of a service that must never run twice; test/exhaustive/deployments.test.ts has many. */
import { exchanges } from "./support/exchanges.ts";

exchanges({ deployments: 5, rate: 40 });
