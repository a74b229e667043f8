# shellcheck shell=bash
# Whose an application is: project and stack own it, and nobody else deploys it without saying so. An owner is one line,
# STACK::PROJECT::TYPE::NAME@HOST; the version before wrote it without the stack. Of what it made, the manifest tells it.
# Reads: APP, DIR, OWNER, TAKE_OVER.

OWNER_NOW='^([^:]+)::([^:]+)::([^:]+:.*)@[^@]*$' OWNER_BEFORE='^([^:]+)::([^:]+:.*)@[^@]*$'

# check_owner: ends with code 4 where somebody else owns what is deployed.
check_owner() {
  if [ -n "${TAKE_OVER:-}" ]; then return; fi
  refuse_others "give this application another name, or, if it is to change hands, set slipway:applications.$APP.takeOver: true for one pulumi up"
}

# refuse_others REMEDY
refuse_others() {
  local there
  there=$(deployed owner 2>/dev/null) || there=''
  if owns "$OWNER" "$there"; then return; fi
  EXIT_CODE=4 fail "$APP on this host belongs to $(owner_in_words "$there"), not to $(owner_in_words "$OWNER"); $1. Nothing was changed."
}

# owns OWNER THERE: another component or host of the same stack and project is no stranger.
owns() {
  local stack project place
  if [ -z "$2" ] || [ "$1" = "$2" ]; then return; fi
  if [[ ! $1 =~ $OWNER_NOW ]]; then return 1; fi
  stack=${BASH_REMATCH[1]} project=${BASH_REMATCH[2]} place=${BASH_REMATCH[3]}
  if [[ $2 =~ $OWNER_NOW ]]; then
    [ "${BASH_REMATCH[1]} ${BASH_REMATCH[2]}" = "$stack $project" ]
  elif [[ $2 =~ $OWNER_BEFORE ]]; then
    [ "${BASH_REMATCH[1]} ${BASH_REMATCH[2]} $(deployed_stack "$stack")" = "$project $place $stack" ]
  else
    return 1
  fi
}

# deployed_stack OTHERWISE: the stack that deployed what runs; OTHERWISE where its manifest cannot be read.
deployed_stack() {
  jq -er '.environment | strings' "$DIR/releases/$(deployed release)/manifest.json" 2>/dev/null || printf '%s' "$1"
}

owner_in_words() {
  if [[ $1 =~ $OWNER_NOW ]]; then
    printf 'the stack %s of the project %s' "${BASH_REMATCH[@]:1:2}"
  elif [[ $1 =~ $OWNER_BEFORE ]]; then
    printf 'the project %s' "${BASH_REMATCH[1]}"
  else
    printf '%q' "$1"
  fi
}
