# shellcheck shell=bash
# Backups: an application's data, kept elsewhere by restic (restic.readthedocs.io). Each application has a repository of its own,
# below a destination that its stack declares; the host has these in $BACKUPS/stacks/. `.backups/NAME` in the application's
# folder has what is known of a backup, a line of JSON each:
#   last   what became of the last one      taken  the last that is at its destination
#   drill  what became of the last drill    proof  the last good drill
#   aside  what the last restore has kept of what was there before
#   paused containers that are paused while it is copied; whoever pauses them holds its lock
# Reads: HOME_DIR, APP, DIR, RELEASE, OWNER. Sets: NAME, KEPT (its folder), WORK (of what is under way), WHAT, SERVICE, MOUNT, FILE, TIMEOUT,
# DATA, STACK, TO, PLACE (where it goes, as it may be shown), and, in no file, the password of the repository.

BACKUPS=$HOME_DIR/backups
# What is dated later than so many seconds from now was dated by a clock that was wrong.
CLOCK_TOLERANCE=300
declare -A VARIABLES=()

of_backup() { printf -v "$1" '%s' "${MANIFEST["$RELEASE.backups.$NAME.$2"]-}"; }

# use_backup NAME: as RELEASE declares it. WORK is a folder for one act at a time.
use_backup() {
  NAME=$1 KEPT=$DIR/.backups/$1
  [[ $'\n'${MANIFEST["$RELEASE.backups@"]-}$'\n' == *$'\n'"$NAME"$'\n'* ]] ||
    fail "release $RELEASE of $APP declares no backup $NAME; its backups are: $(short "${MANIFEST["$RELEASE.backups@"]//$'\n'/ }")"
  of_backup WHAT what
  of_backup SERVICE service
  of_backup MOUNT mount
  of_backup FILE file
  of_backup TIMEOUT timeout
  of_backup TO to
  data_of "$RELEASE" "$1"
  make_folders "$KEPT"
}

# data_of RELEASE NAME: sets DATA to a name of what such a backup is of. Points, proofs and what is kept aside have it: the same name
# may be declared of something else later, and these are nothing for it then.
data_of() {
  local at="$1.backups.$2" part text=''
  for part in what service mount file database; do
    DATA=${MANIFEST["$at.$part"]-}
    text+=${DATA%/}$'\n'
  done
  DATA=$(printf '%s' "$text" | sha256sum)
  DATA=${DATA:0:12}
}

# make_work ACT: empty.
make_work() {
  WORK=$KEPT/work.$1
  rm -rf "$WORK"
  mkdir -p "$WORK"
}

# use_destination: what the application's stack says of it.
use_destination() {
  local owner values
  owner=$(deployed owner)
  owner=${owner:-${OWNER:-}}
  STACK=''
  if [[ $owner =~ ^([A-Za-z0-9._-]+)::([A-Za-z0-9._-]+):: ]]; then STACK=${BASH_REMATCH[2]}/${BASH_REMATCH[1]}; fi
  values=$(jq -r --arg to "$TO" "$QUOTED$DESTINATION" "$BACKUPS/stacks/${STACK//\//+}.json" 2>/dev/null) || values=''
  [ -n "$values" ] ||
    fail "this host does not know the destination $TO of the backup $NAME of $APP; run pulumi up once with an administrator's key, which brings slipway:backups to it"
  VARIABLES=()
  eval "$values"
  PLACE=$REPOSITORY/$APP
  if [[ $PLACE =~ ^(.*//)[^/@]*@(.*)$ ]]; then PLACE=${BASH_REMATCH[1]}${BASH_REMATCH[2]}; fi
  use_restic || fail "restic 0.18 or newer is missing on this host; run pulumi up once with an administrator's key, or install it by hand"
}

DESTINATION='.host as $host | .destinations[] | select(.name == $to)
  | "REPOSITORY=\(.repository | rtrimstr("/") | @sh) PASSWORD=\(.password | @sh) HOST_HERE=\($host | @sh)",
    "LIMITS=(\([if .limitUpload then "--limit-upload", "\(.limitUpload)" else empty end,
      if .limitDownload then "--limit-download", "\(.limitDownload)" else empty end] | @sh))",
    (.environment // {} | assigned_as("VARIABLES"))'

# use_restic: sets RESTIC. Exit code 1: there is none that is new enough.
use_restic() {
  local version
  for RESTIC in "$(type -P restic)" "$HOME_DIR/restic"; do
    if [ ! -x "$RESTIC" ]; then continue; fi
    version=$("$RESTIC" version 2>/dev/null) || continue
    if [[ $version =~ ^restic\ ([0-9]+)\.([0-9]+) ]] && [ $((BASH_REMATCH[1] * 1000 + BASH_REMATCH[2])) -ge 18 ]; then return; fi
  done
  return 1
}

# in_repository ARGS…: restic on the application's own; what is secret reaches it by its environment.
in_repository() (
  for name in "${!VARIABLES[@]}"; do export "$name=${VARIABLES[$name]}"; done
  export RESTIC_REPOSITORY=$REPOSITORY/$APP RESTIC_PASSWORD=$PASSWORD RESTIC_CACHE_DIR=$BACKUPS/cache TZ=UTC
  exec timeout --kill-after 10 "$TIMEOUT" nice -n 19 "$RESTIC" "${LIMITS[@]}" --retry-lock 5m "$@" 9>&-
)

# why_restic CODE: what it said in $WORK/said, in words without secrets.
why_restic() {
  local text
  case $1 in
    10) printf 'there is no repository at %s' "$PLACE" ;;
    11) printf 'somebody else holds its lock' ;;
    12) printf 'the password in slipway:backups is not that of the repository' ;;
    124 | 137) printf 'it took longer than %s s' "$TIMEOUT" ;;
    *)
      text=$(grep -a -m 1 -e '^Fatal' -e 'permission denied' -e 'no space left' "$WORK/said" 2>/dev/null) || text=$(tail -n 1 "$WORK/said" 2>/dev/null) || text=''
      last_line "$(masked <<<"${text:-restic ended with $1}")" 300
      ;;
  esac
}

# masked: the text of stdin, without what is secret of a destination.
masked() {
  local text secret
  text=$(cat)
  for secret in "${PASSWORD-}" "${VARIABLES[@]}" "${REPOSITORY-}"; do
    if [ -n "$secret" ]; then text=${text//"$secret"/…}; fi
  done
  printf '%s\n' "$text"
}

# open_repository: it is made once; afterwards it must be the very same: an empty disk in its place is no place for a backup.
open_repository() {
  local code=0 text id known
  known=$DIR/.backups/.at.$(printf '%s' "$REPOSITORY" | sha256sum | cut -c 1-16)
  exec 7>>"$DIR/.backups/.lock"
  flock --wait 60 7 || true
  text=$(in_repository cat config 2>"$WORK/said") || code=$?
  if [ "$code" -eq 10 ] && [ ! -s "$known" ]; then
    code=0
    in_repository init >/dev/null 2>"$WORK/said" || fail "the repository for the backups of $APP cannot be made at $PLACE: $(why_restic $?)"
    text=$(in_repository cat config 2>"$WORK/said") || code=$?
  fi
  [ "$code" -eq 0 ] || fail "the backups of $APP at $PLACE cannot be used: $(why_restic "$code")"
  id=$(jq -r .id <<<"$text")
  text_of "$known"
  [ -z "$TEXT" ] || [ "$TEXT" = "$id" ] ||
    fail "another repository than before is at $PLACE, so the backups of $APP are elsewhere; bring that one back. If this one is right, remove $known on this host"
  if [ -z "$TEXT" ]; then printf '%s\n' "$id" | replace "$known" || fail_to_note; fi
  exec 7>&-
  # Locks of programs of this host that are gone.
  in_repository unlock >/dev/null 2>&1 || true
}

fail_to_note() { fail "what became of the backup $NAME of $APP cannot be written down; df $DIR shows whether the disk is full"; }

# backups_become: what the request of a bootstrap declares for its stack.
backups_become() {
  stack_becomes "$BACKUPS" backups destinations
  case $MANY in
    '') ;;
    0) say "the data of $DECLARING has no destination any more" ;;
    *) say "$MANY destinations take the data of $DECLARING" ;;
  esac
}
