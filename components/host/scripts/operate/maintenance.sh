# shellcheck shell=bash
# Maintenance on and off (rollout/closedRoute.sh): what is to hold is written first, then the proxy reads it; what an interruption
# left is finished by cron, or by the next call. A deployment meanwhile changes the route behind the page.
# Reads: APP, DIR, PROXY, ON, OFF, MAINTENANCE_SCHEMA, and what the verification reads.

# maintenance APP [--on | --off]: with neither, prints since when it is on, by whom, and for whom not, as JSON; nothing where it is off.
command_maintenance() {
  use_application "${1:-}"
  parse_options maintenance "${@:2}"
  [ -z "$ON" ] || [ -z "$OFF" ] || fail "slipway maintenance takes --on or --off, not both"
  if [ -z "$ON$OFF" ]; then
    text_of "$PROXY/maintenance/$APP.json"
    if [ -n "$TEXT" ]; then say "$TEXT"; fi
    return
  fi
  if [ -n "$ON" ]; then receive_maintenance; fi
  take_lock 30 "maintenance by hand: $(id -un)" || fail_locked
  if [ -n "$ON" ]; then maintenance_on; else maintenance_off; fi
  drop_lock
}

# receive_maintenance: sets PAGE, and STATE without its time, to what arrives on stdin (JSON).
receive_maintenance() {
  local received offences='jq fails'
  received=$(jq -rRs --argjson schema "$MAINTENANCE_SCHEMA" "$VALIDATE"'(try fromjson catch null)
    | . as $all | (if has_nul then ["it holds a NUL character"] else [limit(3; offences($schema; "input"))] end) as $offences
    | if $offences == [] then "PAGE=\(.page | @sh)", "STATE=\($all | del(.page) | tojson | @sh)" else empty end,
      "offences=\($offences | join("; ") | @sh)"') || received=''
  eval "$received"
  [ -z "$offences" ] || fail "the maintenance of $APP is not one that this host takes: $(short "$offences" 600). Nothing was changed."
}

maintenance_on() {
  local text folder=$PROXY/maintenance
  text=$(open_route)$'\n'
  [[ $text == *[![:space:]]* ]] || fail "no domain leads to $APP on this host, so there is nobody to show a page to. Nothing was changed."
  engine GET /containers/slipway-proxy/json 2>/dev/null || true
  ensure_proxy "$ANSWER"
  # Once more it stays what it was the first time.
  text_of "$folder/$APP.json"
  STATE=$(jq -cn --argjson new "$STATE" --arg old "$TEXT" --arg now "$(timestamp)" \
    '{since: (try ($old | fromjson | .since) catch null // $now)} + $new')
  route_is_understood "$(closed_route "$text" "$STATE")"
  make_folders "$folder"
  write_maintenance || fail "the maintenance of $APP cannot be written ($folder); df shows whether the disk is full"
  finish_maintenance
  sites_answer on
  say "users of $APP get the page on $SITES_SAID"
}

write_maintenance() {
  printf '%s\n' "$APP" | replace "$PROXY/maintenance/$APP.changing" &&
    printf '%s\n' "$PAGE" | replace "$PROXY/maintenance/$APP.html" &&
    printf '%s\n' "$STATE" | replace "$PROXY/maintenance/$APP.json"
}

maintenance_off() {
  local folder=$PROXY/maintenance release problem
  if ! in_maintenance && [ ! -e "$folder/$APP.changing" ]; then
    say "$APP is not in maintenance"
    return
  fi
  printf '%s\n' "$APP" | replace "$folder/$APP.changing" || fail "the maintenance of $APP cannot be written ($folder); df shows whether the disk is full"
  rm -f "$folder/$APP.json"
  sync "$folder"
  finish_maintenance
  sites_answer off
  release=$(deployed release)
  if [ -n "$release" ]; then
    problem=$(verify_as_user "$release" 2>&1) ||
      fail "$APP is in maintenance no more, but does not answer its users as it should: ${problem#error: }"
  fi
  say "users of $APP get the application on $SITES_SAID"
}

# finish_maintenance: the proxy reads what is to hold. The caller holds the lock.
finish_maintenance() {
  local text
  text=$(open_route && printf .)
  install_route "${text%.}"
  if ! in_maintenance; then rm -f "$PROXY/maintenance/$APP.html"; fi
  rm -f "$PROXY/maintenance/$APP.changing"
}

# finish APP: what cron does of a change that was interrupted.
command_finish() {
  use_application "${1:-}"
  if ! take_lock 0 recovery; then return; fi
  if [ -f "$PROXY/maintenance/$APP.changing" ]; then finish_maintenance; fi
  drop_lock
}

# sites_answer on|off: each of the application's sites is asked, as a user would, until it answers with the page or without. Sets
# SITES_SAID. One without a certificate answers nobody.
sites_answer() {
  local site wanted=$1 said sites=() deadline asked=() without=() requests
  mapfile -t sites < <(open_route | sed -n 's/^\([^[:space:]{}()#].*\) {$/\1/p' | tr ',' '\n' | sed 's/^ *//')
  requests=$(
    to_this_proxy
    if [ "$1" = on ]; then option header 'X-Slipway-Maintenance: check'; fi
  )
  now
  deadline=$((NOW + 10000))
  for site in "${sites[@]}"; do
    # Any name of those that a wildcard stands for.
    site=${site/\*/maintenance}
    if [[ $site != *://* ]]; then site=https://$site; fi
    while :; do
      said=$(page_or_not "$requests" "$site/")
      if [ "$said" = "$wanted" ] || is_over "$deadline"; then break; fi
      nap 0.2
    done
    case $said in
      "$wanted") asked+=("$site") ;;
      none) without+=("$site") ;;
      *) fail "maintenance of $APP is $wanted, but $site does not answer like that (the page is: $said); docker logs slipway-proxy shows why" ;;
    esac
  done
  SITES_SAID=${asked[*]:-no domain}
  if [ ${#without[@]} -gt 0 ]; then SITES_SAID+=" (without a certificate, so that nobody gets anything there: ${without[*]})"; fi
}

# page_or_not REQUESTS URL: prints on where the page is answered, off where it is not, none where there is no certificate.
page_or_not() {
  local code=0 said
  said=$(fetch --config - --output /dev/null --dump-header - --url "$2" <<<"$1") || code=$?
  if [ "$code" -eq 35 ]; then
    printf none
  elif [ "$code" -eq 28 ]; then
    # An application that does not answer in time; the page would.
    printf off
  elif [ -z "$said" ]; then
    printf 'nothing, curl ends with %s' "$code"
  elif [[ ${said,,} =~ ^http/[0-9.]+\ 503 && ${said,,} == *$'\nx-slipway-maintenance: on'* && ${said,,} == *$'\nretry-after: '* ]]; then
    printf on
  else
    printf off
  fi
}
