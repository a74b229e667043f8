import { describe, expect, it } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { composeProblems } from "../../components/compose/check.ts";
import { readYaml } from "../../components/compose/yaml.ts";
import { problemsOf, SIMPLEST } from "../fixtures/application.ts";

const OF_SERVICE = (key: string, value: string) =>
  `services: {web: {${key === "image" ? "" : "image: x, "}${key}: ${value}}}`;
const OF_DOCUMENT = (key: string, value: string) => `services: {web: {image: x}}\n${key}: ${value}`;
const accepts = (text: string): boolean => composeProblems(readYaml(text)[0]!.value).length === 0;

/** What Compose 2.40.3 says of each (`docker compose config`), first what it accepts. */
const SERVICE: Record<string, [accepted: string[], refused: string[]]> = {
  image: [
    ["a", "x:1"],
    ["5", "1.5", "true", "[x]", "~", "{a: b}"],
  ],
  build: [
    [".", "{}", "{context: .}", "{dockerfile_inline: FROM x}", "{args: [A]}", "{args: {A: 1, B: }}", "{target: x}"],
    ["{context: 5}", "{args: {A: [1]}}", "{args: [5]}", "[.]", "5", "~", "{target: 5}", "{dockerfile: }", "{args: }"],
  ],
  ports: [
    [
      "[]",
      "[80]",
      '["80","80:80","1.1.1.1:80:80","[::1]:81:81","90-91:90-91/udp"]',
      "[{target: 80}]",
      '[{target: "80", published: "8080", x-a: 1}]',
      '["${P:-80}:80"]',
      '[{target: "${P:-80}"}]',
      "[22:22]",
    ],
    [
      "~",
      "80",
      '"80:80"',
      "{a: b}",
      "[80.5]",
      "[true]",
      "[~]",
      "[[80]]",
      "[{target: 80, published: 8080.5}]",
      "[{published: 80}]",
      "[{target: ~}]",
      "[{target: 80, host_ip: 5}]",
    ],
  ],
  volumes: [
    [
      "[]",
      "[/x]",
      "[./a:/x]",
      "[{type: bind, source: ./x, target: /x}]",
      '[{type: volume, target: /x, read_only: "true"}]',
      '["${X:-./f}:/f"]',
      "[{type: tmpfs, target: /x, tmpfs: {size: 5}}]",
    ],
    [
      "~",
      "5",
      "a:/b",
      "{a: /b}",
      "[5]",
      "[~]",
      "[{target: /x}]",
      "[{type: 5, target: /x}]",
      "[{type: bind, source: 5, target: /x}]",
      "[{type: volume, target: /x, read_only: 1}]",
      "[[a]]",
      "[{type: tmpfs, target: }]",
    ],
  ],
  tmpfs: [
    ["/x", "[/x]", "[]"],
    ["[5]", "5", "~", "{a: b}"],
  ],
  networks: [
    ["[]", "[a]", "{a: }", "{a: {aliases: [x]}}", "{}", "{a: {x-a: 1}}"],
    ["~", "5", "a", "[5]", "[~]", "{a: 5}", "{a: []}"],
  ],
  network_mode: [
    ["host", '"service:web"'],
    ["5", "true", "~", "[a]"],
  ],
  env_file: [
    ["a.env", "[]", "[a.env]", "[{path: a.env}]", '[{path: a, required: "false"}]', "[{path: a, required: false}]"],
    ["5", "~", "[5]", "[~]", "[{}]", "[{path: a, required: 0}]", "{path: a.env}", "[{path: 5}]"],
  ],
  environment: [
    ["[]", "{}", "[A=1, A]", "{A: 1, B: , C: true, D: 1.5}", "{A: .inf, B: .nan}", "{A: 99999999999999999999}"],
    ["~", "5", '"A=1"', "[5]", "[true]", "[~]", "{A: [1]}", "{A: {b: 1}}", "[{A: 1}]", "[[A]]"],
  ],
  depends_on: [
    ["[]", "{}", "[web2]", '{web2: {condition: "${C:-service_started}", restart: true}}'],
    ["~", "5", "web2", "[5]", "[~]", "{web2: }", "{web2: {}}", "{web2: {condition: 5}}"],
  ],
  healthcheck: [
    ["{}", "{test: x}", "{test: [CMD, x]}", "{disable: true}"],
    ["~", "x", "[CMD]", "{test: [CMD, 5]}", "{test: ~}", "5", "{test: 5}"],
  ],
  deploy: [
    ["~", "{}", "{replicas: 2}", '{replicas: "2"}', '{replicas: "${R:-2}"}', "{resources: {limits: {memory: 1g}}}"],
    ["[]", "5", "{replicas: 2.5}", "{replicas: }", "{replicas: true}"],
  ],
  scale: [
    ["1", '"1"', "0", '"${N:-3}"', "1e0"],
    ["2.5", "true", "~", "[1]"],
  ],
  profiles: [
    ["[]", "[a]"],
    ["~", "a", "5", "[5]", "[~]", "[true]"],
  ],
  extends: [
    ["web2", "{service: web2}"],
    ["[web2]", "5", "{service: 5}", "{file: 5, service: web2}", "{}"],
  ],
  configs: [
    ["[]", "[c]", "[{source: c, mode: 0440}]"],
    ["~", "c", "{a: b}", "[5]", "[~]", "[{source: 5}]", "[{source: c, target: 5}]", "[[c]]"],
  ],
  secrets: [
    ["[c]", "[{source: c, target: x}]"],
    ["~", "c", "[5]", "[{source: 5}]"],
  ],
  restart: [
    ["no", "off", "always", '"on-failure:3"'],
    ["false", "5", "~", "[a]"],
  ],
  user: [
    ['"1000"', "1000:1000", "a"],
    ["1000", "0", "true", "~"],
  ],
  expose: [
    ["[]", "[80]", '["80"]'],
    ["80", "[80.5]", "~", "[true]", "[~]"],
  ],
  logging: [
    ["{}", "{driver: x}", "{driver: json-file, options: {max-size: 10m, max-file: 3}}", "{options: {a: }}"],
    ["~", "5", "{driver: ~}", "{driver: 5}", "{options: {a: true}}", "{options: [a]}", "{options: {a: [1]}}"],
  ],
  post_start: [
    ["[]", "[{command: x}]", "[{command: [x]}]", "[{command: }]", "[{command: x, user: root, privileged: true}]"],
    ["~", "{command: x}", "[x]", "[{}]", "[{command: x, user: 0}]", "[{command: x, working_dir: [a]}]"],
  ],
  pre_stop: [
    ["[{command: x}]", "[{command: x, environment: {A: 1}}]", "[{command: x, environment: [A=1]}]"],
    ["~", "[{command: 5}]", "[{command: [5]}]", "[{command: x, environment: 5}]"],
  ],
  command: [["~", "x", "[x]"], []],
  "x-own": [["~", "5", "[1]", "{a: b}"], []],
};

const NAMED: [string[], string[]] = [
  [
    "{}",
    "{a: }",
    "{a: {}}",
    "{a: {external: true}}",
    '{a: {external: "true"}}',
    "{a: {external: {name: y}}}",
    "{a: {name: y, x-a: 1}}",
    "{a: {driver: x, driver_opts: {a: 1}}}",
  ],
  [
    "~",
    "[]",
    "5",
    "{a: 5}",
    "{a: []}",
    "{a: {external: }}",
    "{a: {external: 5}}",
    "{a: {external: {name: 5}}}",
    "{a: {name: 5}}",
    "{a: {name: }}",
    "{x-a: 5}",
    "{a: {driver: 5}}",
    "{a: {driver_opts: {a: true}}}",
    "{a: {driver_opts: [a]}}",
  ],
];
const DEFINED: [string[], string[]] = [
  ["{}", "{a: {file: x}}", "{a: {environment: X}}", "{a: {external: true}}", "{a: {file: x, x-a: 1}}"],
  ["~", "[]", "5", "{a: }", "{a: 5}", "{a: {file: 5}}", "{a: {file: }}", "{a: {environment: [x]}}", "{x-a: 5}"],
];
const DOCUMENT: typeof SERVICE = {
  networks: NAMED,
  volumes: NAMED,
  configs: [
    [...DEFINED[0], "{a: {content: x}}"],
    [...DEFINED[1], "{a: {content: 5}}", "{a: {content: }}"],
  ],
  secrets: DEFINED,
  include: [
    ["~", "[]", "[inc.yaml]", "[{path: inc.yaml}]", "[{path: [inc.yaml]}]"],
    ["a.yaml", "{path: a}", "[5]"],
  ],
  name: [["a"], ["5", "~", "[a]"]],
  "x-own": [["~", "5", "[1]", "{a: b}"], []],
};

describe.each([
  ["a service", SERVICE, OF_SERVICE],
  ["a document", DOCUMENT, OF_DOCUMENT],
] as const)("the shape of %s is taken and refused as Compose does", (_, table, write) => {
  it.each(Object.keys(table))("%s", (key) => {
    const [accepted, refused] = table[key]!;
    expect([accepted, refused].map((all) => all.filter((value) => accepts(write(key, value))))).toEqual([accepted, []]);
  });
});

describe("a shape that Compose refuses", () => {
  const SPEC: ApplicationSpec = {
    name: "shop",
    image: "ghcr.io/anna/shop",
    compose: "docker-compose.yml",
    services: { web: { port: 80 } },
  };
  const found = (text: string, more: Partial<ApplicationSpec> = {}) => {
    const all = problemsOf({ ...SPEC, ...more, compose: "compose.yaml" }, { compose: text });
    return all.map((line) => line.replace("apps: shop.compose: compose.yaml: ", ""));
  };

  it("is refused with all that is wrong, each with its place, its value and the way out", () =>
    expect(
      found(`
services:
  web: { image: 5, ports: "80:80", volumes: 5, user: 1000, env_file: [{ path: 5 }] }
  db:
  job: { ports: [80, { published: 80 }, [1]], environment: { A: [1], B: 1 }, deploy: { replicas: 2.5 } }
volumes: { data: [] }
secrets: { s: }
`),
    ).toEqual([
      'services.web.image: 5 is a number; write it in quotes, like "5"',
      'services.web.ports: "80:80" is text; write a list, like ["80:80"]',
      'services.web.volumes: 5 is a number; write a list, like ["5"]',
      'services.web.env_file[0].path: 5 is a number; write it in quotes, like "5"',
      'services.web.user: 1000 is a number; write it in quotes, like "1000"',
      'services.db: is empty; give it an image, like { image: "ghcr.io/anna/web:1" }, or take it out',
      "services.job.ports[1].target: is missing; write a number or text",
      "services.job.ports[2]: is a list; write a number, text or a map",
      "services.job.environment.A: is not a single value; write text, a number, true or false",
      "services.job.deploy.replicas: 2.5 is a number; write a whole number or text",
      "volumes.data: is a list; write a map",
      "secrets.s: is empty; write a map",
    ]));

  it("is refused together with what else is wrong, but with nothing that only follows from it", () =>
    expect(found("services: {web: {ports: 80}}", { domain: "a b", hold: "x", migration: [] })).toEqual([
      'services.web.ports: 80 is a number; write a list, like ["80"]',
      expect.stringMatching(/^apps: shop\.domain: "a b" is not a domain/),
      expect.stringMatching(/^apps: shop\.hold: "x" is not a time/),
      expect.stringMatching(/^apps: shop\.migration\.command: \[\] must be words/),
    ]));

  it("shows no value of a variable", () =>
    expect(found('services: {web: {environment: "PASSWORD=planted"}}')).toEqual([
      "services.web.environment: (a hidden value) is text; write a map or a list",
    ]));

  it.each([
    "services: {web: {build: {args: PASSWORD=planted}}}",
    "services: {web: {image: a}}\nsecrets: {db: planted}",
    "services: {web: {image: a}}\nconfigs: {c: planted}",
    "services: {web: {image: a}}\nvolumes: {v: {driver_opts: 'o=password=planted'}}",
  ])("shows nothing of what may be a secret: %s", (text) => {
    const shown = found(text).join("\n");
    expect(shown).toContain("(a hidden value)");
    expect(shown).not.toContain("planted");
  });

  it("is refused in what a declaration adds, at the place where it is declared", () =>
    expect(
      problemsOf({
        ...SIMPLEST,
        services: {
          web: { port: 80, compose: { volumes: 5, deploy: { replicas: 1.5 } } },
          job: { publish: "80:80" as never, volumes: "data:/data" as never },
        },
      }),
    ).toEqual([
      'apps: shop.services.web.compose.volumes: 5 is a number; write a list, like ["5"]',
      "apps: shop.services.web.compose.deploy.replicas: 1.5 is a number; write a whole number or text",
      'apps: shop.services.job.publish: "80:80" is text; write a list, like ["80:80"]',
      'apps: shop.services.job.volumes: "data:/data" is text; write a list, like ["data:/data"]',
    ]));
});

it("keys that Slipway does not read are left alone", () =>
  expect(composeProblems({ "x-a": null, services: { web: { blkio_config: 5, "x-b": [] } }, models: 5 })).toEqual([]));
