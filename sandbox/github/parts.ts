/** The parts of the sandbox's GitHub: its state, the calls it got, the faults to inject. */
import type { Calls } from "./calls.ts";
import type { Faults } from "./faults.ts";
import type { Store } from "./state.ts";

export interface Github {
  store: Store;
  calls: Calls;
  faults: Faults;
}
