/** Ways to write each part of a service, all of which Compose takes: put on top of each other, they show its rules. */

const DEFINED = {
  networks: { front: {}, back: {}, default: {} },
  volumes: { data: {}, other: {} },
  secrets: { one: { file: "/etc/one" }, two: { file: "/etc/two" } },
  configs: { conf: { file: "/etc/conf" }, more: { file: "/etc/more" } },
};
const OTHERS = { db: { image: "kv" }, queue: { image: "mq" } };

export const FRAGMENTS: [key: string, values: unknown[]][] = [
  ["command", ["a b", ["a", "b"], [], null]],
  ["entrypoint", ["a", ["b"], null]],
  ["environment", [{ A: 1, B: null, C: true }, ["A=2", "D"], { A: null, E: 1.5 }, [], {}]],
  ["labels", [{ a: 1, b: true, c: null }, ["a=2", "d"], {}]],
  ["annotations", [{ a: 1 }, ["a=2", "b=3"]]],
  ["sysctls", [{ "net.x": 1 }, ["net.x=2", "net.y=3"]]],
  [
    "ports",
    [
      ["8080:80"],
      ["80", 81],
      ["127.0.0.1:8080:80", "8080:80/udp"],
      ["8079-8081:79-81"],
      [
        { target: 80, published: "8080" },
        { target: 90, published: 9090, host_ip: "127.0.0.1" },
      ],
      [],
    ],
  ],
  [
    "volumes",
    [
      ["data:/data", "/anon"],
      ["other:/data:ro"],
      ["./here:/data/", "/x:/x"],
      [{ type: "volume", source: "data", target: "/x" }],
      [{ type: "tmpfs", target: "/anon" }],
    ],
  ],
  ["devices", [["/dev/a:/dev/x"], ["/dev/b:/dev/x", "/dev/c"], [{ source: "/dev/d", target: "/dev/c" }]]],
  ["networks", [["front"], { front: { aliases: ["a"] }, back: null }, { front: { aliases: ["b", "a"], priority: 5 } }]],
  [
    "depends_on",
    [
      ["db"],
      { db: { condition: "service_healthy", restart: true } },
      ["queue", "db"],
      { queue: { condition: "service_started", required: false } },
    ],
  ],
  ["logging", [{ driver: "local" }, { options: { a: "1" } }, { driver: "syslog", options: { b: "2" } }, {}]],
  ["ulimits", [{ nofile: 5 }, { nofile: { soft: 1, hard: 2 }, core: 0 }]],
  ["healthcheck", [{ test: "a", interval: "5s" }, { test: ["CMD", "b"] }, { retries: 3 }, { disable: true }]],
  ["secrets", [["one"], [{ source: "one", mode: 256 }], [{ source: "two", target: "one" }, "two"]]],
  ["configs", [["conf"], [{ source: "conf", target: "/conf" }], [{ source: "more", target: "/conf" }]]],
  ["dns", ["1.1.1.1", ["1.1.1.1", "9.9.9.9"]]],
  ["dns_search", ["a.example", ["b.example", "a.example"]]],
  ["dns_opt", [["a"], ["b", "a"]]],
  ["tmpfs", ["/a", ["/b", "/a"]]],
  ["extra_hosts", [{ a: "10.0.0.1" }, ["a:10.0.0.1", "b=10.0.0.2"], { a: ["10.0.0.1", "10.0.0.3"] }]],
  [
    "expose",
    [
      ["80", 81],
      [80, "82"],
    ],
  ],
  [
    "cap_add",
    [
      ["A", "B"],
      ["B", "C"],
    ],
  ],
  ["working_dir", ["/a", "/b"]],
  ["profiles", [[], ["x"], ["x", "y"]]],
  ["links", [["db"], ["db:alias", "queue"]]],
  ["build", [".", { context: "sub", args: ["A=1"], labels: { a: 1 } }, { args: { A: 2, B: null }, tags: ["t"] }]],
  [
    "deploy",
    [
      { replicas: 1, labels: ["a=1"] },
      { labels: { a: 2 }, resources: { limits: { memory: "1g" } } },
      { resources: { reservations: { devices: [{ capabilities: ["gpu"] }] } } },
      { replicas: "2" },
    ],
  ],
  ["gpus", [[{ count: 1 }], [{ count: 2 }]]],
  ["blkio_config", [{ weight: 5 }, { weight: 6, weight_device: [{ path: "/dev/a", weight: 1 }] }]],
  ["storage_opt", [{ size: "1G" }, { size: "2G" }]],
  ["restart", ["no", "always"]],
  ["init", [true, false]],
  ["user", ["1", "2:3"]],
  ["x-own", [{ a: [1] }, { a: [2], b: 1 }]],
  ["post_start", [[{ command: "a" }], [{ command: ["b"] }]]],
  ["credential_spec", [{ file: "a" }, { registry: "b" }]],
];

type Service = Record<string, unknown>;
const baseOf = (key: string, index: number): string => `${key}-base-${index}`;

/** Each way with each other: a service for each pair, whose name begins with the key. */
const each = (service: (key: string, base: number, overlay: unknown, values: unknown[]) => Service) =>
  Object.fromEntries(
    FRAGMENTS.flatMap(([key, values]) =>
      values.flatMap((_, index) =>
        values.map((overlay, other) => [`${key}-web-${index}-${other}`, service(key, index, overlay, values)]),
      ),
    ),
  );

/** Two files, the second on top of the first. */
export const pairs = () => ({
  "a.yaml": {
    services: { ...each((key, base, _, values) => ({ image: "x", [key]: values[base] })), ...OTHERS },
    ...DEFINED,
  },
  "b.yaml": { services: each((key, _, overlay) => ({ [key]: overlay })) },
});

/** One file whose services extend each other. */
export const extensions = () => {
  const bases = Object.fromEntries(
    FRAGMENTS.flatMap(([key, values]) =>
      values.map((base, index) => [baseOf(key, index), { image: "x", [key]: base }]),
    ),
  );
  const services = each((key, base, overlay) => ({ extends: baseOf(key, base), [key]: overlay }));
  return { "a.yaml": { services: { ...services, ...bases, ...OTHERS }, ...DEFINED } };
};
