/** Causes of faults that the scripts had. Put back, each makes the model break a rule (test/unit/model.test.ts). */
export const FAULTS = {
  "others go before what serves is read": "remove_others comes before restore and read_what_serves",
  "a write that fails is passed over": "errexit is off in the way back, and nothing reads what serves",
  "no backup means no route": "the journal does not hold the route of before once it was begun again",
  "a refused deployment removes its release": "leave_unstaged does not ask whether a journal needs it",
  "the record keeps the release": "record_again writes containers and upstreams only",
  "prune asks no journal": "prune removes a release that the journal names",
  "what runs keeps its policy": "restore gives the restart policy back only to what it starts",
  "a killed settle counts as settled": "settle_before_deploying goes on with any code but 6",
  "a file counts as loaded": "install_route does nothing where the file is right, though the proxy was not told",
  "an upstream leads to a free address": "pin_address gives a new container the address that the upstream names",
  "a name counts as an address": "dial prints the name of a container that has no address",
  // The scripts still have it: where the hold cannot be written, as the disk is full.
  "nothing serves is said unread": "read_what_serves does not ask whether users still reach the other side",
} as const;

export type Fault = keyof typeof FAULTS;
