/** `slipway init` on a disk, and with somebody who answers. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { answer } from "../../cli/init/ask.ts";
import { readCheckout, repositoryOf } from "../../cli/init/checkout.ts";
import { init } from "../../cli/init/init.ts";
import { recognise } from "../../cli/init/seen.ts";
import { EMPTY, GO, THIRD_PARTY } from "../fixtures/checkouts.ts";
import { temporaryFolder } from "../support/folder.ts";

const { name: LIBRARY } = JSON.parse(readFileSync("package.json", "utf8")) as { name: string };
const all = temporaryFolder("init");
let count = 0;
let repository: string;
let said: string;

const put = (path: string, text: string): void => {
  mkdirSync(join(repository, path, ".."), { recursive: true });
  writeFileSync(join(repository, path), text);
};
const read = (path: string): string => readFileSync(join(repository, path), "utf8");

beforeEach(() => {
  repository = join(all, `shop-${(count += 1)}`);
  put(".git/config", "");
  put("Dockerfile", "FROM scratch\nEXPOSE 8080\n");
  said = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
  return () => vi.restoreAllMocks();
});

const start = (more = {}) =>
  init(join(repository, "infra"), true, { from: "git+https://git.example.org/slipway.git", ...more });

describe("init on a disk", () => {
  it("writes a project that names where the package comes from, and tells the next command", async () => {
    await start();
    expect(JSON.parse(read("infra/package.json")).dependencies).toEqual({
      [LIBRARY]: "git+https://git.example.org/slipway.git",
    });
    expect(read("infra/index.ts")).toContain(`from "${LIBRARY}"`);
    expect(existsSync(join(repository, "infra/.slipway/state"))).toBe(true);
    expect(said).toMatch(
      /To be filled in:\n.*address, hostKey\n.*image, domain\n\nNext:\n.*cd .*infra\n {2}npm install\n/,
    );
  });

  it("names a tarball as it is seen from the project", async () => {
    put("slipway.tgz", "");
    await start({ from: join(repository, "slipway.tgz") });
    expect(JSON.parse(read("infra/package.json")).dependencies[LIBRARY]).toBe("file:../slipway.tgz");
  });

  it("writes over no file that is there", async () => {
    put("infra/index.ts", "mine");
    put("infra/package.json", JSON.stringify({ name: "mine", dependencies: { [LIBRARY]: "file:x.tgz" } }));
    await start({ from: undefined });
    expect(read("infra/index.ts")).toBe("mine");
    expect(JSON.parse(read("infra/package.json")).name).toBe("mine");
    expect(said.match(/is there already/g)).toHaveLength(2);
  });

  it("adds to the package.json that npm makes of an empty folder, and keeps what it depends on", async () => {
    const dependencies = { [LIBRARY]: "file:../x.tgz", node: "^24" };
    put("infra/package.json", JSON.stringify({ dependencies }));
    await start({ from: undefined });
    expect(JSON.parse(read("infra/package.json"))).toMatchObject({ type: "module", dependencies });
  });

  it("writes nothing where nobody said from where the package comes", async () => {
    await expect(start({ from: undefined })).rejects.toThrow(
      `does not depend on ${LIBRARY} yet; install it there first`,
    );
    expect(existsSync(join(repository, "infra"))).toBe(false);
  });

  it("does not look into the project's own folder, nor into what others have written", () => {
    put("infra/Dockerfile", "FROM scratch\n");
    put("node_modules/x/package.json", "{}");
    put(".github/workflows/ci.yml", "name: ci\n");
    const { paths } = readCheckout(repository, join(repository, "infra"));
    expect(paths).toEqual([".github/workflows/ci.yml", "Dockerfile"]);
  });

  it("takes the folder around a project that is in no repository", () =>
    expect(repositoryOf("/nowhere/shop/infra")).toBe("/nowhere/shop"));
});

describe("answers", () => {
  const asking = (from: typeof GO, answers: string[]) => {
    const questions: string[] = [];
    const ask = (question: string) => {
      questions.push(question);
      return Promise.resolve(answers.shift() || undefined);
    };
    return { questions, answers: answer(recognise(from), {}, ask) };
  };

  it("are what was seen where a person only presses Enter", async () =>
    expect(await asking(GO, []).answers).toEqual({ name: "shortener", port: 8080, user: "deploy" }));

  it("are asked for again with the reason where they cannot be", async () => {
    const { questions, answers } = asking(EMPTY, ["Shop!", "shop"]);
    expect((await answers).name).toBe("shop");
    expect(questions[1]).toMatch(/^"Shop!" is not a name for an application; .*\nName of the application/);
  });

  it("are not asked for an image that is somebody else's", async () => {
    const { questions, answers } = asking(THIRD_PARTY, []);
    await answers;
    expect(questions.map((question) => question.split(/[,[]/)[0]!.trim())).toEqual([
      "Name of the application",
      "Port that it listens on",
      "Domain that it answers",
      "Server",
      "User there",
    ]);
  });

  it("of the command line are judged before anything is asked", async () =>
    await expect(answer(recognise(EMPTY), { port: "http" }, undefined)).rejects.toThrow(
      '--port: "http" is not a port; write a number from 1 to 65535',
    ));
});
