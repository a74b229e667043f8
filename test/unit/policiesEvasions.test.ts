/** Ways to write something so that a rule might look past it. */
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import type { ApplicationFacts } from "../../components/policies/facts.ts";
import { LATER } from "../../components/policies/facts.ts";
import { judge } from "../../components/policies/judge.ts";
import { RULES } from "../../components/policies/rules.ts";
import { brought, factsOf, foundBy, NOW, SOUND, SOUND_SPEC, verdictsOf } from "../fixtures/facts.ts";

type Json = Record<string, unknown>;
const bind = (source: string, target = "/x") => ({ volumes: [{ type: "bind", source, target }] });
const volume = (driver_opts: Json): Json => ({ volumes: { v: { driver_opts } } });
const MOUNTED = { volumes: ["v:/x"] };
const LONG = "x".repeat(300);
const DISK = "opens disks or memory of the host";
const NEXT_TO = "puts it beside the processes of a container that is not this application's";
const HOST = "is another name for the network of the host";

describe("a rule about a service", () => {
  it.each<[string, Json, string, Json?]>([
    ["host-root", bind("/etc", "/run/secrets/etc"), "volumes: /etc of the host may be written to"],
    ["docker-socket", bind("/run", "/run/secrets/run"), "volumes: /run of the host has Docker's socket in it"],
    ["host-root", { volumes: ["~/../../etc:/x"] }, "volumes: /etc of the host may be written to"],
    ["host-root", { volumes: ["/etc:/x:ro,rw"] }, "volumes: /etc of the host may be written to"],
    // Compose ignores what it does not know.
    ["host-root", { volumes: ["/etc:/x:v2"] }, "volumes: /etc of the host may be written to"],
    ["host-folder", { volumes: ["~/.ssh/:/x:ro"] }, "volumes: ~/.ssh of the host is mounted"],
    ["host-root", bind(`${"/.".repeat(160)}/etc`), "volumes: /etc of the host may be written to"],
    [
      "host-root",
      MOUNTED,
      "volumes: /etc of the host may be written to",
      volume({ type: "none", o: "bind", device: `${"/.".repeat(160)}/etc` }),
    ],
    [
      "host-root",
      MOUNTED,
      "volumes: /root of the host may be written to",
      volume({ type: "overlay", device: "overlay", o: "lowerdir=/srv/a,upperdir=/root,workdir=/srv/w" }),
    ],
    [
      "host-folder",
      MOUNTED,
      "volumes: /etc of the host is mounted",
      volume({ type: "overlay", device: "overlay", o: "lowerdir=/srv/a:/etc,upperdir=/srv/b,workdir=/srv/w" }),
    ],
    [
      "host-folder",
      MOUNTED,
      "volumes: /dev/sda1 of the host is mounted",
      volume({ type: "ext4", device: "/dev/sda1" }),
    ],
    [
      "host-folder",
      { volumes_from: ["container:other:rw"] },
      "volumes_from: container: mounts what a container of somebody else has",
    ],
    ["disk-device", { devices: ["/dev/shm/../sda"] }, `devices: /dev/sda ${DISK}`],
    ["disk-device", { devices: ["/dev/mapper"] }, `devices: /dev/mapper ${DISK}`],
    ["disk-device", { devices: [{ source: "/dev/char/1:1", target: "/dev/x" }] }, `devices: /dev/char/1:1 ${DISK}`],
    [
      "disk-device",
      { devices: [...Array.from({ length: 20 }, (_, at) => `/dev/ttyUSB${at}`), "/dev/sda"] },
      `devices: /dev/sda ${DISK}`,
    ],
    [
      "security-profile",
      {
        security_opt: [
          "no-new-privileges:true",
          "seccomp=unconfined",
          ...Array(9).fill(`label:user:${"u".repeat(40)}`),
        ],
      },
      "security_opt: seccomp=unconfined lets it make every call of the kernel",
    ],
    [
      "security-profile",
      { security_opt: ["label=type:spc_t"] },
      "security_opt: label=type:spc_t takes SELinux's limits away",
    ],
    ["host-network", { networks: ["n"] }, `networks: n ${HOST}`, { networks: { n: { external: true, name: "host" } } }],
    ["host-network", { networks: ["n"] }, `networks: n ${HOST}`, { networks: { n: { external: { name: "host" } } } }],
    ["host-network", { networks: ["host"] }, `networks: host ${HOST}`, { networks: { host: { external: true } } }],
    ["host-namespace", { pid: "container:other" }, `pid: container: ${NEXT_TO}`],
    ["host-namespace", { ipc: "container:other" }, `ipc: container: ${NEXT_TO}`],
    ["open-port", { ports: ["[0:0:0:0:0:0:0:0]:81:81"] }, "ports: 81 is open on all addresses"],
    ["open-port", { ports: [{ target: 81, published: "81", host_ip: "::0" }] }, "ports: 81 is open on all addresses"],
    ["open-port", { ports: ["[::ffff:0.0.0.0]:81:81"] }, "ports: 81 is open on all addresses"],
    [
      "literal-credential",
      { post_start: [{ command: ["x"], environment: { DB_PASSWORD: "hunter2" } }] },
      "post_start.1.environment.DB_PASSWORD is a literal credential",
    ],
    [
      "literal-credential",
      { pre_stop: [{ command: ["x"], environment: ["DB_PASSWORD=hunter2"] }] },
      "pre_stop.1.environment.DB_PASSWORD is a literal credential",
    ],
    ["literal-credential", { annotations: ["db.password=hunter2"] }, "annotations.db.password is a literal credential"],
    [
      "literal-credential",
      { deploy: { labels: { "a.token": "hunter2" } } },
      "deploy.labels.a.token is a literal credential",
    ],
    [
      "literal-credential",
      MOUNTED,
      "volumes: v has a literal credential in its driver_opts, for password",
      volume({ sshcmd: "anna@nas:/x", password: "hunter2" }),
    ],
    [
      "literal-credential",
      { environment: { DB: `postgres://app:hunter2@db/x?${"a=1&".repeat(90)}` } },
      "environment.DB is a URL with a password",
    ],
    [
      "literal-credential",
      { command: ["sh", "-c", `echo ${LONG} && PGPASSWORD=hunter2 psql`] },
      "command has a literal credential",
    ],
    ["literal-credential", { command: `echo ${LONG} --token hunter2` }, "command has a literal credential"],
  ])("%s finds %j", (id, keys, what, rest) =>
    expect(foundBy(id, factsOf(...brought(keys, rest)))).toEqual([`apps: shop.services.web: ${what}`]),
  );

  it.each<[string, Json, Json?]>([
    ["host-network", { networks: ["host"] }, { networks: { host: {} } }],
    ["host-network", { networks: ["n"] }, { networks: { n: { name: "host-x", external: true } } }],
    ["host-folder", MOUNTED, volume({ type: "nfs", o: "addr=10.0.0.1,rw", device: ":/export" })],
    ["disk-device", { devices: ["/dev/net/../dri", "/dev/mdx"] }],
    ["open-port", { ports: ["[::1]:81:81"] }],
    ["literal-credential", { command: `echo ${LONG} --token $$TOKEN` }],
    ["literal-credential", { environment: { TEXT: `--token hunter2 ${LONG}` } }],
    ["literal-credential", { annotations: ["db.password=$$PW", "x=y"] }],
  ])("%s finds nothing in %j", (id, keys, rest) => expect(foundBy(id, factsOf(...brought(keys, rest)))).toEqual([]));

  it.each<[string, Json, string]>([
    ["privileged", { privileged: "${P}" }, "privileged: a secret says whether it has every right on the host"],
    ["docker-socket", { use_api_socket: "${P}" }, "use_api_socket: a secret says whether it has Docker's socket"],
    ["host-capability", { cap_add: ["${P}"] }, "cap_add: a secret says which it is"],
    ["host-folder", { volumes: ["${P}:/x"] }, "volumes: a secret says what is mounted at /x"],
    ["host-namespace", { pid: "${P}" }, "pid: a secret says which it is"],
    ["security-profile", { security_opt: ["${P}"] }, "security_opt: a secret says which profile it runs with"],
  ])("%s finds what only a secret decides: %j", (id, keys, what) => {
    const [spec, given] = brought(keys);
    const facts = factsOf(spec, { ...given, secrets: { P: "/var/run/docker.sock" } });
    expect(foundBy(id, facts)).toEqual([`apps: shop.services.web: ${what}`]);
  });

  it.each([["command"], ["entrypoint"]])("judges a service of which the %s is none that Compose takes", (key) => {
    for (const value of [5, true, ["x", 1], [null], {}, { a: 1 }, [["x"]]])
      expect(foundBy("privileged", factsOf(...brought({ privileged: true, [key]: value })))).toHaveLength(1);
  });

  it("names the port of the container, where a secret says that of the host", () => {
    const [spec, given] = brought({ ports: ["0.0.0.0:${P}:81"] });
    expect(foundBy("open-port", factsOf(spec, { ...given, secrets: { P: "8123" } }))).toEqual([
      "apps: shop.services.web: ports: 81 is open on all addresses",
    ]);
  });

  it("finds nothing where a container is one of the application's own", () => {
    const other = { ...SOUND, container_name: "mine", image: "x/y:1" };
    const compose = stringify({ services: { web: { ...SOUND, pid: "container:mine" }, other } });
    expect(foundBy("host-namespace", factsOf({ ...SOUND_SPEC, compose: "compose.yaml" }, { compose }))).toEqual([]);
  });

  it("names no part of a value that looks like a name", () => {
    const [spec, given] = brought({ command: ["run", "--password", "hunterTOKEN=xyz"] });
    expect(foundBy("literal-credential", factsOf(spec, given))).toEqual([
      "apps: shop.services.web: command has a literal credential, for --password",
    ]);
  });
});

describe("the rule about literal credentials", () => {
  it("finds those of what runs beside the services, and of headers", () => {
    const spec: ApplicationSpec = {
      ...SOUND_SPEC,
      migration: { command: ["sh", "-c", "PGPASSWORD=hunter2 migrate"], down: ["down", "--token", "hunter2"] },
      backup: { command: ["dump", "postgres://app:hunter2@db/x"], restore: ["load", "--password", "hunter2"] },
      verification: { command: ["ask", "--password=hunter2"] },
      proxy: { headers: { Authorization: `Bearer ${"aB3".repeat(8)}` } },
    };
    expect(foundBy("literal-credential", factsOf(spec))).toEqual([
      "apps: shop: backup.command has a URL with a password in it",
      "apps: shop: backup.restore has a literal credential, for --password",
      "apps: shop: migration.command has a literal credential, for PGPASSWORD",
      "apps: shop: migration.down has a literal credential, for --token",
      "apps: shop: verification.command.command has a literal credential, for --password",
      "apps: shop: proxy.headers of https://shop.example.com.Authorization is a token",
    ]);
  });
});

describe("an image that a transform puts in", () => {
  const image = `quay.io/x/y@sha256:${"a".repeat(64)}`;
  const compose = ({ services, ...rest }: { services: Record<string, object> }) => ({
    ...rest,
    services: { ...services, web: { ...services.web, image } },
  });
  const facts = factsOf({ ...SOUND_SPEC, transform: { compose: compose as never } });

  it("is the one that must be from a registry that is allowed", () => {
    expect(foundBy("registry", facts, { registries: ["ghcr.io/anna"] })).toEqual([
      `apps: shop.services.web: image: ${image} is not from ghcr.io/anna`,
    ]);
    expect(foundBy("registry", facts, { registries: ["quay.io"] })).toEqual([]);
  });
});

describe("facts of another program", () => {
  const odd = [null, LATER, [], {}, 0, "", true, "x: y", [null], { a: null }, { "0": LATER }, [[LATER]]];
  const keys = [
    ...["image", "privileged", "capabilities", "mounts", "devices", "device_cgroup_rules", "security_opt", "ports"],
    ...["environment", "labels", "annotations", "command", "healthCheck", "limits", "deploy", "logging", "rollout"],
    ...["post_start", "configs", "secrets", "networks", "network_mode", "user", "volumes_from"],
  ];

  it.each(odd.map((value) => [JSON.stringify(value), value]))("never break a rule: %s everywhere", (_, value) => {
    const whole = Object.fromEntries(keys.map((key) => [key, value]));
    const reviews = [
      ...keys.map((key) => ({ services: { web: { [key]: value } } })),
      ...["services", "compose", "routes", "backup", "migration", "preflight"].map((key) => ({ [key]: value })),
      { services: { web: value } },
      { services: { web: whole }, compose: { volumes: value, networks: value, configs: value }, routes: { a: value } },
    ];
    for (const review of reviews)
      for (const images of [{}, { web: "%%" }, { web: "redis" }]) {
        const facts = { ...factsOf(SOUND_SPEC), images, review } as unknown as ApplicationFacts;
        for (const rule of RULES) judge(rule, facts, rule.id === "registry" ? { registries: ["ghcr.io"] } : {}, NOW);
      }
  });

  it("leave a port that is known later for later", () => {
    const review = { services: { web: { ports: { 80: LATER, 81: "81" } } } };
    expect(verdictsOf({ ...factsOf(SOUND_SPEC), review })["open-port"]).toMatchObject({
      findings: [{ place: "apps: shop.services.web" }],
      later: [{ path: "ports.80" }],
    });
  });
});
