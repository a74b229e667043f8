# shellcheck shell=bash
# Arguments: each comes from outside, maybe by a deploy key, so each is checked before it is used. A text that reaches
# bash's arithmetic unchecked is a command (`PATH[$(…)]`).
# Sets: the variables that OPTIONS names.

# One option a line: its name, its variable, its default (- for none), the commands that take it (! where it must be
# there) and the pattern of its value; `flag` for an option without one. components/protocol/arguments.ts has the same.
OPTIONS='
release         RELEASE       -  stage!,deploy!,prepare!,confirm!  ^[0-9a-f]{12}$
version         ASKED         -  stage,deploy,prepare,confirm      ^[ -~]{1,1000}$
token           TOKEN         -  stage,deploy,prepare,confirm,job,backup,drill,restore  ^[ -~]{1,1000}$
owner           OWNER         -  stage,deploy,lock,unlock,destroy  ^[ -~]{1,1000}$
lock-wait       LOCK_WAIT     0  stage,deploy                      ^(0|[1-9][0-9]{0,6})$
confirm-within  CONFIRM       0  deploy                            ^(0|[1-9][0-9]{0,6})$
keep            KEEP          5  deploy                            ^[1-9][0-9]{0,3}$
no-migration    NO_MIGRATION  -  deploy                            flag
take-over       TAKE_OVER     -  stage,deploy                      flag
outside-window  OUTSIDE       -  deploy                            ^[ -~]{1,1000}$
by              BY            -  lock,unlock                       ^[ -~]{1,1000}$
reason          REASON        -  lock!                             ^[ -~]{1,1000}$
data            DATA          -  destroy                           flag
details         DETAILS       -  inspect                           flag
services        SERVICES      -  logs                              ^[A-Za-z0-9][A-Za-z0-9._ -]{0,999}$
since           SINCE         -  logs                              ^[0-9TZ:+.smh-]{1,40}$
tail            TAIL        all  logs                              ^(all|[1-9][0-9]{0,6})$
follow          FOLLOW        -  logs                              flag
job             JOB           -  job!,output!                      ^((backup|drill)\.)?[a-z][a-z0-9-]{0,38}[a-z0-9]$
run             WHICH         -  output                            ^[0-9]{8}T[0-9]{6}-[0-9a-f]{6}$
service         SERVICE       -  exec,run                          ^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$
session         ID            -  attach!                           ^[A-Za-z0-9]{8}$
plan            PLAN          -  prune                             flag
on              ON            -  maintenance                       flag
off             OFF           -  maintenance                       flag
test            TEST          -  notify                            flag
name            NAME          -  backup,drill,points,restore!      ^[a-z][a-z0-9-]{0,38}[a-z0-9]$
point           WHICH_POINT   -  restore                           ^(latest|[0-9a-f]{8,64})$
back            BACK          -  restore                           flag
drop            DROP          -  restore                           flag
stack           STACK         -  retire,notify                     ^[ -~]{1,1000}$
'

# parse_options COMMAND ARGS…: sets the variables of all options, those that are not given to their defaults.
parse_options() {
  local command=$1 name variable default commands pattern given=' '
  local -A variable_of=() pattern_of=() needed=()
  shift
  while read -r name variable default commands pattern; do
    if [ -z "$name" ]; then continue; fi
    printf -v "$variable" '%s' "${default#-}"
    if [[ ! ",$commands," =~ ,$command(!?), ]]; then continue; fi
    if [ -n "${BASH_REMATCH[1]}" ]; then needed[$name]=yes; fi
    variable_of[$name]=$variable pattern_of[$name]=$pattern
  done <<<"$OPTIONS"
  while [ $# -gt 0 ]; do
    name=${1#--}
    [[ $1 == --* && $name =~ ^[a-z-]+$ && -n ${variable_of[$name]:-} ]] ||
      fail "unknown option $(printf '%q' "$1"); slipway $command takes: $(options_of)"
    [[ $given != *" $name "* ]] || fail "--$name is given twice to slipway $command; give it once"
    given+="$name "
    if [ "${pattern_of[$name]}" = flag ]; then
      printf -v "${variable_of[$name]}" yes
      shift
      continue
    fi
    [ $# -ge 2 ] || fail "--$name needs a value: $(meant_by "$name")"
    [[ $2 =~ ${pattern_of[$name]} ]] || fail "--$name must be $(meant_by "$name"), not $(printf '%q' "$2")"
    printf -v "${variable_of[$name]}" '%s' "$2"
    shift 2
  done
  for name in "${!needed[@]}"; do
    [[ $given == *" $name "* ]] || fail "--$name is missing; slipway $command needs $(meant_by "$name")"
  done
}

# options_of: what the command of `parse_options` takes.
options_of() {
  local names
  names=$(printf '%s\n' "${!variable_of[@]}" | sort | sed '/./s/^/--/' | tr '\n' ' ')
  if [ -n "${names// /}" ]; then printf '%s' "${names% }"; else printf 'none'; fi
}

meant_by() {
  case $1 in
    release) printf 'the 12 hexadecimal digits that name a release' ;;
    lock-wait | confirm-within) printf 'a whole number of seconds, at most 9999999' ;;
    keep) printf 'a whole number from 1 to 9999' ;;
    job) printf 'the name of a job' ;;
    name) printf 'the name of a backup' ;;
    point) printf 'latest, or the name of a point that slipway points lists' ;;
    run) printf 'a run as slipway inspect --details names it, like 20261121T100211-0a1b2c' ;;
    services) printf 'names of services' ;;
    service) printf 'the name of a service' ;;
    session) printf 'the name of a session' ;;
    since) printf 'a time like 2026-11-21T10:02:11Z or an age like 600s' ;;
    tail) printf 'a whole number of lines, or all' ;;
    *) printf 'one line of 1 to 1000 printable ASCII characters' ;;
  esac
}
