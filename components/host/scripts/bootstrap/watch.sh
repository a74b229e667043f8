# shellcheck shell=bash
# The watch: cron looks every minute, and after a boot, for deployments that were interrupted.
# Reads: HOME_DIR.

watch_by_cron() {
  local command="$HOME_DIR/bin/slipway recover" now_has line
  line="* * * * * $command >/dev/null 2>&1"
  now_has=$(crontab -l 2>/dev/null || true)
  cron_runs || say "no cron runs on this host, so nobody looks for deployments that were interrupted; start it: sudo systemctl enable --now cron"
  if [[ $'\n'$now_has$'\n' == *$'\n'"$line"$'\n'* ]]; then return; fi
  {
    if [ -n "$now_has" ]; then grep -v -F "$command" <<<"$now_has" || true; fi
    printf '%s\n%s\n' "$line" "@reboot $command >/dev/null 2>&1"
  } | crontab -
  say "cron now looks every minute for deployments that were interrupted"
}

# cron_runs: by any of the programs that read a crontab, or by systemd's timers for it.
cron_runs() {
  pgrep -x 'cron|crond|fcron|dcron' >/dev/null || systemctl --quiet is-active cron.target 2>/dev/null
}
