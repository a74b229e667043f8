import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { type Declarations, renderProgram } from "../support/program.ts";

/** Deploys nothing: gives back what it was called with, as the library would name it. */
const LIBRARY = `
export const defineApplication = (spec) => ({ ...spec, defined: "application" });
export const defineRepository = (spec) => ({ ...spec, defined: "repository" });
const byName = (specs, part) => Object.fromEntries(specs.map((spec) => [spec.name, part(spec)]));
export const deploy = async (applications, repositories) => ({
  applications: byName(applications, (spec) => ({ release: { ...spec } })),
  repositories: byName(repositories, ({ name, stack }) =>
    stack === "dev"
      ? { repository: { url: "https://github.example/" + name }, environment: { publicKey: "public", authorizedKey: "line" } }
      : {}),
});
`;

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** What the program gives out when Node runs it. */
async function outputsOf(declarations: Declarations): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), "slipway program "));
  folders.push(folder);
  writeFileSync(join(folder, "library.mjs"), LIBRARY);
  writeFileSync(join(folder, "index.mjs"), renderProgram({ ...declarations, library: "./library.mjs" }));
  return { ...(await import(join(folder, "index.mjs"))) };
}

describe("renderProgram", () => {
  test("declares applications given as data and as TypeScript", async () => {
    const odd = 'it\'s "odd" ${HOME} `x` \\ \n ünï';
    const applications = [{ name: "shop", description: odd }, '{ name: "blog", port: 8000 + 1, more: [1, 2] }'];
    expect((await outputsOf({ applications })).releases).toEqual({
      shop: { name: "shop", description: odd, defined: "application" },
      blog: { name: "blog", port: 8001, more: [1, 2], defined: "application" },
    });
  });

  test("gives out the keys and addresses of repositories, empty where this stack makes none", async () => {
    const repositories = [{ name: "shop", stack: "dev" }, '{ name: "blog", stack: "prod" }'];
    expect(await outputsOf({ repositories })).toEqual({
      releases: {},
      keys: { shop: "public", blog: "" },
      lines: { shop: "line", blog: "" },
      urls: { shop: "https://github.example/shop", blog: "" },
    });
  });

  test("takes several declarations in one text, and none at all", async () => {
    const repositories = ['{ name: "a", stack: "dev" }, { name: "b", stack: "dev" }'];
    expect((await outputsOf({ repositories })).keys).toEqual({ a: "public", b: "public" });
    expect((await outputsOf({ repositories: [""] })).keys).toEqual({});
  });

  test("imports the checkout's library by default", () =>
    expect(renderProgram({})).toContain('from "../../built/components/index.js";'));
});
