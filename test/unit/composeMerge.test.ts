import { describe, expect, it } from "vitest";
import { withUnknown } from "../../components/compose/interpolate.ts";
import { loadCompose } from "../../components/compose/load.ts";

/** The document of files by their names, the first ones that are given. */
const load = (files: Record<string, string>, used = [Object.keys(files)[0]!], variables: Record<string, string> = {}) =>
  loadCompose(used, {
    readFile: (path) => {
      if (!Object.hasOwn(files, path)) throw new Error(`ENOENT: ${path}`);
      return files[path]!;
    },
    variables: withUnknown(variables, ["KEPT"]),
  });
/** The service `web` of two files on top of each other, in braces. */
const web = (base: string, overlay: string, variables: Record<string, string> = {}) => {
  const { image: _, ...rest } = load(
    { a: `services: {web: {image: x, ${base}}}`, b: `services: {web: {${overlay}}}` },
    ["a", "b"],
    variables,
  ).services.web!;
  return rest;
};
const problem = (files: Record<string, string>, used?: string[]): string => {
  try {
    load(files, used);
    return "";
  } catch (error) {
    const [found] = (error as { problems: { file: string; path: PropertyKey[]; message: string }[] }).problems;
    return `${found!.file}: ${found!.path.join(".")}: ${found!.message}`;
  }
};

describe("several Compose files are put on top of each other", () => {
  it.each([
    ["commands are replaced", "command: a b", "command: [c]", { command: ["c"] }],
    ["an empty command takes it away", "entrypoint: [a]", "entrypoint: ", { entrypoint: null }],
    [
      "maps are joined",
      "environment: {A: 1, B: 1}",
      "environment: {B: 2, C: }",
      { environment: { A: 1, B: 2, C: null } },
    ],
    [
      "a map and a list become a list",
      "environment: {A: 1, B: }",
      "environment: [B=2]",
      { environment: ["A=1", "B=2"] },
    ],
    ["lists are joined", "security_opt: [a]", "security_opt: [b]", { security_opt: ["a", "b"] }],
    ["names stand once", "cap_add: [A, B]", "cap_add: [B, C]", { cap_add: ["A", "B", "C"] }],
    [
      "a mount of the same place is replaced",
      "volumes: ['a:/x/', 'b:/y']",
      "volumes: ['c:/x:ro']",
      { volumes: ["c:/x:ro", "b:/y"] },
    ],
    [
      "options belong to a driver",
      "logging: {driver: a, options: {x: '1'}}",
      "logging: {driver: b}",
      { logging: { driver: "b" } },
    ],
    ["nothing changes nothing", "labels: {a: 1}", "labels: ", { labels: { a: 1 } }],
    [
      "limits are replaced whole",
      "ulimits: {nofile: {soft: 1, hard: 2}}",
      "ulimits: {nofile: 5}",
      { ulimits: { nofile: 5 } },
    ],
  ])("%s", (_, base, overlay, merged) => expect(web(base, overlay)).toEqual(merged));

  it("the same published port stands once, however it is written", () =>
    expect(
      web("ports: ['8080:80', '9000-9001:90-91']", "ports: ['${P}:80', {target: 91, published: '9001'}]", {
        P: "8080",
      }),
    ).toEqual({
      ports: ["${P}:80", "9000:90", { target: 91, published: "9001" }],
    }));

  it("what is written stays, with its variables", () =>
    expect(web("environment: {A: '${A:-1}'}", "labels: ['x=${KEPT}']")).toEqual({
      environment: { A: "${A:-1}" },
      labels: ["x=${KEPT}"],
    }));

  it("!reset takes out, !override replaces", () => {
    expect(
      web(
        "ports: ['1:1'], environment: {A: 1, B: 1}, labels: {a: 1}",
        "ports: !reset [], environment: {B: !reset null}, labels: !override {b: 2}",
      ),
    ).toEqual({ environment: { A: 1 }, labels: { b: 2 } });
    const { services } = load({ a: "services: {a: {image: x}, b: {image: x}}", b: "services: {b: !reset }" }, [
      "a",
      "b",
    ]);
    expect(services).toEqual({ a: { image: "x" } });
  });

  it("!reset and !override hold within a single file, too, and within what is anchored there", () =>
    expect(
      load({
        a: "x-b: &b {ports: !reset [], init: !override true, cap_add: [A, !reset B]}\nservices: {a: {image: x, <<: *b}}",
      }).services,
    ).toEqual({ a: { image: "x", init: true, cap_add: ["A"] } }));

  it("documents of one file are, too", () =>
    expect(load({ a: "services: {a: {image: x}}\n---\nservices: {a: {init: true}}\n---\n" }).services).toEqual({
      a: { image: "x", init: true },
    }));

  it.each([
    ["a: services: {", { a: "services: {web: [" }, "a: : is not valid YAML: "],
    [
      "shapes that do not fit",
      { a: "services: {web: {image: x, healthcheck: {test: a}}}", b: "services: {web: {healthcheck: yes}}" },
      "b: services.web.healthcheck: is not a map, as it is in what it is put on top of; write a map",
    ],
    ["a file that is not there", { a: "services: {web: {image: x}}" }, "b: : ENOENT: b"],
    [
      "a shape that Compose refuses",
      { a: "services: {web: {image: x}}", b: "services: {web: {image: 5}}" },
      "b: services.web.image: 5 is a number",
    ],
    [
      "an empty service",
      { a: "services: {web: }", b: "services: {web: {image: x}}" },
      "a: services.web: is empty; give it an image",
    ],
  ])("refuses %s", (_, files, message) => expect(problem(files, ["a", "b"])).toContain(message));
});

describe("a service that extends another", () => {
  it("has what that one has, and what it says itself", () =>
    expect(
      load({
        a: "services: {a: {extends: b, environment: {B: 2}}, b: {extends: {service: c}, init: true}, c: {image: x, environment: [A=1, B=1]}}",
      }).services.a,
    ).toEqual({ image: "x", init: true, environment: ["A=1", "B=2"] }));

  it("finds it in another file, whose paths are then relative to the project", () =>
    expect(
      load({
        "deploy/compose.yaml":
          "services: {a: {extends: {file: '../common/x.yaml', service: b}, volumes: ['./own:/own']}}",
        "common/x.yaml":
          "services: {b: {extends: {file: more/y.yaml, service: c}, env_file: b.env, volumes: ['./d:/d', 'v:/v']}}",
        "common/more/y.yaml":
          "services: {c: {image: x, build: ., env_file: [{path: ../c.env}], volumes: [{type: bind, source: e, target: /e}, '${D:-./f}:/f', '/abs:/abs']}}",
      }).services.a,
    ).toEqual({
      image: "x",
      build: "../common/more",
      env_file: [{ path: "../common/c.env" }, "../common/b.env"],
      volumes: [
        { type: "bind", source: "../common/more/e", target: "/e" },
        "../common/more/f:/f",
        "/abs:/abs",
        "../common/d:/d",
        "v:/v",
        "./own:/own",
      ],
    }));

  it("may take out what it does not want", () =>
    expect(
      load({ a: "services: {a: {extends: b, ports: !reset []}, b: {image: x, ports: ['1:1']}}" }).services.a,
    ).toEqual({
      image: "x",
    }));

  it.each([
    [
      "services: {a: {extends: b}, b: {extends: a}}",
      "a: services.a.extends: leads back to itself: a in a → b in a → a in a; take one of them out",
    ],
    [
      "services: {a: {extends: bb}, b: {image: x}}",
      'a: services.a.extends: "bb" is no service of a; did you mean "b"?',
    ],
    [
      "services: {a: {extends: {service: b, file: 'https://x.org/c.yaml'}}}",
      "is not a file of this project; get it, and name it by its path",
    ],
    [
      "services: {a: {extends: {service: b, file: /x/c.yaml}}}",
      "is a file of this machine alone; write a path relative to the project's folder",
    ],
    ["services: {a: {extends: [b]}}", "is not the name of a service"],
    ["services: {a: {extends: {service: b, file: c.yaml}}}", "c.yaml: : ENOENT: c.yaml"],
  ])("is refused: %s", (text, message) => expect(problem({ a: text })).toContain(message));
});

describe("an included file", () => {
  const DB =
    "name: db\nservices: {db: {image: 'pg:${V}', volumes: ['./data:/d', 'n:/n'], environment: [V, L]}}\nvolumes: {n: }";

  it("adds its services and what they use, with paths that are relative to the project", () =>
    expect(load({ "p/c.yaml": "include: [db/x.yaml]\nservices: {web: {image: x}}", "p/db/x.yaml": DB })).toEqual({
      services: {
        web: { image: "x" },
        db: { image: "pg:${V}", volumes: ["./db/data:/d", "n:/n"], environment: ["V", "L"] },
      },
      volumes: { n: null },
    }));

  it("sees its own file of variables, after the settings' and without what may be a secret", () => {
    const files = {
      a: "include: [{path: db/x.yaml}]",
      "db/x.yaml":
        "services: {db: {image: '${V:-1}', labels: ['${L} ${KEPT} ${X:-${V}} $$V'], environment: [V, API_TOKEN], command: '${API_TOKEN}'}}",
      "db/.env": "V=2$\nL=never\nKEPT=never\nAPI_TOKEN=planted\n",
    };
    expect(load(files, ["a"], { L: "set" }).services.db).toEqual({
      image: "2$$",
      labels: ["${L} ${KEPT} ${X:-2$$} $$V"],
      environment: ["V=2$$", "API_TOKEN"],
      command: "${API_TOKEN}",
    });
  });

  it("does not see the project's own, in whose place a release has the settings", () =>
    expect(
      load({ a: "include: [b]", b: "services: {db: {image: 'pg:${V}'}}", ".env": "V=never" }, ["a"]).services.db,
    ).toEqual({ image: "pg:${V}" }));

  it("may have files on top, a folder and a file of variables that are named", () =>
    expect(
      load({
        a: "include: [{path: ['x/1.yaml', 'x/2.yaml'], project_directory: y, env_file: [e.env, f.env]}]",
        "x/1.yaml": "services: {db: {image: '${A}${B}', volumes: ['./d:/d'], ports: ['1:1']}}",
        "x/2.yaml": "services: {db: {ports: !reset []}}",
        "e.env": "A=1\nB=1",
        "f.env": "B=2",
      }).services,
    ).toEqual({ db: { image: "12", volumes: ["./y/d:/d"] } }));

  it("may be included twice, and changed by a file on top", () => {
    const files = {
      a: "include: [b, c]\nservices: {web: {image: x}}",
      b: "include: [c]",
      c: "services: {db: {image: pg, init: false}}",
      d: "services: {db: {init: true}}",
    };
    expect(load(files, ["a", "d"]).services).toEqual({ web: { image: "x" }, db: { image: "pg", init: true } });
  });

  it.each([
    [
      { a: "include: [a]\nservices: {x: {image: x}}" },
      "a: include.0: leads back to itself: a → a; take one of them out",
    ],
    [{ a: "include: [b]", b: "include: [a]" }, "b: include.0: leads back to itself: a → b → a"],
    [
      { a: "include: [b]\nservices: {x: {image: x}}", b: "services: {x: {image: y}}" },
      "a: services.x: is in a file that is included, too; rename one of them, or change it in another file on top: `compose: [a, b]`",
    ],
    [
      { a: "include: ['oci://example.com/x:1']" },
      'a: include.0: "oci://example.com/x:1" is not a file of this project',
    ],
    [{ a: "include: [{path: b, env_file: e}]", b: "" }, 'a: include: "e" cannot be read: ENOENT: e'],
    [{ a: "include: [b]" }, "b: : ENOENT: b"],
  ])("is refused: %j", (files, message) => expect(problem(files)).toContain(message));
});

it("more aliases than anybody writes by hand are taken, and a bomb of them is not", () => {
  const many = `x: &x {a: 1}\nservices:\n${Array.from({ length: 2000 }, (_, i) => `  s${i}: {image: x, labels: *x}\n`).join("")}`;
  expect(Object.keys(load({ a: many }).services)).toHaveLength(2000);
  const level = (i: number) => `x${i}: &x${i} [${Array.from({ length: 9 }, () => `*x${i - 1}`)}]\n`;
  const bomb = `x0: &x0 [a]\n${[1, 2, 3, 4, 5, 6, 7, 8, 9].map(level).join("")}services: {a: {image: x}}`;
  expect(problem({ a: bomb })).toContain("a: : is not valid YAML: Excessive alias count");
});
