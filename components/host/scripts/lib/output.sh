# shellcheck shell=bash
# Text that others wrote (a container's log, Docker's errors), as it may be passed on: as lines of UTF-8, none of them
# long, without the values of secrets. Pulumi's plugin stops reading for ever at a line of 64 KiB, and output that is not
# UTF-8 fails a command that succeeded.
# Reads: DIR, J, RELEASE, BESIDE (a further release, which a one-off is of); LC_ALL=C, so that bash counts bytes. Sets: SHORT, UTF8, UTF8_TEXT.

# Characters of a line of others, and of a line of ours that has one within.
LINE_LIMIT=2000 OUR_LINE_LIMIT=4000

# One character of UTF-8 that is not ASCII, and text that has only good ones (RFC 3629, section 4).
UTF8=$'[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]'
UTF8+=$'|\xf0[\x90-\xbf][\x80-\xbf][\x80-\xbf]|[\xf1-\xf3][\x80-\xbf][\x80-\xbf][\x80-\xbf]|\xf4[\x80-\x8f][\x80-\xbf][\x80-\xbf]'
UTF8_TEXT=$'^([\x01-\x7f]+|'$UTF8')*$'

# shorten TEXT [LIMIT]: sets SHORT to TEXT without what goes beyond LIMIT characters, and with a replacement character
# for each byte that is not UTF-8.
shorten() {
  local limit=${2:-$LINE_LIMIT} count=0 at=0 run left most
  SHORT=$1
  if [ ${#1} -le "$limit" ] && [[ $1 =~ $UTF8_TEXT ]]; then return; fi
  SHORT='' left=${1:0:limit*4}
  while [ -n "$left" ] && [ "$count" -lt "$limit" ]; do
    run=${left:0:limit-count}
    run=${run%%[$'\x80'-$'\xff']*}
    if [ -n "$run" ]; then
      SHORT+=$run count=$((count + ${#run}))
    else
      # Many at once, as each match compiles its pattern.
      most=$((limit - count < 100 ? limit - count : 100))
      if [[ $left == [$'\xc2'-$'\xf4'][$'\x80'-$'\xbf']* && ${left:0:most*4} =~ ^($UTF8){1,$most} ]]; then
        run=${BASH_REMATCH[0]}
        SHORT+=$run
        # Every character has one byte that does not continue another.
        run=${run//[$'\x80'-$'\xbf']/}
        count=$((count + ${#run}))
        run=${BASH_REMATCH[0]}
      else
        run=${left:0:1}
        SHORT+=$'\xef\xbf\xbd'
        count=$((count + 1))
      fi
    fi
    left=${left:${#run}} at=$((at + ${#run}))
  done
  if [ "$at" -lt ${#1} ]; then SHORT+=" [$((${#1} - at)) more bytes]"; fi
}

# short TEXT [LIMIT]: prints what `shorten` makes of it.
short() {
  shorten "$@"
  printf '%s' "$SHORT"
}

# last_line TEXT [LIMIT]: the last line that is not empty, for an error that has words of its own around it.
last_line() {
  local line last=''
  while IFS= read -r line; do
    if [[ $line == *[![:space:]]* ]]; then last=$line; fi
  done <<<"$1"
  short "$last" "${2:-500}"
}

# shortened: the lines of stdin.
shortened() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    shorten "$line"
    printf '%s\n' "$SHORT"
  done
}

# redacted PREFIX: the lines of stdin, without the values of secrets of either side of a deployment, and of BESIDE.
redacted() {
  local line release secret secrets=()
  for release in ${J[".before.release"]-} ${J[".after.release"]-$RELEASE} ${BESIDE:-}; do
    if read_secrets "$release"; then continue; fi
    cat >/dev/null
    printf '%s(not shown, as the secrets of release %s cannot be read and so cannot be blotted out)\n' "${1:-}" "$release"
    return
  done
  while IFS= read -r line || [ -n "$line" ]; do
    for secret in "${secrets[@]}"; do line=${line//"$secret"/[secret]}; done
    shorten "$line"
    printf '%s%s\n' "${1:-}" "$SHORT"
  done
}

# read_secrets RELEASE: the lines of its secrets' values, the longest first, in `secrets` of the caller. The manifest names
# the secrets, .env holds them; they are read from there and never passed as an argument.
read_secrets() {
  local names name value line file=$DIR/releases/$1/.env
  names=$(manifest "$1" '.secrets[]' 2>/dev/null) && [ -r "$file" ] || return 1
  while IFS= read -r line; do
    name=${line%%=*}
    if [[ $'\n'$names$'\n' != *$'\n'"$name"$'\n'* || $line != *=\"*\" ]]; then continue; fi
    value=${line#*=\"}
    while IFS= read -r line; do
      # Shorter ones would blot out half of any text.
      if [ ${#line} -gt 3 ]; then add_secret "$line"; fi
    done <<<"$(unescaped "${value%\"}")"
  done <"$file"
  for file in $(manifest "$1" '.secretTexts[]'); do
    read_secret_text "$DIR/secrets/$file" || return
  done
}

# read_secret_text FILE: its lines, and the values of its variables. Short values are words of their own, like "info".
read_secret_text() {
  local line value
  [ -r "$1" ] || return 1
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    if [ ${#line} -gt 3 ]; then add_secret "$line"; fi
    if [[ ! $line =~ ^[[:space:]]*(export[[:space:]]+)?[A-Za-z_][A-Za-z0-9_.-]*[=:][[:space:]]*(.*)$ ]]; then continue; fi
    value=${BASH_REMATCH[2]}
    case $value in
      \"*\") value=$(unescaped "${value:1:-1}") ;;
      \'*\') value=${value:1:-1} ;;
      *) value=${value%%[[:space:]]#*} ;;
    esac
    if [ ${#value} -gt 7 ]; then add_secret "$value"; fi
  done < <(tr -d '\0' <"$1")
}

# in_json TEXT: one line of printable characters, as JSON writes it.
in_json() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

# unescaped VALUE: a value of .env, or of JSON, as it was before it was written there, in double quotes and with escapes.
unescaped() {
  local left=$1 value='' plain
  while [[ $left == *\\* ]]; do
    plain=${left%%\\*}
    left=${left:${#plain}+1}
    case $left in
      n*) value+=$plain$'\n' ;;
      r*) value+=$plain$'\r' ;;
      *) value+=$plain${left:0:1} ;;
    esac
    left=${left:1}
  done
  printf '%s' "$value$left"
}

add_secret() {
  local at=${#secrets[@]}
  while [ "$at" -gt 0 ] && [ ${#secrets[at - 1]} -lt ${#1} ]; do
    secrets[at]=${secrets[at - 1]}
    at=$((at - 1))
  done
  secrets[at]=$1
}

# last_words ID: the end of a container's log.
last_words() { docker logs --tail 15 "$1" 2>&1 | redacted '    | ' >&2 || true; }
