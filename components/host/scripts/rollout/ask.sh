# shellcheck shell=bash
# Requests of the verification: from outside, through the proxy, as a user would come in. What they send is given to curl
# through its stdin, as secrets are among it.
# Reads: DIR, HOME_DIR, MANIFEST. Sets: SAID, STATUS, TOOK, CURL (of the answer to what was asked last: its body, its HTTP status,
# how many seconds it took, and curl's exit code), BODIES, STATUSES, URL.

# How long a request may fail to reach the service. A busy proxy takes its time to read new routes; behind it the
# service was healthy a moment ago, and its users wait, too.
NO_PROXY_SECONDS=10 NO_SERVICE_SECONDS=2
# What the proxy itself answers, to requests that it leads to the new containers (routeText.sh).
CANDIDATE_PATH=/.well-known/slipway-verification

# requests RELEASE WHO: what all requests of a verification have in common, as curl's configuration. WHO is `candidate`,
# whose requests go to the new containers, or `user`.
requests() {
  local count index name value
  to_this_proxy
  if in_maintenance; then option header "X-Slipway-Maintenance: $(<"$HOME_DIR/proxy/verify")"; fi
  if [ "$2" = candidate ]; then
    [ -s "$HOME_DIR/proxy/verify.header" ] ||
      fail "the secret of this host's verification is missing ($HOME_DIR/proxy/verify.header); run pulumi up for the host once"
    printf 'header = "@%s"\n' "$HOME_DIR/proxy/verify.header"
  fi
  count=${MANIFEST["$1.verification.headers.length"]-}
  for ((index = 0; index < count; index++)); do
    name=${MANIFEST["$1.verification.headers.$index.name"]-}
    value=${MANIFEST["$1.verification.headers.$index.value"]-}
    value+=$(secret_of "$1" "${MANIFEST["$1.verification.headers.$index.secret"]-}") || return
    option header "$name: $value"
  done
  if [ -z "${MANIFEST["$1.verification.login"]-}" ]; then return; fi
  value=$(secret_of "$1" "${MANIFEST["$1.verification.login.secret"]-}") || return
  option user "${MANIFEST["$1.verification.login.user"]-}:$value"
}

# to_this_proxy: what leads curl to the proxy of this host, whatever the domain.
to_this_proxy() {
  local host http
  host=$(<"$HOME_DIR/host.json")
  field httpPort "$host"
  http=$FIELD
  field httpsPort "$host"
  # Certificates of Caddy's own authority are not known to curl; whose certificate it is does not matter on the host itself.
  printf '%s\n' "connect-to = \":80:127.0.0.1:$http\"" "connect-to = \":443:127.0.0.1:$FIELD\"" insecure globoff 'max-time = 15'
}

# option NAME VALUE: a line of curl's configuration. Another line would be another option.
option() {
  local value=$2
  [[ $value != *[$'\r\n']* ]] || fail "the verification of $APP cannot send a text of several lines ($1 of curl); write it in one line, or take it out of verification"
  value=${value//\\/\\\\}
  value=${value//\"/\\\"}
  printf '%s = "%s"\n' "$1" "$value"
}

# secret_of RELEASE NAME: the value of a secret from the release's .env; nothing without a name.
secret_of() {
  local line value=''
  if [ -z "$2" ]; then return; fi
  while IFS= read -r line; do
    if [[ $line == "$2="\"*\" ]]; then
      value=${line#*=\"}
      value=$(unescaped "${value%\"}")
    fi
  done <"$DIR/releases/$1/.env"
  [ -n "$value" ] || fail "the verification of $APP sends the secret $2, which has no value; set it, or take it out of verification"
  printf '%s' "$value"
}

# ask RELEASE REQUESTS PATH: asked again while nobody answers. PATH is one at the first domain, or a whole URL.
ask() {
  local start waited limit
  now
  start=$NOW
  while :; do
    ask_once "$@"
    now
    waited=$(((NOW - start) / 1000))
    case $STATUS-$CURL in
      000-35) limit=${MANIFEST["$1.verification.certificateWithin"]:-120} ;;
      000-*) limit=$NO_PROXY_SECONDS ;;
      502-* | 503-* | 504-*) limit=$NO_SERVICE_SECONDS ;;
      *) return ;;
    esac
    if [ "$waited" -ge "$limit" ]; then break; fi
    nap 0.2
  done
  [ "$STATUS-$CURL" != 000-35 ] || no_certificate "$1" "$waited"
}

# ask_all RELEASE REQUESTS PATH…: each once, by one program; sets BODIES and STATUSES.
ask_all() {
  local path urls=() mark=$RANDOM$RANDOM$RANDOM answers line body=''
  for path in "${@:3}"; do
    url_of "$1" "$path"
    urls+=(--url "$URL")
  done
  { answers=$(fetch --config - --fail-early --write-out "\n$mark %{http_code}\n" "${urls[@]}" <<<"$2") || true; } 2>/dev/null
  BODIES=() STATUSES=()
  while IFS= read -r line; do
    if [[ $line == "$mark "* ]]; then
      # A line break of its own stands before the mark.
      BODIES+=("${body:0:${#body}-1}")
      STATUSES+=("${line#"$mark "}")
      body=''
    else
      body+=$line$'\n'
    fi
  done <<<"$answers"
}

# url_of RELEASE PATH: sets URL.
url_of() {
  URL=$2
  if [[ $URL == /* ]]; then URL=${MANIFEST["$1.verification.scheme"]-}://${MANIFEST["$1.verification.host"]-}$2; fi
}

ask_once() {
  local answer end
  CURL=0
  url_of "$1" "$3"
  # Bash warns of NUL bytes, which an answer may have.
  { answer=$(fetch --config - --write-out '\n%{http_code} %{time_total}' --url "$URL" <<<"$2") || CURL=$?; } 2>/dev/null
  # A page may be long: only its end is searched.
  end=$answer SAID=''
  if [ ${#end} -gt 64 ]; then end=${end: -64}; fi
  end=${end##*$'\n'}
  read -r STATUS TOOK <<<"$end"
  if [ ${#answer} -gt ${#end} ]; then SAID=${answer:0:${#answer}-${#end}-1}; fi
}

no_certificate() {
  fail "the proxy has no certificate for ${MANIFEST["$1.verification.host"]-} after $2 s, so the new version was not asked; it may be sound. docker logs slipway-proxy says why: the name must lead to this host, whose ports 80 and 443 must be reachable. verification.certificateWithin gives it more time"
}
