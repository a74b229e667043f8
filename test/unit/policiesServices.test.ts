import { describe, expect, it } from "vitest";
import { RULES } from "../../components/policies/rules.ts";
import { brought, declared, factsOf, foundBy, SOUND_SPEC, verdictsOf } from "../fixtures/facts.ts";

type Json = Record<string, unknown>;
const bind = (source: string, more: Json = {}) => ({ volumes: [{ type: "bind", source, target: "/x", ...more }] });
const boundVolume = (device: string, o = "bind"): Json => ({
  volumes: { v: { driver_opts: { type: "none", o, device } } },
});
const SOCKET = "gives it the socket of a program that starts containers";
const INSIDE = "of the host has Docker's socket in it";
const WRITTEN = "of the host may be written to";
const MOUNTED = "of the host is mounted";
const DISK = "opens disks or memory of the host";
const OPEN = "is open on all addresses";

/** By rule: keys of a service, what is found, and other parts of its Compose file. */
const OFFENDING: [string, Json, string, Json?][] = [
  ["privileged", { privileged: true }, "privileged: true gives it every right on the host"],
  ["privileged", { privileged: "true" }, "privileged: true gives it every right on the host"],
  [
    "privileged",
    { post_start: [{ command: ["x"] }, { command: ["y"], privileged: true }] },
    "post_start: privileged: true gives its command every right on the host",
  ],
  ["docker-socket", { use_api_socket: true }, "use_api_socket: true gives it Docker's socket"],
  [
    "docker-socket",
    { volumes: ["/var/run/docker.sock:/var/run/docker.sock"] },
    `volumes: /var/run/docker.sock ${SOCKET}`,
  ],
  ["docker-socket", { volumes: ["/run/docker.sock:/x:ro"] }, `volumes: /run/docker.sock ${SOCKET}`],
  [
    "docker-socket",
    bind("/run/user/1000/podman/podman.sock", { read_only: true }),
    `volumes: /run/user/1000/podman/podman.sock ${SOCKET}`,
  ],
  ["docker-socket", bind("/run/containerd/containerd.sock"), `volumes: /run/containerd/containerd.sock ${SOCKET}`],
  ["docker-socket", bind("/run/systemd/private"), `volumes: /run/systemd/private ${SOCKET}`],
  ["docker-socket", { volumes: ["/var/run/:/x"] }, `volumes: /var/run ${INSIDE}`],
  ["docker-socket", { volumes: ["/:/host:ro,rslave"] }, `volumes: / ${INSIDE}`],
  ["docker-socket", bind("/run/containerd"), `volumes: /run/containerd ${INSIDE}`],
  ["docker-socket", { volumes: ["v:/x"] }, `volumes: /run ${INSIDE}`, boundVolume("/run")],
  [
    "docker-socket",
    { configs: ["c"] },
    `configs: /run/docker.sock ${SOCKET}`,
    { configs: { c: { file: "/run/docker.sock" } } },
  ],
  [
    "docker-socket",
    { secrets: [{ source: "s", target: "/s" }] },
    `secrets: /run/docker.sock ${SOCKET}`,
    { secrets: { s: { file: "/run/docker.sock" } } },
  ],
  [
    "host-capability",
    { cap_add: ["SYS_ADMIN"] },
    "cap_add: SYS_ADMIN lets it mount file systems and change namespaces",
  ],
  ["host-capability", { cap_add: ["cap_sys_module"] }, "cap_add: cap_sys_module lets it load code into the kernel"],
  ["host-capability", { cap_add: ["ALL"], cap_drop: [] }, "cap_add: ALL gives it all of them"],
  ["capability", { cap_add: ["NET_ADMIN"] }, "cap_add: NET_ADMIN lets it change networks and firewalls"],
  ["capability", { cap_add: ["CAP_SYS_PTRACE"] }, "cap_add: CAP_SYS_PTRACE lets it read the memory of other processes"],
  ["host-root", { volumes: ["/:/host"] }, `volumes: / ${WRITTEN}`],
  ["host-root", { volumes: ["/etc:/etc"] }, `volumes: /etc ${WRITTEN}`],
  ["host-root", { volumes: ["/etc/cron.d:/x:rw"] }, `volumes: /etc/cron.d ${WRITTEN}`],
  ["host-root", bind("/usr"), `volumes: /usr ${WRITTEN}`],
  ["host-root", bind("/var/lib"), `volumes: /var/lib ${WRITTEN}`],
  ["host-root", bind("//proc/./sys"), `volumes: /proc/sys ${WRITTEN}`],
  ["host-root", bind("/lib/modules", { read_only: false }), `volumes: /lib/modules ${WRITTEN}`],
  ["host-root", { volumes: ["v:/x"] }, `volumes: /boot ${WRITTEN}`, boundVolume("/boot")],
  ["host-folder", { volumes: ["/etc/ssl:/etc/ssl:ro"] }, `volumes: /etc/ssl ${MOUNTED}`],
  ["host-folder", bind("/proc", { read_only: true }), `volumes: /proc ${MOUNTED}`],
  ["host-folder", bind("/sys"), `volumes: /sys ${MOUNTED}`],
  ["host-folder", bind("/dev/dri"), `volumes: /dev/dri ${MOUNTED}`],
  ["host-folder", bind("/run/dbus", { read_only: true }), `volumes: /run/dbus ${MOUNTED}`],
  ["host-folder", { volumes: ["/etc/localtime:/etc/localtime"] }, `volumes: /etc/localtime ${MOUNTED}`],
  ["host-folder", { volumes: ["/opt:/opt:ro"] }, `volumes: /opt ${MOUNTED}`],
  ["host-folder", bind("/opt/slipway/proxy"), `volumes: /opt/slipway/proxy ${MOUNTED}`],
  ["host-folder", bind("/home/anna"), `volumes: /home/anna ${MOUNTED}`],
  ["host-folder", bind("/home/anna/.ssh/id_ed25519"), `volumes: /home/anna/.ssh/id_ed25519 ${MOUNTED}`],
  ["host-folder", { volumes: ["v:/x"] }, `volumes: /root ${MOUNTED}`, boundVolume("/root", "bind,ro")],
  ["host-folder", { volumes: ["v:/x:ro"] }, `volumes: /root ${MOUNTED}`, boundVolume("/root", "rbind")],
  ["host-folder", { configs: ["c"] }, `configs: /etc/shadow ${MOUNTED}`, { configs: { c: { file: "/etc/shadow" } } }],
  ["disk-device", { devices: ["/dev/sda:/dev/sda:r"] }, `devices: /dev/sda ${DISK}`],
  [
    "disk-device",
    { devices: [{ source: "/dev/nvme0n1", target: "/dev/x", permissions: "rwm" }] },
    `devices: /dev/nvme0n1 ${DISK}`,
  ],
  ["disk-device", { devices: ["/dev/mapper/vg-root"] }, `devices: /dev/mapper/vg-root ${DISK}`],
  ["disk-device", { devices: ["/dev"] }, `devices: /dev ${DISK}`],
  ["disk-device", { devices: ["//dev/./sdb"] }, `devices: /dev/sdb ${DISK}`],
  ["disk-device", { device_cgroup_rules: ["b 8:* rwm"] }, `device_cgroup_rules: b 8:* rwm ${DISK}`],
  ["disk-device", { device_cgroup_rules: ["c 1:3 m", "a *:* rwm"] }, `device_cgroup_rules: a *:* rwm ${DISK}`],
  ["device", { devices: ["/dev/ttyUSB0:/dev/tty0"] }, "devices: /dev/ttyUSB0 is a device of the host"],
  ["device", { devices: ["/dev/net/tun"] }, "devices: /dev/net/tun is a device of the host"],
  ["device", { device_cgroup_rules: ["c 188:* rmw"] }, "device_cgroup_rules: c 188:* rmw is a device of the host"],
  ["host-network", { network_mode: "host" }, "network_mode: host puts it into the network of the host"],
  ["host-namespace", { pid: "host" }, "pid: host lets it see and stop all processes of the host"],
  ["host-namespace", { ipc: "host" }, "ipc: host gives it the shared memory of the host"],
  ["host-namespace", { uts: "host" }, "uts: host gives it the name of the host"],
  ["host-namespace", { userns_mode: "host" }, "userns_mode: host makes its root the host's, where users are mapped"],
  ["host-namespace", { cgroup: "host" }, "cgroup: host lets it see the control groups of the host"],
  [
    "security-profile",
    { security_opt: ["no-new-privileges:true", "seccomp:unconfined"] },
    "security_opt: seccomp:unconfined lets it make every call of the kernel",
  ],
  [
    "security-profile",
    { security_opt: ["apparmor=unconfined"] },
    "security_opt: apparmor=unconfined takes AppArmor's limits away",
  ],
  ["security-profile", { security_opt: ["label:disable"] }, "security_opt: label:disable takes SELinux's limits away"],
  [
    "security-profile",
    { security_opt: ["systempaths=unconfined"] },
    "security_opt: systempaths=unconfined shows it what Docker hides of /proc and /sys",
  ],
  ["literal-credential", { environment: { DB_PASSWORD: "x" } }, "environment.DB_PASSWORD is a literal credential"],
  ["no-new-privileges", { security_opt: [] }, "security_opt has no no-new-privileges"],
  ["no-new-privileges", { security_opt: ["no-new-privileges:false"] }, "security_opt has no no-new-privileges"],
  ["root-user", { user: "root" }, "user is root"],
  ["root-user", { user: "0:1000" }, "user is root"],
  ["root-user", { user: "00" }, "user is root"],
  ["capability-drop", { cap_drop: [] }, "cap_drop does not name ALL"],
  ["capability-drop", { cap_drop: ["NET_RAW"] }, "cap_drop does not name ALL"],
  ["memory-limit", { mem_limit: 0 }, "has no limit of memory"],
  ["pids-limit", { pids_limit: -1 }, "has no limit of processes"],
  ["open-port", { ports: ["81:81"] }, `ports: 81 ${OPEN}`],
  ["open-port", { ports: ["0.0.0.0:53:53/udp"] }, `ports: 53/udp ${OPEN}`],
  ["open-port", { ports: ["[::]:81:81"] }, `ports: 81 ${OPEN}`],
  ["open-port", { ports: [9000] }, `ports: 9000 ${OPEN}`],
  ["open-port", { ports: [{ target: 81, published: "82", host_ip: "0.0.0.0" }] }, `ports: 81 ${OPEN}`],
  ["open-port", { ports: [{ target: 81, published: "82" }] }, `ports: 81 ${OPEN}`],
  ["open-port", { ports: ["81:81", "127.0.0.1:82:81"] }, `ports: 81 ${OPEN}`],
  ["log-rotation", { logging: { driver: "json-file" } }, "logging has no max-size"],
  ["log-rotation", { logging: { options: { "max-file": "3" } } }, "logging has no max-size"],
  ["log-rotation", { logging: { driver: "none" } }, "logging.driver: none keeps no logs"],
];

/** By rule: what looks like an offence, and is none. */
const SOUND: [string, Json, Json?][] = [
  ["privileged", { privileged: false }],
  ["docker-socket", { use_api_socket: false, volumes: ["/run/shop:/run", "/opt/docker.socket:/x", "./running:/run2"] }],
  ["docker-socket", { volumes: ["v:/var/run/docker.sock"] }, { volumes: { v: {} } }],
  ["docker-socket", { volumes: ["v:/x"] }, { volumes: { v: { driver_opts: { type: "nfs", device: "/run" } } } }],
  ["docker-socket", { tmpfs: ["/run", "/var/run"] }],
  ["host-capability", { cap_add: ["NET_BIND_SERVICE", "NET_ADMIN"], cap_drop: ["ALL", "SYS_ADMIN"] }],
  ["capability", { cap_add: ["NET_BIND_SERVICE", "CHOWN", "SETUID"] }],
  ["host-root", { volumes: ["/etc/localtime:/etc/localtime", "/srv/etc:/etc", "./etc:/etc2", "/lib/modules:/m:ro"] }],
  ["host-root", bind("/usr/share/x")],
  ["host-root", bind("/var/lib/mysql")],
  ["host-folder", { volumes: ["/etc/localtime:/etc/localtime:ro", "/usr/bin:/x:ro", "/dev/null:/y", "./home:/home"] }],
  ["host-folder", bind("/home/anna/shop/data")],
  ["host-folder", bind("/var/run/docker.sock")],
  ["host-folder", bind("/etc")],
  ["host-folder", { configs: ["c"] }, { configs: { c: { content: "x" } } }],
  [
    "disk-device",
    { devices: ["/dev/sda:/dev/sda:m", "/dev/dri:/dev/dri", "/dev/hdmi0"], device_cgroup_rules: ["b 8:* m"] },
  ],
  ["device", { devices: ["/dev/sda"], device_cgroup_rules: ["c 1:3 m"] }],
  ["host-network", { hostname: "host" }],
  ["host-namespace", { ipc: "private", cgroup: "private" }],
  ["security-profile", { security_opt: ["seccomp:./profile.json", "apparmor:docker-default", "label:type:x"] }],
  ["literal-credential", { environment: { DB_USER: "app", DB_PASSWORD: "" } }],
  ["no-new-privileges", { security_opt: ["no-new-privileges"] }],
  ["no-new-privileges", { security_opt: ["apparmor:x", "no-new-privileges=true"] }],
  ["root-user", { user: "1000:0" }],
  ["root-user", { user: "rooted" }],
  ["capability-drop", { cap_drop: ["all"], cap_add: ["CHOWN"] }],
  ["memory-limit", { mem_limit: undefined, deploy: { resources: { limits: { memory: "1g" } } } }],
  ["pids-limit", { pids_limit: undefined, deploy: { resources: { limits: { pids: 100 } } } }],
  ["open-port", { ports: ["127.0.0.1:81:81", "[::1]:82:82", "10.0.0.7:83:83"] }],
  ["open-port", { ports: [{ target: 81, published: "82", host_ip: "127.0.0.1" }] }],
  ["open-port", { expose: ["81"] }],
  ["log-rotation", { logging: { driver: "local" } }],
  ["log-rotation", { logging: { driver: "json-file", options: { "max-size": "5m" } } }],
  ["log-rotation", { logging: { driver: "journald" } }],
];

const withoutUndefined = (keys: Json): Json => JSON.parse(JSON.stringify(keys)) as Json;

describe("a rule about a service", () => {
  it.each(OFFENDING)("%s finds %j", (id, keys, what, rest) => {
    const expected = [`apps: shop.services.web: ${what}`];
    expect(foundBy(id, factsOf(...brought(keys, rest)))).toEqual(expected);
    if (!rest) expect(foundBy(id, factsOf(...declared(keys)))).toEqual(expected);
  });

  it.each(SOUND)("%s finds nothing in %j", (id, keys, rest) => {
    expect(foundBy(id, factsOf(...brought(withoutUndefined(keys), rest)))).toEqual([]);
    if (!rest) expect(foundBy(id, factsOf(...declared(withoutUndefined(keys))))).toEqual([]);
  });
});

describe("rules", () => {
  it.each([
    ["declared", factsOf(SOUND_SPEC)],
    ["brought along as a Compose file", factsOf(...brought({}))],
    ["protected", factsOf(SOUND_SPEC, { protected: true })],
  ])("find nothing in a sound application that is %s", (_, facts) => {
    const found = Object.values(verdictsOf(facts)).flatMap(({ findings, later }) => [...findings, ...later]);
    expect(found).toEqual([]);
  });

  it("that judge a service have a case above, and one that is sound, or a test of their own", () => {
    const ids = (cases: [string, ...unknown[]][]) => [...new Set(cases.map(([id]) => id))].sort();
    const own = ["moving-tag", "unstable-version", "image-digest", "registry", "health-check", "unsigned-image"];
    expect(ids(SOUND)).toEqual(ids(OFFENDING));
    const all = RULES.filter((rule) => "service" in rule).map(({ id }) => id);
    expect([...ids(OFFENDING), ...own].sort()).toEqual(all.sort());
  });
});
