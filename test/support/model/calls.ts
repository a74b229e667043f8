/**
 * The order of calls in the functions of the host scripts that make the protocol. The model runs by these lists, and a test
 * compares each with the text of the function that it is named after: neither can change alone.
 * A call has the name of the function and those of its arguments that are plain words.
 */
export type Calls = Readonly<Record<string, readonly string[]>>;

export const CALLS: Calls = {
  settle_before_deploying: ["conclude", "read_journal", "end_run", "fail"],
  conclude: ["read_journal", "apart settle after", "phase back", "apart settle before"],
  roll_out: [
    "preflight_all",
    "update_accessories",
    "plan_migration",
    "back_up",
    "prepare_volumes",
    "migrate",
    "each_strategy start",
    "each_strategy await",
    "each_strategy exchange",
    "verify_unseen",
    "switch_routes",
    "check_as_user",
    "observe",
    "await_confirmation",
    "phase confirmed",
  ],
  rolling_start: ["make_missing", "start_new"],
  rolling_await: ["await_new"],
  rolling_exchange: [],
  recreate_start: [],
  recreate_await: [],
  recreate_exchange: ["make_missing", "hold_service", "stop_old", "start_new", "await_new"],
  stop_old: ["drain_if_routed", "stop_container"],
  verify_unseen: ["offer_candidates", "lead_to_old", "install_route", "verify_candidate"],
  switch_routes: ["keep_upstreams", "switch_by_renaming", "lead after", "install_route"],
  replace_route: ["replace", "remove_route_file", "reload_proxy"],
  command_settle: [
    "read_journal",
    "need_docker",
    "remove_temporary",
    "remove_one_offs",
    "look_containers",
    "restore",
    "read_what_serves",
    "remove_others",
    "write_down",
    "remove_journal",
    "outcome",
  ],
  restore: [
    "lead_if_it_runs",
    "ensure_proxy",
    "ensure_network",
    "install_route",
    "restore_accessories",
    "undo_migration",
    "restore_service",
  ],
  restore_service: [
    "make_again",
    "pin_address",
    "give_policy_back",
    "own_empty_mounts",
    "stop_other_side",
    "start_again",
    "lead",
  ],
  remove_others: ["drain_if_routed", "stop_container", "remove_container"],
  write_down: ["forget_upstreams", "write_down_new", "write_down_old"],
  write_down_new: ["confirm_release", "point_current", "record", "prune", "ledger deploy confirmed"],
  write_down_old: [
    "point_current",
    "record_again",
    "remove_record",
    "remove_mark",
    "forget_release",
    "ledger deploy reverted",
  ],
};

/** Calls that change nothing that the model has: that one fails is as that the next step is not reached. */
export const WITHOUT_EFFECT: readonly string[] = [
  "read_journal",
  "end_run",
  "preflight_all",
  "update_accessories",
  // It stops what ran where a migration is not compatible, as recreate_exchange does later.
  "plan_migration",
  "back_up",
  "prepare_volumes",
  "migrate",
  // Only the route of a release of the version before needs it.
  "lead after",
  "lead_to_old",
  "check_as_user",
  "observe",
  "await_confirmation",
  "need_docker",
  "own_empty_mounts",
  "remove_one_offs",
  "ensure_proxy",
  "ensure_network",
  // A link for those who look without Slipway.
  "point_current",
  "restore_accessories",
  "undo_migration",
  "drain_if_routed",
];
