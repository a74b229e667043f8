# shellcheck shell=bash
# The deployment window: when deployments are allowed, by this host's clock in the window's own time zone.
# Reads: APP, RUN, OUTSIDE (why it is deployed all the same).

# window_open RELEASE: deployments are allowed now, e.g. {"days": [1,2,3,4,5], "from": "08:00", "until": "17:00", "timeZone":
# "Europe/Berlin"}. What is deployed outside of it for a reason leaves that in RUN, for the ledger.
window_open() {
  local window zone day time text
  window=${MANIFEST["$1.preflight.window"]-}
  if [ -z "$window" ]; then return; fi
  zone=$(jq -r '.timeZone // "UTC"' <<<"$window")
  # A zone that is not there would be UTC.
  knows_zone "$zone" ||
    fail "this host does not know the time zone $zone of the deployment window of $APP; install it (Debian and Ubuntu: apt-get install tzdata, and tzdata-legacy for an old name). Nothing was changed."
  text=$(TZ=$zone date '+%u %H:%M')
  day=${text% *} time=${text#* }
  if is_within "$window" "$day" "$time"; then return; fi
  text="$(jq -r '"days \(.days | map(tostring) | join(",")), \(.from) to \(.until)"' <<<"$window") $zone; now day $day, $time"
  [ -n "${OUTSIDE:-}" ] ||
    fail "outside the deployment window of $APP ($text). Nothing was changed."
  say "outside the deployment window of $APP ($text), for a reason: $(worded "$OUTSIDE")"
  printf '%s\n' "$OUTSIDE" >"$RUN/outside"
}

# knows_zone ZONE: this host does.
knows_zone() { [ "$1" = UTC ] || [ -f "${TZDIR:-/usr/share/zoneinfo}/$1" ]; }

# is_within WINDOW DAY TIME: one that ends before it begins ends on the next day.
is_within() {
  jq -e --argjson day "$2" --arg time "$3" '
    def begins($day): .days | index($day) != null;
    if .from < .until then begins($day) and .from <= $time and $time < .until
    else (begins($day) and .from <= $time) or (begins(($day + 5) % 7 + 1) and $time < .until) end' <<<"$1" >/dev/null
}
