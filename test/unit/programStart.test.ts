import { describe, expect, it } from "vitest";
import { expectOk, run } from "../support/run.ts";

/** What a program that has imported the library prints. */
async function printed(statements: string): Promise<string> {
  const program = `import "./components/index.ts";
import { createRequire } from "node:module";
const require = createRequire(process.cwd() + "/index.ts");
const loaded = (name) => Object.keys(require.cache).filter((path) => path.includes("/node_modules/" + name + "/")).length;
${statements}`;
  return expectOk(await run(process.execPath, ["--input-type=module", "-e", program])).stdout.trim();
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
