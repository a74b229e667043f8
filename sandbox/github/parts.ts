/** What the sandbox's GitHub is made of: its state, the calls it got, the faults it is to show. */
import type { Calls } from "./calls.ts";
import type { Faults } from "./faults.ts";
import type { Store } from "./state.ts";

export interface Github {
  store: Store;
  calls: Calls;
  faults: Faults;
}
