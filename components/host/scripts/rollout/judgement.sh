# shellcheck shell=bash
# What a release may ask of a host if it came by a deploy key: what Compose makes of it is judged by a list of what is
# harmless, so that what nobody thought of is refused. Each offence goes by the key of the Compose file that an
# administrator may allow (slipway:hosts.<name>.allow).

# Definitions for jq; $app, $dir (its folder), $above (folders that its containers write to), $ports (of the proxy) and
# $docker (id of the group docker).
# shellcheck disable=SC2016 # jq's variables
JUDGEMENT='
  def shown: tojson | if length > 80 then .[:80] + "…" else . end;
  def offence($key; $at; $why): {key: $key, text: "\($at) \($why)"};
  def unknown($at; $known): keys_unsorted[] | select((startswith("x-") | not) and (. as $key | $known | index([$key]) | not))
    | offence(.; "\($at).\(.)"; "is not among what a deploy key may ask for");
  def is_own_name: startswith("\($app)_");
  def not_own_labels($at): .labels // {} | (if type == "array" then map(split("=")[0]) else keys end)[]
    | select(startswith("com.docker.")) | offence("labels"; "\($at).labels.\(.)"; "makes it look like something else");

  # Files that came with a release: what is named here lies in a folder that nobody can mount.
  def is_staged: test("\\A(secrets/[0-9a-f]+/[A-Za-z0-9_]+|release-files/[0-9a-f]{16}/[A-Za-z0-9_][A-Za-z0-9._-]*)\\z");

  # What lies directly in the folder of the application cannot be exchanged for a link, as nobody can mount that folder.
  def of_folder($key; $at):
    . as $path | .[($dir | length) + 1:] as $below
    | if startswith("\($dir)/") | not then offence($key; $at; "mounts \(shown), which is not in \($dir)")
      elif $below | test("(^|/)\\.|//|/\\z|[^ -~]") then offence($key; $at; "mounts \(shown), which is no plain path")
      elif $below | is_staged then empty
      elif $below | test("\\A(releases|release-files|secrets|run|current|lock|ledger|images\\.pulled|[^/]*\\.jsonl?)(/|\\z)")
      then offence($key; $at; "mounts \(shown), which belongs to Slipway")
      elif any($above[]; . as $one | $path | startswith("\($one)/"))
      then offence($key; $at; "mounts \(shown), and a container that writes to a folder above it could put a link in its place")
      else empty end;
  def device: .driver_opts // {} | if (.type // "none") == "none" and ((.o // "") | split(",") | index(["bind"])) then .device // "" else null end;
  def of_volume($name):
    "volumes.\($name)" as $at
    | unknown($at; ["name", "driver", "driver_opts", "labels", "external"]), not_own_labels($at),
      (select(.external or (.name // "" | is_own_name | not)) | offence("external"; $at; "is \(.name | shown), which belongs to somebody else")),
      (select((.driver // "local") != "local") | offence("driver"; "\($at).driver"; "is \(.driver | shown)")),
      (select((.driver_opts // {}) != {}) | device as $device
        | if $device == null or (.driver_opts | keys - ["type", "o", "device"] != [])
            or (.driver_opts.o | split(",") - ["bind", "rbind", "rw", "ro", "nodev", "nosuid", "noexec"] != [])
          then offence("driver_opts"; "\($at).driver_opts"; "mounts something other than a folder of the application")
          else $device | of_folder("driver_opts"; $at) end);
  def of_network($name):
    "networks.\($name)" as $at
    | unknown($at; ["name", "driver", "driver_opts", "ipam", "labels", "external", "internal", "attachable", "enable_ipv4", "enable_ipv6"]),
      not_own_labels($at),
      (select((.name == "slipway-\($app)" or (.name // "" | is_own_name) and (.external | not)) | not)
        | offence("external"; $at; "is \(.name | shown), which belongs to somebody else")),
      (select((.driver // "bridge") != "bridge") | offence("driver"; "\($at).driver"; "is \(.driver | shown)")),
      (select((.driver_opts // {}) != {}) | offence("driver_opts"; "\($at).driver_opts"; "change the network of the host")),
      (select((.ipam // {}) != {}) | offence("ipam"; "\($at).ipam"; "takes addresses that the host may need"));
  def of_file($kind; $name):
    "\($kind).\($name)" as $at
    | unknown($at; ["name", "content", "environment", "file", "labels", "external"]), not_own_labels($at),
      (select(.external) | offence("external"; $at; "is not its own")),
      (select(.file) | .file | of_folder("file"; $at));

  def of_mount($at):
    if .type == "bind" then (.source | of_folder("volumes"; $at)),
      (select(.bind.propagation // "rprivate" | . == "rprivate" or . == "private" | not) | offence("volumes"; $at; "propagates mounts to the host"))
    elif .type == "volume" or .type == "tmpfs" then empty
    else offence("volumes"; $at; "is of the type \(.type | shown)") end;
  def of_port($at): (.published // "" | split("-")[0]) as $port
    | select($port != "") | $port | try tonumber catch 0
    | select(. < 1024 or (. as $number | $ports | index([$number]))) | offence("ports"; $at; "takes a port of the host: \($port)");
  def of_namespace($key; $at; $harmless): .[$key] // "" | select(. != "" and (test("\\A(\($harmless)|service:.+)\\z") | not))
    | offence($key; "\($at).\($key)"; "is \(shown), which leads out of the container");
  def of_hooks($key; $at): .[$key] // [] | .[] | select(.privileged) | offence("privileged"; "\($at).\($key)"; "is privileged");
  def of_service($name):
    "services.\($name)" as $at
    | unknown($at; $service_keys), not_own_labels($at),
      (select(.privileged) | offence("privileged"; "\($at).privileged"; "gives it the host")),
      (select((.cap_add // []) != []) | offence("cap_add"; "\($at).cap_add"; "adds \(.cap_add | shown)")),
      (.security_opt // [] | .[] | select(test("\\Ano-new-privileges([:=]true)?\\z") | not) | offence("security_opt"; "\($at).security_opt"; "has \(shown)")),
      of_namespace("network_mode"; $at; "none"), of_namespace("pid"; $at; ""), of_namespace("ipc"; $at; "private|shareable|none"),
      of_namespace("cgroup"; $at; "private"),
      (.volumes // [] | .[] | of_mount("\($at).volumes")),
      (.volumes_from // [] | .[] | select(startswith("container:")) | offence("volumes_from"; "\($at).volumes_from"; "has those of \(shown)")),
      (.ports // [] | .[] | of_port("\($at).ports")),
      (.sysctls // {} | keys[] | select(startswith("net.") | not) | offence("sysctls"; "\($at).sysctls.\(.)"; "is not of its network")),
      (.group_add // [] | .[] | tostring | select(. == "docker" or . == $docker) | offence("group_add"; "\($at).group_add"; "has the group docker")),
      (select(.logging.driver // "json-file" | . as $one | ["json-file", "local", "none"] | index([$one]) | not) | offence("logging"; "\($at).logging.driver"; "is \(.logging.driver | shown), which Docker itself sends elsewhere")),
      (select(.pull_policy == "build") | offence("pull_policy"; "\($at).pull_policy"; "builds on the host")),
      (select((.oom_score_adj // 0) < 0) | offence("oom_score_adj"; "\($at).oom_score_adj"; "lets others be killed first")),
      (select((.deploy.resources.reservations.devices // []) != []) | offence("devices"; "\($at).deploy.resources.reservations.devices"; "belong to the host")),
      (.container_name | select(. != null and . != $app and (. as $given | ["\($app)-\($name)", "\($app)_\($name)"] | index([$given]) | not))
        | offence("container_name"; "\($at).container_name"; "is \(shown), which may belong to somebody else; \($app)-\($name) would do")),
      of_hooks("post_start"; $at), of_hooks("pre_stop"; $at);
  def offences_of_composition: . as $whole |
    unknown("compose"; ["name", "services", "networks", "volumes", "configs", "secrets"]),
    (.services // {} | to_entries[] | .key as $name | .value | of_service($name)),
    (.networks // {} | to_entries[] | .key as $name | .value // {} | of_network($name)),
    (.volumes // {} | to_entries[] | .key as $name | .value // {} | of_volume($name)),
    ("configs", "secrets" | . as $kind | $whole[$kind] // {} | to_entries[] | .key as $name | .value | of_file($kind; $name));

  # The text before Compose reads it: [[place], value].
  def offences_of_text:
    (.[] | .[0] | select(length == 1 and .[0] != "version") | {(.[0]): 1} | unknown("compose"; ["name", "services", "networks", "volumes", "configs", "secrets"])),
    (.[] | .[0] | select(length == 3 and .[0] == "services") | . as $at | {($at[2]): 1} | unknown("services.\($at[1])"; $service_keys)),
    (.[] | select(.[0][0] == "services" and .[0][2] == "env_file") | . as [$at, $value]
      | if $value == null and (($at | length) == 3) then empty
        elif ($at | length) == 5 and ($at[4] == "required" or $at[4] == "format") then empty
        elif ($value | type) == "string" and ($value | test("\\A(\\./)?[A-Za-z0-9_.-]+\\z")) and ($value | endswith("..") | not) then empty
        elif ($value | type) == "string" and ($value | startswith("\($dir)/secrets/")) and ($value[($dir | length) + 1:] | is_staged) then empty
        else offence("env_file"; "services.\($at[1]).env_file"; "is no file of the release") end);'

# Keys of a service that are harmless, or whose values are judged.
SERVICE_KEYS='attach cap_add cap_drop cgroup command configs container_name cpu_count cpu_percent cpu_period cpu_quota cpu_shares
  cpus cpuset depends_on deploy dns dns_opt dns_search domainname entrypoint env_file environment expose extra_hosts group_add
  healthcheck hostname image init ipc labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit
  network_mode networks oom_score_adj pid pids_limit platform ports post_start pre_stop privileged profiles pull_policy
  read_only restart scale secrets security_opt shm_size stdin_open stop_grace_period stop_signal sysctls tmpfs tty ulimits
  user volumes volumes_from working_dir'
