/** Every state that one application on one host can reach, whatever fails, is killed or ends: test/support/model/. */
import { describe, expect, test } from "vitest";
import { FAULTS, type Fault } from "../support/model/faults.ts";
import { search } from "../support/model/search.ts";
import type { Setting } from "../support/model/state.ts";

const setting = (changes: Partial<Setting>): Setting => ({
  strategy: "rolling",
  first: "a",
  releases: ["b"],
  routesDiffer: false,
  deaths: "none",
  keep: 2,
  faults: [],
  ...changes,
});

const SCENARIOS: Record<string, Partial<Setting>> = {
  "rolling, two releases one after the other, each with a route of its own": {
    releases: ["b", "c"],
    routesDiffer: true,
  },
  "rolling, a first deployment": { first: null, routesDiffer: true },
  "recreate, with a route of its own": { strategy: "recreate", routesDiffer: true },
  "recreate, a first deployment": { strategy: "recreate", first: null },
  "rolling, while a container ends by itself": { deaths: "end" },
  "recreate, while a container ends by itself": { strategy: "recreate", deaths: "end" },
};

/** The smallest scenario in which each fault shows. */
const SHOWN: Record<Fault, [shown: Partial<Setting>, rule: string]> = {
  "others go before what serves is read": [{}, "a container was removed to which users' requests lead"],
  "a write that fails is passed over": [{}, "the journal went before the ledger told its end"],
  "no backup means no route": [{ strategy: "recreate", routesDiffer: true }, "no journal, but the route is another"],
  "a refused deployment removes its release": [{}, "the release that the journal goes forward to is gone"],
  "the record keeps the release": [{ deaths: "end" }, "nothing leads from here to a settled state"],
  "prune asks no journal": [{ keep: 1 }, "the release that the journal goes back to is gone"],
  "what runs keeps its policy": [
    { strategy: "recreate" },
    "no journal, but Docker would not start its container again",
  ],
  "a killed settle counts as settled": [{}, "a deployment begins over a journal that nobody has settled"],
  "a file counts as loaded": [{ routesDiffer: true }, "no journal, but the proxy has another route loaded"],
  "an upstream leads to a free address": [{ deaths: "go" }, "users reach a container that was not verified"],
  "a name counts as an address": [{ deaths: "go" }, "nothing leads from here to a settled state"],
  "nothing serves is said unread": [{ deaths: "end" }, "NOTHING SERVES was said while users are served"],
};

describe("the protocol on a host", () => {
  test.each(Object.entries(SCENARIOS))("keeps its rules in every state: %s", { timeout: 180_000 }, (name, changes) => {
    const { states, moves, found } = search(setting(changes));
    console.info(`${name}: ${states} states, ${moves} moves`);
    expect(found).toBeUndefined();
  });
});

describe("the model finds a fault whose cause is put back", () => {
  test.each(Object.keys(FAULTS) as Fault[])("%s", { timeout: 120_000 }, (fault) => {
    const [shown, rule] = SHOWN[fault];
    expect(search(setting({ ...shown, faults: [fault] })).found?.rule).toBe(rule);
  });
});
