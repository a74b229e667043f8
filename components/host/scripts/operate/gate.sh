# shellcheck shell=bash
# The gate: all that a deploy key may ask for. sshd starts it in the place of any command (authorized_keys, command="…").
# What it starts knows by SLIPWAY_GATE that it is asked by one: rollout/judge.sh says what that means for a release.
# Reads: HOME_DIR, SSH_ORIGINAL_COMMAND.

# gate APP…: the applications that may be deployed.
command_gate() {
  local words=()
  # The words as a shell would read them, but by no shell: nothing in them is expanded.
  mapfile -d '' -t words < <(xargs printf '%s\0' <<<"${SSH_ORIGINAL_COMMAND:-}" 2>/dev/null)
  [ "${words[0]:-}" = "$HOME_DIR/bin/slipway" ] ||
    fail "this key may only deploy $*; what prepares the host needs an administrator's key: run pulumi up with that one once"
  case ${words[1]:-} in
    inspect) [[ ${words[*]:2} =~ ^(--details)?$ ]] ;;
    stage | deploy | prepare | confirm | history | backup | drill | points | lock | unlock | destroy) [[ -n ${words[2]:-} && " $* " == *" ${words[2]} "* ]] ;;
    *) false ;;
  esac || fail "this key may only deploy $*; it may not: $(printf '%q ' "${words[@]:1:2}")"
  SLIPWAY_GATE=1 exec "${words[@]}"
}
