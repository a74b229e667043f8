# shellcheck shell=bash
# What commands show of a host besides what a plan needs: disks, certificates, backups, containers, locks, kept releases, and jobs.
# Reads: ROOT, DETAILS.

# details PROXY_RUNS: five texts, each ended by a record separator: disks, certificates, backups, releases, and maintenance. What
# cannot be read is empty.
details() {
  if [ -z "$DETAILS" ]; then return; fi
  disks
  printf '\x1e'
  if [ "$1" = true ]; then certificates; fi
  printf '\x1e'
  backups
  printf '\x1e'
  releases
  printf '\x1e'
  maintained
  printf '\x1e'
}

# disks: of the applications and of Docker; a line each: where it is mounted, free and all MiB.
disks() {
  local folder
  for folder in "$ROOT" /var/lib/docker; do df --output=avail,size,target -BM "$folder" 2>/dev/null | tail -n +2; done || true
}

# certificates: those that the proxy has, without the ones that signed them. They are no secrets: every visitor gets them.
certificates() {
  docker exec slipway-proxy sh -c \
    'for one in /data/caddy/certificates/*/*/*.crt; do if [ -f "$one" ]; then sed "/-END CERTIFICATE-/q" "$one"; fi; done' 2>/dev/null || true
}

# backups: a line for each file that an application keeps in its folder for them: when it was written, and the application.
backups() { find "$ROOT"/*/backups -mindepth 1 -maxdepth 3 -type f -printf '%T@ %H\n' 2>/dev/null || true; }

# releases: application and manifest of each release that was confirmed and is kept, each ended by a unit separator.
releases() {
  local file
  for file in "$ROOT"/*/releases/*/confirmed; do
    if [ ! -f "$file" ]; then continue; fi
    text_of "${file%/confirmed}/manifest.json"
    file=${file%/releases/*}
    printf '%s\x1f%s\x1f' "${file##*/}" "${TEXT//[$'\x1e\x1f']/ }"
  done
}

# maintained: a line for each application in whose place users get a page: its name, and what was said of it as JSON.
maintained() {
  local file
  for file in "$PROXY"/maintenance/*.json; do
    if [ ! -f "$file" ]; then continue; fi
    text_of "$file"
    file=${file##*/}
    printf '%s %s\n' "${file%.json}" "$TEXT"
  done
}

# job_states: of each job of APP its name, up to when it was looked at, what became of its last run, and the run that is under way,
# with a unit separator between two, each job ended by a group separator. What cannot be read is empty.
job_states() {
  local folder part
  if [ -z "$DETAILS" ]; then return; fi
  for folder in "$DIR"/.jobs/*/; do
    if [ ! -d "$folder" ]; then continue; fi
    folder=${folder%/}
    printf '%s' "${folder##*/}"
    for part in looked last running; do
      text_of "$folder/$part"
      # Nobody works on one whose lock is free.
      if [ "$part" = running ] && [ -n "$TEXT" ] && flock --shared --nonblock 4 4<"$folder/lock"; then TEXT=''; fi
      printf '\x1f%s' "${TEXT//[$'\x1d\x1e\x1f']/ }"
    done
    printf '\x1d'
  done 2>/dev/null || true
}

# backup_states: of each backup of APP its name, what became of the last one and of the last drill, and what a restore has kept aside,
# as job_states.
backup_states() {
  local folder part
  if [ -z "$DETAILS" ]; then return; fi
  for folder in "$DIR"/.backups/*/; do
    if [ ! -d "$folder" ]; then continue; fi
    folder=${folder%/}
    printf '%s' "${folder##*/}"
    for part in last drill aside; do
      text_of "$folder/$part"
      printf '\x1f%s' "${TEXT//[$'\x1d\x1e\x1f']/ }"
    done
    printf '\x1d'
  done 2>/dev/null || true
}

# For jq, with $details as above. Containers are lists of the fields of SEEN; the holder is the text of a lock that is held.
DETAILED='def lines($index): $details | split("\u001e")[$index] // "" | split("\n")[] | select(. != "");
  def details_of_host: {
    disks: [lines(0) | capture("^ *(?<free>[0-9]+)M +(?<size>[0-9]+)M +(?<path>/.*)$") | {path, free: (.free | tonumber), size: (.size | tonumber)}]
      | unique_by(.path),
    certificates: ([lines(1)] | join("\n") | [scan("-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")])};
  def backup_of($name): [lines(2) | capture("^(?<time>[0-9]+)[^ ]* .*/(?<of>[^/]+)/backups$") | select(.of == $name) | .time | tonumber] | max;
  def maintenance_of($name): [lines(4) | select(startswith($name + " ")) | try (.[($name | length) + 1:] | fromjson | {since, by, allow, retryAfter}) catch {}][0];
  def jobs_of($manifest; $owner; $states):
    ($states | split("\u001d") | map(select(. != "") | split("\u001f") | {key: .[0], value: .}) | from_entries) as $known
    | $manifest.jobs // {} | to_entries | map(.key as $name | $known[$name] as $at | .value | {name: $name, schedule, zone: (.zone // "UTC"),
        here: (.host == null or .host == ($owner // "" | split("@") | last)), looked: ($at[1] | try tonumber catch null),
        last: ($at[2] | try fromjson catch null), running: ($at[3] | try fromjson catch null)});
  def backups_of($manifest; $states):
    ($states | split("\u001d") | map(select(. != "") | split("\u001f") | {key: .[0], value: .}) | from_entries) as $known
    | $manifest.backups // {} | to_entries | map($known[.key] as $at | {name: .key, what: .value.what, to: .value.to,
        last: ($at[1] | try fromjson catch null), drill: ($at[2] | try fromjson catch null), aside: ($at[3] | try (fromjson | {time, point}) catch null)});
  # Without images of accessories, which are pinned.
  def kept_of($name): [$details | split("\u001e")[3] // "" | split("\u001f") | . as $texts | range(0; length - 1; 2)
    | select($texts[.] == $name) | $texts[. + 1] | try (fromjson | {release, version, images: ((.images // []) - [.pins // {} | .[]])}) catch empty];
  def details_of_application($containers; $name; $holder; $jobs; $backups): {
    jobs: $jobs,
    backups: $backups,
    containers: ($containers | map(select(.[2] == $name) | {name: .[1], service: .[3], state: .[5], health: .[6], started: .[8]})),
    backup: backup_of($name),
    kept: kept_of($name),
    maintenance: maintenance_of($name),
    lock: (if $holder == "" then null else (try ($holder | fromjson | {by, since}) catch {}) end)};
  '
