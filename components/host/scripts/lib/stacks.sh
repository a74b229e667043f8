# shellcheck shell=bash
# What a stack declares of a host besides its applications, as who is notified of them: in FOLDER/stacks a file for each stack.
# Reads: REQUEST. Sets: DECLARING, MANY.

# stack_becomes FOLDER PART LIST NEEDED…: the PART of a bootstrap's request takes the place of what its stack declared; with it come
# the folders NEEDED. Sets DECLARING to the stack, and MANY to how many its LIST has; to nothing where there is none and was none.
stack_becomes() {
  local file
  DECLARING=$(jq -r .deployKeys.stack "$REQUEST")
  [[ $DECLARING =~ ^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+$ ]] || fail "the stack $DECLARING has a name that no file can have"
  file=$1/stacks/${DECLARING//\//+}.json
  MANY=$(jq --arg part "$2" --arg list "$3" '.[$part][$list] // [] | length' "$REQUEST")
  if [ "$MANY" = 0 ]; then
    if [ -e "$file" ]; then rm -f "$file"; else MANY=''; fi
    return
  fi
  mkdir -p "$1/stacks" "${@:4}"
  jq -c --arg part "$2" '{stack: .deployKeys.stack} + .[$part]' "$REQUEST" | replace "$file"
}

# forget_stack FOLDER STACK: it has none of its applications here.
forget_stack() { rm -f "$1/stacks/${2//\//+}.json"; }

# stacks_in FOLDER: each stack that declares something, and its fingerprint, a line each.
stacks_in() {
  local file text
  for file in "$1"/stacks/*.json; do
    if [ ! -r "$file" ]; then continue; fi
    text=$(<"$file")
    field stack "$text"
    printf '%s ' "$FIELD"
    field fingerprint "$text"
    printf '%s\n' "$FIELD"
  done
}
