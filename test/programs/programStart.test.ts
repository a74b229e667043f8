import { describe, expect, it } from "vitest";
import { expectOk, run } from "../support/run.ts";

/** What a program that has imported the library prints. */
async function printed(
  statements: string,
  { library = "./components/index.ts", flags = [] as string[] } = {},
): Promise<string> {
  const program = `import "${library}";
import { createRequire } from "node:module";
const require = createRequire(process.cwd() + "/index.ts");
const loaded = (name) => Object.keys(require.cache).filter((path) => path.includes("/node_modules/" + name + "/")).length;
${statements}`;
  return expectOk(await run(process.execPath, [...flags, "--input-type=module", "-e", program])).stdout.trim();
}

describe("a program that imports the library", () => {
  it("has the SDK, but neither the compiler nor npm's modules that only dynamic providers need", async () =>
    expect(
      await printed('console.log(loaded("@pulumi/pulumi") > 0, loaded("typescript"), loaded("@npmcli/arborist"));'),
    ).toBe("true 0 0"));

  it("has nothing of the GitHub provider before it declares a repository", async () =>
    expect(await printed('console.log(loaded("@pulumi/github"));')).toBe("0"));

  it("has not loaded Node's HTTP client", async () =>
    expect(
      await printed(
        'console.log(process.moduleLoadList.some((name) => name.endsWith(" internal/deps/undici/undici")));',
      ),
    ).toBe("false"));

  it("can still turn a function into text, and load what that needs", async () =>
    expect(
      await printed(`import { runtime } from "@pulumi/pulumi";
const { text } = await runtime.serializeFunction(() => "hello");
console.log(text.includes("hello"), loaded("typescript") > 0, (await runtime.computeCodePaths()).size > 0);`),
    ).toBe("true true true"));
});

describe("a program that is started by the library", () => {
  const started = { library: "./components/start.ts", flags: ["--import=./components/start.ts"] };
  const printedThen = (statements: string) => printed(statements, started);

  it("is not watched by a debugger, and reads no source maps, as Pulumi's launcher would have it", async () =>
    expect(
      await printedThen(`await require("@pulumi/pulumi/runtime/closure/v8Hooks").isInitializedAsync();
require("source-map-support/register");
console.log(process.moduleLoadList.includes("NativeModule inspector"), loaded("source-map"));`),
    ).toBe("false 0"));

  it("can still turn a function into text with what it captured, for which the debugger is asked", async () =>
    expect(
      await printedThen(`const { runtime } = require("@pulumi/pulumi");
const greet = (greeting) => () => greeting;
const { text } = await runtime.serializeFunction(greet("hello"));
console.log(text.includes('greeting: "hello"'), process.moduleLoadList.includes("NativeModule inspector"));`),
    ).toBe("true true"));
});
