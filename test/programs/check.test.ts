/** `slipway check` in a project's folder, as an editor, a hook and a job run it. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { FINDING, PLANTED, PRIVILEGED, SETTINGS } from "../fixtures/check.ts";
import { temporaryFolder } from "../support/folder.ts";

const folder = temporaryFolder("check");
const project = join(folder, "infra");
const COMMAND = resolve("cli/slipway.ts");

function slipway(words: string[], env: Record<string, string> = {}): { code: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, "check", ...words], {
    cwd: project,
    encoding: "utf8",
    env: { ...process.env, GITHUB_ACTIONS: "", ...env },
  });
  return { code: status, text: stdout + stderr };
}
const write = (path: string, text: string): void => writeFileSync(join(project, path), text);

beforeEach(() => {
  rmSync(project, { recursive: true, force: true });
  for (const path of ["infra/apps", "infra/repositories", ".git"]) mkdirSync(join(folder, path), { recursive: true });
  write("package.json", '{ "type": "module" }');
  write("Pulumi.yaml", "name: infra\nruntime: nodejs\n");
  write("Pulumi.prod.yaml", SETTINGS);
  write("apps/index.ts", 'import shop from "./shop.ts";\nexport const applications = [shop];\n');
  write("apps/shop.ts", `export default ${JSON.stringify(PRIVILEGED, null, 2)} satisfies object;\n`);
});

describe("slipway check", () => {
  it("judges every stack that has a file, each by its own settings, and ends with 1 for the worst", () => {
    write("Pulumi.dev.yaml", SETTINGS.replace("protected: true", "protected: false"));
    const { code, text } = slipway([]);
    expect(text).toMatch(/^dev \(Pulumi\.dev\.yaml\)\n[\s\S]*\nprod \(Pulumi\.prod\.yaml\)\n/);
    expect(text).toContain(`  advisory   ${FINDING}`);
    expect(text).toContain(`  mandatory  ${FINDING}`);
    expect(text).toMatch(/\d mandatory, \d+ advisory, 0 exempted; nothing was asked of a host or a registry\n$/);
    expect(code).toBe(1);
    expect(slipway(["--stack", "dev"]).code).toBe(0);
  });

  it("runs no command that tells a secret, and knows that the secret is there", () => {
    write("Pulumi.prod.yaml", SETTINGS.replace("SEALED: { secure: v1:abc }", "TOLD: { command: touch ran; echo x }"));
    const { text } = slipway([]);
    expect(text).toContain(FINDING);
    expect(text).not.toContain("TOLD");
    expect(existsSync(join(project, "ran"))).toBe(false);
  });

  it("judges the files of apps/ where they have no list, and says so", () => {
    rmSync(join(project, "apps/index.ts"));
    const { text } = slipway([]);
    expect(text).toContain("note: there is no apps/index.ts");
    expect(text).toContain(FINDING);
  });

  it("writes into a file, with the lines of the declaration", () => {
    expect(slipway(["--format", "json", "--output", "found.json"])).toEqual({ code: 1, text: "" });
    const { stacks } = JSON.parse(readFileSync(join(project, "found.json"), "utf8"));
    expect(stacks[0].findings).toContainEqual(
      expect.objectContaining({ rule: "privileged", level: "mandatory", file: "apps/shop.ts", line: 6 }),
    );
  });

  it("gives SARIF with the paths of the repository, and none of its secrets", () => {
    const { code, text } = slipway(["--format", "sarif"]);
    expect(code).toBe(1);
    expect(JSON.parse(text).runs[0].results).toContainEqual(
      expect.objectContaining({
        ruleId: "privileged",
        locations: [
          expect.objectContaining({
            physicalLocation: expect.objectContaining({
              artifactLocation: expect.objectContaining({ uri: "infra/apps/shop.ts" }),
            }),
          }),
        ],
      }),
    );
    expect(Object.values(PLANTED).filter((secret) => text.includes(secret))).toEqual([]);
  });

  it("gives nothing else on standard output, whatever a declaration prints", () => {
    write("apps/index.ts", 'console.log("hello");\nexport const applications = [];\n');
    write("Pulumi.prod.yaml", "config: {}\n");
    const { stdout, stderr } = spawnSync(process.execPath, [COMMAND, "check", "--format", "json"], {
      cwd: project,
      encoding: "utf8",
    });
    expect(JSON.parse(stdout)).toMatchObject({ version: 1 });
    expect(stderr).toBe("hello\n");
  });

  it("annotates in GitHub Actions, and nowhere else", () => {
    const annotation = `\n::error file=infra/apps/shop.ts,line=6,title=prod%3A privileged::${FINDING}`;
    expect(slipway([], { GITHUB_ACTIONS: "true" }).text).toContain(annotation);
    expect(slipway([]).text).not.toContain("::error");
  });
});

describe("what keeps slipway check from judging ends with 2", () => {
  it.each([
    ["TypeScript", "apps/shop.ts", "export default {", "  problem    apps/index.ts: cannot be loaded; "],
    ["a list", "apps/index.ts", "export const all = [];", "  problem    apps/index.ts: exports no list `applications`"],
    [
      "settings",
      "Pulumi.prod.yaml",
      SETTINGS.replace("203.0.113.8", "web@x"),
      "  problem    slipway:hosts.web-2.address",
    ],
  ])("in %s", (_, path, text, problem) => {
    write(path, text);
    const said = slipway([]);
    expect(said.text).toContain(problem);
    expect(said.code).toBe(2);
  });

  it.each([
    ["throws text", 'throw "no such disk";', "  problem    apps/index.ts: cannot be loaded; no such disk\n"],
    ["throws nothing", "throw undefined;", "  problem    apps/index.ts: cannot be loaded; undefined\n"],
    [
      "fails later",
      'Promise.reject(new Error("no such disk"));',
      "slipway: a declaration fails after it was loaded; no such disk\n",
    ],
    [
      "waits for ever",
      "await new Promise(() => {});",
      "slipway: a declaration ends the process, or waits for something that never comes",
    ],
    ["ends the process", "process.exit(0);", "slipway: a declaration ends the process"],
    [
      "is none",
      "export const applications = [undefined];",
      "  problem    apps/index.ts: applications[0] is no declaration",
    ],
  ])("in a declaration that %s", (_, text, said) => {
    write("apps/index.ts", /applications/.test(text) ? text : `export const applications = [];\n${text}`);
    const { code, text: found } = slipway([]);
    expect(found).toContain(said);
    expect(code).toBe(2);
  });

  it("in a file that cannot be written", () =>
    expect(slipway(["--output", "nowhere/found.txt"])).toEqual({
      code: 2,
      text: "slipway: --output nowhere/found.txt cannot be written (ENOENT); name a file in a folder that exists\n",
    }));

  it.each([
    [["--stack", "dev"], "Pulumi.dev.yaml does not exist; name a stack that has a file (there are prod)"],
    [["--format", "xml"], "--format xml is unknown; write text, json, sarif"],
  ])("in the words %j", (words, said) => expect(slipway(words)).toEqual({ code: 2, text: `slipway: ${said}\n` }));
});
