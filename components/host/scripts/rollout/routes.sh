# shellcheck shell=bash
# Routes: the proxy (Caddy) reads the address that takes a service's traffic from a small file at every request, so that
# renaming another file to it is the switch: atomic, without a reload, cutting no connection. Only a change of the route
# itself (its domain, its paths) reloads the proxy.
#   upstreams/NAME    takes users' requests      upstreams/NAME.next   takes those that verify a release
#   logins/APP.…      how a password is hashed, by which the proxy knows a user (basic authentication)
# NAME is APP.SERVICE; another port of that service has an upstream of its own, APP.SERVICE@PORT, and so has each further
# container of a service with several: NAME~2, NAME~3, ….
#   before/NAME       what NAME was before the switch, ready to be renamed back, also on a full disk
# Reads: PROXY, APP, DIR, RUN, J. Sets: HOLD, HOLDS (whether requests of this application are held), UPSTREAM, DIAL, WAYS.

# An address to which every connection fails at once: the proxy holds requests and tries again (lb_try_duration).
HOLD=255.255.255.255 HOLDS=''

# upstream NAME: sets UPSTREAM to where it leads; to nothing where it is missing.
upstream() {
  text_of "$PROXY/upstreams/$1"
  UPSTREAM=$TEXT
}

# write_upstream NAME CONTENT: nothing is written where it is so already. Exit code 1: it could not be written.
write_upstream() {
  upstream "$1"
  if [ "$UPSTREAM" = "$2" ]; then return; fi
  text_of "$PROXY/before/$1"
  if [ "$TEXT" = "$2" ]; then
    mv -fT "$PROXY/before/$1" "$PROXY/upstreams/$1" && sync "$PROXY/upstreams" && return
  fi
  printf '%s\n' "$2" | replace "$PROXY/upstreams/$1"
}

set_upstream() {
  write_upstream "$1" "$2" ||
    fail "the route of $APP cannot be written ($PROXY/upstreams/$1); df shows whether the disk is full"
}

# ways SIDE SERVICE [both]: sets WAYS to the names of its upstreams, one for each port that takes requests, and for each
# container; `both`: for as many as the side has that has more of them, as the proxy may have the route of that one.
ways() {
  local at=.$1.services.$2 name n count side
  WAYS=()
  if [ -z "${J["$at.upstream"]-}" ]; then return; fi
  names "$at.upstreams@"
  WAYS=("${J["$at.upstream"]}" "${NAMES[@]}")
  count=${J["$at.replicas"]:-1}
  for side in ${3:+before after}; do
    n=${J[".$side.services.$2.replicas"]:-1}
    if [ "$n" -gt "$count" ]; then count=$n; fi
  done
  for name in "${WAYS[@]}"; do
    for ((n = 2; n <= count; n++)); do WAYS+=("$name~$n"); done
  done
}

# dial SIDE SERVICE NAME: sets DIAL to the content of this upstream's file when it leads to the container that serves there; to
# nothing where there is none. The route of an older release has the port itself, and that of one before the network slipway-APP a name.
dial() {
  local id address n=0
  DIAL=''
  containers_for "$1" "$2"
  if [ ${#IDS[@]} -gt 1 ]; then those_that_run; fi
  if [[ $3 == *~* ]]; then n=$((${3##*~} - 1)); fi
  id=${IDS[n % (${#IDS[@]} > 0 ? ${#IDS[@]} : 1)]-}
  if [ -z "$id" ]; then return; fi
  address=${ADDRESS_OF[$id]-}
  if [ -z "$address" ]; then
    if [ "$1" = before ] && [ -z "${J[".$1.data"]-}" ]; then DIAL=${NAME_OF[$id]}; fi
  elif [ -n "${J[".$1.data"]-}" ]; then
    DIAL=$address:${J[".$1.services.$2.upstreams.${3%~*}"]:-${J[".$1.services.$2.port"]}}
  else
    DIAL=$address
  fi
}

# those_that_run: of IDS, if any does, always in the same order, so that each has an upstream of its own.
those_that_run() {
  local id at all=() running=()
  for id in "${IDS[@]}"; do
    at=${#all[@]}
    while [ "$at" -gt 0 ] && [[ ${all[at - 1]} > $id ]]; do
      all[at]=${all[at - 1]} at=$((at - 1))
    done
    all[at]=$id
  done
  for id in "${all[@]}"; do
    if [ "${STATE_OF[$id]-}" = running ]; then running+=("$id"); fi
  done
  if [ ${#running[@]} -gt 0 ]; then IDS=("${running[@]}"); else IDS=("${all[@]}"); fi
}

# hold SIDE SERVICE: requests wait until another upstream is set. A file that is missing holds them as well, where a full
# disk takes no other.
hold() {
  local name
  ways "$1" "$2" both
  for name in "${WAYS[@]}"; do
    write_upstream "$name" "$HOLD${J[".$1.data"]:+:1}" || rm -f "$PROXY/upstreams/$name" || return
  done
}

# lead SIDE SERVICE: users' requests go to the containers that serve there.
lead() {
  local name
  ways "$1" "$2" both
  for name in "${WAYS[@]}"; do
    dial "$1" "$2" "$name"
    if [ -n "$DIAL" ]; then set_upstream "$name" "$DIAL"; fi
  done
}

# offer_candidates NUMBER SERVICE…: requests that verify the release reach its new containers, of several the one with this
# number. What is written here outlives no power cut before keep_upstreams has run.
offer_candidates() {
  local service name number=$1
  for service in "${@:2}"; do
    ways after "$service" both
    for name in "${WAYS[@]}"; do
      if [[ $name == *~* ]]; then dial after "$service" "$name"; else dial after "$service" "$name~$number"; fi
      { printf '%s\n' "$DIAL" >"$PROXY/upstreams/$name.next"; } 2>/dev/null ||
        fail "the route of $APP cannot be written; df $PROXY shows whether the disk is full"
    done
  done
}

# keep_upstreams: what users' requests go to now, for a way back that needs no space; and what they are about to go to is on
# the disk.
keep_upstreams() {
  local name file files=("$PROXY/before")
  make_folders "$PROXY/before"
  for name in ${J[".before.upstreams@"]-}; do
    upstream "$name"
    if [ -f "$PROXY/upstreams/$name" ] && [ "$UPSTREAM" = "${J[".before.upstreams.$name"]}" ]; then
      ln -f "$PROXY/upstreams/$name" "$PROXY/before/$name"
    fi
  done
  for file in "$PROXY/upstreams/$APP".*; do
    if [ -f "$file" ]; then files+=("$file"); fi
  done
  sync "${files[@]}"
}

# write_logins SIDE: before the proxy reads a route it can read what its users' passwords are hashed to. A file is named by its
# secret, and made once: each time a password is hashed, something else comes out.
write_logins() {
  local file hashed name
  if [[ ${J[".$1.data"]-} != *'"logins":'* ]]; then return; fi
  make_folders "$PROXY/logins"
  while read -r file hashed; do
    name=$PROXY/logins/$APP.${file%%/*}
    if [ -s "$name" ]; then continue; fi
    text_of "$DIR/secrets/$file"
    [ -n "$TEXT" ] || fail "the login of $APP has no password: the secret ${file#*/} is empty. Set slipway:secrets.$APP.${file#*/}"
    if [ "$hashed" != true ]; then hash_password "${file#*/}"; fi
    # As bcrypt writes it; anything else would keep the proxy from starting.
    [[ $TEXT =~ ^\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{53}$ ]] ||
      fail "the login of $APP has no bcrypt hash: the secret ${file#*/} is something else. caddy hash-password makes one; or give the password itself (login.password)"
    printf '%s\n' "$TEXT" | replace "$name" || fail "the route of $APP cannot be written ($name); df shows whether the disk is full"
  done < <(jq -r '.services[].logins // [] | .[] | "\(.file) \(.hashed // false)"' <<<"${J[".$1.data"]}")
}

# hash_password SECRET: TEXT becomes its hash. bcrypt takes 72 bytes.
hash_password() {
  local LC_ALL=C
  [[ ${#TEXT} -le 72 && $TEXT != *[$'\r\n']* ]] ||
    fail "the password of $APP's login is longer than 72 bytes, or has several lines (the secret $1); choose another"
  TEXT=$(docker exec --interactive slipway-proxy caddy hash-password --algorithm bcrypt <<<"$TEXT") ||
    fail "the proxy cannot hash the password of $APP's login; docker logs slipway-proxy shows why"
}

# forget_logins SIDE: those that its route does not name.
forget_logins() {
  local file
  for file in "$PROXY/logins/$APP".*; do
    if [ -f "$file" ] && [[ ${J[".$1.route"]-} != *"/logins/${file##*/}}"* ]]; then rm -f "$file"; fi
  done
}

# route_is TEXT: the application's route is this; no text at all: there is none. In maintenance its file says more.
route_is() {
  local now=''
  if [ -f "$PROXY/routes/$APP.caddy" ]; then IFS= read -r -d '' now <"$PROXY/routes/$APP.caddy" || true; fi
  as_installed "$1" && [ "$now" = "$INSTALLED" ]
}

# alone COMMAND…: one application at a time changes its route, as the proxy reads those of all when it reloads.
alone() {
  exec 7>>"$PROXY/lock"
  flock --wait 120 7 || fail "another application changes its route for more than 120 s; try again"
  "$@"
  exec 7>&-
}

# while_none_holds COMMAND…: a reload ends requests that are held, so it waits for a minute until no application holds any.
while_none_holds() {
  exec 5>>"$PROXY/held"
  flock --wait 60 5 || true
  "$@"
  exec 5>&-
}

# holds: until holds_no_more, or the end of this process, other applications wait with their reloads.
holds() {
  # To open it again would let go of it for a moment.
  if [ -n "$HOLDS" ]; then return; fi
  exec 6>>"$PROXY/held"
  flock --shared --wait 60 6 || true
  HOLDS=yes
}

holds_no_more() {
  exec 6>&-
  HOLDS=''
}

# install_route TEXT: the application's route; when the proxy refuses it, the old one stays. While APP.reload is there, the
# proxy may not have read what the file says.
install_route() {
  if ! route_is "$1" || [ -e "$PROXY/routes/$APP.reload" ]; then alone while_none_holds replace_route "$1"; fi
}

# route_is_understood TEXT: by the proxy, before anything is touched. It was given what it is asked to verify, but not yet
# the directives of the new release.
route_is_understood() {
  local output
  output=$(docker exec --interactive slipway-proxy caddy adapt --adapter caddyfile --config /dev/stdin <<<"$1" 2>&1 >/dev/null) ||
    fail "the proxy refuses the route of $APP: $(last_line "$output")"
}

replace_route() {
  local target=$PROXY/routes/$APP.caddy output kept=''
  as_installed "$1" || fail "the page for the maintenance of $APP cannot be put before its route ($PROXY/maintenance/$APP.json cannot be read); slipway maintenance on writes it again"
  mkdir -p "$PROXY/routes"
  : >"$PROXY/routes/$APP.reload" || fail "the route of $APP cannot be written ($target); df shows whether the disk is full"
  sync "$PROXY/routes"
  if [ -f "$target" ]; then
    kept=$PROXY/routes/$APP.kept
    ln -f "$target" "$kept"
  fi
  if [ -n "$1" ]; then
    printf '%s' "$INSTALLED" | replace "$target" || fail "the route of $APP cannot be written ($target); df shows whether the disk is full"
  else
    rm -f "$target"
  fi
  if output=$(reload_proxy); then
    rm -f "$PROXY/routes/$APP.kept" "$PROXY/routes/$APP.reload"
    return
  fi
  if [ -n "$kept" ]; then mv -f "$kept" "$target"; else rm -f "$target"; fi
  fail "the proxy refuses the route of $APP: $(last_line "$output")"
}

# remove_route: the route first, so that no request meets an upstream that is gone.
remove_route() {
  if [ -f "$PROXY/routes/$APP.caddy" ]; then alone while_none_holds take_route_away; fi
  rm -f "$PROXY/upstreams/$APP".* "$PROXY/before/$APP".* "$PROXY/logins/$APP".* "$PROXY/maintenance/$APP".* "$PROXY/routes/$APP".{kept,reload}
}

take_route_away() {
  rm -f "$PROXY/routes/$APP.caddy"
  reload_proxy >/dev/null || true
}

# forget_upstreams SIDE: those that this side does not ask for.
forget_upstreams() {
  local file service wanted=' ' gone=()
  on_this_side "$1"
  for service in "${SERVICES[@]}"; do
    ways "$1" "$service"
    wanted+="${WAYS[*]} "
  done
  for file in "$PROXY/upstreams/$APP".*; do
    if [ -f "$file" ] && [[ $wanted != *" ${file##*/} "* ]]; then gone+=("$file"); fi
  done
  if [ ${#gone[@]} -gt 0 ]; then rm -f "${gone[@]}"; fi
}
