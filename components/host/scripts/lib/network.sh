# shellcheck shell=bash
# The network on which the proxy reaches an application: slipway-APP, with a subnet and addresses of its own. Every address
# in it is given here and stays with its container for life, through restarts of the container, of Docker and of the
# machine: the proxy connects to an address, without asking Docker, and never meets another application there.
# Reads: APP, HOME_DIR, PROXY, ADDRESS_OF, STATE_OF, ANSWER. Sets: SUBNET (of the network), ADDRESS, JOINS (addresses by container).

declare -A JOINS=()

# ensure_network [SEEN]: it exists, and the proxy is in it. SEEN is what Docker just said of it, if anything.
ensure_network() {
  local seen=${1:-}
  if [ -z "$seen" ]; then
    network_is_there || {
      alone make_network
      network_is_there || fail "the network slipway-$APP of $APP cannot be made; docker network ls shows those there are"
    }
    seen=$ANSWER
  fi
  field Subnet "$seen"
  SUBNET=$FIELD
  if [[ $seen == *'"Name":"slipway-proxy"'* ]]; then return; fi
  address_at 2
  quietly join_network slipway-proxy "$ADDRESS" || fail "the proxy cannot join the network slipway-$APP of $APP"
}

# give_address SIDE SERVICE ID: as pin_address, to a container of this side. One in the network of the host is reached at the
# host's own address in slipway-APP.
give_address() {
  if [ "${J[".$1.services.$2.hostNetwork"]-}" = true ]; then
    gateway || fail "the network slipway-$APP of $APP is missing; docker network ls shows those there are"
    ADDRESS_OF[$3]=$GATEWAY
  else
    pin_address "$3"
  fi
}

# gateway: sets GATEWAY, the first address of the network; looked up once. Exit code 1: there is no network.
GATEWAY=''
gateway() { [ -n "$GATEWAY" ] || { network_is_there && field Subnet "$ANSWER" && SUBNET=$FIELD && address_at 1 && GATEWAY=$ADDRESS; }; }

# network_is_there: sets ANSWER to what Docker says of it, with the containers that run in it.
network_is_there() { engine GET "/networks/slipway-$APP" 2>/dev/null; }

# join_network CONTAINER ADDRESS
join_network() { told POST "/networks/slipway-$APP/connect" "$(endpoint "$@")"; }

endpoint() { printf '{"Container":"%s","EndpointConfig":{"IPAMConfig":{"IPv4Address":"%s"}}}' "$@"; }

# joining CONTAINER ADDRESS: sets FIRST, by which the call of Docker that follows comes after this one, and only if it succeeds.
joining() {
  at_most 30
  FIRST=(--fail-early --fail --output /dev/null --max-time "$LIMIT" --unix-socket "$SOCKET" --header 'Content-Type: application/json'
    --data "$(endpoint "$@")" "http://docker/networks/slipway-$APP/connect" --next --silent)
}

# join_now: those that would when they start.
join_now() {
  local id
  for id in "${!JOINS[@]}"; do quietly join_network "$id" "${JOINS[$id]}" || fail_to_join "$id"; done
  JOINS=()
}

fail_to_join() { fail "${NAME_OF[$1]-$1} cannot join the network slipway-$APP"; }

# make_network: one of 64 addresses, so that Docker's pools, which have about thirty networks, last.
make_network() {
  local tries n taken
  for ((tries = 0; tries < 3; tries++)); do
    SUBNET=$(pool) || return
    taken=$(taken_addresses)
    for ((n = 0; n < 1 << (26 - ${SUBNET#*/}); n++)); do
      address_at $((n * 64))
      if [[ $'\n'$taken$'\n' != *$'\n'"$ADDRESS"$'\n'* ]]; then break; fi
    done
    if docker network create --subnet "$ADDRESS/26" --label slipway.network="$APP" "slipway-$APP" >/dev/null; then return; fi
    rm -f "$HOME_DIR/pool"
  done
}

# pool: the range of these networks. Docker chooses one that is free here, and leaves it alone while a network is in it.
pool() {
  local subnet
  text_of "$HOME_DIR/pool"
  if ! is_subnet "$TEXT"; then
    docker network rm slipway-pool >/dev/null 2>&1 || true
    docker network create slipway-pool >/dev/null || return
    subnet=$(docker network inspect --format '{{range .IPAM.Config}}{{println .Subnet}}{{end}}' slipway-pool | grep -F .) || true
    docker network rm slipway-pool >/dev/null || return
    is_subnet "$subnet" || return
    if [ "${subnet#*/}" -gt 26 ]; then subnet=${subnet%/*}/26; fi
    printf '%s\n' "$subnet" | replace "$HOME_DIR/pool" || return
    TEXT=$subnet
  fi
  printf '%s\n' "$TEXT"
}

is_subnet() { [[ $1 =~ ^[0-9]+(\.[0-9]+){3}/[0-9]+$ ]]; }

# taken_addresses: where the networks of applications begin, also those that only a route still leads to.
taken_addresses() {
  local line a b c d
  {
    docker network ls --quiet --filter label=slipway.network | while read -r line; do
      docker network inspect --format '{{range .IPAM.Config}}{{println .Subnet}}{{end}}' "$line"
    done
    cat "$PROXY"/upstreams/* 2>/dev/null || true
  } | while IFS=./: read -r a b c d _; do
    if [[ $d =~ ^[0-9]+$ ]]; then printf '%s.%s.%s.%s\n' "$a" "$b" "$c" $((d & 192)); fi
  done
}

# address_at N: sets ADDRESS to the N-th of the subnet.
address_at() {
  local a b c d number
  IFS=./ read -r a b c d _ <<<"$SUBNET"
  number=$(((a << 24) + (b << 16) + (c << 8) + d + $1))
  ADDRESS=$((number >> 24)).$((number >> 16 & 255)).$((number >> 8 & 255)).$((number & 255))
}

# pin_address ID: gives a container the address after the last that was given, of those that no other container has. One
# that does not run yet gets it when it starts (JOINS).
pin_address() {
  local n last=2 size file used=" ${ADDRESS_OF[*]} "
  # An old upstream may still name the address of a container that is gone.
  for file in "$PROXY/upstreams/$APP".*; do
    if [ -f "$file" ]; then
      n=$(<"$file")
      used+="${n%%:*} "
    fi
  done
  if [ -n "${ADDRESS_OF[$1]-}" ]; then return; fi
  size=$(((1 << (32 - ${SUBNET#*/})) - 1))
  for ((n = 3; n < size; n++)); do
    address_at "$n"
    if [[ $used == *" $ADDRESS "* ]]; then last=$n; fi
  done
  for ((n = last + 1; ; n++)); do
    address_at $((3 + (n - 3) % (size - 3)))
    if [[ $used != *" $ADDRESS "* ]]; then break; fi
    [ "$n" -lt $((last + size)) ] || fail "the network slipway-$APP of $APP has no address left for another container; let its services have fewer"
  done
  if [ "${STATE_OF[$1]-}" != running ]; then
    JOINS[$1]=$ADDRESS
  else
    quietly join_network "$1" "$ADDRESS" || fail_to_join "$1"
  fi
  ADDRESS_OF[$1]=$ADDRESS
}

# remove_network: the proxy leaves it first.
remove_network() {
  docker network disconnect --force "slipway-$APP" slipway-proxy >/dev/null 2>&1 || true
  docker network rm "slipway-$APP" >/dev/null 2>&1 || true
}
