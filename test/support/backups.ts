/**
 * An application `shop` with backups, on a host without Docker: helpers run here, with the folders that they mount in the place
 * of their own, and restic is a double that keeps each snapshot as a folder. SQLite and tar are real.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostShell, type Ran } from "./hostShell.ts";

const RELEASE = "0123456789ab";
const STACK = "infra/prod";

/** `docker run --volume A:B … -euc SCRIPT WORD…` runs the script here, with A where it says B. */
const DOCKER = `case $1 in
  run) ;;
  volume) if [ "$2" = create ]; then mkdir -p "$VOLUMES/\${!#}"; elif [ "$2" = rm ]; then rm -rf "$VOLUMES/\${!#}"; elif [ "$2" = inspect ]; then test -d "$VOLUMES/$3"; fi; exit ;;
  *) exit 0 ;;
esac
declare -a names=() places=() words=()
while [ "$1" != -euc ]; do
  if [ "$1" = --volume ] && [[ $2 != /usr* && $2 != /bin* && $2 != /sbin* && $2 != /lib* ]]; then
    IFS=: read -r from to _ <<<"$2"
    if [[ $from != /* ]]; then from=$VOLUMES/$from; mkdir -p "$from"; fi
    names+=("$to") places+=("$from")
  fi
  shift
done
for word in "\${@:2}"; do
  for at in "\${!names[@]}"; do word=\${word//"\${names[at]}"/"\${places[at]}"}; done
  words+=("$word")
done
exec sh -euc "\${words[@]}"`;

/** A repository is a folder; a snapshot is one in it, with its tags, its file and the file's name. */
const RESTIC = `repository=$RESTIC_REPOSITORY
say() { printf '%s\\n' "$*" >&2; }
args=() tags=() file='' host='' stdin='' command=() id=''
while [ $# -gt 0 ]; do
  case $1 in
    --limit-*|--retry-lock|--keep-*|--group-by|--add) if [ "$1" = --add ]; then add=$2; fi; if [[ $1 == --keep* ]]; then printf '%s %s\\n' "$1" "$2" >>"$repository/kept"; fi; shift 2 ;;
    --tag) tags+=("$2"); shift 2 ;;
    --host) host=$2; shift 2 ;;
    --stdin-filename) file=$2; shift 2 ;;
    --stdin) stdin=yes; shift ;;
    --stdin-from-command) shift 2; command=("$@"); break ;;
    --*) shift ;;
    *) args+=("$1"); shift ;;
  esac
done
if [ "\${args[0]}" = version ]; then echo "restic 0.18.0 compiled with go"; exit; fi
if [ -n "\${REFUSE:-}" ] && [ "\${args[0]}" = "$REFUSE" ]; then say "Fatal: no space left on device, $RESTIC_PASSWORD"; exit 1; fi
if [ "\${args[0]}" = init ]; then mkdir -p "$repository" && printf '%s' "$RESTIC_PASSWORD" >"$repository/password" && echo "{\\"id\\": \\"$RANDOM$RANDOM\\"}" >"$repository/config"; exit; fi
[ -f "$repository/config" ] || { say "Fatal: repository does not exist"; exit 10; }
[ "$(cat "$repository/password")" = "$RESTIC_PASSWORD" ] || { say "Fatal: wrong password or no key found"; exit 12; }
chosen() {
  for one in "$repository"/snapshots/*/; do
    [ -d "$one" ] || continue
    has=,$(cat "$one/tags"), all=yes
    for tag in \${tags[*]//,/ }; do [[ $has == *",$tag,"* ]] || all=''; done
    if [ -n "$all" ]; then printf '%s\\n' "\${one%/}"; fi
  done
}
case \${args[0]} in
  cat) cat "$repository/config" ;;
  backup)
    id=$(od -An -N4 -tx1 /dev/urandom | tr -d ' ')
    mkdir -p "$repository/new"
    if [ -n "$stdin" ]; then cat >"$repository/new/file"; else "\${command[@]}" >"$repository/new/file" || { say "Fatal: command failed: exit status $?"; exit 1; }; fi
    printf '%s' "\${tags[*]}" >"$repository/new/tags"; printf '%s' "$file" >"$repository/new/name"; date -u +%FT%T.%NZ >"$repository/new/time"; printf '%s' "$host" >"$repository/new/host"
    mkdir -p "$repository/snapshots" && mv "$repository/new" "$repository/snapshots/$id" ;;
  snapshots)
    chosen | while read -r one; do
      jq -cn --arg id "\${one##*/}" --rawfile tags "$one/tags" --rawfile time "$one/time" --rawfile name "$one/name" --arg bytes "$(stat -c %s "$one/file")" \\
        '{short_id: $id, time: ($time | rtrimstr("\\n")), tags: ($tags | split(",")), paths: ["/" + $name], summary: {total_bytes_processed: ($bytes | tonumber)}}'
    done | jq -cs . ;;
  tag) chosen | while read -r one; do printf ',%s' "$add" >>"$one/tags"; done ;;
  dump) cat "$repository/snapshots/\${args[1]}/file" ;;
  check) [ ! -f "$repository/damaged" ] || { say "Fatal: repository contains errors"; exit 1; } ;;
esac`;

export interface Kept {
  what: "sqlite" | "volume";
  file?: string;
  check: { query?: string; atLeast?: number; command?: string[] };
  keep?: object;
}

/** @param kept what the backup `data` declares */
export function backedUp(name: string, kept: Kept) {
  const shell = hostShell(name, { docker: DOCKER, restic: RESTIC });
  const { root } = shell;
  const volumes = join(root, "volumes");
  const repository = join(root, "elsewhere", "shop");
  const data = join(volumes, "shop_data");
  mkdirSync(data, { recursive: true });
  mkdirSync(join(root, "slipway/backups/stacks"), { recursive: true });
  writeFileSync(
    join(root, "shop/deployment.json"),
    `{"release":"${RELEASE}","version":"1.0.0","owner":"prod::infra::x:y::shop@web-1"}`,
  );
  const job = { timeout: 60, schedule: "0 3 * * *", of: "data" };
  shell.release({
    version: "1.0.0",
    services: [{ name: "web", strategy: "rolling" }],
    accessories: [],
    secrets: [],
    jobs: { "backup.data": { ...job, act: "backup" }, "drill.data": { ...job, act: "drill" } },
    backups: { data: { service: "web", mount: "/data", to: "nas", keep: { daily: 7 }, timeout: 60, ...kept } },
  });

  function destination(password = "planted-password"): void {
    const destinations = [{ name: "nas", repository: join(root, "elsewhere"), password }];
    writeFileSync(
      join(root, `slipway/backups/stacks/${STACK.replace("/", "+")}.json`),
      JSON.stringify({ stack: STACK, fingerprint: "f", host: "web-1", applications: ["shop"], destinations }),
    );
  }
  destination();

  /** What Docker would say: one container of `web`, which has the volume. */
  const doubles = `docker_answers() { true; }; need_docker() { true; }
look_containers() { SERVICE_OF=([c1]=web); STATE_OF=([c1]=running); NAME_OF=([c1]=shop-web-1); POLICY_OF=([c1]=always); }
with_labels() { FOUND_IDS=(); }; remove_one_offs() { true; }
inspected() { DOCUMENTS=''; if [[ "$*" != *oneoff=True* ]]; then DOCUMENTS='{"Id":"c1","Name":"/shop-web-1","Image":"i","State":{"Running":true,"Paused":false},"Config":{"Labels":{"com.docker.compose.service":"web"}},"Mounts":[{"Type":"volume","Name":"shop_data","Destination":"/data","RW":true}]}'; fi; }
engine() { printf '%s\\n' "$*" >>"${root}/engine"; }
stop_container() { printf 'stop %s\\n' "$1" >>"${root}/engine"; STATE_OF[$1]=exited; }
start_container() { printf 'start %s\\n' "$1" >>"${root}/engine"; }
restart_policy() { true; }; await_again() { \${AWAIT:-true} || fail "it does not run"; }; verify_as_user() { true; }; holds() { true; }; holds_no_more() { true; }
apart() { CODE=0; ("command_$@") || CODE=$?; }
`;
  const run = (body: string, env: Record<string, string> = {}): Ran =>
    shell.run(`${doubles}\n${body}`, { env: { VOLUMES: volumes, ...env } });
  const act = (job: string, env: Record<string, string> = {}, by = "anna"): Ran => {
    const parts = `mkdir -p "$DIR/.jobs/${job}.data"; command_act shop ${job}.data 20261128T030000-$(printf %06x $RANDOM) ${by}`;
    return run(parts, env);
  };
  const read = (...names: string[]) => {
    const file = join(root, "shop", ...names);
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8").trim().split("\n").at(-1)!) : undefined;
  };
  return {
    ...shell,
    data,
    repository,
    volumes,
    run,
    destination,
    backup: (env?: Record<string, string>) => act("backup", env),
    /** As its schedule asks for it. */
    due: () => act("backup", {}, "schedule"),
    drill: (env?: Record<string, string>) => act("drill", env),
    restore: (words = "", env?: Record<string, string>) => run(`command_restore shop --name data ${words}`, env),
    /** The last line of a file of JSON lines in the application's folder. */
    read,
    points: () => JSON.parse(run("command_points shop").stdout) as Record<string, unknown>[],
    /** Files of snapshots, the newest last. */
    files: () => readdirSync(join(repository, "snapshots")).map((id) => join(repository, "snapshots", id, "file")),
    forget: () => rmSync(repository, { recursive: true, force: true }),
  };
}
