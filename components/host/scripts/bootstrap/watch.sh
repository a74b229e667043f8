# shellcheck shell=bash
# The watch: cron looks every minute, and after a boot, for deployments that were interrupted.
# Reads: HOME_DIR.

watch_by_cron() {
  local command="$HOME_DIR/bin/slipway recover" now_has line
  line="* * * * * $command >/dev/null 2>&1"
  now_has=$(crontab -l 2>/dev/null || true)
  if [[ $'\n'$now_has$'\n' == *$'\n'"$line"$'\n'* ]]; then return; fi
  {
    if [ -n "$now_has" ]; then grep -v -F "$command" <<<"$now_has" || true; fi
    printf '%s\n%s\n' "$line" "@reboot $command >/dev/null 2>&1"
  } | crontab -
  say "cron now looks every minute for deployments that were interrupted"
}
