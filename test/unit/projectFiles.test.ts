/** What is read from a folder of this machine. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { entryAt, ignoredByGit } from "../../components/environment/project.ts";
import { temporaryFolder } from "../support/folder.ts";

describe("at a path of a project", () => {
  const outer = temporaryFolder("project");
  const project = join(outer, "shop");
  const at = (path: string) => entryAt(join(project, path), project);

  beforeAll(() => {
    mkdirSync(join(project, "conf/more"), { recursive: true });
    writeFileSync(join(project, "conf/b.conf"), "b\0\xff", "latin1");
    writeFileSync(join(project, "conf/run.sh"), "#!/bin/sh\n");
    chmodSync(join(project, "conf/run.sh"), 0o744);
    writeFileSync(join(outer, "private"), "x");
    symlinkSync("conf/b.conf", join(project, "inside"));
    symlinkSync("../private", join(project, "outside"));
    symlinkSync("..", join(project, "up"));
    symlinkSync("nowhere", join(project, "dangling"));
    symlinkSync("circle", join(project, "circle"));
    execFileSync("mkfifo", [join(project, "pipe")]);
  });

  it("is a file with its bytes, or a folder with its names", () => {
    const file = at("conf/b.conf");
    expect(file).toMatchObject({ kind: "file", size: 3, executable: false });
    expect(file?.kind === "file" && [...file.content()]).toEqual([0x62, 0, 0xff]);
    expect(at("conf/run.sh")).toMatchObject({ executable: true });
    expect(at("conf")).toEqual({ kind: "folder", names: ["b.conf", "more", "run.sh"] });
  });

  it("is nothing where nothing is, also behind a link or below a file", () =>
    expect(["none", "dangling", "conf/b.conf/x"].map(at)).toEqual([undefined, undefined, undefined]));

  it("is what a link within the project leads to, and nothing that is outside", () => {
    expect(at("inside")).toMatchObject({ kind: "file", size: 3 });
    expect(["outside", "up", "up/private"].map(at)).toEqual(Array(3).fill({ kind: "outside" }));
  });

  it("is neither file nor folder, with the reason", () => {
    expect(at("pipe")).toEqual({ kind: "other", why: "it is neither a file nor a folder" });
    expect(at("circle")).toMatchObject({ kind: "other", why: expect.stringContaining("ELOOP") });
  });
});

describe("what git ignores", () => {
  const folder = temporaryFolder("ignored");

  it("is nothing outside of a checkout", () => expect(ignoredByGit(join(folder, "none"))).toEqual([]));

  it("is told for a folder of a checkout, by paths from there", () => {
    execFileSync("git", ["init", "--quiet", folder]);
    for (const path of ["up/mine", "up/kept", "up/cache/x", "all/x"]) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), "");
    }
    writeFileSync(join(folder, ".gitignore"), "mine\ncache/\n/all/\n");
    expect(ignoredByGit(join(folder, "up")).sort()).toEqual(["cache/", "mine"]);
    expect(
      ignoredByGit(join(folder, "all"))
        .map((path) => path.replace(/^\.\//, ""))
        .join(),
    ).toMatch(/^(x|)$/);
  });
});
