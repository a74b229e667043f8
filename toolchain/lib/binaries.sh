# shellcheck shell=bash
# Docker Compose and Caddy as static programs in the cache; the sandbox's images are built from them.

compose_program() { printf '%s' "$SLIPWAY_CACHE/compose/v$COMPOSE_VERSION/docker-compose"; }
caddy_program() { printf '%s' "$SLIPWAY_CACHE/caddy/v$CADDY_VERSION/caddy"; }

need_compose() { [[ ! -s $(compose_program) ]]; }
plan_compose() {
  if connected; then
    say "Docker Compose $COMPOSE_VERSION, official release, in $(dirname "$(compose_program)") (70 MB, 10 s)"
  else
    say "Docker Compose $COMPOSE_VERSION, built from its Go module, in $(dirname "$(compose_program)") (67 MB, 2 min on 2 cores)"
  fi
}
do_compose() {
  if connected; then
    run_logged "download Docker Compose" compose_from_release
  else
    run_logged "build Docker Compose" go_build "$SLIPWAY_ROOT/toolchain/go/compose" \
      github.com/docker/compose/v2/cmd "$(compose_program)" \
      "-X github.com/docker/compose/v2/internal.Version=v$COMPOSE_VERSION"
  fi
}
compose_from_release() {
  local name file="$SLIPWAY_CACHE/tmp/docker-compose"
  name=docker-compose-linux-$(uname -m)
  local base="https://github.com/docker/compose/releases/download/v$COMPOSE_VERSION/$name"
  fetch "$base" "$file"
  fetch "$base.sha256" "$file.sha256"
  check_sum sha256sum "$file" "$(cut -d' ' -f1 "$file.sha256")"
  install_program "$file" "$(compose_program)"
}

need_caddy() { [[ ! -s $(caddy_program) ]]; }
plan_caddy() {
  if connected; then
    say "Caddy $CADDY_VERSION, official release, in $(dirname "$(caddy_program)") (50 MB, 10 s)"
  else
    say "Caddy $CADDY_VERSION, built from its Go module, in $(dirname "$(caddy_program)") (42 MB, 2 min on 2 cores)"
  fi
}
do_caddy() {
  if connected; then
    run_logged "download Caddy" caddy_from_release
  else
    run_logged "build Caddy" go_build "$SLIPWAY_ROOT/toolchain/go/caddy" \
      github.com/caddyserver/caddy/v2/cmd/caddy "$(caddy_program)" \
      "-X github.com/caddyserver/caddy/v2.CustomVersion=v$CADDY_VERSION"
  fi
}
caddy_from_release() {
  local base="https://github.com/caddyserver/caddy/releases/download/v$CADDY_VERSION"
  local name file="$SLIPWAY_CACHE/tmp/caddy.tar.gz"
  name=caddy_${CADDY_VERSION}_linux_$(machine_arch).tar.gz
  fetch "$base/$name" "$file"
  fetch "$base/caddy_${CADDY_VERSION}_checksums.txt" "$file.sums"
  check_sum sha512sum "$file" "$(awk -v name="$name" '$2 == name { print $1 }' "$file.sums")"
  tar -xzf "$file" -C "$SLIPWAY_CACHE/tmp" caddy
  install_program "$SLIPWAY_CACHE/tmp/caddy" "$(caddy_program)"
}

# check_sum TOOL FILE SUM
check_sum() {
  local found
  found=$("$1" "$2" | cut -d' ' -f1)
  [[ -n $3 && $found == "$3" ]] || die "$2: its $1 is $found, but the release says ${3:-nothing}; delete the file and try again"
}

install_program() {
  chmod 0755 "$1"
  mkdir -p "$(dirname "$2")"
  mv "$1" "$2"
}
