# shellcheck shell=bash
# TCP sockets in the network of a container, as the kernel shows them beside its process (proc_net_tcp, Linux kernel docs): a local and
# a remote address, hexadecimal, of which IPv4 has its bytes in reverse, and a state: 01 is "established", 0A "listen".
# Sets: PROC, SOCKETS, HEX.

PROC=/proc

# sockets PID: sets SOCKETS, a line each.
sockets() {
  local file lines
  SOCKETS=()
  for file in "$PROC/$1"/net/tcp{,6}; do
    # At once: the kernel makes the table anew for each line that is read of it.
    { mapfile -t lines <"$file"; } 2>/dev/null || continue
    SOCKETS+=("${lines[@]}")
  done
}

# listens PID PORT [IPV4]: it does, at any address or at this one.
listens() {
  local address='[0-9A-F]+' port line
  if [ $# -gt 2 ]; then
    in_hex "$3"
    address=$HEX
  fi
  printf -v port '%04X' "$2"
  sockets "$1"
  for line in "${SOCKETS[@]}"; do
    if [[ $line =~ ^\ *[0-9]+:\ $address:$port\ 0+:0000\ 0A\  ]]; then return; fi
  done
  return 1
}

# connections PID PORTS IPV4: sets COUNT to those that are established to these ports from this address.
connections() {
  local ports='' port line
  in_hex "$3"
  for port in $2; do printf -v ports '%s|:%04X' "$ports" "$port"; done
  # An address of IPv6 that stands for one of IPv4 ends with it.
  port="(${ports#|}) [0-9A-F]*$HEX:[0-9A-F]{4} 01 "
  COUNT=0
  sockets "$1"
  for line in "${SOCKETS[@]}"; do
    if [[ $line =~ $port ]]; then COUNT=$((COUNT + 1)); fi
  done
}

# in_hex IPV4: sets HEX.
in_hex() {
  local a b c d
  IFS=. read -r a b c d <<<"$1"
  printf -v HEX '%02X%02X%02X%02X' "$d" "$c" "$b" "$a"
}
