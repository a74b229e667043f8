# shellcheck shell=bash
# Lifecycle hooks of services: commands that run in a container after it was started, and before it is stopped
# (docs.docker.com/compose/how-tos/lifecycle). Compose runs them only where it starts or stops a container itself. One that
# has some bears the label slipway.hooks; what they are, the Compose file says that it was made of.
# Reads: APP, DIR, RELEASE, J, SERVICE_OF, NAME_OF, STATE_OF, GRACE_OF. Sets: HOOKS_OF, HOOK_PROBLEM, WORDS.

# What a container's hooks are, as texts: of each its variables, a line each; how many words follow; what `docker exec` is
# told. At the end "end", or, alone, why they cannot run.
# shellcheck disable=SC2016 # jq's variables
HOOK_WORDS='.services[$service][$kind] // [] | map(.environment |= (. // {} | with_entries(select(.value != null)))) as $hooks
  | [$hooks[].environment | to_entries[] | select(.value | tostring | contains("\n")) | .key] as $long
  | if $long != [] then "the variable \($long[0]) has several lines, which docker exec does not take" else ($hooks[]
      | ([.environment | to_entries[] | "\(.key)=\(.value)\n"] | add // ""),
        ([(.user // empty | "--user", .), (select(.privileged) | "--privileged"), (.working_dir // empty | "--workdir", .),
          $id, .command[]?] | (length | tostring), .[])), "end" end
  | gsub("[$][$]"; "$") + "\u0000"'

# note_hooks ID LISTED: sets HOOKS_OF to the release that the container was made of, and which hooks it has, by its labels in
# Docker's list: "0123456789ab post_start pre_stop".
note_hooks() {
  local kinds kind release=-
  if [[ ! $2 =~ \"slipway.hooks\":\"([^\"]*) ]]; then return; fi
  kinds=${BASH_REMATCH[1]}
  if [[ $2 =~ \"com.docker.compose.project.config_files\":\"[^\"]*/releases/([0-9a-f]{12})/compose\.yaml ]]; then release=${BASH_REMATCH[1]}; fi
  for kind in post_start pre_stop; do
    if [[ $kinds == *$kind* ]]; then HOOKS_OF[$1]=${HOOKS_OF[$1]-$release}\ $kind; fi
  done
}

# run_hooks KIND ID SECONDS: one after the other, all of them within that time; what they print is shown. Exit code 1:
# HOOK_PROBLEM says why.
run_hooks() {
  local who="$1 of ${NAME_OF[$2]-$2}" end at code BESIDE
  case " ${HOOKS_OF[$2]-} " in *" $1 "*) ;; *) return 0 ;; esac
  release_of_hooks "$2"
  words_of_hooks "$1" "$2" || {
    HOOK_PROBLEM="$who does not run: ${WORDS[0]:-release $BESIDE does not say what it is}"
    return 1
  }
  now
  end=$((NOW + $3 * 1000))
  for ((at = 0; at + 1 < ${#WORDS[@]}; at += 2 + WORDS[at + 1])); do
    after "$2 " "${WORDS[*]:at+2:WORDS[at + 1]}"
    say "           $who: $REST" | redacted
    code=0
    run_hook "$end" "${WORDS[at]}" "${WORDS[@]:at+2:WORDS[at + 1]}" 2>&1 | redacted '    | ' || code=$?
    case $code in
      0) ;;
      124 | 137) HOOK_PROBLEM="$who did not end within $3 s" && return 1 ;;
      *) HOOK_PROBLEM="$who ended with $code" && return 1 ;;
    esac
  done
}

# words_of_hooks KIND ID: sets WORDS to their texts; exit code 1 where nobody knows them, or they cannot run.
words_of_hooks() {
  local document
  WORDS=()
  document=$(compose "$BESIDE" --profile '*' config --format json 2>/dev/null) || return
  mapfile -d '' -t WORDS < <(jq -j --arg kind "$1" --arg service "${SERVICE_OF[$2]}" --arg id "$2" "$HOOK_WORDS" <<<"$document")
  [ ${#WORDS[@]} -gt 0 ] && [ "${WORDS[-1]}" = end ]
}

# release_of_hooks ID: sets BESIDE of its caller; where the release that it was made of is no longer kept, one that left it alone.
release_of_hooks() {
  for BESIDE in "${HOOKS_OF[$1]%% *}" "${J[".before.release"]-}" "${RELEASE-}"; do
    if [ -f "$DIR/releases/$BESIDE/compose.yaml" ]; then return; fi
  done
}

# run_hook END VARIABLES WORD…: variables go by stdin, as others of the host see what a program is told.
run_hook() {
  local left
  now
  left=$(($1 > NOW ? ($1 - NOW + 999) / 1000 : 1))
  printf '%s' "$2" | timeout --kill-after 5 "$left" docker exec --env-file /dev/stdin "${@:3}" 9>&-
}

# run_pre_stop ID: once; whatever becomes of it, the container is stopped.
run_pre_stop() {
  local grace=${GRACE_OF[$1]-10}
  if [[ ${STATE_OF[$1]-} != running || ${HOOKS_OF[$1]-} != *pre_stop* ]]; then return 0; fi
  run_hooks pre_stop "$1" $((grace > 60 ? grace : 60)) || say "           $HOOK_PROBLEM; it is stopped all the same"
  HOOKS_OF[$1]=${HOOKS_OF[$1]/pre_stop/}
}
