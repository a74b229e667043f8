/** What a prune chooses on a host, what it keeps and why, and that it removes just that. Docker is a double here. */
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { hostPruneSchema } from "../../cli/prune/report.ts";
import { hostShell } from "../support/hostShell.ts";

const { root, run } = hostShell("prune");
const DIR = join(root, "shop");
const NOW = "000000000009";
const image = (name: string): string => `r.test/${name}@sha256:${name.at(-1)!.repeat(64)}`;
const put = (path: string, text = ""): void => {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
};
const days = (path: string, count: number): void => {
  const time = Date.now() / 1000 - count * 86_400;
  utimesSync(path, time, time);
};

/** A release of an application with images; confirmed as the n-th, or never. */
function release(id: string, images: string[], number?: number, app = "shop"): void {
  const folder = join(root, app, "releases", id);
  put(join(folder, "manifest.json"), JSON.stringify({ application: app, release: id, images: images.map(image) }));
  put(join(folder, "compose.yaml"), `# ${id}\n`);
  if (number !== undefined) put(join(folder, "confirmed"), `${number}\n`);
}
const there = (id: string): boolean => existsSync(join(DIR, "releases", id));
const pulled = (...names: string[]): void =>
  put(join(DIR, "images.pulled"), names.map((name) => `${image(name)}\n`).join(""));

/** Docker has these images, of which a container uses some; each that is removed is noted. */
const docker = (has: string[], used: string[] = []): string => `
  ask_at_once() {
    local path name
    ANSWERS=('[${used.map((name) => `{"Id":"c","ImageID":"sha256:${name}"}`).join(",")}]')
    for path in "\${@:2}"; do
      name=\${path#/images/r.test/} name=\${name%@*}
      case " ${has.join(" ")} " in
        *" $name "*) if [ -e "$ROOT/gone.$name" ]; then ANSWERS+=(''); else ANSWERS+=("{\\"Id\\":\\"sha256:$name\\",\\"Size\\":1000}"); fi ;;
        *) ANSWERS+=('') ;;
      esac
    done
  }
  engine() {
    local name=\${2#/images/r.test/}
    name=\${name%@*}
    case " ${used.join(" ")} " in *" $name "*) ANSWER='conflict: it is in use'; return 1 ;; esac
    case " ${has.join(" ")} " in *" $name "*) : >"$ROOT/gone.$name" ;; *) ANSWER='No such image'; return 1 ;; esac
  }`;
const told = (body: string) => {
  const { stdout, stderr, code } = run(body);
  if (code !== 0) return stderr.trim();
  const { removes, keeps, removed } = hostPruneSchema.parse(JSON.parse(stdout));
  const names = (all: { kind: string; name: string }[] = []) => all.map(({ kind, name }) => `${kind} ${name}`);
  return { removes: names(removes), removed: names(removed), keeps: keeps.map(({ name, why }) => `${name}: ${why}`) };
};

beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(join(root, "programs"), { recursive: true });
  mkdirSync(join(DIR, "run"), { recursive: true });
  put(
    join(DIR, "deployment.json"),
    JSON.stringify({ release: NOW, version: "9", token: "t", owner: "o", keep: 2, containers: [], upstreams: {} }),
  );
  release(NOW, ["a"], 9);
  release("000000000008", ["b"], 8);
});

describe("a release", () => {
  it("goes that is older than those to which a rollback can go, and the plan leaves it", () => {
    release("000000000007", ["c"], 7);
    expect(told(`${docker([])}; command_prune shop --plan`)).toMatchObject({
      removes: ["release 000000000007"],
      removed: [],
      keeps: [
        "000000000008: it is one of the newest 2, to which a rollback can go (keepReleases)",
        `${NOW}: it serves`,
      ],
    });
    expect(there("000000000007")).toBe(true);
    expect(told(`${docker([])}; command_prune shop`)).toMatchObject({ removes: [], removed: ["release 000000000007"] });
    expect(["000000000007", "000000000008", NOW].map(there)).toEqual([false, true, true]);
  });
  it("stays that was migrated last, that a command runs in, or that was just staged; one that was staged days ago goes", () => {
    release("000000000003", [], 3);
    release("000000000004", [], 4);
    release("000000000005", []);
    release("000000000006", []);
    days(join(DIR, "releases/000000000006"), 2);
    put(join(DIR, "migration.json"), JSON.stringify({ applied: [{ release: "000000000003", version: "3" }] }));
    put(join(DIR, "run/session.abcdefgh/kind"), "run 000000000004 web -\n");
    const one = told(`${docker([])}; command_prune shop --plan`);
    expect(one).toMatchObject({ removes: ["release 000000000006"] });
    expect(one).toMatchObject({
      keeps: expect.arrayContaining([
        "000000000003: its migration was applied last, and only it can take that back",
        "000000000004: a command runs in it",
        "000000000005: it was staged less than a day ago",
      ]),
    });
  });
});

describe("an image", () => {
  it("goes that the application brought and no release names that stays; one in use, another's and what others brought stay", () => {
    release("000000000007", ["c", "d", "e"], 7);
    release("000000000001", ["d"], 1, "blog");
    pulled("a", "c", "d", "f", "g");
    const world = docker(["a", "b", "c", "d", "e", "f"], ["f"]);
    expect(told(`${world}; command_prune shop --plan`)).toMatchObject({
      removes: ["release 000000000007", `image ${image("c")}`],
      keeps: expect.arrayContaining([
        `${image("a")}: a release names it that is kept`,
        `${image("d")}: a release names it that is kept`,
        `${image("f")}: a container uses it`,
      ]),
    });
    expect(told(`${world}; command_prune shop`)).toMatchObject({
      removes: [],
      removed: ["release 000000000007", `image ${image("c")}`],
    });
    expect(["a", "b", "c", "d", "e", "f"].filter((name) => existsSync(join(root, `gone.${name}`)))).toEqual(["c"]);
    // Of one that is gone anyway nobody needs to know.
    expect(readFileSync(join(DIR, "images.pulled"), "utf8")).toBe(
      ["a", "d", "f"].map((name) => `${image(name)}\n`).join(""),
    );
  });
  it("of the application goes with it", () => {
    pulled("a", "b");
    run(`${docker(["a", "b"])}; rm -rf "$DIR/releases"; prune_images`);
    expect(["a", "b"].map((name) => existsSync(join(root, `gone.${name}`)))).toEqual([true, true]);
  });
  it("stays where nobody can tell which release names it", () => {
    pulled("z");
    run(`${docker(["z"])}; grep() { return 2; }; prune_images`);
    expect(existsSync(join(root, "gone.z"))).toBe(false);
  });
});

describe("what goes with releases", () => {
  it("goes with the last that names it, unless somebody wrote there", () => {
    for (const [folder, more] of [
      ["1111111111111111", false],
      ["2222222222222222", true],
      ["3333333333333333", false],
    ] as const) {
      put(join(DIR, "release-files", folder, "x"), "x");
      put(
        join(DIR, "release-files", `${folder}.sums`),
        "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881  x\n",
      );
      if (more) put(join(DIR, "release-files", folder, "mine"), "data");
    }
    put(join(DIR, "secrets/4444444444444444/KEY"), "secret");
    writeFileSync(join(DIR, "releases", NOW, "compose.yaml"), "3333333333333333\n");
    const one = told(`${docker([])}; command_prune shop`);
    expect(one).toMatchObject({
      removed: ["files 1111111111111111", "secrets 4444444444444444"],
      keeps: expect.arrayContaining([
        "2222222222222222: it holds more than it was given, which may be data",
        "3333333333333333: a release names it that is kept",
      ]),
    });
    expect(existsSync(join(DIR, "secrets/4444444444444444"))).toBe(false);
  });
});

describe("a run's folder", () => {
  it("goes when it is old and not one of a few; a session's never", () => {
    for (let n = 10; n < 32; n++) mkdirSync(join(DIR, `run/2026${n}`));
    put(join(DIR, "run/session.abcdefgh/kind"), "run 000000000008 web -\n");
    for (const name of ["202610", "202611", "session.abcdefgh"]) days(join(DIR, "run", name), 40);
    expect(told(`${docker([])}; command_prune shop`)).toMatchObject({ removed: ["run 202610", "run 202611"] });
    expect(existsSync(join(DIR, "run/session.abcdefgh"))).toBe(true);
  });
});

describe("nothing is removed", () => {
  it("while a deployment holds the lock", () => {
    put(join(DIR, "lock"), '{"by":"anna","since":"now"}');
    expect(told(`exec 5>>"$DIR/lock"; flock 5; command_prune shop`)).toContain(
      "error: shop is being deployed by anna since now",
    );
  });
  it("where a deployment was interrupted", () => {
    put(join(DIR, "rollout.json"), "{}");
    expect(told("command_prune shop")).toContain(
      "is not settled yet; slipway recover shop settles it. Nothing was removed.",
    );
  });
  it("where nothing is deployed", () => {
    rmSync(join(DIR, "deployment.json"));
    expect(told("command_prune shop --plan")).toBe("error: no release of shop is deployed on this host");
  });
});
