# shellcheck shell=bash
# Recovery: a rollout whose processes are gone (killed, power cut) left its journal. Before the confirmation the way
# is back, after it forward. Cron calls this every minute and after a boot; the next deployment does the same first. Then
# the jobs that are due are started (jobs.sh).
# Reads: ROOT, HOME_DIR, APP, DIR, PROXY.

command_recover() {
  local journal
  if [ $# -gt 0 ]; then
    use_application "$1"
    recover_one
    return
  fi
  sweep
  for journal in "$ROOT"/*/{rollout,restore}.json; do
    if [ ! -f "$journal" ]; then continue; fi
    journal=${journal%/*}
    apart recover "${journal##*/}"
  done
  release_left
  jobs_due
  send_left
  for journal in "$PROXY"/maintenance/*.changing; do
    if [ ! -f "$journal" ]; then continue; fi
    journal=${journal##*/}
    apart finish "${journal%.changing}"
  done
  end_sessions_left
}

# recover_restore: one whose processes are gone.
recover_restore() {
  if ! take_lock 0 recovery; then return; fi
  if [ -f "$DIR/restore.json" ]; then settle_restore; fi
  drop_lock
}

# recover_one: as exit code, what `conclude` says; 0 where nothing is to be done.
recover_one() {
  local run
  if [ -f "$DIR/restore.json" ]; then recover_restore; fi
  if [ ! -f "$DIR/rollout.json" ] || ! take_lock 0 recovery; then return; fi
  # Whoever held the lock may have settled it meanwhile.
  if [ -f "$DIR/rollout.json" ]; then
    run=''
    if read_journal; then run=${J[".run"]}; fi
    if [ -n "$run" ] && [ ! -s "$run/reason" ] && [ "${J[".phase"]}" = begun ]; then
      mkdir -p "$run" && touch "$run/retry"
      printf 'interrupted in step %s' "$(cat "$run/step" 2>/dev/null || printf begin)" >"$run/reason" || true
    fi
    conclude
    if [ -n "$run" ]; then end_run "$run" "$CODE"; fi
    drop_lock
    return "$CODE"
  fi
  drop_lock
}
