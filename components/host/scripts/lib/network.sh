# shellcheck shell=bash
# The network on which the proxy reaches an application: slipway-APP, with a subnet and addresses of its own. Every address
# in it is given here and stays with its container for life, through restarts of the container, of Docker and of the
# machine: the proxy connects to an address, without asking Docker, and never meets another application there.
# Reads: APP, ADDRESS_OF. Sets: SUBNET (of the network), ADDRESS.

# ensure_network: it exists, and the proxy is in it.
ensure_network() {
  local seen
  seen=$(network_seen) || {
    make_network
    seen=$(network_seen) || fail "the network slipway-$APP of $APP cannot be made; docker network ls shows those there are"
  }
  SUBNET=${seen%% *}
  if [[ " $seen " == *' slipway-proxy '* ]]; then return; fi
  address_at 2
  quietly docker network connect --ip "$ADDRESS" "slipway-$APP" slipway-proxy ||
    fail "the proxy cannot join the network slipway-$APP of $APP"
}

# network_seen: its subnet, and the names of the containers that run in it. Exit code 1: there is none.
network_seen() {
  docker network inspect --format '{{range .IPAM.Config}}{{println .Subnet}}{{end}}{{range .Containers}}{{println .Name}}{{end}}' \
    "slipway-$APP" 2>/dev/null | { mapfile -t lines && [ ${#lines[@]} -gt 0 ] && printf '%s ' "${lines[@]}"; }
}

# make_network: Docker finds a subnet that is free; given explicitly, addresses in it may be, too.
make_network() {
  local tries subnet
  for ((tries = 0; tries < 3; tries++)); do
    docker network create "slipway-$APP" >/dev/null || return
    subnet=$(docker network inspect --format '{{range .IPAM.Config}}{{println .Subnet}}{{end}}' "slipway-$APP" | grep -F .)
    docker network rm "slipway-$APP" >/dev/null
    if docker network create --subnet "$subnet" --label slipway.network="$APP" "slipway-$APP" >/dev/null; then return; fi
  done
}

# address_at N: sets ADDRESS to the N-th of the subnet.
address_at() {
  local a b c d number
  IFS=./ read -r a b c d _ <<<"$SUBNET"
  number=$(((a << 24) + (b << 16) + (c << 8) + d + $1))
  ADDRESS=$((number >> 24)).$((number >> 16 & 255)).$((number >> 8 & 255)).$((number & 255))
}

# pin_address ID: gives a container that has not started yet the next address that no other container has.
pin_address() {
  local id last=2 n used=" ${ADDRESS_OF[*]} "
  local size=$(((1 << (32 - ${SUBNET#*/})) - 2))
  if [ -n "${ADDRESS_OF[$1]-}" ]; then return; fi
  for ((n = 3; n < (size < 250 ? size : 250); n++)); do
    address_at "$n"
    if [[ $used == *" $ADDRESS "* ]]; then last=$n; fi
  done
  for ((n = 1; n < size; n++)); do
    address_at $((3 + (last - 2 + n - 1) % (size < 250 ? size - 3 : 247)))
    if [[ $used != *" $ADDRESS "* ]]; then break; fi
  done
  quietly docker network connect --ip "$ADDRESS" "slipway-$APP" "$1" || fail "${NAME_OF[$1]-$1} cannot join the network slipway-$APP"
  ADDRESS_OF[$1]=$ADDRESS
}

# remove_network: the proxy leaves it first.
remove_network() {
  docker network disconnect --force "slipway-$APP" slipway-proxy >/dev/null 2>&1 || true
  docker network rm "slipway-$APP" >/dev/null 2>&1 || true
}
