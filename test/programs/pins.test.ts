/** `slipway pins` in a project's folder, beside a checkout in which somebody raised an action. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { PINS } from "../../components/github/workflows/actions.ts";

const folder = mkdtempSync(join(tmpdir(), "slipway-pins-"));
const checkout = join(folder, "checkout");
const COMMAND = resolve("cli/slipway.ts");
const CHECKOUT = PINS["actions/checkout"];
const NEWER = { commit: "a".repeat(40), version: "v7.9.0" };
const DECLARATION = `export default {
  name: "anna/shop",
  stack: "prod",
  workflows: { ci: { node: { versions: ["24"] } } },
};
`;
const USING = `import pins from "./shop.pins.json" with { type: "json" };
${DECLARATION.replace("workflows: {", "workflows: { actions: pins,")}`;

const slipway = (...words: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...words], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, said: stdout + stderr };
};
const declare = (text: string): void => writeFileSync(join(folder, "repositories/shop.ts"), text);
const workflow = join(checkout, ".github/workflows/ci.yml");
const raise = (pin: typeof NEWER): void =>
  writeFileSync(
    workflow,
    readFileSync(workflow, "utf8").replaceAll(/(actions\/checkout)@\S+ # \S+/g, `$1@${pin.commit} # ${pin.version}`),
  );
const files = (): string[] => readdirSync(join(folder, "repositories")).sort();

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "repositories"), { recursive: true });
  mkdirSync(join(checkout, ".git"), { recursive: true });
  declare(DECLARATION);
  execFileSync(process.execPath, [COMMAND, "files", "shop", "--into", checkout], { cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("slipway pins", () => {
  it("takes a raised pin over; the files that are generated with it are those of the checkout", () => {
    raise(NEWER);
    const change = `actions/checkout v7.9.0 (${CHECKOUT.version} before)`;
    expect(slipway("pins", "shop", "--from", checkout, "--check")).toMatchObject({
      status: 1,
      said: expect.stringContaining(`differs: ${change}`),
    });
    expect(files()).toEqual(["shop.ts"]);
    const { status, said } = slipway("pins", "shop", "--from", checkout);
    expect([status, said.split("\n")]).toEqual([
      0,
      [
        `written: ${change}`,
        "add to repositories/shop.ts, the second in `workflows`:",
        '  import pins from "./shop.pins.json" with { type: "json" };',
        "  actions: pins,",
        "",
      ],
    ]);
    expect(files()).toEqual(["shop.pins.json", "shop.ts"]);
    expect(readFileSync(join(folder, "repositories/shop.pins.json"), "utf8")).toBe(
      `${JSON.stringify({ "actions/checkout": NEWER }, null, 2)}\n`,
    );
    declare(USING);
    expect(slipway("files", "shop", "--into", checkout, "--check")).toMatchObject({ status: 0 });
    expect(slipway("pins", "shop", "--from", checkout, "--check")).toEqual({
      status: 0,
      said: "all pins are as declared\n",
    });
  });

  it("writes nothing where a pin is none", () => {
    raise({ commit: "v7", version: "v7" });
    expect(slipway("pins", "shop", "--from", checkout)).toMatchObject({
      status: 2,
      said: expect.stringMatching(
        /^slipway: \.github\/workflows\/ci\.yml:\d+: actions\/checkout@v7 is not a full commit/,
      ),
    });
    expect(files()).toEqual(["shop.ts"]);
  });

  it("says which file it cannot read", () => {
    writeFileSync(join(folder, "repositories/shop.pins.json"), "<<<<<<<");
    expect(slipway("pins", "shop", "--from", checkout)).toMatchObject({
      status: 2,
      said: expect.stringMatching(/^slipway: \S+repositories\/shop\.pins\.json is not JSON/),
    });
  });

  it("says where there is no generated workflow", () =>
    expect(slipway("pins", "shop")).toEqual({
      status: 2,
      said: "slipway: . has none of the workflows that the declaration generates; name their checkout with --from\n",
    }));

  it("writes what a compiler takes for pins, by the settings of a project that `slipway init` writes", () => {
    raise(NEWER);
    slipway("pins", "shop", "--from", checkout);
    const types = resolve("components/github/workflows/actions.ts");
    declare(`${USING.split("\n")[0]}\nexport const taken: import("${types}").PinOverrides = pins;\n`);
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const options = ["--module", "nodenext", "--target", "es2024", "--strict", "--noEmit"];
    const more = ["--verbatimModuleSyntax", "--erasableSyntaxOnly", "--allowImportingTsExtensions"];
    const { status, stdout } = spawnSync(
      process.execPath,
      [resolve("node_modules/typescript/lib/tsc.js"), ...options, ...more, "repositories/shop.ts"],
      { cwd: folder, encoding: "utf8" },
    );
    expect([status, stdout]).toEqual([0, ""]);
  });
});
