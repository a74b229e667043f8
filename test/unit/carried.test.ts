/** Files that a Compose document or a declaration names beside itself: which go with the release, and which are refused. */
import { describe, expect, it } from "vitest";
import { type Beside, type Given, planOf } from "../fixtures/application.ts";
import { carried, refused, SPEC } from "../fixtures/beside.ts";

const DATABASE = Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(84)]);

const mounting = (volumes: unknown[], beside: Record<string, Beside>, given: Given = {}) => {
  const stack = carried({ volumes }, beside, given);
  return {
    files: stack.carried.files.flatMap(({ files }) => files.map(({ path }) => path)),
    volumes: stack.document.services.db!.volumes!,
  };
};

describe("a mounted path", () => {
  const CONF = { "conf/a.conf": "a", "conf/more/b.conf": "b", "redis.conf": "x" };

  it.each<[string, unknown, string]>([
    ["a file", "./redis.conf:/etc/redis.conf", "redis.conf"],
    ["a file, read only", "./redis.conf:/etc/redis.conf:ro", "redis.conf"],
    ["named by a variable", "${FILE:-./redis.conf}:/etc/redis.conf", "redis.conf"],
    ["named by a variable of the settings", "${CONF}:/etc/redis.conf", "redis.conf"],
    ["in the long form", { type: "bind", source: "redis.conf", target: "/x" }, "redis.conf"],
    ["in the long form, by a variable", { type: "bind", source: "${FILE-./redis.conf}", target: "/x" }, "redis.conf"],
    ["a folder", "./conf:/etc/conf", "conf/a.conf,conf/more/b.conf"],
    ["a folder with a slash", "./conf/:/etc/conf:ro", "conf/a.conf,conf/more/b.conf"],
    ["a part of a folder", "./conf/more:/etc/conf", "more/b.conf"],
    ["by a way that leads back", "./x/../conf/more:/etc/conf", "more/b.conf"],
  ])("goes along: %s", (_, volume, paths) => {
    const { files, volumes } = mounting([volume], CONF, { settings: { environment: { CONF: "./redis.conf" } } });
    expect(files.join()).toBe(paths);
    const [mount] = volumes;
    expect(typeof mount === "string" ? mount : mount!.source).toMatch(/^\/opt\/shop\/release-files\/[0-9a-f]{16}\/\w/);
  });

  it("is the same place for the same content, and another for another content, path or mode", () => {
    const place = (beside: Record<string, Beside>) => mounting(["./conf:/c"], beside).volumes[0];
    expect(place({ "conf/a": "1", "conf/b": "2" })).toBe(place({ "conf/b": "2", "conf/a": "1", other: "3" }));
    const places: Record<string, Beside>[] = [
      { "conf/a": "1" },
      { "conf/a": "2" },
      { "conf/b": "1" },
      { "conf/a": { content: "1", executable: true } },
    ];
    expect(new Set(places.map(place)).size).toBe(4);
  });

  it("keeps which files may be executed", () => {
    const beside: Record<string, Beside> = {
      "init/run.sh": { content: "#!/bin/sh", executable: true },
      "init/a.sql": "",
    };
    expect(carried({ volumes: ["./init:/init"] }, beside).carried.files[0]!.files).toEqual([
      expect.objectContaining({ path: "init/a.sql", executable: false }),
      expect.objectContaining({ path: "init/run.sh", executable: true }),
    ]);
  });

  it.each<[string, unknown, Record<string, Beside>]>([
    ["a missing folder", "./uploads:/u", {}],
    ["an empty folder", "./uploads:/u", { "uploads/.gitkeep": "", "uploads/.gitignore": "*" }],
    ["a folder of which all is excluded", "./uploads:/u", { "uploads/x": "", ".slipwayignore": "uploads\n" }],
    ["an excluded file", "./app.db:/a", { "app.db": "x", ".slipwayignore": "*.db\n" }],
    ["data of a developer", "./data/db:/db", { "data/db/dev": "x" }],
    ["a folder that git ignores, which the application writes to", "./up:/u", { "up/mine": "x" }],
    ["a path on the host", "/etc/x:/x", { "/etc/x": "x" }],
    ["a volume", "conf:/x", { "conf/x": "" }],
  ])("stays on the host: %s", (_, volume, beside) => {
    const given: Given = { ignored: ["up/mine"] };
    expect(mounting([volume], beside, given)).toEqual({ files: [], volumes: [volume] });
  });

  it("goes along where it is only read, though git or its name would say that it is a developer's", () => {
    const beside = { "data/conf/x": "", "up/mine": "" };
    const { files } = mounting(["./data/conf:/c:ro", "./up:/u:ro"], beside, { ignored: ["up/mine"] });
    expect(files.sort()).toEqual(["conf/x", "up/mine"]);
  });

  it("is the same for all services, as one of them writes there and another reads", () => {
    const compose = JSON.stringify({
      services: {
        web: { image: "ghcr.io/anna/shop:1", volumes: ["./media:/m", "./data:/d"] },
        nginx: { image: "nginx:1", volumes: ["./media:/m:ro", "./data/public:/d:ro", "./media/deep:/x:ro"] },
      },
    });
    const beside = { "media/mine": "", "media/kept": "", "data/public/x": "", "media/deep/mine": "" };
    const ignored = ["media/mine", "media/deep/mine"];
    const { document, carried: all } = planOf(SPEC, { compose, beside, ignored }).stack;
    const place = `/opt/shop/release-files/${all.files[0]!.at}`;
    expect(all.files.flatMap(({ files }) => files.map(({ path }) => path))).toEqual(["media/kept"]);
    expect(document.services.web!.volumes).toEqual([`${place}:/m`, "./data:/d"]);
    expect(document.services.nginx!.volumes).toEqual([`${place}:/m:ro`, "./data/public:/d:ro", "./media/deep:/x:ro"]);
  });

  it("goes without what git ignores where the application writes, too", () =>
    expect(mounting(["./up:/u"], { "up/kept": "", "up/mine": "" }, { ignored: ["up/mine"] }).files).toEqual([
      "up/kept",
    ]));

  it("goes without what is never meant, or excluded", () =>
    expect(
      mounting([".:/app"], {
        "a.js": "",
        ".git/HEAD": "",
        "node_modules/x/y": "",
        "b.log": "",
        ".slipwayignore": "*.log\n.slipwayignore",
      }).files,
    ).toEqual(["_/a.js"]));

  it("is beside the Compose file, not beside the program", () => {
    const spec = { ...SPEC, compose: "deploy/compose.yaml" };
    const compose = "services: {web: {image: 'ghcr.io/anna/shop:1', volumes: ['./a.conf:/a']}}";
    const beside = { "deploy/compose.yaml": compose, "deploy/a.conf": "a", "a.conf": "wrong" };
    const { files } = planOf(spec, { beside }).stack.carried;
    expect(files.map((one) => Buffer.from(one.files[0]!.content).toString())).toEqual(["a"]);
  });

  it("of a declaration goes along where it is a file or only read; another folder is data of the host", () => {
    const declared = (volumes: string[]) =>
      planOf(
        { name: "shop", image: "ghcr.io/anna/shop", services: { web: { port: 1, volumes } } },
        { beside: { "a.conf": "", "conf/x": "", "up/x": "" } },
      ).stack;
    const { carried: all, services, document } = declared(["./a.conf:/a", "./conf:/c:ro"]);
    expect(all.files.flatMap(({ files }) => files.map(({ path }) => path)).sort()).toEqual(["a.conf", "conf/x"]);
    expect(services[0]!.strategy, "files that are only read are no data").toBe("rolling");
    expect(document.services.web!.volumes).toHaveLength(2);
    expect(declared(["./up:/u"])).toMatchObject({ carried: { files: [] }, services: [{ strategy: "recreate" }] });
  });
});

describe("what is refused, with its place:", () => {
  const mount = (volume: unknown, beside: Record<string, Beside>) => refused({ volumes: [volume] }, beside);

  it.each<[string, unknown, string]>([
    ["../conf", "../conf:/c", "leads out of the application's folder on the host"],
    ["./a/../../b", "./a/../../b:/b", "leads out of the application's folder on the host"],
    ["..", { type: "bind", source: "..", target: "/x" }, "leads out of the application's folder on the host"],
    [
      "a/../../b",
      { type: "bind", source: "a/../../b", target: "/x" },
      "lies outside of the folder of compose.yaml, and only what is within goes with a release; move it there, or name its full path on the host",
    ],
  ])("a path outside: %s", (source, volume, remedy) =>
    expect(mount(volume, {})).toEqual([
      expect.stringContaining(`apps: shop.services.db.volumes: "${source}" ${remedy}`),
    ]),
  );

  it("a link that leads out, by itself or within a folder", () => {
    const link =
      "is a link to a place outside of the project, and nothing from there goes along; copy it, or take it out";
    expect(mount("./key:/k", { key: { link: "/etc/key" } })).toEqual([
      `apps: shop.services.db.volumes: "./key" ${link}`,
    ]);
    expect(mount("./conf:/c", { "conf/a": "", "conf/x/key": { link: "/etc" } })).toEqual([
      `apps: shop.services.db.volumes: "./conf" has "x/key" within, which ${link}`,
    ]);
  });

  it("a database that the application writes to", () => {
    const beside = { "app.db": DATABASE, "d/x/app.db": DATABASE };
    const remedy =
      "which the application writes to, while a release would bring it again and again; name it in .slipwayignore, so that it is data on the host";
    expect(mount("./app.db:/a", beside)).toEqual([
      `apps: shop.services.db.volumes: "./app.db" is a database, ${remedy}`,
    ]);
    expect(mount("./d:/d", beside)).toEqual([
      `apps: shop.services.db.volumes: "./d" has a database within (x/app.db), ${remedy}`,
    ]);
    expect(mount("./app.db:/a:ro", beside)).toEqual([]);
  });

  it.each(["./secrets", "./releases/x", "./release-files"])("data in a folder of Slipway's: %s", (source) =>
    expect(mount(`${source}:/x`, {})).toEqual([
      `apps: shop.services.db.volumes: "${source}" is a folder on the host that Slipway itself uses; choose another name`,
    ]),
  );

  it("a name that cannot be sent", () =>
    expect(mount("./c:/c", { "c/a\nb": "" })).toEqual([
      'apps: shop.services.db.volumes: "./c" has a file whose name cannot be sent: "a\\nb"; rename it',
    ]));

  it("a volume that is a folder beside, with files or outside", () => {
    const device = (path: string) => ({
      volumes: { v: { driver: "local", driver_opts: { type: "none", o: "bind", device: path } } },
    });
    expect(refused({}, { "conf/x": "" }, device("./conf"))).toEqual([
      'apps: shop.volumes.v.driver_opts.device: "./conf" is a folder with files, which would be empty on the host; mount it in the services that need it, like "./conf:/path", or name it in .slipwayignore',
    ]);
    expect(refused({}, {}, device("../x"))).toEqual([expect.stringContaining('"../x" leads out')]);
    expect(refused({}, {}, device("./data"))).toEqual([]);
  });

  it("more than 4 MiB, with the sizes; exactly so much goes along", () => {
    const half = Buffer.alloc(2 * 1024 * 1024);
    expect(
      refused({ volumes: ["./a:/a", "./b:/b", "./c:/c"] }, { a: half, b: Buffer.concat([half, half]), c: "12" }),
    ).toEqual([
      "apps: shop.compose: files that go with a release come to 6 MiB, which is more than 4 MiB: ./b 4 MiB, ./a 2 MiB, ./c 2 B; " +
        "put them into the image, take out what is not needed by .slipwayignore, or name their full path on the host",
    ]);
    expect(refused({ volumes: ["./a:/a", "./b:/b"] }, { a: half, b: half })).toEqual([]);
  });

  it("thousands of files", () => {
    const many = Object.fromEntries(Array.from({ length: 2001 }, (_, index) => [`c/${index}`, ""]));
    expect(mount("./c:/c", many)).toEqual([
      expect.stringContaining('"./c" has more than 2000 files; put them into the image'),
    ]);
  });
});
